"""Stored pictures of one image, of channels and of classes: each beside its twins, with what stands below it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from pandas import DataFrame

from core.analysis import pictures
from core.analysis.visualize.gallery import SIDES as NAMES
from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.gallery import Row as Record
from core.look import Look
from dashboard.answers import stored_results
from dashboard.screens.visualize.gallery import Group, Tile, TileRow, enlarged, gallery
from dashboard.shared.sides import MARKED
from dashboard.shared.table import show_data
from dashboard.shared.words import plain

LARGE, SMALL = 160, 96  # pixels of the screen that a picture and its twin may take
KINDS = {"clean": "Clean", "attacked": "Attacked"}
Pair = dict[str, NDArray[np.float32]]  # "clean" and "attacked" -> the image itself


def lead(found: Gallery, image: int) -> str:
    """What the pictures of one image are called, the claim beside its controls, as Markdown."""
    table, names = _first(found, image), found.class_names
    told = []
    for kind in [kind for kind in KINDS if (table["images"] == kind).any()]:
        rows = {(r["network"], r["mask"], r["side"]): r for r in table[table["images"] == kind].to_dict("records")}
        robust, rest = rows["trained", "distilled", "robust"], rows["trained", "distilled", "nonrobust"]
        said = f"{KINDS[kind]}, the picture drawn from the {robust['channels']} **{MARKED['robust']}** channels"
        said += f" {_against(robust, names)}"
        if (chance := rows.get(("trained", "random", "robust"))) and robust["channels"]:
            said += f"; the one from as many random channels {_against(chance, names)}"
        if not robust["channels"]:
            said = f"{KINDS[kind]}, no channel is **{MARKED['robust']}**"
        told.append(f"{said}; the one from the {rest['channels']} :orange[**▲**] others {_against(rest, names)}.")
    truth = plain(names[int(table["label"].iloc[0])])
    return f"Test image {image} is of class **{truth}**, and this label was supplied. {' '.join(told)}"


def _against(row: Record, names: Sequence[str]) -> str:
    """What a picture is called, and what the classifier reads from the target itself where that is something else."""
    if row["picture"] < 0:
        return "is missing, because there is none"
    called, said = plain(names[row["view_called"]]), plain(names[row["said"]])
    return f"is called **{called}**" + ("" if called == said else f" (the channels themselves say {said})")


def tally(found: Gallery) -> str:
    """How often the pictures of all stored images are called the true class, from each mask and network."""
    table = found.strips
    mine = table[(table["seed"] == found.seeds[0]) & (table["side"] == "robust")]
    words = {("trained", "distilled"): "the robust channels", ("trained", "random"): "as many random ones"}
    words["random", "distilled"] = "the robust channels of a network with random weights"
    told = []
    for (network, mask), name in words.items():
        part = mine[(mine["network"] == network) & (mine["mask"] == mask)]
        if len(part):
            told.append(f"{int((part['view_called'] == part['label']).sum())} of {len(part)} from {name}")
    return f"Called the true class, of all {len(found.images)} stored images, clean and attacked: {', '.join(told)}."


def strip(found: Gallery, image: int, pair: Pair, look: Look) -> None:
    """Fig. 3's strip: clean and attacked, each from all, robust and non-robust channels, beside its twins."""
    table, rows = _first(found, image), []
    for kind in [kind for kind in KINDS if (table["images"] == kind).any()]:
        part = table[table["images"] == kind].to_dict("records")
        groups = [_side(found, [row for row in part if row["side"] == side]) for side in NAMES]  # type: ignore[misc]
        itself = [_itself(pair[kind], kind, image)] if kind in pair else []
        rows.append(TileRow(KINDS[kind], (*itself, *groups)))
    gallery("strip_pictures", rows, look)


def _side(found: Gallery, rows: list[Record]) -> Group:
    """One side: the network's picture, then those of a random mask and a random network."""
    by = {(row["network"], row["mask"]): row for row in rows}
    first = by["trained", "distilled"]
    tiles = [_tile(found, first, LARGE, _lines(found, first))]
    for twin, name in ((("trained", "random"), "drawn at random"), (("random", "distilled"), "random weights")):
        if (row := by.get(twin)) and (row["picture"] >= 0 or twin[1] != "random"):  # of nothing, nothing is drawn
            lines = (f"{name} ({row['channels']}):", " ".join(_short(found, row)))
            tiles.append(_tile(found, row, SMALL, lines))
    title = f"{NAMES[first['side']]} ({first['channels']})"
    return Group(title=title, mark=_mark(first["side"]), tiles=tuple(tiles))


def _lines(found: Gallery, row: Record) -> tuple[str, ...]:
    names = found.class_names
    return (
        f"features say {names[row['said']]} {row['said_probability']:.0%}",
        f"in views: {_sure(row, 'view_called', names)}, cosine {number(row['view_cosine'])}",
        f"as shown: {_sure(row, 'called', names)}, cosine {number(row['cosine'])}",
    )


