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
from dashboard.answers.background import WORKER  # noqa: E402
from dashboard.frame.story import STORY  # noqa: E402

# Streamlit's own sentence speaks of its cloud, and no setting replaces it.
exception._GENERIC_UNCAUGHT_EXCEPTION_TEXT = (  # type: ignore[misc]
    "This part of the page met a fault of Feature Sieve’s own. What happened stands in the terminal that it was "
    "started from; reload the page, or choose another image or model."
)

ICON = str(ROOT / "assets" / "icon.png")
# On a phone the menu is a sidebar, which would else cover the page.
st.set_page_config(page_title="Feature Sieve", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
st.logo(str(ROOT / "assets" / "logo.svg"), size="large")
# Not a folder named "pages": on a deep link, a fresh server would run its files without this router.
PAGES = [st.Page(page.path, title=page.title, url_path=page.name, default=page is STORY[0]) for page in STORY]
WORKER.hush()  # somebody asks now
st.navigation(PAGES, position="top").run()
at_hand.warmed_up()  # after the page: importing torch would hold up one that needs no network
