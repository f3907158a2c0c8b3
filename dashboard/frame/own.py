"""A person's own images: uploaded, checked by content, kept by their hash, and one of them looked at."""

from collections.abc import Sequence

import streamlit as st

from core.errors import InputError
from dashboard.answers import at_hand, uploads
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.shared.words import plain

UNKNOWN = -1
_HELD, _PROBLEMS = "upload_held", "upload_problems"  # in the session: keys in the uploader, reasons of refusals


def own_image(view: View) -> None:
    """The upload behind a button; what is no picture is answered with one sentence each."""
    size, selection = view.card.image_size, view.selection
    with st.popover("Your own image", key="own", icon=":material/upload:"):
        # Every kind is taken and looked into: a file that the browser turned away would say why on hovering only.
        st.file_uploader(
            "PNG, JPEG or WebP, at most 5 MB each", key="upload", accept_multiple_files=True, on_change=_take,
            args=(size,),
        )  # fmt: skip
        for problem in st.session_state.get(_PROBLEMS, ()):
            st.error(plain(problem))
        if selection.own:
            _true_class(view.card.class_names, selection.truth)
        st.caption(
            f"Cropped to {size}×{size} pixels; kept on this machine only. Without a true class, the split is given the "
            "network's own prediction."
        )
        if selection.given:
            nothing: dict[str, object] = {"own": "", "given": ()}
            st.button("Back to the test images", key="no_own", on_click=session.choose, kwargs=nothing)


def _true_class(names: Sequence[str], truth: int) -> None:
    st.selectbox(
        "True class", [UNKNOWN, *range(len(names))], format_func=lambda k: "unknown" if k == UNKNOWN else names[k],
        **session.bound("truth", truth),
    )  # fmt: skip


def _take(size: int) -> None:
    """Keep what is new in the uploader and look at the last of it; forget what was taken out of it."""
    state, before = st.session_state, st.session_state.get(_HELD, ())
    state[_PROBLEMS], now = [], []
    for file in state["upload"] or ():
        try:
            now.append(_kept(file.name, file.getvalue(), size))
        except (InputError, OSError) as error:
            state[_PROBLEMS].append(f"{uploads.written(file.name)}: {error}")
    state[_HELD] = tuple(now)
    selection = session.standing()
    stay = [key for key in selection.given if key in now or key not in before]
    given = list(dict.fromkeys([*stay, *now]))[-uploads.KEPT :]
    new = [key for key in now if key not in before]
    own = new[-1] if new else selection.own if selection.own in given else given[-1] if given else ""
    session.choose(given=tuple(given), **({} if own == selection.own else {"own": own, "label": "true"}))


def _kept(name: str, content: bytes, size: int) -> str:
    """The key of a picture, once it is known to be one."""
    upload = uploads.Upload.of(name, content)
    at_hand.uploaded(upload.digest, size, content)
    uploads.keep(upload)
    return upload.key
