"""What the numbers say of the paper's claims, in sentences computed from stored results. No torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.analysis.paper.published import compared, departures, published
from core.analysis.results import Result

if TYPE_CHECKING:
    from core.models import ModelCard

HIGH = 0.95  # of the images: what the paper's robust channels reach in every cell of CIFAR-10
Row = dict[str, Any]


@dataclass(frozen=True)
class Paragraph:
    """A heading, its sentences, the command whose result they are read from, and what they are about."""

    heading: str
    text: str
    command: str
    topic: str


def essay(results: Mapping[str, Result]) -> list[Paragraph]:
    """The paragraphs for which there are results of this network.

    Args:
        results: of one network, by item ("table1" ... "table4").
    """
    said = []
    for topic, (item, write) in WRITERS.items():
        if item in results:
            said.append(Paragraph(*write(results[item]), command(item, results[item]), topic))
    return said


def overview(item: str, results: Mapping[str, Result], data: str, network: str) -> str:
    """How many printed numbers of a table ours stands beside, and how far from them, in a sentence."""
    rows = compared(item, results, data=data, network=network)
    ours = rows[rows["ours"].notna()]
    title = f"Table {item[-1]}"
    if ours.empty:
        return f"{title}: none of its {len(rows)} numbers for this data set and network has one of ours beside it."
    same = int((~ours["differs"]).sum())
    return (
        f"{title}: {len(ours)} of its {len(rows)} numbers for this data set and network have one of ours beside them, "
        f"{same} of these from a network like the paper's; the median difference is "
        f"{ours['difference'].median():+.1f} points, the largest "
        f"{ours.loc[ours['difference'].abs().idxmax(), 'difference']:+.1f}."
    )


def command(item: str, *results: Result) -> str:
    """What makes these results again."""
    names, n = ",".join(result.card.name for result in results), results[0].summary["n"]
    return f"python -m core paper {item} --models {names} --n {n}"


def conditions(result: Result) -> str:
    """What the numbers were measured on, and how the network differs from the paper's."""
    card = result.card
    kept = f"{card.name}, first {result.summary['n']} test images, seed {result.config['seed']}, true label supplied"
    differs = departures(card)
    return f"{kept}. It is not the paper's network: {'; '.join(differs)}." if differs else f"{kept}."


def _pattern(result: Result) -> tuple[str, str]:
    """Table 1 as the paper reads it."""
    examples = [name for name in ("clean", "pgd", "cw") if name in result.summary["examples"]]
    robust, other = ({name: _cell(result, "true", name, side) for name in examples} for side in ("robust", "nonrobust"))
    falls = list(other.values()) == sorted(other.values(), reverse=True)
    holds = falls and min(robust.values()) >= HIGH
    printed = _printed(result.card)
    return (
        "The pattern of Table 1 " + ("is there" if holds else "is there only in part"),
        f"With the true label supplied, the robust channels alone say it on {_each(robust)}"
        f"{_beside(printed, 'robust', examples)}, the non-robust channels alone on {_each(other)}"
        f"{_beside(printed, 'nonrobust', examples)}. Printed is a fall from clean to PGD to CW; ours "
        f"{'falls' if falls else 'does not fall'} in this order.",
    )


def _label(result: Result) -> tuple[str, str]:
    """Table 1 beside other sources of the split."""
    said = {
        source: _cell(result, source, "clean", "robust") for source in ("true", "predicted", "random", "other class")
    }
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
    if _has(result, "weights"):
        weights, after = (_cell(result, source, "clean", "robust") for source in ("weights", "after ReLU"))
        sentences.append(
            f"Without any optimization, the channels whose weight speaks for the true label: {_pc(weights)}; with the "
            f"noise behind the ReLU: {_pc(after)}."
        )
    often = "Mostly" if echo > 0.5 else "Sometimes"
    heading = f"{often}, the robust channels say whichever label was supplied"
    return heading, " ".join(sentences)


def _agreement(result: Result) -> tuple[str, str]:
    rows = result.table("cells")
    rows = rows[(rows["tolerance"] == "image") & (rows["counted"] == "all fooled") & (rows["n"] > 0)]
    true, lot, wrong = (
        rows[rows["source"] == name].set_index("attack")["value"] for name in ("true", "random", "wrong")
    )
    known = published("table2", result.card.data)["percent"]
    printed = (
        f" (printed, in columns of which one is this network: {known.min():.1f} to {known.max():.1f} %)"
        if len(known)
        else ""
    )
    shares = ", ".join(f"{_pc(share)} under {attack.upper()}" for attack, share in true.items())
    return (
        "Non-robust channels say what the attack made of the image",
        f"On the images that are misclassified after the attack, the non-robust channels alone predict the same class "
        f"as the whole network: {shares}{printed}. As many channels by lot: {', '.join(map(_pc, lot))}; those that a "
        f"wrong label makes non-robust: {', '.join(map(_pc, wrong))}.",
    )


