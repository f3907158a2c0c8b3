"""Our numbers in the printed cells, and what differs between our networks and the paper's."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from core.analysis.paper.published import RELEASED, UNKNOWN_CELL, published
from core.analysis.results import StoredResult
from core.config import to_dict
from core.datasets import DATASETS
from core.models import MODELS, ModelCard
from core.training import DEFENSES, RECIPES
from core.training.augmentation import Augmentation

CELL = ["data", "network", "defense", "example", "side"]
MEASURED = ("ours", "low", "high", "n", "difference")  # NaN where there is no result
EPSILON = 0.03  # of the paper, for every data set
Cells = dict[tuple[str, str], dict[str, Any]]  # by example and side: value, low, high, n


def compared(
    table: str, results: Mapping[str, StoredResult], *, data: str = "", network: str = "", prefer: str = ""
) -> pd.DataFrame:
    """Every published number beside ours.

    Args:
        table: "table1" ... "table4".
        results: of the table's experiment, by model; their weights need not be on this machine.
        data, network: rows to keep, as for `published`.
        prefer: a model by name that stands in its cell before a wider one.
    Returns:
        The rows of `published`, with `model`, `ours`, `low`, `high` (percent), `n`, `difference` (points), `differs`
        (whether ours is another network than the paper's), and `why`: what differs in how ours was made, or, where
        `ours` is missing, why it is.
    """
    cells = {name: READ[table](result) for name, result in results.items()}
    rows, printed = [], published(table, data, network)
    for row in printed.to_dict("records"):
        model = _same_cell(row, results, prefer)
        cell = None if model is None else cells[model].get((row["example"], row["side"] if table != "table2" else ""))
        rows.append({**row, **_ours(row, cell, None if model is None else results[model])})
    return pd.DataFrame(rows, columns=[*printed.columns, "model", *MEASURED, "differs", "why"])


def departures(card: ModelCard) -> list[str]:
    """What differs between this network and the paper's of the same name, in words."""
    recipe = card.recipe or {}
    found = [f"a network of {card.width:g} of the width"] if card.width != 1 else []
    found += _other_training(card) if recipe else ["an unknown recipe"]
    if recipe.get("warm_start"):
        found.append("started from another network's weights")
    if card.defense + RELEASED in DEFENSES:
        found.append(f"{card.defense.upper()} of its own paper, not of the released code")
    classes = DATASETS[card.data].info.num_classes if card.data in DATASETS else None
    if classes is not None and card.num_classes != classes:
        found.append(f"{card.num_classes} of the {classes} classes")
    if (epsilon := recipe.get("epsilon", card.epsilon)) != EPSILON:
        found.append(f"epsilon {epsilon:g} instead of {EPSILON:g}")
    return found


def _other_training(card: ModelCard) -> list[str]:
    """In what the recipe and the augmentation differ from those of the released code."""
    released = card.defense + RELEASED if card.defense + RELEASED in DEFENSES else card.defense
    wanted = {**to_dict(RECIPES["paper"](released)), **to_dict(Augmentation())}
    given = {**card.recipe.get("recipe", {}), **card.recipe.get("augmentation", {})}
    unused = set() if wanted["schedule"] == given.get("schedule") else {"decay", "decay_every", "rise"}
    others = [name for name, value in wanted.items() if given.get(name) != value and name not in {*unused, "kind"}]
    epochs = [f"{given.get('epochs')} epochs instead of {wanted['epochs']}"] if "epochs" in others else []
    rest = [name.replace("_", " ") for name in others if name != "epochs"]
    return [*epochs, f"another {', '.join(rest)}"] if rest else epochs


def _same_cell(row: dict[str, Any], results: Mapping[str, StoredResult], prefer: str) -> str | None:
    """The preferred of our models in the row's cell, else the widest, else the likest to the paper's."""
    fits = [
        name
        for name, result in results.items()
        if (result.card.data, result.card.network) == (row["data"], row["network"])
        and result.card.defense.removesuffix(RELEASED) == row["defense"]
    ]
    rank = {name: (name == prefer, results[name].card.width, -len(departures(results[name].card))) for name in fits}
    return max(fits, key=rank.__getitem__, default=None)


def _ours(row: dict[str, Any], cell: dict[str, Any] | None, result: StoredResult | None) -> dict[str, Any]:
    if cell is None or result is None:
        name = "" if result is None else result.card.name
        return {
            "model": name,
            **dict.fromkeys(MEASURED, float("nan")),
            "differs": False,
            "why": _why_missing(row, name),
        }
    card, differs = result.card, departures(result.card)
    percents = {name: 100 * cell[key] for name, key in (("ours", "value"), ("low", "low"), ("high", "high"))}
    measured = {"n": cell["n"], "difference": percents["ours"] - row["percent"], "differs": bool(differs)}
    made = "; ".join([*differs, f"the first {result.summary['n']} test images"])
    return {"model": card.name, **percents, **measured, "why": f"{card.name}: {made}"}


def _why_missing(row: dict[str, Any], model: str) -> str:
    if any(UNKNOWN_CELL in row[name] for name in ("data", "network")):
        return f"not compared: {row['note']}"
    if model:
        return f"{model}: not among its results, or no image to count"
    network, data = MODELS.title(row["network"]), DATASETS[row["data"]].info.title
    return f"no {network} trained with {row['defense'].upper()} on {data} has results here"


def table1_cells(result: StoredResult) -> Cells:
    """The paper's reading: T of the image, true label supplied."""
    rows = result.table("cells")
    kept = (rows["against"] == "true") & (
        (rows["source"] == "none") | ((rows["source"] == "true") & (rows["tolerance"] == "image"))
    )
    return _by_example(rows[kept], "example", "side")


def table2_cells(result: StoredResult) -> Cells:
    """T of the image, true label supplied, all images that are misclassified after the attack."""
    rows = result.table("cells")
    kept = (rows["source"] == "true") & (rows["tolerance"] == "image") & (rows["counted"] == "all fooled")
    return _by_example(rows[kept & (rows["n"] > 0)].assign(side=""), "attack", "side")


def attack_cells(result: StoredResult) -> Cells:
    """Accuracy clean and under each attack as it comes."""
    found = _by_example(result.table("attacks").assign(side=""), "label", "side")
    return {("clean", ""): result.summary["clean"], **found}


READ: dict[str, Callable[[StoredResult], Cells]] = {
    "table1": table1_cells,
    "table2": table2_cells,
    "table3": attack_cells,
    "table4": attack_cells,
}


def _by_example(rows: pd.DataFrame, example: str, side: str) -> Cells:
    return {(row[example], row[side]): row for row in rows.to_dict("records")}
