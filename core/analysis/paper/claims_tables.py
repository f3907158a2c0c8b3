"""What Tables 1 to 4 claim, and whether ours say so too."""

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from core.analysis.paper.published import names
from core.analysis.paper.table1_findings import NEAR, READ, cell
from core.analysis.paper.verdict import (
    APART,
    HOLDS,
    MISSING,
    PARTLY,
    Evidence,
    Judge,
    decided,
    of_one,
    same_width,
    told,
)
from core.analysis.paper.words import Row, difference, example, printed
from core.analysis.results import StoredResult
from core.look import percent
from core.statistics import unpaired_difference

NOT_PRINTED = Evidence("", "", APART, "The paper prints no number for such a network.")


def robust_side(result: StoredResult) -> Evidence:
    """Table 1: within `NEAR` points of the printed shares, clean and attacked."""
    ours, theirs = _side(result, "robust"), _printed_side(result, "robust")
    if not theirs:
        return NOT_PRINTED
    parts = [_near(row, theirs[name]) for name, row in ours.items()]
    why = f"It holds where ours is at most {NEAR:g} points below the printed share."
    return Evidence(_chain(theirs), _chain(_values(ours)), decided(parts), why)


def other_side(result: StoredResult) -> Evidence:
    """Table 1: every step of the non-robust side is down."""
    ours, theirs = _side(result, "nonrobust"), _printed_side(result, "nonrobust")
    if not theirs:
        return NOT_PRINTED
    steps = [told(difference(result, ours[a], ours[b], before=a, after=b).sign) for a, b in pairwise(ours)]
    why = "CW returns the clean image where it fails to fool, and there the non-robust channels may be right."
    return Evidence(_chain(theirs), _chain(_values(ours)), decided(steps), why)


def agreement(result: StoredResult) -> Evidence:
    """Table 2: mostly the network's wrong class, and more often than the same number of channels at random."""
    rows, theirs = result.table("cells"), printed(result, "table2")
    rows = rows[(rows["tolerance"] == "image") & (rows["counted"] == "all fooled") & (rows["n"] > 0)]
    if rows.empty or theirs.empty:
        return NOT_PRINTED
    true, random = (rows[rows["source"] == name].set_index("attack") for name in ("true", "random"))
    more = [difference(result, true.loc[name], random.loc[name], attack=name).sign > 0 for name in true.index]
    mostly = [told(int(low > 0.5) - int(high < 0.5)) for low, high in zip(true["low"], true["high"], strict=True)]
    verdict = decided(mostly) if decided(mostly) != HOLDS else HOLDS if all(more) else PARTLY
    lot = " to ".join(dict.fromkeys(map(percent, (random["value"].min(), random["value"].max()))))
    than = f"more often under {sum(more)} of {len(more)} attacks"
    why = f"The same number of channels, drawn at random, do so on {lot}: ours {than}."
    return Evidence(_range(theirs["percent"] / 100), _range(true["value"]), verdict, why)


def nrf_and_cw(result: StoredResult) -> Evidence:
    """Table 3: of two attacks without a bound, NRF leaves less."""
    return _less(result, "table3", "nrf", "cw")


def nrf_and_bounded(result: StoredResult) -> Evidence:
    """Table 3 ranks attacks of different norms, which says nothing without their sizes."""
    rows, theirs = result.table("attacks").set_index("label"), _left(result, "table3")
    bounded = rows[rows["kind"] == "bounded"]
    if not theirs or bounded.empty or "nrf" not in rows.index:
        return NOT_PRINTED
    least = min((theirs[name], name) for name in bounded.index if name in theirs)
    ours = min((value, str(name)) for name, value in bounded["value"].items())
    why = "NRF moves pixels as far as it likes, the others at most ε: such attacks share no ranking."
    return Evidence(
        f"{_named('nrf', theirs['nrf'])}, {_named(least[1], least[0])}",
        f"{_named('nrf', rows.loc['nrf', 'value'])}, {_named(ours[1], ours[0])}",
        APART,
        why,
    )


def defenses(results: Mapping[str, StoredResult], model: str) -> Evidence:
    """Table 3: under PGD, TRADES and MART leave more right than adversarial training."""
    if model not in results:
        return MISSING
    theirs: dict[str, float] = {}
    group = same_width(results, model)
    for defense, result in group.items():
        theirs |= {defense: left["pgd"]} if (left := _left(result, "table3")) else {}
    rows = {name: result.table("attacks").set_index("label").loc["pgd"].to_dict() for name, result in group.items()}
    first, *rest = names("defense")
    others = [name for name in rest if name in rows]
    if first not in rows or not others or first not in theirs:
        return Evidence("", "one defense only", APART, "It takes networks of several defenses.")
    parts = [told(unpaired_difference(rows[name], rows[first]).sign) for name in others]
    order = [first, *others]
    why = f"Networks of one width, {next(iter(group.values())).card.width:g}."
    return Evidence(
        ", ".join(_named(name, theirs[name]) for name in order),
        ", ".join(_named(name, rows[name]["value"]) for name in order),
        decided(parts),
        why,
    )


