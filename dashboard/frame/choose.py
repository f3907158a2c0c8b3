"""The controls: data, model, the model beside it, the image, and how to attack and to distill."""

import random
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers import at_hand, uploads
from dashboard.frame.among import MARKS, Sequel, choose_among, sequel
from dashboard.frame.own import own_image
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.catalog import Catalog, strength
from dashboard.selection.state import LARGEST_SEED, NO_ATTACK, PAPERS, SPLITS, Selection
from dashboard.shared.strip import Thumbnail, strip
from dashboard.shared.words import network_names, plain, radius

if TYPE_CHECKING:
    from core.models import ModelCard

SHOWN = 16  # images in the strip
CUT_HELP = "After which convolution the channels are split. The paper cuts after the last one."
SPLIT_NAMES = {"clean": "the clean image's split", "own": "its own split"}


def models(selection: Selection, catalog: Catalog) -> None:
    """Data set, model and the model it is compared with."""
    st.selectbox("Data set", catalog.data, **session.bound("data", selection.data))
    names = catalog.models_of(selection.data)
    called = network_names(catalog.cards, names)
    st.selectbox("Model", names, format_func=called.__getitem__, **session.bound("model", selection.model))
    beside = [*catalog.rivals(selection.model), "none"]
    called = {**network_names(catalog.cards, beside[:-1]), "none": "nothing"}
    st.selectbox("Compare with", beside, format_func=called.__getitem__, **session.bound("compare", selection.compare))


def in_words(selection: Selection, card: "ModelCard") -> list[tuple[str, bool]]:
    """Attack and distiller in short, each with whether it differs from the paper's; what is as usual is left out."""
    epsilon = strength(selection, card)
    attack = "no attack" if selection.attack == NO_ATTACK else f"{selection.attack.upper()} {radius(epsilon)[2:]}"
    words = [
        (attack, selection.attack != PAPERS["attack"] or selection.epsilon is not None),
        (f"β {selection.beta:g}", selection.beta != PAPERS["beta"]),
    ]
    rare = {
        "seed": f"seed {selection.seed}",
        "cut": f"cut {selection.cut}",
        "split_of": "attacked image’s own split",
        "label": f"label {card.class_names[int(selection.label)] if selection.label.isdigit() else selection.label}",
        "tolerance": f"T per {selection.tolerance}",
        "kl": f"KL {selection.kl}",
        "draws": f"{selection.draws} draws",
    }
    return words + [(plain(text), True) for name, text in rare.items() if getattr(selection, name) != PAPERS[name]]


def settings(selection: Selection, catalog: Catalog) -> None:
    """Attack and distiller."""
    _attack(selection, catalog, strength(selection, catalog.cards[selection.model]))
    _distiller(selection, catalog)


def _attack(selection: Selection, catalog: Catalog, epsilon: float) -> None:
    st.segmented_control(
        "Attack", catalog.attacks, format_func=lambda name: "none" if name == "none" else name.upper(), required=True,
        **session.bound("attack", selection.attack),
    )  # fmt: skip
    st.session_state["epsilon_255"] = round(255 * epsilon, 2)
    st.number_input(
        "Largest change of a pixel, of 255", 0.0, 127.5, step=1.0, format="%g",
        key="epsilon_255", on_change=_set_epsilon, disabled=selection.attack == "none",
        help="Epsilon of the L∞ ball, in steps of a pixel's 255 levels.",
    )  # fmt: skip
    st.segmented_control(
        "Attacked image is read through", SPLITS, format_func=SPLIT_NAMES.__getitem__, required=True,
        help="The paper's Table 1 reads it through the clean image's split; Table 2 distills it again.",
        **session.bound("split_of", selection.split_of),
    )  # fmt: skip


def _set_epsilon() -> None:
    session.choose(epsilon=st.session_state["epsilon_255"] / 255)


def _distiller(selection: Selection, catalog: Catalog) -> None:
    st.number_input(
        "β, weight of the information term", 0.0, 100.0, step=0.1, format="%g", **session.bound("beta", selection.beta)
    )
    st.number_input("Seed of attack and noise", 0, LARGEST_SEED, step=1, **session.bound("seed", selection.seed))
    cuts = catalog.cuts[selection.model]
    default = catalog.cards[selection.model].cut
    st.selectbox(
        "Cut", ["", *cuts], format_func=lambda cut: cut or f"{default} (the paper's)", help=CUT_HELP,
        **session.bound("cut", selection.cut),
    )  # fmt: skip


def image(view: View) -> None:
    """The strip in one row; under it previous, next, random, a number, the filter, and a person's own images."""
    if not view.shows("controls"):
        return
    images = sequel(view) if view.here else None
    with st.container(key="image_choice", gap="xsmall"):
        if view.shows("strip"):
            _strip(view, images)
        with st.container(key="image_steps", horizontal=True, vertical_alignment="center", gap="xsmall"):
            if images is not None:
                _steps(view, images)
                if view.controls:
                    choose_among(images, view)
            if view.controls:
                own_image(view)


def steps(view: View) -> None:
    """Previous, next, random and a number."""
    _steps(view, sequel(view))


def _steps(view: View, images: Sequel) -> None:
    _step("Previous image", "previous", images.before, ":material/chevron_left:")
    if view.controls:
        st.number_input(
            f"Image, 0 to {images.count - 1}", 0, images.count - 1, step=1, width=120, label_visibility="collapsed",
            **session.bound("image", images.here),
        )  # fmt: skip
    _step("Next image", "next", images.after, ":material/chevron_right:")
    _step("Any image", "random", random.choice(images.images), ":material/shuffle:")


def _step(label: str, key: str, target: int, icon: str) -> None:
    st.button("", key=key, icon=icon, help=label, on_click=session.choose, kwargs={"image": target})


def _strip(view: View, images: Sequel | None) -> None:
    """The page of test images around the one that is looked at, after those of a person's own."""
    shown = [*_own(view), *(_of_data(view, images) if images is not None else [])]
    if shown:
        strip("Images to look at", shown[:SHOWN], "strip", _pick)


def _pick(image: int | str) -> None:
    session.choose(**{"own" if isinstance(image, str) else "image": image})


def _own(view: View) -> list[Thumbnail]:
    kept = [upload for upload in map(uploads.find, view.selection.given) if upload is not None]
    return [
        Thumbnail(
            upload.key, at_hand.own_thumbnail(upload.digest, upload.content), f"your image {upload.name}",
            chosen=upload.key == view.selection.own,
        )
        for upload in kept
    ]  # fmt: skip


def _of_data(view: View, images: Sequel) -> list[Thumbnail]:
    selection, data = view.selection, at_hand.dataset(view.selection.data)
    return [
        Thumbnail(
            i,
            at_hand.thumbnail(selection.data, i),
            f"image {i}: {data.class_names[int(data.labels[i])]}{images.says(i)}",
            chosen=i == selection.image and not selection.own,
            mark=MARKS.get(kind := images.outcomes.get(i, ""), ""),
            kind=kind,
        )
        for i in images.window(SHOWN)
    ]