def _itself(pixels: NDArray[np.float32], kind: str, image: int) -> Group:
    says = f"test image {image}" + ("" if kind == "clean" else ", attacked")
    tile = Tile(source=pictures.small(pixels), side=enlarged(pixels.shape[-1], LARGE), lines=(), alt=says)
    return Group(title="the image itself", tiles=(tile,))


def starts(found: Gallery, image: int, look: Look) -> None:
    """The same targets from other starts, side by side."""
    if len(found.seeds) < 2:
        return
    st.subheader("Is it the only such picture?", anchor="seeds")
    table = found.strips
    table = table[(table["image"] == image) & (table["images"] == "clean")]
    mine = table[(table["network"] == "trained") & (table["mask"] == "distilled")]
    st.markdown(_alike(found, mine))
    groups = []
    for side, name in NAMES.items():
        part = mine[mine["side"] == side].to_dict("records")
        tiles = [_tile(found, r, SMALL, (f"seed {r['seed']}", *_short(found, r))) for r in part]  # type: ignore[arg-type]
        groups.append(Group(title=name, mark=_mark(side), tiles=tuple(tiles), beside=True))
    gallery("seed_pictures", [TileRow(KINDS["clean"], tuple(groups))], look)


def _alike(found: Gallery, mine: DataFrame) -> str:
    """How far pictures of the same target from two starts agree, in numbers."""
    drawn = mine[mine["picture"] >= 0]
    pairs = [group.sort_values("seed") for _, group in drawn.groupby("side") if len(group) > 1]
    if not pairs:
        return "Another start, and another draw of the transforms."
    pixels = [[found.pictures[p].ravel().astype(float) for p in pair["picture"].iloc[:2]] for pair in pairs]
    same = sum(len(set(pair["view_called"])) == 1 for pair in pairs)
    alike = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pixels]))
    return (
        f"The same targets, drawn from another start. Of {len(pairs)} pairs, {same} are called the same; their pixels "
        f"correlate at {number(alike)} on average, where 1 is the same picture."
    )


def rival(found: Gallery, image: int, name: str, look: Look) -> None:
    """The same image drawn from the network beside it, without twins."""
    table = _first(found, image)
    mine = table[(table["network"] == "trained") & (table["mask"] == "distilled")].to_dict("records")
    groups = []
    for row in mine:
        tile = _tile(found, row, SMALL, _short(found, row))  # type: ignore[arg-type]
        title = f"{row['images']}, {NAMES[row['side']]} ({row['channels']})"
        groups.append(Group(title=title, mark=_mark(row["side"]), tiles=(tile,)))
    gallery("rival_pictures", [TileRow(f"The same image by {name}", tuple(groups))], look)


def strip_table(found: Gallery, image: int) -> None:
    """Every number of the strip."""
    part = named(found.strips[found.strips["image"] == image], found.class_names)
    show_data(part.set_index(["network", "mask", "images", "side", "seed"]), f"visualize-{image}")


def named(table: DataFrame, names: Sequence[str]) -> DataFrame:
    """A stored table with class names in place of labels, without the pictures' places."""
    columns = [name for name in ("label", "said", "called", "view_called") if name in table]
    words = {name: table[name].map(lambda k: names[k] if k >= 0 else "") for name in columns}
    return table.assign(**words).drop(columns="picture")


def _mark(side: str) -> str:
    """The side whose sign stands before a title; all channels have none."""
    return "" if side == "all" else side


def _first(found: Gallery, image: int) -> DataFrame:
    """The strip of one image from the first start."""
    table = found.strips
    return table[(table["image"] == image) & (table["seed"] == found.seeds[0])]


def _short(found: Gallery, row: Record) -> tuple[str, ...]:
    if row["picture"] < 0:
        return ()
    return (found.class_names[row["view_called"]], number(row["view_cosine"]))


def _tile(found: Gallery, row: Record, room: int, lines: tuple[str, ...]) -> Tile:
    source = stored_results.addresses(found)[row["picture"]] if row["picture"] >= 0 else ""
    side = enlarged(found.config["visualization"]["image_size"], room)
    kept = lines if source else ()
    alt = ", ".join([f"Optimized picture, {row['images']}, {NAMES[row['side']]}", *kept]) if "image" in row else ""
    return Tile(source=source, side=side, lines=kept, alt=alt or ", ".join(kept), nothing=row["words"])


def _sure(row: Record, column: str, names: Sequence[str]) -> str:
    return f"{names[row[column]]} {row[f'{column}_probability']:.0%}"


def number(value: float) -> str:
    """Two places, and no minus before nothing."""
    return f"{round(value, 2) + 0.0:.2f}"
