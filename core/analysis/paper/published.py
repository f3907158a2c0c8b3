"""The paper's numbers as they were printed, and what of it is made again. No torch.

`published.csv` has a row a printed number: percent, and how sure it is that the number stands in this cell ("certain",
"high", "medium", "low"), with the reason where it is not.
"""

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FILE = Path(__file__).with_name("published.csv")
UNKNOWN_CELL = " or "  # stands in a name where it is not known which of several it is
RELEASED = "-released"  # ends the name of a defense in the version of the paper's released code
ITEMS = {  # tables and figures, and what each shows
    "table1": "Accuracy from all, robust and non-robust channels",
    "table2": "Non-robust channels say what the attacked network says",
    "table3": "Accuracy under attack",
    "table4": "Accuracy under the four gradient attacks",
    "figure2": "Features in two dimensions",
    "figure3": "What the channels of an image see",
    "figure4": "An image whose non-robust channels say what the attack made of it",
    "figure5": "Accuracy and channels along beta",
}


@cache
def names(column: str) -> tuple[str, ...]:
    """The data sets, networks or defenses ("data", "network", "defense") that the paper prints, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = [name for row in csv.DictReader(file) for name in row[column].split(UNKNOWN_CELL)]
    return tuple(dict.fromkeys(found))


def published(table: str, data: str = "", network: str = "", defense: str = "") -> "pd.DataFrame":
    """The rows of one table ("table1" ... "table4"), empty text where nothing is said.

    Given a data set or network, the rows that are of it, or may be where the printed cell is not known for sure; their
    columns `data` and `network` then name it. Given a defense, in either version, the rows of it.
    """
    rows = _printed()
    rows = rows[rows["table"] == table].drop(columns="table")
    for column, wanted in (("data", data), ("network", network)):
        if wanted:
            may_be = [row for row, names in rows[column].items() if wanted in names.split(UNKNOWN_CELL)]
            rows = rows.loc[may_be].assign(**{column: wanted})
    if defense:
        rows = rows[rows["defense"] == defense.removesuffix(RELEASED)]
    return rows.reset_index(drop=True)


@cache
def _printed() -> "pd.DataFrame":
    """Every printed number."""
    import pandas as pd  # the names alone do without

    return pd.read_csv(FILE, keep_default_na=False, dtype={"percent": float})
