"""Stored maps as what is drawn: points in whole numbers, colors, and names where classes gather."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from core.analysis.clusters.findings import purity
from core.analysis.results import StoredResult
from core.look import Look, percent
from core.sides import READERS, STYLES

SPAN = 4000  # coordinates run from 0 to this, downwards
NAMED = 20  # classes; above, their names would cover the points
AROUND = 15  # points that must agree where a name stands
CLOSE = SPAN / 15  # a name stands where most of its points are so near one another
LETTERS = 14  # of a name
IMAGES = ("clean", "attacked")

STORED_MAPS = {"true": "true label", "wrong": "wrong label", "random": "random mask"}
TITLES = {
    "true": ("All channels", "● Robust alone", "▲ Non-robust alone"),
    "wrong": ("All channels", "● Robust, given a wrong label", "▲ Non-robust, given a wrong label"),
    "random": ("All channels", "The same number, at random", "The rest of them"),
}
WORDS = {name: side.marked if name != "all" else "all channels" for name, side in STYLES.items()}
COLUMN = {"label": "supplied", "class": "label", "attack": "attack"}

MapPanel = dict[str, Any]
Frame = tuple[float, float, float]  # middle and side of the square that is drawn


@dataclass(frozen=True)
class Maps:
    """Maps of the same points side by side.

    Args:
        panels: what differs: `title`, `says`, `x`, `y`, `names` and, of a side, the class `predicted` from it.
        columns: what the points share: `image`, whether `attacked`, `group`, and the `label` of each image.
        groups: `name` and `color` of each group.
    """

    panels: list[MapPanel]
    columns: dict[str, list[int]]
    groups: list[dict[str, str]]


def one_map(result: StoredResult, which: str, color: str, look: Look) -> Maps:
    """The three sides on one map.

    Args:
        result: stored maps.
        which: "true", "wrong" or "random", what the channels were split with.
        color: "label" (the one supplied), "class" or "attack".
        look: palette.
    """
    points, names = result.table("points"), result.manifest["class_names"]
    points, by = points[points["map"] == STORED_MAPS[which]], COLUMN[color]
    panels = map_panels(points, titles(result, which), "label" if color == "class" else "supplied", names)
    return Maps(panels, map_columns(points, by), groups(by, names, look))


def every_map(result: StoredResult, look: Look) -> Maps:
    """All maps, a row each: split by the true label, by a wrong one, and as many channels at random; color: class."""
    rows = [one_map(result, which, "class", look) for which in STORED_MAPS]
    return Maps([panel for row in rows for panel in row.panels], rows[0].columns, rows[0].groups)


def multiples(result: StoredResult, look: Look) -> Maps | None:
    """The small multiples, a row a perplexity and a column a start; color: the side. None where there are none."""
    points, about = result.table("multiples"), result.table("maps")
    if points.empty:
        return None
    colors = look.sides()
    keys = [{"name": WORDS[side], "color": colors[side]} for side in READERS]
    return Maps(multiples_panels(points, about[about["map"] == "multiple"]), multiples_columns(points), keys)


def titles(result: StoredResult, which: str) -> list[tuple[str, str]]:
    """Heading and purity of each side of a map."""
    by = purity(result)
    found = []
    for side, title in zip(READERS, TITLES[which], strict=True):
        at = by[STORED_MAPS[which], side]
        clean, attacked = (percent(at[when, "true"]) for when in IMAGES)
        says = f"purity {clean}, attacked {attacked}"
        if which == "wrong":
            says += f"; by that label {percent(at['clean', 'supplied'])}"
        found.append((title, says))
    return found


def map_panels(
    points: pd.DataFrame, titles: Sequence[tuple[str, str]], by: str, class_names: Sequence[str]
) -> list[MapPanel]:
    """One panel a side, all on the same axes; a point's place in every list is that of its image and kind.

    Args:
        points: rows of one map, as `core.analysis.clusters.experiment` describes them.
        titles: heading and figures of each side.
        by: column that names the groups, "label" or "supplied".
        class_names: in label order.
    """
    ordered = _ordered(points)
    frame = _frame(ordered)
    return [
        _panel(rows, frame, title, says)
        | {"predicted": _predicted(rows), "names": _names(rows, frame, by, class_names)}
        for (title, says), rows in zip(titles, (ordered[ordered["side"] == side] for side in READERS), strict=True)
    ]


def map_columns(points: pd.DataFrame, by: str) -> dict[str, list[int]]:
    """What the points of every panel share: image, whether attacked, group."""
    rows = _ordered(points[points["side"] == READERS[0]])
    attacked = (rows["images"] == "attacked").astype(int)
    return {
        "image": rows["index"].tolist(),
        "attacked": attacked.tolist(),
        "group": (attacked if by == "attack" else rows[by]).tolist(),
        "label": rows["label"].tolist()[: int((attacked == 0).sum())],
    }


def multiples_panels(points: pd.DataFrame, trusted: pd.DataFrame) -> list[MapPanel]:
    """One panel a perplexity and seed, each on its own axes; `trusted` holds the trustworthiness of every map."""
    worth = trusted.set_index(["perplexity", "seed"])["trustworthiness"]
    return [
        _panel(rows, _frame(rows), f"Perplexity {perplexity:g}, seed {seed}",
               f"trustworthiness {worth[perplexity, seed]:.3f}") | {"names": []}
        for (perplexity, seed), rows in points.groupby(["perplexity", "seed"])
    ]  # fmt: skip


def multiples_columns(points: pd.DataFrame) -> dict[str, list[int]]:
    """Image, whether attacked, and side of the points of every small multiple."""
    rows = next(rows for _, rows in points.groupby(["perplexity", "seed"]))
    return {
        "image": rows["index"].tolist(),
        "attacked": (rows["images"] == "attacked").astype(int).tolist(),
        "group": rows["side"].map({side: i for i, side in enumerate(READERS)}).tolist(),
    }


def groups(by: str, class_names: Sequence[str], look: Look) -> list[dict[str, str]]:
    """Name and color of each group that points are colored by."""
    if by == "attack":
        return [{"name": "● clean", "color": look.clean}, {"name": "◇ attacked", "color": look.adversarial}]
    return [{"name": name, "color": look.classes[i % len(look.classes)]} for i, name in enumerate(class_names)]


def _predicted(rows: pd.DataFrame) -> list[int]:
    """The class read from each point's channels; -1 where there are none, so that nobody speaks."""
    return rows["predicted"].where(~rows["empty"], -1).tolist()


