"""The controls: data, model, the model beside it, the image, and how to attack and to distill."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.answers import at_hand, uploads
from dashboard.frame.among import MARKS, Sequel, choose_among, sequel
from dashboard.frame.own import own_image
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.catalog import Catalog, strength
from dashboard.selection.state import NO_ATTACK, PAPERS, SPLITS, Selection
from dashboard.shared.strip import Thumbnail, strip
from dashboard.shared.words import network_names, plain, radius

SHOWN = 16  # images in the strip
EPSILON = "Largest change of a pixel, of 255"
EPSILON_HELP = "Epsilon of the L∞ ball, in steps of a pixel's 255 levels."
STEP_HELP = "How far a pixel moves in one step, of its 255 levels; empty is the attack's own."
CUT_HELP = "After which convolution the channels are split. The paper cuts after the last one."
OF_ATTACK = ("attack", "epsilon", "steps", "step_size")
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


def _attack_in_words(selection: Selection, catalog: Catalog, epsilon: float) -> str:
    if selection.attack == NO_ATTACK:
        return "no attack"
    bound = f" {radius(epsilon)[2:]}" if "threat" in catalog.settings[selection.attack] else ", no bound"
    steps = f", {selection.steps} steps" if selection.steps else ""
    size = "" if selection.step_size is None else f", step {255 * selection.step_size:.3g}/255"
    return f"{selection.attack.upper()}{bound}{steps}{size}"


def in_words(selection: Selection, catalog: Catalog) -> list[tuple[str, bool]]:
    """Attack and distiller in short, each with whether it differs from the paper's; what is as usual is left out."""
    card = catalog.cards[selection.model]
    epsilon = strength(selection, card)
    words = [
        (_attack_in_words(selection, catalog, epsilon), any(getattr(selection, k) != PAPERS[k] for k in OF_ATTACK)),
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
    has = catalog.settings.get(selection.attack, {})
    if "threat" in has or selection.attack == NO_ATTACK:
        _of_255("epsilon", EPSILON, epsilon, disabled=not has, help=EPSILON_HELP)
    else:
        st.number_input(EPSILON, value=None, key="no_bound", disabled=True, placeholder="no bound")
        st.caption(f"{selection.attack.upper()} has no bound: it looks for the smallest change that fools the network.")
    with st.container(key="schedule", horizontal=True, gap="small"):
        if "steps" in has:
            _number_of_steps(selection, has["steps"])
        if "step_size" in has:
            own = "the attack's own"
            _of_255("step_size", "Step size, of 255", selection.step_size, placeholder=own, help=STEP_HELP)
    st.segmented_control(
        "Attacked image is read through", SPLITS, format_func=SPLIT_NAMES.__getitem__, required=True,
        help="The paper's Table 1 reads it through the clean image's split; Table 2 distills it again.",
        **session.bound("split_of", selection.split_of),
    )  # fmt: skip


def _number_of_steps(selection: Selection, own: int) -> None:
    st.session_state["choose_steps"] = selection.steps or own
    st.number_input("Steps", step=1, key="choose_steps", on_change=_set_steps, args=(own,))


def _set_steps(own: int) -> None:
    steps = st.session_state["choose_steps"]
    session.choose(steps=0 if steps in (None, own) else steps)


def _of_255(field: str, label: str, value: float | None, **more: Any) -> None:
    """A number of pixel units, in steps of 255. It has no limits: what is typed is moved to the nearest allowed."""
    key = f"{field}_255"
    st.session_state[key] = None if value is None else round(255 * value, 2)
    st.number_input(label, value=None, step=1.0, format="%g", key=key, on_change=_set_of_255, args=(field, key), **more)


def _set_of_255(field: str, key: str) -> None:
    value = st.session_state[key]
    session.choose(**{field: None if value is None else value / 255})


def _distiller(selection: Selection, catalog: Catalog) -> None:
    st.number_input("β, weight of the information term", step=0.1, format="%g", **session.bound("beta", selection.beta))
    st.number_input("Seed of attack and noise", step=1, **session.bound("seed", selection.seed))
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


def steps(view: View, images: Sequence[int] = ()) -> None:
    """Previous, next, random and a number; through `images`, ascending, in place of all, where some are given."""
    every = sequel(view)
    _steps(view, replace(every, images=images, here=view.seen.image) if images else every)


def _steps(view: View, images: Sequel) -> None:
    _step("Previous image", "previous", images.before, ":material/chevron_left:")
    if view.controls:
        _number(view.selection.image, images.count)
    _step("Next image", "next", images.after, ":material/chevron_right:")
    _step("Any image", "random", random.choice(images.images), ":material/shuffle:")


def _number(here: int, count: int) -> None:
    first = "choose_image" not in st.session_state
    bound = session.bound("image", here)
    if first:  # a value of the session reaches the browser only after it has drawn the default, which is 0
        bound["value"] = st.session_state.pop("choose_image")
    st.number_input(f"Image, 0 to {count - 1}", 0, count - 1, step=1, width=120, label_visibility="collapsed", **bound)


def _step(label: str, key: str, target: int, icon: str) -> None:
    st.button(label, key=key, icon=icon, help=label, on_click=session.choose, kwargs={"image": target})


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
