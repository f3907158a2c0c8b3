"""The paper's numbers as they were printed, and ours in the same cells.

`published.csv` has a row a printed number: percent, and how sure it is that the number stands in this cell ("certain",
"high", "medium", "low"), with the reason where it is not.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.analysis.results import StoredResult
from core.config import to_dict
from core.training import RECIPES
from core.training.augmentation import Augmentation

if TYPE_CHECKING:
    from core.models import ModelCard

FILE = Path(__file__).with_name("published.csv")
DATA = {"cifar10": "CIFAR-10", "svhn": "SVHN", "tiny_imagenet": "Tiny-ImageNet"}  # as printed
NETWORKS = {"vgg16": "VGG-16", "wrn28_10": "WRN-28-10"}
CELL = ["data", "network", "defense", "example", "side"]
MEASURED = ("ours", "low", "high", "n", "difference")  # NaN where there is no result
UNKNOWN_CELL = " or "  # stands in a name where it is not known which of several it is
RELEASED = "-released"  # ends the name of a defense in the version of the paper's released code
Cells = dict[tuple[str, str], dict[str, Any]]  # by example and side: value, low, high, n


def published(table: str, data: str = "", network: str = "", defense: str = "") -> pd.DataFrame:
    """The rows of one table ("table1" ... "table4"), empty text where nothing is said.

    Given a data set or network, the rows that are of it, or may be where the printed cell is not known for sure; their
    columns `data` and `network` then name it. Given a defense, in either version, the rows of it.
    """
    rows = pd.read_csv(FILE, keep_default_na=False, dtype={"percent": float})
    rows = rows[rows["table"] == table].drop(columns="table")
    for column, wanted in (("data", data), ("network", network)):
        if wanted:
            may_be = [row for row, names in rows[column].items() if wanted in names.split(UNKNOWN_CELL)]
            rows = rows.loc[may_be].assign(**{column: wanted})
    if defense:
        rows = rows[rows["defense"] == defense.removesuffix(RELEASED)]
    return rows.reset_index(drop=True)


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


def departures(card: "ModelCard") -> list[str]:
    """What differs between this network and the paper's of the same name, in words."""
    made, found = card.recipe or {}, []
    if card.width != 1:
        found.append(f"a network of {card.width:g} of the width")
    if not made:
        found.append("an unknown recipe")
    elif others := _other_fields(card):
        epochs = f"{made['recipe']['epochs']} epochs instead of 60"
        rest = [name for name in others if name != "epochs"]
        found += [epochs] * (rest != others) + [f"another {', '.join(rest)}"] * bool(rest)
    if made.get("warm_start"):
        found.append("started from another network's weights")
    if card.defense in ("trades", "mart"):
        found.append(f"{card.defense.upper()} of its own paper, not of the released code")
    if card.data == "tiny_imagenet" and card.num_classes != 200:
        found.append(f"{card.num_classes} of the 200 classes")
    if (epsilon := made.get("epsilon", card.epsilon)) != 0.03:
        found.append(f"epsilon {epsilon:g} instead of 0.03")
    return found


def _other_fields(card: "ModelCard") -> list[str]:
    """In what the recipe and the augmentation differ from those of the released code, by name."""
    made = card.recipe or {}
    released = card.defense + RELEASED if card.defense in ("trades", "mart") else card.defense
    wanted = {**to_dict(RECIPES["paper"](released)), **to_dict(Augmentation())}
    given = {**made.get("recipe", {}), **made.get("augmentation", {})}
    unused = set() if wanted["schedule"] == given.get("schedule") else {"decay", "decay_every", "rise"}
    names = [name for name, value in wanted.items() if given.get(name) != value and name not in {*unused, "kind"}]
    return [name.replace("_", " ") for name in names]


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
    network, data = NETWORKS[row["network"]], DATA[row["data"]]
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
