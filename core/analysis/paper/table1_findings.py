"""What Table 1 of one network says: the paper's pattern, what its row of CW is made of, and whose label is said."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from core.analysis.empty_set import empty_set
from core.analysis.paper.words import Row, Said, difference, example, percent, points, printed
from core.analysis.results import StoredResult
from core.statistics import Difference, accuracy, unpaired_difference

NEAR = 5.0  # points: so far below the printed shares the robust channels may stay and still show the printed pattern
READ = ("clean", "pgd", "cw")  # in the order in which the printed shares of the non-robust side fall
OFTEN = {
    1: "more often than elsewhere",
    0: "no more often than elsewhere, as far as the interval tells",
    -1: "less often than elsewhere",
}


def pattern(result: StoredResult) -> Said:
    """Table 1 as the paper reads it."""
    examples = [name for name in READ if name in result.summary["examples"]]
    robust, other = ({name: cell(result, "true", name, side) for name in examples} for side in ("robust", "nonrobust"))
    rows = printed(result, "table1")
    text = (
        f"On the first {result.summary['n']} test images, given the true label, the robust channels alone say "
        f"it on {_each(robust)}{_beside(rows, 'robust', examples)}, the non-robust channels alone on {_each(other)}"
        f"{_beside(rows, 'nonrobust', examples)}."
    )
    if rows.empty:
        return "Table 1, for a network that the paper does not print", text
    falls = _falls([difference(result, other[a], other[b], before=a, after=b) for a, b in pairwise(examples)])
    near = _near(robust, rows[rows["side"] == "robust"].set_index("example")["percent"])
    fall = {True: "ours falls", False: "ours does not fall", None: "the intervals do not tell whether ours falls"}
    where = {
        True: f"The robust side is nowhere more than {NEAR:g} points below the printed shares.",
        False: f"The robust side is somewhere more than {NEAR:g} points below the printed shares.",
        None: f"The intervals do not tell whether the robust side is more than {NEAR:g} points below a printed share.",
    }
    order = " to ".join(map(example, examples))
    return (
        f"The pattern of Table 1 {_verdict(falls, near)}",
        f"{text} Printed is a fall of the non-robust side from {order}; {fall[falls]} in this order. {where[near]}",
    )


def _falls(steps: Sequence[Difference]) -> bool | None:
    """Whether every step is down; not where one is up; None where the intervals do not tell."""
    signs = {step.sign for step in steps}
    return False if -1 in signs else None if 0 in signs else True


def _near(robust: Mapping[str, Row], bars: "pd.Series[float]") -> bool | None:
    """Whether every share stands near or above its printed one; None where the intervals do not tell."""
    if any(100 * cell["high"] < bars[name] - NEAR for name, cell in robust.items()):
        return False
    return True if all(100 * cell["low"] >= bars[name] - NEAR for name, cell in robust.items()) else None


def _verdict(*holds: bool | None) -> str:
    if False in holds:
        return "is there only in part"
    return "may be there: the intervals are too wide to tell" if None in holds else "is there"


def standing(result: StoredResult) -> Said | None:
    """What the row of CW in Table 1 is made of: the images that it could not turn; None where it turned all or none."""
    if not set(READ) <= set(result.summary["examples"]):
        return None
    rows = result.table("standing").set_index("example").loc[list(READ)]
    if rows.isna().any(axis=None):
        return None
    clean, pgd, cw = (rows.loc[name] for name in READ)
    if (shares := _left_and_turned(result.summary["n"], clean, cw)) is None:
        return None
    more = unpaired_difference(*shares)
    sentences = [
        "The logits of the two sides add up to the network's and the last layer's bias, which is in both; so where the "
        "robust side is right and the network wrong, the non-robust side is hardly ever right. Of the images "
        f"misclassified under CW it is right on {percent(cw['turned'])}.",
        f"What counts is the images that an attack leaves right. PGD leaves {percent(pgd['right'])} right and moves "
        f"these too: the non-robust side has {percent(pgd['before'])} of them right before, "
        f"{percent(pgd['nonrobust'])} after.",
        f"CW leaves {percent(cw['right'])} right and returns what it could not turn as it was: {percent(cw['before'])} "
        f"before, {percent(cw['nonrobust'])} after. Of all clean images that the network has right, it is "
        f"{percent(clean['nonrobust'])}; of those that CW turned, {percent(shares[1]['value'])} (difference "
        f"{points(more)}).",
    ]
    heading = f"Where CW fails, it returns the clean image; there the non-robust side is right {OFTEN[more.sign]}"
    return heading, " ".join([*sentences, *_standing_in_print(printed(result, "table1"))])


def _left_and_turned(n: int, clean: Row, cw: Row) -> tuple[Row, Row] | None:
    """The non-robust side's shares on clean images: of those that CW leaves right, and of those that it turns.

    None where it turns none, or also turns wrong ones right, so that neither can be told from the other.
    """
    right, left = round(n * clean["right"]), round(n * cw["right"])
    here = round(left * cw["before"])
    there = round(right * clean["nonrobust"]) - here
    if not 0 <= there <= right - left or right == left:
        return None
    return vars(accuracy(here, left)), vars(accuracy(there, right - left))


def _standing_in_print(rows: pd.DataFrame) -> list[str]:
    """The same shares from the printed numbers, as if the non-robust side were right only where the network is."""
    if rows.empty:
        return []
    shares = rows.pivot_table(index="example", columns="side", values="percent")
    clean, cw = (shares.loc[name, "nonrobust"] / shares.loc[name, "all"] for name in ("clean", "cw"))
    said = [f"The printed numbers, read the same way: {percent(clean)} clean, {percent(cw)} under CW."]
    if cw < clean:
        said.append(
            "So the paper's CW turned first what the non-robust side had right, or returned something else than the "
            "clean image where it failed; of how many images is not printed, so this has no interval."
        )
    return said


def label(result: StoredResult) -> Said:
    """Table 1 beside other sources of the split."""
    sources = ("true", "predicted", "random", "other class")
    said = {source: cell(result, source, "clean", "robust")["value"] for source in sources}
    echo, despite = (cell(result, "wrong", "clean", "robust", against) for against in ("supplied", "true"))
    network = cell(result, "none", "clean", "all", tolerance="")["value"]
    masks = result.table("masks").set_index(["tolerance", "source"])
    sentences = [
        _echo(echo, despite, masks.loc[("image", "wrong"), "empty"]),
        f"Given what the network itself predicts, so that nothing leaks, they are right on "
        f"{percent(said['predicted'])}: the whole network is right on {percent(network)}.",
        f"The same number at random: {percent(said['random'])}; the split of an image of another class: "
        f"{percent(said['other class'])}.",
    ]
    if (result.table("cells")["source"] == "weights").any():
        weights, after = (cell(result, source, "clean", "robust")["value"] for source in ("weights", "after ReLU"))
        sentences.append(
            f"Without any optimization, the channels whose weight speaks for the true label: {percent(weights)}; with "
            f"the noise behind the ReLU: {percent(after)}."
        )
    return _whose(echo), " ".join(sentences)


def _echo(echo: Row, despite: Row, empty: float) -> str:
    """What a wrong label does; images on which it leaves no robust channel are counted apart."""
    apart = f" On {percent(empty)} {empty_set()}." if empty else ""
    return (
        f"Given a wrong label, the robust channels repeat it on {percent(echo['value'])} of the same "
        f"images, and say the true one on {percent(despite['value'])}.{apart}"
    )


def _whose(echo: Row) -> str:
    if echo["value"] == 0:
        return f"On none of {echo['n']} images do the robust channels repeat a wrong label that they were given"
    if echo["low"] <= 0.5 <= echo["high"]:
        return "About half the time, the robust channels repeat whichever label they were given"
    return (
        f"{'Mostly' if echo['low'] > 0.5 else 'Sometimes'}, the robust channels repeat whichever label they were given"
    )


def cell(
    result: StoredResult, source: str, name: str, side: str, against: str = "true", tolerance: str = "image"
) -> Row:
    """One cell of a stored Table 1: a share with n and interval.

    Args:
        result: of the experiment `paper-table1`.
        source: what the channels were split by, one of `core.analysis.paper.sources.SOURCES`; "none" for the network.
        name: of the images: "clean", or the attack.
        side: "all", "robust" or "nonrobust".
        against: the label that is counted as right: the "true" or the "supplied" one.
        tolerance: T of the "image" or of its "batch".
    """
    rows = result.table("cells")
    keys = {"tolerance": tolerance, "source": source, "example": name, "side": side, "against": against}
    for column, value in keys.items():
        rows = rows[rows[column] == value]
    return rows.iloc[0].to_dict()


def _each(cells: Mapping[str, Row]) -> str:
    """Every example with its share: "99.4 % (clean), 96.8 % (PGD)"."""
    return ", ".join(f"{percent(cell['value'])} ({example(name)})" for name, cell in cells.items())


def _beside(rows: pd.DataFrame, side: str, examples: list[str]) -> str:
    """The printed numbers in brackets; nothing for a network that the paper has not."""
    shares = rows[rows["side"] == side].set_index("example")["percent"]
    return f" (printed: {', '.join(f'{shares[name]:.1f}' for name in examples)} %)" if len(shares) else ""
