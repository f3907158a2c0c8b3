"""What the numbers of one network say of the paper's claims, in sentences computed from stored results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from core.analysis.paper.compared import departures
from core.analysis.paper.published import published
from core.analysis.results import StoredResult

NEAR = 5.0  # points: so far below the printed shares the robust channels may stay and still show the printed pattern
Row = dict[str, Any]
Said = tuple[str, str]  # a heading, and what stands under it


@dataclass(frozen=True)
class Paragraph:
    """A heading, its sentences, the commands whose results they are read from, and what they are about."""

    heading: str
    text: str
    commands: tuple[str, ...]
    topic: str


def essay(results: Mapping[str, StoredResult]) -> list[Paragraph]:
    """The paragraphs for which there are results of this network.

    Args:
        results: of one network, by item ("table1" ... "table4").
    """
    found = []
    for topic, (item, write) in WRITERS.items():
        if item in results and (said := write(results[item])) is not None:
            found.append(Paragraph(*said, commands(item, results[item]), topic))
    return found


def commands(item: str, *results: StoredResult) -> tuple[str, ...]:
    """What makes these results of `python -m core paper` again, one command for each n and seed."""
    groups: dict[str, list[str]] = {}
    for result in results:
        n = f" --n {result.config['n']}" if "n" in result.config else ""
        seed = f" --seed {result.config['seed']}" if result.config["seed"] else ""
        groups.setdefault(n + seed, []).append(result.card.name)
    return tuple(f"python -m core paper {item} --models {','.join(names)}{end}" for end, names in groups.items())


def conditions(result: StoredResult) -> str:
    """How the network differs from the paper's, and where the other conditions stand."""
    card, differs = result.card, departures(result.card)
    network = f"{card.name} is not the paper's network: {'; '.join(differs)}." if differs else f"{card.name}."
    return f"{network} The number n of test images, from the first, stands in the command under each paragraph."


def _pattern(result: StoredResult) -> Said:
    """Table 1 as the paper reads it."""
    examples = [name for name in ("clean", "pgd", "cw") if name in result.summary["examples"]]
    robust, other = ({name: _cell(result, "true", name, side) for name in examples} for side in ("robust", "nonrobust"))
    printed = _printed(result, "table1")
    text = (
        f"On the first {result.summary['n']} test images, with the true label supplied, the robust channels alone say "
        f"it on {_each(robust)}{_beside(printed, 'robust', examples)}, the non-robust channels alone on {_each(other)}"
        f"{_beside(printed, 'nonrobust', examples)}."
    )
    if printed.empty:
        return "Table 1, for a network that the paper does not print", text
    falls = all(before > after for before, after in pairwise(other.values()))
    bars = printed[printed["side"] == "robust"].set_index("example")["percent"]
    high = all(100 * share >= bars[name] - NEAR for name, share in robust.items())
    order = " to ".join(map(_example, examples))
    return (
        "The pattern of Table 1 " + ("is there" if falls and high else "is there only in part"),
        f"{text} Printed is a fall of the non-robust side from {order}; ours {'falls' if falls else 'does not fall'} "
        f"in this order. The robust side is {'nowhere' if high else 'somewhere'} more than {NEAR:g} points below the "
        "printed shares.",
    )


def _standing(result: StoredResult) -> Said | None:
    """What the row of CW in Table 1 is made of: the images that it could not turn."""
    if not {"pgd", "cw"} <= set(result.summary["examples"]):
        return None
    rows = result.table("standing").set_index("example")
    if rows.loc[["clean", "pgd", "cw"]].isna().any(axis=None):  # every image was turned, or none
        return None
    clean, pgd, cw = (rows.loc[name] for name in ("clean", "pgd", "cw"))
    sentences = [
        "The logits of the two sides add up to the network's, so the non-robust side is hardly ever right where the "
        f"network is wrong: on {_pc(cw['turned'])} of the images misclassified under CW.",
        f"What counts is the images that an attack leaves right. PGD leaves {_pc(pgd['right'])} right and moves these "
        f"too: the non-robust side has {_pc(pgd['before'])} of them right before, {_pc(pgd['nonrobust'])} after.",
        f"CW leaves {_pc(cw['right'])} right and returns what it could not turn as it was: {_pc(cw['before'])} before, "
        f"{_pc(cw['nonrobust'])} after. Of all clean images that the network has right, it is "
        f"{_pc(clean['nonrobust'])}.",
    ]
    often = "more often" if cw["before"] > clean["nonrobust"] else "no more often"
    heading = f"Where CW fails, it returns the clean image; there the non-robust side is right {often} than elsewhere"
    return heading, " ".join([*sentences, *_standing_in_print(_printed(result, "table1"))])


