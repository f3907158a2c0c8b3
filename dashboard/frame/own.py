"""A person's own image: uploaded, checked by content, resized, cropped, and distilled with the predicted label."""

from hashlib import sha256

import streamlit as st

from core.errors import InputError
from dashboard.answers import at_hand
from dashboard.answers.image import UPLOAD
from dashboard.selection import session
from dashboard.shared.words import plain

MOST_NAME = 60


def own_image(size: int) -> None:
    """The upload behind a button; a file that is no picture is answered with one sentence."""
    with st.popover("Your own image", key="own", icon=":material/upload:"):
        st.file_uploader(
            "PNG, JPEG or WebP, at most 5 MB", type=["png", "jpg", "jpeg", "webp"], key="upload",
            on_change=_take, args=(size,),
        )  # fmt: skip
        st.caption(
            f"It is resized and cropped to {size}×{size} pixels and never leaves this machine. Nobody knows its true "
            "class, so the split is made with the network's own prediction as the label."
        )
        if problem := st.session_state.get("upload_problem"):
            st.error(plain(problem))


def _take(size: int) -> None:
    session_state = st.session_state
    session_state["upload_problem"] = None
    if (file := session_state["upload"]) is None:
        session.choose(own=False)
        return
    name, content = file.name[:MOST_NAME], file.getvalue()
    try:
        at_hand.uploaded(sha256(content).hexdigest(), size, content)
    except InputError as error:
        session_state["upload_problem"] = f"{name}: {error}"
        return
    session_state[UPLOAD] = (name, content)
    session.choose(own=True, label="true")
