"""What the numbers of one network say of the paper's claims, in sentences computed from stored results."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from core.analysis.paper import table1_findings
from core.analysis.paper.compared import departures
from core.analysis.paper.words import Row, Said, difference, percent, printed
from core.analysis.results import StoredResult


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
        groups.setdefault(f"{n}{seed}", []).append(result.card.name)
    return tuple(f"python -m core paper {item} --models {','.join(names)}{end}" for end, names in groups.items())


def conditions(result: StoredResult) -> str:
    """How the network differs from the paper's, and where the other conditions stand."""
    card, differs = result.card, departures(result.card)
    network = f"{card.name} is not the paper's network: {'; '.join(differs)}." if differs else f"{card.name}."
    return f"{network} The number n of test images, from the first, stands in the command under each paragraph."


def _agreement(result: StoredResult) -> Said:
    """Table 2 beside other masks."""
    rows = result.table("cells")
    rows = rows[(rows["tolerance"] == "image") & (rows["counted"] == "all fooled") & (rows["n"] > 0)]
    if rows.empty:
        return "Table 2 has nothing to count", "No attack made the network misclassify any of the images."
    true, lot, wrong = (rows[rows["source"] == name].set_index("attack") for name in ("true", "random", "wrong"))
    more = [
        attack for attack in true.index if difference(result, true.loc[attack], lot.loc[attack], attack=attack).sign > 0
    ]
    known = printed(result, "table2")["percent"]
    columns = f" (one of the printed columns: {known.min():.1f} to {known.max():.1f} %)" if len(known) else ""
    shares = ", ".join(f"{percent(share)} under {attack.upper()}" for attack, share in true["value"].items())
    than = f"more often than the same number at random under {', '.join(map(str.upper, more))} only"
    if not more:
        than = "no more often than the same number at random, as far as the intervals tell"
    elif len(more) == len(true):
        than = "more often than the same number at random"
    return (
        f"Non-robust channels say what the attack made of the image, {than}",
        f"On the images that are misclassified after the attack, the non-robust channels alone predict the same class "
        f"as the whole network: {shares}{columns}. The same number at random: {', '.join(map(percent, lot['value']))}; "
        f"those that a wrong label makes non-robust: {', '.join(map(percent, wrong['value']))}.",
    )


def _norms(result: StoredResult) -> Said:
    """What Table 3 compares."""
    rows, clean = result.table("attacks").set_index("label"), result.summary["clean"]
    said = [(row["kind"], f"{label.upper()} {percent(row['value'])} ({_size(row)})") for label, row in rows.iterrows()]
    bounded, free = ([text for kind, text in said if kind == wanted] for wanted in ("bounded", "minimal_norm"))
    left = []
    if bounded:
        inside = f"inside the L-infinity ball of {result.card.epsilon:g}: {', '.join(bounded)}"
        left.append(f"{inside}; no bounded attack turns {percent(result.summary['worst_case']['value'])}")
    if free:
        left.append(f"outside any ball: {', '.join(free)}")
    text = f"Of {percent(clean['value'])} clean accuracy ({clean['n']} images) are left {'; '.join(left)}."
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
    names = {
        "nrf": "the distilled mask",
        "nrf mask=random": "the same number at random",
        "nrf mask=all": "all channels",
    }
    names |= {"nrf mask=none": "none, which is CW"}
    said = [
        f"{words} {percent(rows.loc[label, 'value'])} ({_size(rows.loc[label])})"
        for label, words in names.items()
        if label in rows.index
    ]
    four = [label for label in ("nrf", "nrf2", "rf", "rf2") if label in rows.index]
    shares = ", ".join(f"{label.upper()} {percent(rows.loc[label, 'value'])}" for label in four)
    return (
        "Table 4: what the mask adds to the attack",
        f"Accuracy under the four attacks: {shares}. NRF by the mask that it is given: {'; '.join(said)}.",
    )


def _size(row: Row) -> str:
    return "turned nothing" if pd.isna(row["l2_median"]) else f"median L2 {row['l2_median']:.2f}"


WRITERS: dict[str, tuple[str, Callable[[StoredResult], Said | None]]] = {  # None where there is nothing to say
    "split": ("table1", table1_findings.pattern),
    "standing": ("table1", table1_findings.standing),
    "label": ("table1", table1_findings.label),
    "agreement": ("table2", _agreement),
    "norms": ("table3", _norms),
    "mask": ("table4", _mask),
}
