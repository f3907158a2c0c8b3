"""The little that a theme cannot say. Constant: nothing from outside enters it."""

_EVERYWHERE = """
[data-testid^="stPageLink"] :is(a, span, div, p) { white-space: normal !important; overflow: visible !important; }
[data-testid="stMain"]:focus-visible { outline: 2px solid light-dark(#0072b2, #56b4e9); outline-offset: -2px; }
[data-testid="stCaptionContainer"] { opacity: 1 !important; color: light-dark(#5f6873, #a3acb6) !important; }
[data-testid="stCaptionContainer"] code { font-size: 1em; }
[data-testid="stBaseButton-primary"] { color: light-dark(#ffffff, #12161b) !important; }
/* Icons whose words are for who cannot see them. */
:is(.st-key-previous, .st-key-next, .st-key-random, .st-key-present, .st-key-export, [class*="st-key-numbers_"])
  button [data-testid="stMarkdownContainer"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.st-key-answer p { font-size: 1.15rem; line-height: 1.45; }
a[href*="#term-"] {
  color: inherit !important; text-decoration: underline dotted !important; text-underline-offset: 3px;
}
"""
_EXPLORE = """
.stMainBlockContainer { padding-top: 4rem; padding-bottom: 3rem; }
.st-key-title_row h1 { padding: 0; font-size: 1.75rem; }
.st-key-two_lines { min-height: 3.125rem; }  /* two lines of the answer */
@media (max-width: 640px) {
  .st-key-title_row { flex-wrap: wrap !important; }
  .st-key-title_row > div:first-child { flex: 1 0 100% !important; }
  .st-key-title_row h1 { font-size: 1.4rem; }
}
"""
# Streamlit has no font size for one session. The smallest letters of the theme, 0.875 of this, are then 20 pixels high.
_PRESENT = """
html { font-size: 23px !important; }
header[data-testid="stHeader"], section[data-testid="stSidebar"] { display: none; }
.stMainBlockContainer { padding: 0.5rem 2rem 4rem; max-width: none; }
h1 { padding: 0 !important; font-size: 1.6rem !important; }
/* A larger projector shows the same slide larger. */
@media (min-width: 1600px) and (min-height: 880px) { .stMainBlockContainer { zoom: 1.22; } }
@media (min-width: 1840px) and (min-height: 1000px) { .stMainBlockContainer { zoom: 1.42; } }
.st-key-present_bar {
  position: fixed; inset: auto 0 0 0; z-index: 99; padding: 0.25rem 1rem;
  background: Canvas; border-top: 1px solid rgb(128 128 128 / 40%);
}
"""


def style(presenting: bool) -> str:
    """For `st.html`."""
    return f"<style>{_EVERYWHERE}{_PRESENT if presenting else _EXPLORE}</style>"
