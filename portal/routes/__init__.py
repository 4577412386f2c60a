"""What the web process serves beside the Streamlit pages: login, health, downloads, uploads."""