def _standing_in_print(rows: pd.DataFrame) -> list[str]:
    """The same shares from the printed numbers, as if the non-robust side were right only where the network is."""
    if rows.empty:
        return []
    printed = rows.pivot_table(index="example", columns="side", values="percent")
    clean, cw = (printed.loc[name, "nonrobust"] / printed.loc[name, "all"] for name in ("clean", "cw"))
    said = [f"The printed numbers, read the same way: {_pc(clean)} clean, {_pc(cw)} under CW."]
    if cw < clean:
        said.append(
            "So the paper's CW turned first what the non-robust side had right, or returned something else than the "
            "clean image where it failed."
        )
    return said


def _label(result: StoredResult) -> Said:
    """Table 1 beside other sources of the split."""
    sources = ("true", "predicted", "random", "other class")
    said = {source: _cell(result, source, "clean", "robust") for source in sources}
    echo, despite = (_cell(result, "wrong", "clean", "robust", against) for against in ("supplied", "true"))
    network = _cell(result, "none", "clean", "all", tolerance="")
    sentences = [
        f"Supply a wrong label, and the robust channels say that wrong label on {_pc(echo)} of the same images, and "
        f"the true one on {_pc(despite)}.",
        f"Supply what the network itself predicts, so that nothing leaks, and they are right on "
        f"{_pc(said['predicted'])}: the whole network is right on {_pc(network)}.",
        f"As many channels by lot: {_pc(said['random'])}; the split of an image of another class: "
        f"{_pc(said['other class'])}.",
    ]
    if (result.table("cells")["source"] == "weights").any():
        weights, after = (_cell(result, source, "clean", "robust") for source in ("weights", "after ReLU"))
        sentences.append(
            f"Without any optimization, the channels whose weight speaks for the true label: {_pc(weights)}; with the "
            f"noise behind the ReLU: {_pc(after)}."
        )
    often = "Mostly" if echo > 0.5 else "Sometimes"
    heading = f"{often}, the robust channels say whichever label was supplied"
    if echo == 0:
        heading = "The robust channels never say a wrong label that was supplied"
    return heading, " ".join(sentences)


def _agreement(result: StoredResult) -> Said:
    """Table 2 beside other masks."""
    rows = result.table("cells")
    rows = rows[(rows["tolerance"] == "image") & (rows["counted"] == "all fooled") & (rows["n"] > 0)]
    if rows.empty:
        return "Table 2 has nothing to count", "No attack made the network misclassify any of the images."
    true, lot, wrong = (rows[rows["source"] == name].set_index("attack") for name in ("true", "random", "wrong"))
    more = [attack for attack in true.index if true.loc[attack, "low"] > lot.loc[attack, "high"]]
    known = _printed(result, "table2")["percent"]
    printed = f" (one of the printed columns: {known.min():.1f} to {known.max():.1f} %)" if len(known) else ""
    shares = ", ".join(f"{_pc(share)} under {attack.upper()}" for attack, share in true["value"].items())
    than = f"more often than as many channels by lot under {', '.join(map(str.upper, more))} only"
    if not more:
        than = "no more often than as many channels by lot, as far as the intervals tell"
    elif len(more) == len(true):
        than = "more often than as many channels by lot"
    return (
        f"Non-robust channels say what the attack made of the image, {than}",
        f"On the images that are misclassified after the attack, the non-robust channels alone predict the same class "
        f"as the whole network: {shares}{printed}. As many channels by lot: {', '.join(map(_pc, lot['value']))}; those "
        f"that a wrong label makes non-robust: {', '.join(map(_pc, wrong['value']))}.",
    )


