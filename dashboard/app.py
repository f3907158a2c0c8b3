"""The router: put the project on the path, name the pages, run the one that was asked for."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is imported: waiting threads give the core away

import streamlit as st  # noqa: E402
from streamlit.elements import exception  # noqa: E402

from dashboard.answers import at_hand  # noqa: E402

# Streamlit's own sentence speaks of its cloud, and no setting replaces it.
exception._GENERIC_UNCAUGHT_EXCEPTION_TEXT = (  # type: ignore[misc]
    "This part of the page met a fault of Feature Sieve’s own. What happened stands in the terminal that it was "
    "started from; reload the page, or choose another image or model."
)

st.set_page_config(page_title="Feature Sieve", page_icon=str(ROOT / "assets" / "icon.png"), layout="wide")
st.logo(str(ROOT / "assets" / "logo.svg"), size="large")
at_hand.warmed_up()
# Not a folder named "pages": on a deep link, a fresh server would run its files without this router.
PAGES = [
    st.Page("screens/start/page.py", title="Start", url_path="start", default=True),
    st.Page("screens/explain/page.py", title="Explain", url_path="explain"),
    st.Page("screens/clusters/page.py", title="Clusters", url_path="clusters"),
    st.Page("screens/bottleneck/page.py", title="Bottleneck", url_path="bottleneck"),
    st.Page("screens/channels/page.py", title="Channels", url_path="channels"),
    st.Page("screens/visualize/page.py", title="Visualize", url_path="visualize"),
    st.Page("screens/attacks/page.py", title="Attacks", url_path="attacks"),
    st.Page("screens/paper/page.py", title="Paper", url_path="paper"),
]
st.navigation(PAGES, position="top").run()
