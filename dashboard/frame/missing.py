"""What the page says where something is not there, and the one way on that it offers."""

import streamlit as st

from dashboard.answers.scene import Scene, reading, subject
from dashboard.frame.own import own_image
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain
from dashboard.work.offer import fetch

LOOKED_AT = 8  # neighbors on each side that are tried for a robust channel


def no_models(catalog: Catalog) -> None:
    """There is no network to explain with."""
    st.title("No model is here yet", anchor=False)
    st.markdown("Train one with `python -m core train --help`, or get the shipped ones again with the repository.")
    for refusal in catalog.refused:
        st.error(plain(refusal))


def missing_data(selection: Selection, catalog: Catalog) -> None:
    """The model is here, its test images are not: fetch them, or bring an image."""
    card = catalog.cards[selection.model]
    st.title(f"The images of {plain(selection.data)} are not on this machine", anchor=False)
    st.markdown(
        f"**{plain(card.name)}** is here and can explain an image of your own now. To see the test images, fetch the "
        "data set; it is not part of the project, because its images are not ours to pass on."
    )
    with st.container(key="missing", horizontal=True, gap="small"):
        own_image(card.image_size)
    fetch(selection.data)


def nothing_robust(scene: Scene) -> None:
    """An empty robust side, said in words, with the nearest image that has one."""
    if scene.main.answer.robust.any():
        return
    with st.container(key="nothing_robust"):
        st.warning(
            "No channel of this image passes the tolerance: the robust side is empty, and what it predicts is only the "
            "classifier's bias.",
            icon=":material/do_not_disturb_on:",
        )
        if scene.subject.index is not None:
            st.button(
                "Show the nearest image that has one", key="nearest_robust", on_click=_go_to_nearest, args=(scene,)
            )


def _go_to_nearest(scene: Scene) -> None:
    count, here = scene.catalog.images[scene.selection.data], scene.selection.image
    for distance in range(1, LOOKED_AT + 1):
        for image in (here + distance, here - distance):
            if 0 <= image < count and _has_robust(scene, image):
                session.choose(image=image)
                return
    st.toast(f"None of the {2 * LOOKED_AT} images around it has one; try a smaller β.")


def _has_robust(scene: Scene, image: int) -> bool:
    selection = scene.selection.change(image=image, attack="none")
    found = subject(selection, scene.catalog)
    return found is not None and bool(
        reading(selection, scene.catalog, scene.selection.model, found).answer.robust.any()
    )
