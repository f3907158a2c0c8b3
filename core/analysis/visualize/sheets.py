"""Galleries as one PNG for each image, and as a page that opens offline; pictures as a PNG while they are drawn."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core import job, store
from core.analysis.page import Picture, Section, write_page
from core.analysis.pictures import data_uri, png
from core.analysis.visualize.gallery import OWN, SIDES, Gallery, Row, image_name
from core.types import Images

SIDE = 160  # pixels that a picture is enlarged to
GAP, LINE, SIZE = 12, 16, 12  # between pictures; from line to line; of letters; in pixels
LINES = 6  # below a picture
WIDE = 8  # pictures in a row of a preview, at most
INK, PAPER, EMPTY = "#1B1F24", "#FFFFFF", "#E9EDF1"
Given = Mapping[tuple[int, str], NDArray[np.float32]]  # (image, "clean" or "attacked") -> the image itself
Tile = tuple[NDArray[np.float32] | None, list[str]]
CHANNELS = {  # network, and whether the channels were drawn at random
    "This network": ("trained", False),
    "As many channels drawn at random": ("trained", True),
    "The same channels of a network with random weights": ("random", False),
}


def tiles(gallery: Gallery, given: Given) -> dict[str, dict[str, list[Tile]]]:
    """For each sheet by name, its rows by title, each with the image itself where it is given, then its pictures."""
    found: dict[str, dict[str, list[Tile]]] = {}
    for image in gallery.images:
        for seed in gallery.seeds:
            name = "own" if image == OWN else str(image)
            rows = found.setdefault(f"strip-{name}" + (f"-{seed}" if seed != gallery.seeds[0] else ""), {})
            for title, kind, row in gallery.strip(image, seed):
                rows[f"{title}, {kind}"] = [*_itself(given, image, kind, gallery, row[0]), *_drawn(gallery, row)]
    if gallery.channels is not None:
        rows, table = found.setdefault("channels", {}), gallery.channels
        for title, of in CHANNELS.items():
            part = table[(table["network"] == of[0]) & ((table["mask"] == "random") == of[1])]
            rows |= {title: _drawn(gallery, part.to_dict("records"))} if len(part) else {}
    return found


def write_sheets(folder: Path, gallery: Gallery, given: Given) -> None:
    """Write a PNG for every sheet, and `figures.html` with all of them."""
    made, found = gallery.manifest, tiles(gallery, given)
    for name, rows in found.items():
        sheet(rows).save(folder / f"{name}.png", "PNG", optimize=True)
    source = (
        f"Optimized from noise over {gallery.config['visualization']['steps']} steps, seed {gallery.config['seed']}; "
        f"images of the {made['data']['split']} set of {made['data']['name']}, distilled with their true label; "
        f"weights {made['model']['sha256'][:12]}; {made['made']}. Everything else is in config.json and manifest.json."
    )
    write_page(
        folder, title=f"visualize: {made['model']['name']}", source=source, sentences=gallery.summary["sentences"],
        sections=[_section(title, row) for rows in found.values() for title, row in rows.items()],
    )  # fmt: skip


def sheet(rows: Mapping[str, list[Tile]], lines: int = LINES) -> Image.Image:
    """Rows of pictures enlarged by whole factors, their titles above and `lines` of captions below."""
    wide, high = max(map(len, rows.values())), SIDE + LINE * (lines + 2)
    canvas = Image.new("RGB", (GAP + wide * (SIDE + GAP), GAP + len(rows) * high), PAPER)
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(SIZE)
    for r, (title, row) in enumerate(rows.items()):
        top = GAP + r * high
        pen.text((GAP, top), title, INK, ImageFont.load_default(SIZE + 2))
        for c, (pixels, caption) in enumerate(row):
            corner = (GAP + c * (SIDE + GAP), top + LINE + 6)
            canvas.paste(_enlarged(pixels), corner)
            written = [part for line in caption for part in textwrap.wrap(line, 28)][:lines]
            pen.multiline_text((corner[0], corner[1] + SIDE + 3), "\n".join(written), INK, font, spacing=2)
    return canvas


def preview() -> Callable[[Images, Sequence[Row]], None] | None:
    """Writes the pictures as they are now into the folder of the job that this is, whole or not at all; else None."""
    if (folder := store.job_folder()) is None:
        return None

    def show(images: Images, rows: Sequence[Row]) -> None:
        """One sheet of what there is, the rows of each heading no wider than `WIDE`."""
        found: dict[str, list[Tile]] = {}
        for pixels, row in zip(images.cpu().numpy(), rows, strict=True):
            number, title = 0, _heading(row)
            while len(found.setdefault(title + " " * number, [])) == WIDE:
                number += 1
            found[title + " " * number].append((pixels, [_drawn_from(row)]))
        with store.writing(folder / job.PREVIEW) as temporary:
            sheet(found, lines=2).save(temporary, "PNG")

    return show


def _heading(row: Row) -> str:
    whose = "this network" if row["network"] == "trained" else "a network with random weights"
    of = f"{image_name(row['image']).capitalize()}, {row['images']}" if "image" in row else "Channels"
    return f"{of}: {whose}, seed {row['seed']}"


def _drawn_from(row: Row) -> str:
    if "image" in row:
        return f"{SIDES[row['side']]} ({row['channels']})" + (", drawn at random" if row["mask"] == "random" else "")
    return f"channel {row['channel']}" if row["channel"] >= 0 else f"{row['side']} of class {row['label']}"


def _itself(given: Given, image: int, kind: str, gallery: Gallery, row: Row) -> list[Tile]:
    if (image, kind) not in given:
        return []
    return [(given[image, kind], [f"{kind}: {image_name(image)}", f"label given: {gallery.class_names[row['label']]}"])]


def _drawn(gallery: Gallery, rows: list[Row]) -> list[Tile]:
    return [(gallery.pixels(row), gallery.caption(row)) for row in rows]


def _enlarged(pixels: NDArray[np.float32] | None) -> Image.Image:
    if pixels is None:
        return Image.new("RGB", (SIDE, SIDE), EMPTY)
    levels = (np.clip(pixels, 0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    return Image.fromarray(levels).resize((SIDE, SIDE), Image.Resampling.NEAREST)


def _section(title: str, row: list[Tile]) -> Section:
    sources = ["" if pixels is None else data_uri(png(pixels)) for pixels, _ in row]
    captions = ["\n".join(caption) for _, caption in row]
    return Section(heading=title, pictures=[Picture(*pair) for pair in zip(sources, captions, strict=True)])
