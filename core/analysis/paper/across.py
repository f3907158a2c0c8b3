"""What the tables say across networks: how much of the paper ours stands beside, and how the defenses rank."""

from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from core.analysis.paper.compared import compared
from core.analysis.paper.findings import Paragraph, commands
from core.analysis.results import StoredResult

RANKED = ("clean", "pgd", "nrf")  # columns of Table 3


def overview(item: str, results: Mapping[str, StoredResult], data: str, network: str, prefer: str = "") -> str:
    """How many printed numbers of a data set and network ours stands beside, and how far from them; "" for none.

    Nothing is said of Table 2, of which no cell is known to be this network's.
    """
    rows = compared(item, results, data=data, network=network, prefer=prefer)
    if rows.empty or item == "table2":
        return ""
    ours, title = rows[rows["ours"].notna()], f"Table {item[-1]}"
    if ours.empty:
        return f"{title}: none of its {len(rows)} numbers for this data set and network has one of ours beside it."
    same, far = int((~ours["differs"].astype(bool)).sum()), ours.loc[ours["difference"].abs().idxmax()]
    return (
        f"{title}: {len(ours)} of its {len(rows)} numbers for this data set and network have one of ours beside them, "
        f"{same} of these from a network like the paper's; the median difference is "
        f"{ours['difference'].median():+.1f} points, the largest {far['difference']:+.1f}."
    )


def defenses(results: Mapping[str, StoredResult], data: str, network: str, prefer: str = "") -> Paragraph | None:
    """Table 3 read downwards: which defense is the stronger; None where fewer than two of the cell have results."""
    rows = compared("table3", results, data=data, network=network, prefer=prefer)
    rows = rows[rows["ours"].notna()]
    names = list(dict.fromkeys(rows["model"]))
    if len(names) < 2:
        return None
    said = [_ranking(example, rows[rows["example"] == example]) for example in RANKED]
    if len({results[name].card.width for name in names}) > 1:
        said.append("Our networks are of different widths, so our order says little of the defenses.")
    made = commands("table3", *(results[name] for name in names))
    return Paragraph("Table 3 ranks defenses", " ".join(filter(None, said)), made, "defenses")


def _ranking(example: str, rows: pd.DataFrame) -> str:
    """Printed and own order of one column, and whether they agree where ours can be told apart."""
    if len(rows) < 2:
        return ""
    name = "Clean" if example == "clean" else example.upper()
    pairs = list(combinations(rows.to_dict("records"), 2))
    told = [_agrees(a, b) for a, b in pairs]
    if False in told:
        verdict = "another order"
    elif True in told:
        verdict = "the same order as far as our intervals tell"
    elif all(_overlap(a, b) for a, b in pairs):
        verdict = "ours cannot be told apart"
    else:
        verdict = "ours differ only where the printed ones are equal"
    printed = rows.assign(low=rows["percent"], high=rows["percent"], ours=rows["percent"])
    return f"{name}: printed {_chain(printed)}; ours {_chain(rows)}: {verdict}."


def _agrees(a: dict[str, float], b: dict[str, float]) -> bool | None:
    """Whether two defenses stand in the printed order; None where either pair is not told apart."""
    if a["percent"] == b["percent"] or _overlap(a, b):
        return None
    return (a["percent"] > b["percent"]) == (a["ours"] > b["ours"])


def _overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return a["low"] <= b["high"] and b["low"] <= a["high"]


def _chain(rows: pd.DataFrame) -> str:
    """The defenses from the highest accuracy to the lowest: ">" where intervals are apart, else "≈", or "="."""
    ordered = rows.sort_values("ours", ascending=False, kind="stable").to_dict("records")
    text = ""
    for i, row in enumerate(ordered):
        if i:
            before = ordered[i - 1]
            text += " = " if before["ours"] == row["ours"] else " ≈ " if _overlap(before, row) else " > "
        text += f"{row['defense'].upper()} {row['ours']:.1f}"
    return text