def _norms(result: Result) -> tuple[str, str]:
    rows = result.table("attacks").set_index("label")
    clean, sizes = result.summary["clean"]["value"], []
    for label in rows.index:
        row = rows.loc[label]
        size = "turned nothing" if row["l2_median"] != row["l2_median"] else f"median L2 {row['l2_median']:.2f}"
        sizes.append((row["kind"], f"{label.upper()} {_pc(row['value'])} ({size})"))
    bounded, free = ([text for kind, text in sizes if kind == wanted] for wanted in ("bounded", "minimal_norm"))
    worst = result.summary["worst_case"]
    return (
        "Table 3 ranks attacks of different norms",
        f"Of {_pc(clean)} clean accuracy are left, inside the L-infinity ball of {result.card.epsilon:g}: "
        f"{', '.join(bounded)}; no bounded attack turns {_pc(worst['value'])}. Outside any ball: {', '.join(free)}. An "
        "attack that may move as far as it likes can always leave less; its accuracy says something only beside the "
        "size of its perturbations.",
    )


def _mask(result: Result) -> tuple[str, str]:
    rows = result.table("attacks").set_index("label")
    names = {"nrf": "the distilled mask", "nrf mask=random": "as many channels by lot", "nrf mask=all": "all channels"}
    names |= {"nrf mask=none": "none, which is CW"}
    said = [
        f"{words} {_pc(rows.loc[label, 'value'])} (median L2 {rows.loc[label, 'l2_median']:.2f})"
        for label, words in names.items()
        if label in rows.index
    ]
    four = ", ".join(f"{label.upper()} {_pc(rows.loc[label, 'value'])}" for label in ("nrf", "nrf2", "rf", "rf2"))
    return (
        "Table 4: what the mask adds to the attack",
        f"Accuracy under the four attacks: {four}. NRF with another mask in the place of the distilled one: "
        f"{'; '.join(said)}.",
    )


def defenses(results: Mapping[str, Result], data: str, network: str) -> Paragraph | None:
    """Table 3 read downwards: which defense is the stronger; None where fewer than two of the cell have results."""
    rows = compared("table3", results, data=data, network=network)
    rows = rows[rows["ours"].notna()]
    names = list(dict.fromkeys(rows["model"]))
    if len(names) < 2:
        return None
    said = []
    for example in ("clean", "pgd", "nrf"):
        part = rows[rows["example"] == example]
        printed, ours = (_ranked(part, column) for column in ("percent", "ours"))
        agrees = "the same order" if _order(part, "percent") == _order(part, "ours") else "another order"
        said.append(f"{example.upper() if example != 'clean' else 'Clean'}: printed {printed}; ours {ours}, {agrees}.")
    widths = {results[name].card.width for name in names}
    if len(widths) > 1:
        said.append("Our networks are of different widths, so this order says little of the defenses.")
    heading = "Table 3 ranks defenses"
    return Paragraph(heading, " ".join(said), command("table3", *(results[name] for name in names)), "defenses")


def _order(rows: pd.DataFrame, column: str) -> list[str]:
    return list(rows.sort_values(column, ascending=False)["defense"])


def _ranked(rows: pd.DataFrame, column: str) -> str:
    """Defenses by their accuracy, the highest first."""
    ordered = rows.sort_values(column, ascending=False).to_dict("records")
    return " > ".join(f"{row['defense'].upper()} {row[column]:.1f}" for row in ordered)


WRITERS: dict[str, tuple[str, Callable[[Result], tuple[str, str]]]] = {
    "split": ("table1", _pattern),
    "label": ("table1", _label),
    "agreement": ("table2", _agreement),
    "norms": ("table3", _norms),
    "mask": ("table4", _mask),
}


def _cell(
    result: Result, source: str, example: str, side: str, against: str = "true", tolerance: str = "image"
) -> float:
    rows = result.table("cells")
    keys = {"tolerance": tolerance, "source": source, "example": example, "side": side, "against": against}
    for name, value in keys.items():
        rows = rows[rows[name] == value]
    return float(rows["value"].iloc[0])


def _has(result: Result, source: str) -> bool:
    return bool((result.table("cells")["source"] == source).any())


def _printed(card: "ModelCard") -> pd.DataFrame:
    rows = published("table1")
    return rows[(rows["data"] == card.data) & (rows["network"] == card.network)]


def _each(shares: Mapping[str, float]) -> str:
    """Every example with its share: "99.4 % (clean), 96.8 % (PGD)"."""
    return ", ".join(f"{_pc(share)} ({'clean' if name == 'clean' else name.upper()})" for name, share in shares.items())


def _beside(printed: pd.DataFrame, side: str, examples: Sequence[str]) -> str:
    """The printed numbers in brackets; nothing for data that the paper has not."""
    rows = printed[printed["side"] == side].set_index("example")["percent"]
    return f" (printed: {', '.join(f'{rows[example]:.1f}' for example in examples)} %)" if len(rows) else ""


def _pc(share: float) -> str:
    return f"{100 * share:.1f} %"
