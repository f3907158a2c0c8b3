"""Of which image pictures are shown, how more are drawn, and how to take them away."""

import io
from typing import Any

import streamlit as st

from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import OWN, Gallery
from core.analysis.visualize.sheets import sheet, tiles
from dashboard.answers import at_hand, stored_results, uploads
from dashboard.frame import choose
from dashboard.frame.form import Ask
from dashboard.frame.form import form as experiment_form
from dashboard.frame.missing import no_images
from dashboard.frame.own import own_image
from dashboard.frame.provenance import of_split
from dashboard.frame.view import View
from dashboard.screens.visualize.originals import Pair
from dashboard.selection import session
from dashboard.shared.strip import Thumbnail, strip

MOST_STEPS, MOST_STARTS = 2048, 4
TAKES = "about half a minute on one core for 512 steps, with the twins"


def looked_at(view: View) -> int:
    """The image that is shown, as the tables number it."""
    return OWN if view.seen.own else view.seen.image


def say_instead(view: View) -> None:
    """That another image is shown than the one that is looked at, where it is so."""
    if view.instead is None:
        return
    asked = "your own image" if view.selection.own else f"test image {view.selection.image}"
    way = " Draw it below: about half a minute." if view.controls and view.here else ""
    st.markdown(f"Of {asked} nothing is drawn yet: image {view.instead.image} is shown.{way}")


def image(view: View) -> None:
    """The images that pictures are stored of, and any other of the test set by its number."""
    if not view.shows("controls"):
        return
    selection, labels = view.selection, _stored(view)
    names = view.card.class_names
    if view.here and labels:
        shown = [
            Thumbnail(i, at_hand.thumbnail(selection.data, i), f"image {i}: {names[k]}", chosen=i == looked_at(view))
            for i, k in labels.items()
        ]
        strip("Test images that pictures are stored of", shown, "stored_images", lambda i: session.choose(image=i))
    elif labels:
        st.pills(
            "Pictures are stored of test image", list(labels), format_func=lambda i: f"{i} · {names[labels[i]]}",
            **session.bound("image", view.seen.image if view.seen.image in labels else None),
        )  # fmt: skip
    if view.here:
        with st.container(key="image_steps", horizontal=True, vertical_alignment="bottom", gap="small"):
            choose.steps(view, sorted(labels))
            if view.controls:
                own_image(view)
    elif labels:
        no_images(view, "so the image itself is missing from the table")


def _stored(view: View) -> dict[int, int]:
    """The test images that any gallery of the model has pictures of, each with its label."""
    every = stored_results.results_of("visualize", view.selection.model, view.card.sha256, Gallery).values()
    strips = [one.strips for one in every if isinstance(one, Gallery) and one.images]
    return {int(i): int(k) for strip in strips for i, k in strip[["image", "label"]].values if i != OWN}


def form(view: View) -> None:
    """Draw the current image under the current settings, seen while it comes into being."""
    image, seed, truth = view.selection.image, view.selection.seed, view.selection.truth
    drawn: dict[str, Any] = {"images": (image,)}
    if (upload := uploads.find(view.selection.own)) is not None:
        drawn = {"images": (), "own": upload.digest, "own_class": () if truth < 0 else (truth,)}
    asks = {
        "steps": Ask(label="Steps of Adam", help="", least=16, most=MOST_STEPS, step=16, width=130),
        "more_seeds": Ask(
            label="Starts", help="", least=1, most=MOST_STARTS, width=110, usual=1,
            read=lambda starts: tuple(range(seed + 1, seed + starts)),
        ),
    }  # fmt: skip
    experiment_form(
        view, "visualize", asks, takes=TAKES, start="Draw your image" if upload else f"Draw image {image}", **drawn
    )
    st.caption("Pictures are shown as they grow. With one seed the same machine draws the same pictures again.")


def downloads(gallery: Gallery, image: int, pair: Pair) -> None:
    """The sheet as PNG; pixels gain nothing from SVG."""

    def sheet_of_image() -> bytes:
        given = {(image, kind): pixels for kind, pixels in pair.items()}
        file = io.BytesIO()
        sheet(tiles(gallery, given)[f"strip-{'own' if image == OWN else image}"]).save(file, "PNG", optimize=True)
        return file.getvalue()

    name = f"{gallery.manifest['model']['name']}-visualize-{'own' if image == OWN else image}.png"
    st.download_button(
        "Sheet as PNG", data=sheet_of_image, file_name=name, mime="image/png", key="sheet_png", on_click="ignore",
        icon=":material/image:", type="tertiary",
    )  # fmt: skip


def sources(_: View, result: StoredResult) -> list[str]:
    """How the pictures were drawn."""
    drawn = result.config["visualization"]
    return [
        of_split(result.config["split_of"]),
        f"drawn with Lucent, {drawn['steps']} steps of Adam at {drawn['learning_rate']:g}, {drawn['similarity']} "
        "similarity",
    ]
