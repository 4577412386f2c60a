"""Streamlit scripts, one a page: guard, title, inputs, one service call, the empty case, display."""
