"""An empty robust side, said in words, with the way to the nearest image that has one."""

import streamlit as st

from core.analysis.empty_set import ON_AN_IMAGE
from dashboard.answers.image import looked_at
from dashboard.frame.view import View
from dashboard.screens.explain.scene import Scene, answered
from dashboard.selection import session

LOOKED_AT = 8  # neighbors on each side that are tried for a robust channel


def nothing_robust(scene: Scene) -> None:
    """The warning, where no channel is robust."""
    if scene.main.answer.robust.any():
        return
    with st.container(key="nothing_robust"):
        st.warning(ON_AN_IMAGE, icon=":material/do_not_disturb_on:")
        if scene.image.index is not None:
            on_click, view = _go_to_nearest, (scene.view,)
            st.button("Show the nearest image that has one", key="nearest_robust", on_click=on_click, args=view)


def _go_to_nearest(view: View) -> None:
    count, here = view.catalog.images[view.selection.data], view.selection.image
    for distance in range(1, LOOKED_AT + 1):
        for image in (here + distance, here - distance):
            if 0 <= image < count and _has_robust(view, image):
                session.choose(image=image)
                return
    st.toast(f"None of the {2 * LOOKED_AT} images around it has one; try a smaller β.")


def _has_robust(view: View, image: int) -> bool:
    other = View(view.selection.change(image=image, attack="none"), view.catalog)
    found = looked_at(other.selection, other.catalog)
    return found is not None and bool(answered(other, view.selection.model, found).answer.robust.any())