def _ordered(points: pd.DataFrame) -> pd.DataFrame:
    return points.assign(late=points["images"] == "attacked").sort_values(["late", "index"], kind="stable")


def _frame(points: pd.DataFrame) -> Frame:
    """The smallest square around all points, with a margin."""
    low, high = points[["x", "y"]].min(), points[["x", "y"]].max()
    middle = (low + high) / 2
    return float(middle["x"]), float(middle["y"]), 1.04 * float((high - low).max()) or 1.0


def _panel(rows: pd.DataFrame, frame: Frame, title: str, says: str) -> MapPanel:
    places = _places(rows, frame)
    return {"title": title, "says": says, "x": places[:, 0].tolist(), "y": places[:, 1].tolist()}


def _places(rows: pd.DataFrame, frame: Frame) -> NDArray[np.int64]:
    x, y, side = frame
    shares = (rows[["x", "y"]].to_numpy() - (x, y)) * (1, -1) / side + 0.5
    return (shares * SPAN).round().astype(np.int64)


def _names(rows: pd.DataFrame, frame: Frame, by: str, class_names: Sequence[str]) -> list[tuple[str, int, int]]:
    """A class's name amid its points, where most of them have neighbors on the map that mostly share it."""
    if len(class_names) > NAMED:
        return []
    places, labels = _places(rows, frame), rows[by].to_numpy()
    nearest = KDTree(places).query(places, min(AROUND + 1, len(places)))[1][:, 1:]  # without itself
    agreed = (labels[nearest] == labels[:, None]).mean(axis=1) > 0.5
    found = []
    for label, name in enumerate(class_names):
        own = places[agreed & (labels == label)]
        if 2 * len(own) > (labels == label).sum():
            together = max(KDTree(own).query_ball_point(own, CLOSE), key=len)
            x, y = np.median(own[together], axis=0)
            found.append((name if len(name) <= LETTERS else name[: LETTERS - 1] + "…", int(x), int(y)))
    return found
