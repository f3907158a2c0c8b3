"""What a page says where something is not there, and the one way on that it offers."""

import streamlit as st

from dashboard.frame.own import own_image
from dashboard.frame.view import Kind, View
from dashboard.selection.catalog import Catalog
from dashboard.shared.command import command_line
from dashboard.shared.words import network_name, plain
from dashboard.work.offer import concerns, fetch


def no_models(catalog: Catalog) -> None:
    """There is no network to explain with."""
    st.title("No model is here yet", anchor=False)
    st.markdown("Train one with `python -m core train --help`, or get the shipped ones again with the repository.")
    for refusal in catalog.refused:
        st.error(plain(refusal))


def missing_data(view: View) -> None:
    """The page is about one image, and there is none: fetch the test images, or bring one."""
    data, card = plain(view.selection.data), view.card
    st.markdown(
        f"**The images of {data} are not on this machine.** They are not ours to pass on, so fetch the data set to see "
        f"them. {plain(network_name(card))}, is here and can explain an image of your own now."
    )
    with st.container(key="missing", horizontal=True, gap="small"):
        own_image(view)
    fetch(view.selection.data)


def no_images(view: View, so: str) -> None:
    """Said where a part needs the images of the data set; the page offers them once, at its foot."""
    st.info(f"The images of {plain(view.selection.data)} are not on this machine, {so}.")


def nothing_stored(view: View, kind: Kind) -> None:
    """No result of these weights is here: what is missing, how long it takes, and the command where no form has it."""
    name, image, own = view.selection.model, view.selection.image, bool(view.selection.own)
    noun = kind.noun.format(image="your own image" if own else f"test image {image}")
    said = f"No {noun} **{plain(name)}** is stored here yet. It takes {kind.takes}."
    st.info(said, icon=":material/hourglass:")
    if not (view.presenting or view.controls and view.here):
        options = kind.own_options if own and kind.own_options else kind.options.format(image=image)
        command_line(f"python -m core {kind.name} {name} {options}")


def way_on(view: View, kind: Kind) -> None:
    """The form that computes, or, without the images that it takes, the one offer of the page to fetch them."""
    if not view.controls:
        return
    if view.here:
        seen = view.stored is None or concerns((kind.name, view.selection.model))
        title = "Compute it here" if view.stored is None or view.instead is not None else kind.title
        with st.expander(title, expanded=seen, key="form"):
            kind.form(view)
        return
    with st.container(key="missing"):
        no_images(view, "and computing takes them")
        fetch(view.selection.data)
