"""Stored maps as what the browser draws: points in whole numbers, colors, and names where classes gather."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.look import Look

SPAN = 4000  # coordinates run from 0 to this, downwards
NAMED = 20  # classes; above, their names would cover the points
AROUND = 15  # points that must agree where a name stands
CLOSE = SPAN / 15  # a name stands where most of its points are so near one another
LETTERS = 14  # of a name
SIDES = ("all", "robust", "nonrobust")
IMAGES = ("clean", "attacked")

Panel = dict[str, Any]
Frame = tuple[float, float, float]  # middle and side of the square that is drawn


def map_panels(
    points: pd.DataFrame, titles: Sequence[tuple[str, str]], by: str, class_names: Sequence[str]
) -> list[Panel]:
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
        | {"predicted": rows["predicted"].tolist(), "names": _names(rows, frame, by, class_names)}
        for (title, says), rows in zip(titles, (ordered[ordered["side"] == side] for side in SIDES), strict=True)
    ]


def map_columns(points: pd.DataFrame, by: str) -> dict[str, list[int]]:
    """What the points of every panel share: image, whether attacked, group."""
    rows = _ordered(points[points["side"] == SIDES[0]])
    attacked = (rows["images"] == "attacked").astype(int)
    return {
        "image": rows["index"].tolist(),
        "attacked": attacked.tolist(),
        "group": (attacked if by == "attack" else rows[by]).tolist(),
        "label": rows["label"].tolist()[: int((attacked == 0).sum())],
    }


def multiples_panels(points: pd.DataFrame, trusted: pd.DataFrame) -> list[Panel]:
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
        "group": rows["side"].map({side: i for i, side in enumerate(SIDES)}).tolist(),
    }


def groups(by: str, class_names: Sequence[str], look: Look) -> list[dict[str, str]]:
    """Name and color of each group that points are colored by."""
    if by == "attack":
        return [{"name": "● clean", "color": look.clean}, {"name": "◇ attacked", "color": look.adversarial}]
    return [{"name": name, "color": look.classes[i % len(look.classes)]} for i, name in enumerate(class_names)]


def _ordered(points: pd.DataFrame) -> pd.DataFrame:
    return points.assign(late=points["images"] == "attacked").sort_values(["late", "index"], kind="stable")


def _frame(points: pd.DataFrame) -> Frame:
    """The smallest square around all points, with a margin."""
    low, high = points[["x", "y"]].min(), points[["x", "y"]].max()
    middle = (low + high) / 2
    return float(middle["x"]), float(middle["y"]), 1.04 * float((high - low).max()) or 1.0


def _panel(rows: pd.DataFrame, frame: Frame, title: str, says: str) -> Panel:
    places = _places(rows, frame)
    return {"title": title, "says": says, "x": places[:, 0].tolist(), "y": places[:, 1].tolist()}


def _places(rows: pd.DataFrame, frame: Frame) -> NDArray[np.int64]:
    x, y, side = frame
    shares = (rows[["x", "y"]].to_numpy() - (x, y)) * (1, -1) / side + 0.5
    return (shares * SPAN).round().astype(np.int64)


def _names(rows: pd.DataFrame, frame: Frame, by: str, class_names: Sequence[str]) -> list[tuple[str, int, int]]:
    """A class's name amid its points, where most of them have neighbors on the map that mostly share it."""
    from scipy.spatial import KDTree

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