def _norms(result: StoredResult) -> Said:
    """What Table 3 compares."""
    rows, clean = result.table("attacks").set_index("label"), result.summary["clean"]
    said = [(row["kind"], f"{label.upper()} {_pc(row['value'])} ({_size(row)})") for label, row in rows.iterrows()]
    bounded, free = ([text for kind, text in said if kind == wanted] for wanted in ("bounded", "minimal_norm"))
    left = []
    if bounded:
        inside = f"inside the L-infinity ball of {result.card.epsilon:g}: {', '.join(bounded)}"
        left.append(f"{inside}; no bounded attack turns {_pc(result.summary['worst_case']['value'])}")
    if free:
        left.append(f"outside any ball: {', '.join(free)}")
    text = f"Of {_pc(clean['value'])} clean accuracy ({clean['n']} images) are left {'; '.join(left)}."
    heading = "Table 3 ranks attacks of different norms" if bounded and free else "Table 3, one kind of attack"
    if free:
        text += (
            " An attack that may move as far as it likes can always leave less; its accuracy says something only "
            "beside the size of its perturbations."
        )
    return heading, text


def _mask(result: StoredResult) -> Said:
    """Table 4, and NRF with other masks."""
    rows = result.table("attacks").set_index("label")
    names = {"nrf": "the distilled mask", "nrf mask=random": "as many channels by lot", "nrf mask=all": "all channels"}
    names |= {"nrf mask=none": "none, which is CW"}
    said = [
        f"{words} {_pc(rows.loc[label, 'value'])} ({_size(rows.loc[label])})"
        for label, words in names.items()
        if label in rows.index
    ]
    four = [label for label in ("nrf", "nrf2", "rf", "rf2") if label in rows.index]
    shares = ", ".join(f"{label.upper()} {_pc(rows.loc[label, 'value'])}" for label in four)
    return (
        "Table 4: what the mask adds to the attack",
        f"Accuracy under the four attacks: {shares}. NRF by the mask that it is given: {'; '.join(said)}.",
    )


WRITERS: dict[str, tuple[str, Callable[[StoredResult], Said | None]]] = {  # None where there is nothing to say
    "split": ("table1", _pattern),
    "standing": ("table1", _standing),
    "label": ("table1", _label),
    "agreement": ("table2", _agreement),
    "norms": ("table3", _norms),
    "mask": ("table4", _mask),
}


def _cell(
    result: StoredResult, source: str, example: str, side: str, against: str = "true", tolerance: str = "image"
) -> float:
    rows = result.table("cells")
    keys = {"tolerance": tolerance, "source": source, "example": example, "side": side, "against": against}
    for name, value in keys.items():
        rows = rows[rows[name] == value]
    return float(rows["value"].iloc[0])


def _printed(result: StoredResult, table: str) -> pd.DataFrame:
    """The printed cells that are, or may be, those of such a network."""
    return published(table, result.card.data, result.card.network, result.card.defense)


def _each(shares: Mapping[str, float]) -> str:
    """Every example with its share: "99.4 % (clean), 96.8 % (PGD)"."""
    return ", ".join(f"{_pc(share)} ({_example(name)})" for name, share in shares.items())


def _example(name: str) -> str:
    return name if name == "clean" else name.upper()


def _beside(printed: pd.DataFrame, side: str, examples: list[str]) -> str:
    """The printed numbers in brackets; nothing for a network that the paper has not."""
    rows = printed[printed["side"] == side].set_index("example")["percent"]
    return f" (printed: {', '.join(f'{rows[example]:.1f}' for example in examples)} %)" if len(rows) else ""


def _size(row: Row) -> str:
    return "turned nothing" if pd.isna(row["l2_median"]) else f"median L2 {row['l2_median']:.2f}"


def _pc(share: float) -> str:
    return f"{100 * share:.1f} %"
