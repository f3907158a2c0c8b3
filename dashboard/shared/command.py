"""A command line to copy."""

import streamlit as st


def command_line(text: str) -> None:
    """Show it whole, in the theme's own color of text: Streamlit's for words of a shell are too faint to read."""
    st.code(text, language=None, wrap_lines=True)
