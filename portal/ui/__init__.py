"""How pages look and speak: everything that is drawn more than once. Only here, and in pages, Streamlit."""