def nrf_and_rf(result: StoredResult) -> Evidence:
    """Table 4: a large gradient on non-robust channels fools more than one on robust ones."""
    evidence = _less(result, "table4", "nrf", "rf")
    rows = result.table("attacks").set_index("label")
    if "nrf mask=random" not in rows.index or evidence.verdict == APART:
        return evidence
    random = percent(rows.loc["nrf mask=random", "value"])
    return evidence._replace(why=f"With the same number of channels drawn at random, NRF leaves {random}.")


def small_gradients(result: StoredResult) -> Evidence:
    """Table 4: the attacks that make a gradient small fool less than those that make it large."""
    rows, theirs = result.table("attacks").set_index("label"), _left(result, "table4")
    wanted = ("nrf2", "rf2", "nrf", "rf")
    if not theirs or not set(wanted) <= set(rows.index):
        return NOT_PRINTED
    pairs = (("nrf2", "nrf"), ("rf2", "rf"))
    parts = [
        told(unpaired_difference(rows.loc[small].to_dict(), rows.loc[large].to_dict()).sign) for small, large in pairs
    ]
    ours = {name: float(rows.loc[name, "value"]) for name in wanted}
    why = "Which printed column is which was inferred from the numbers."
    return Evidence(_chain_of(theirs, wanted[:2]), _chain_of(ours, wanted[:2]), decided(parts), why)


JUDGES: list[tuple[str, str, Judge]] = [
    ("table1", "Given the true label, robust channels alone predict it, attacked or not", of_one(robust_side)),
    ("table1", "Non-robust channels alone lose the label, most under CW", of_one(other_side)),
    ("table2", "Fooled, the non-robust channels say what the network says", of_one(agreement)),
    ("table3", "NRF leaves less accuracy than CW", of_one(nrf_and_cw)),
    ("table3", "NRF is stronger than the attacks within ε", of_one(nrf_and_bounded)),
    ("table3", "TRADES and MART outlast adversarial training", defenses),
    ("table4", "Enlarging the gradient on ▲ channels fools more than on ●", of_one(nrf_and_rf)),
    ("table4", "Shrinking that gradient fools less than enlarging it", of_one(small_gradients)),
]


def _side(result: StoredResult, side: str) -> dict[str, Row]:
    return {name: cell(result, "true", name, side) for name in READ if name in result.summary["examples"]}


def _printed_side(result: StoredResult, side: str) -> dict[str, float]:
    rows = printed(result, "table1")
    shares = rows[rows["side"] == side].set_index("example")["percent"] / 100
    return {name: float(shares[name]) for name in READ if name in shares}


def _left(result: StoredResult, table: str) -> dict[str, float]:
    """The printed accuracies of such a network, by example."""
    rows = printed(result, table)
    return {} if rows.empty else (rows.set_index("example")["percent"] / 100).to_dict()


def _near(row: Row, printed_share: float) -> bool | None:
    bar = printed_share - NEAR / 100
    return False if row["high"] < bar else True if row["low"] >= bar else None


def _less(result: StoredResult, table: str, first: str, second: str) -> Evidence:
    """Whether the first attack leaves less than the second."""
    rows, theirs = result.table("attacks").set_index("label"), _left(result, table)
    if not theirs or not {first, second} <= set(rows.index):
        return NOT_PRINTED
    left = unpaired_difference(rows.loc[second].to_dict(), rows.loc[first].to_dict())
    ours = {name: float(rows.loc[name, "value"]) for name in (first, second)}
    why = f"The difference is {100 * left.value:+.0f} points [{100 * left.low:+.0f}, {100 * left.high:+.0f}]."
    return Evidence(
        _chain_of(theirs, (first, second)), _chain_of(ours, (first, second)), decided([told(left.sign)]), why
    )


def _values(rows: Mapping[str, Row]) -> dict[str, float]:
    return {name: float(row["value"]) for name, row in rows.items()}


def _chain(shares: Mapping[str, float]) -> str:
    """Shares in the order of `READ`: "35 % → 19 % (PGD) → 30 % (CW)"."""
    return " → ".join(
        percent(share) + ("" if name == "clean" else f" ({example(name)})") for name, share in shares.items()
    )


def _chain_of(shares: Mapping[str, float], order: tuple[str, ...]) -> str:
    return ", ".join(_named(name, shares[name]) for name in order)


def _named(name: str, share: float) -> str:
    return f"{'AT' if name == names('defense')[0] else example(name)} {percent(share)}"


def _range(shares: "pd.Series[float]") -> str:
    return " to ".join(dict.fromkeys(percent(end) for end in (shares.min(), shares.max())))
