"""Of which image pictures are shown, how more are drawn, and how to take them away."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers import at_hand
from dashboard.frame import choose
from dashboard.frame import surroundings as frame
from dashboard.frame.stored import described, settings_of
from dashboard.screens.visualize.strip import Pair
from dashboard.selection import session
from dashboard.selection.catalog import Catalog, strength
from dashboard.selection.state import NO_ATTACK, Selection
from dashboard.shared.strip import Thumbnail, strip
from dashboard.shared.words import plain, radius
from dashboard.work.jobs import Options
from dashboard.work.offer import fetch, work

if TYPE_CHECKING:
    from core.analysis.visualize.gallery import Gallery

STEPS = 512  # as released
MOST_STEPS, MOST_STARTS = 2048, 4


def image(selection: Selection, catalog: Catalog, galleries: "Mapping[str, Gallery]") -> None:
    """The images that pictures are stored of, and any other of the test set by its number."""
    labels = {int(i): int(k) for g in galleries.values() if g.images for i, k in g.strips[["image", "label"]].values}
    names = catalog.cards[selection.model].class_names
    here = selection.data in catalog.images
    if here and labels:
        shown = [
            Thumbnail(i, at_hand.thumbnail(selection.data, i), f"image {i}: {names[k]}", chosen=i == selection.image)
            for i, k in labels.items()
        ]
        strip("Test images that pictures are stored of", shown, "stored_images", lambda i: session.choose(image=i))
    elif labels:
        st.pills(
            "Pictures are stored of test image", list(labels), format_func=lambda i: f"{i} · {names[labels[i]]}",
            **session.bound("image", selection.image if selection.image in labels else None),
        )  # fmt: skip
    if here:
        with st.container(key="image_steps", horizontal=True, vertical_alignment="bottom", gap="small"):
            choose.steps(selection, catalog.images[selection.data])


def chosen(selection: Selection, catalog: Catalog, galleries: "Mapping[str, Gallery]") -> "Gallery | None":
    """The stored pictures of the current image: those that the link names, else those drawn as the settings say.

    A menu where there are several. None where there are none.
    """
    found = {run: gallery for run, gallery in galleries.items() if selection.image in gallery.images}
    if not found:
        return None
    fitting = [run for run, gallery in found.items() if fits(gallery, selection, catalog)]
    run = selection.run if selection.run in found and selection.run else next(iter([*fitting, *found]))
    if len(found) > 1 and "controls" not in selection.hide:
        st.selectbox(
            "Stored pictures", list(found), format_func=lambda name: described(found[name]),
            **session.bound("run", run),
        )  # fmt: skip
    return found[run]


def fits(gallery: "Gallery", selection: Selection, catalog: Catalog) -> bool:
    """Whether pictures were drawn with the attack and the distiller of the selection."""
    config, card = gallery.config, catalog.cards[selection.model]
    attack, bottleneck = config["attack"], config["bottleneck"]
    same = bottleneck["beta"] == selection.beta and config["seed"] == selection.seed
    same = same and bottleneck["cut"] == (selection.cut or card.cut)
    if attack is None or selection.attack == NO_ATTACK:
        return same and attack is None and selection.attack == NO_ATTACK
    near = abs(attack["threat"]["epsilon"] - strength(selection, card)) < 1e-9
    return same and attack["kind"].lower() == selection.attack and near


def render(selection: Selection, catalog: Catalog) -> None:
    """Draw the current image under the current settings, in a process of its own, seen while it comes into being."""
    name = selection.model
    if selection.data not in catalog.images:
        st.info(f"Drawing takes the images of {plain(selection.data)}, which are not on this machine.")
        fetch(selection.data)
        return
    with st.container(key="render", horizontal=True, vertical_alignment="bottom", gap="small"):
        steps = st.number_input("Steps of Adam", 16, MOST_STEPS, STEPS, step=16, width=130, key="render_steps")
        starts = st.number_input("Starts", 1, MOST_STARTS, 1, step=1, width=110, key="render_starts")
    options: Options = {
        **settings_of(selection, catalog),
        "images": [selection.image],
        "steps": int(steps),
        "more_seeds": [selection.seed + i for i in range(1, int(starts))],
    }
    doing = f"Drawing test image {selection.image} from {plain(name)}, step"
    work("visualize", name, f"Render image {selection.image}", doing, "Stop", options)
    st.caption(
        "512 steps take about half a minute on one core, with the twins; the pictures are shown as they grow, are kept "
        "under runs and come back at once. With one seed the same machine draws the same pictures again."
    )


def another(gallery: "Gallery", selection: Selection, catalog: Catalog) -> None:
    """Say where the settings above differ from those of the stored pictures, and offer to draw it again."""
    if not fits(gallery, selection, catalog):
        st.info(f"These pictures were drawn before, with other settings: {plain(described(gallery))}.")
    with st.expander("Draw this image again, with the settings above"):
        render(selection, catalog)


def downloads(gallery: "Gallery", image: int, pair: Pair) -> None:
    """The sheet as PNG; pixels gain nothing from SVG."""

    def sheet_of_image() -> bytes:
        from core.analysis.visualize.sheets import sheet, tiles

        given = {(image, kind): pixels for kind, pixels in pair.items()}
        file = io.BytesIO()
        sheet(tiles(gallery, given)[f"strip-{image}"]).save(file, "PNG", optimize=True)
        return file.getvalue()

    name = f"{gallery.manifest['model']['name']}-visualize-{image}.png"
    st.download_button(
        "Sheet as PNG", data=sheet_of_image, file_name=name, mime="image/png", key="sheet_png", on_click="ignore",
        icon=":material/image:", type="tertiary",
    )  # fmt: skip


def footer(gallery: "Gallery", image: int) -> None:
    """Where the pictures come from."""
    made, config = gallery.manifest, gallery.config
    drawn, distiller, attack = config["visualization"], config["bottleneck"], config["attack"]
    threat = "no attack" if attack is None else f"{attack['kind']}, L∞ {radius(attack['threat']['epsilon'])}, white-box"
    parts = [
        f"test image {image} of {made['data']['name']}, true label supplied",
        f"{made['model']['name']} (width {made['model']['width']:g}, sha256 {made['model']['sha256'][:8]})",
        f"cut {distiller['cut']}, before ReLU",
        f"β {distiller['beta']:g}, {distiller['steps']} steps, KL {distiller['kl_reduction']}, T per image",
        threat,
        f"attacked image read through {'its own' if config['split_of'] == 'own' else 'the clean image’s'} split",
        f"drawn with Lucent, {drawn['steps']} steps of Adam at {drawn['learning_rate']:g}, {drawn['similarity']} "
        f"similarity, seed {config['seed']}",
        f"stored, made {made['made'][:10]}",
    ]
    frame.sources(parts, f"How the stored images were chosen. {config['rule']}" if config["rule"] else "")
