"""What a page says before anything exact: its answer, the reason to doubt it, and small text under a picture."""

import streamlit as st

from dashboard.shared.words import glossed


def answer(sentence: str) -> None:
    """The answer to the page's question, in Markdown: one sentence for a student, three numbers at most."""
    with st.container(key="answer"):
        st.markdown(glossed(sentence))


def doubt(sentence: str) -> None:
    """Why not to believe the answer too easily, as Markdown; under the same rules."""
    with st.container(key="doubt"):
        st.markdown(f":material/balance: {glossed(sentence)}")


def note(text: str) -> None:
    """Small Markdown text, below a picture."""
    st.caption(glossed(text))
