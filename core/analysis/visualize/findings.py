"""What the pictures of one image are called, and how often any picture is called the true class, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from pandas import DataFrame

from core.analysis.visualize.gallery import Gallery
from core.sides import SIDES, STYLES

TWINS = {
    ("trained", "distilled"): "the robust channels",
    ("trained", "random"): "the same number of channels, drawn at random",
    ("random", "distilled"): "the robust channels of the same network with random weights",
}
ROBUST, REST = (STYLES[side].marked for side in SIDES)


@dataclass(frozen=True)
class Tally:
    """How often pictures of one origin are called the true class.

    Args:
        name: of what they were drawn from.
        called: pictures that are called the true class.
        of: pictures, clean and attacked; one that could not be drawn counts as not called so.
    """

    name: str
    called: int
    of: int


def first(gallery: Gallery, image: int) -> DataFrame:
    """The pictures of one image from the first start."""
    table = gallery.strips
    return table[(table["image"] == image) & (table["seed"] == gallery.seeds[0])]


def answer(gallery: Gallery, image: int, names: Sequence[str]) -> str:
    """What the pictures of the two sides are called, clean and attacked, in Markdown.

    Args:
        gallery: with pictures of the image.
        image: that is looked at.
        names: of the classes, as they may stand in Markdown.
    """
    table = first(gallery, image)
    mine = table[(table["network"] == "trained") & (table["mask"] == "distilled")]
    clean, attacked = (_by_side(mine[mine["images"] == kind], names) for kind in ("clean", "attacked"))
    sentence = f"From the clean **{names[int(mine['label'].iloc[0])]}**, {_give(clean, 'a picture called ')}."
    return sentence if not attacked else f"{sentence} From the attacked one, {_give(attacked)}."


def _by_side(rows: DataFrame, names: Sequence[str]) -> dict[str, str]:
    """What the picture of each side is called; empty where there is none."""
    return {
        row["side"]: names[row["view_called"]] if row["picture"] >= 0 else "" for row in rows.to_dict("records")
    }  # fmt: skip


def _give(called: dict[str, str], what: str = "") -> str:
    robust, rest = called["robust"], called["nonrobust"]
    if not robust:
        return f"no channel is {ROBUST}; the {REST} ones give {what}**{rest}**"
    if not rest:
        return f"every channel is {ROBUST}, and they give {what}**{robust}**"
    if robust == rest:
        return f"the {ROBUST} and the {REST} channels both give {what}**{rest}**"
    return f"the {ROBUST} channels give {what}**{robust}**, the {REST} ones **{rest}**"


def tallies(gallery: Gallery) -> list[Tally]:
    """Of all stored images, the network's pictures first, then their twins'."""
    table = gallery.strips
    mine, found = table[(table["seed"] == gallery.seeds[0]) & (table["side"] == "robust")], []
    for (network, mask), name in TWINS.items():
        part = mine[(mine["network"] == network) & (mine["mask"] == mask)]
        if len(part):
            right = (part["picture"] >= 0) & (part["view_called"] == part["label"])
            found.append(Tally(name, int(right.sum()), len(part)))
    return found


def doubt(gallery: Gallery) -> str:
    """How little a picture proves, in Markdown: its twins are often called the same."""
    own, *twins = tallies(gallery)
    if not twins:
        return "Any network has some picture for any features; nothing was drawn to compare these with."
    return (
        f"Called the true class: **{own.called}** of {own.of} pictures of robust channels, but also "
        f"**{twins[0].called}** from the same number of channels, drawn at random."
    )
