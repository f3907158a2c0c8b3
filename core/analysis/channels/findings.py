"""What is claimed about a model's channels, every figure beside what it must be compared with."""

import math
from typing import Any

import pandas as pd

from core.analysis.channels.agreement import similarity_order
from core.look import percent
from core.statistics import fraction, spread

MASKS = ("distilled", "weights", "random")


def summary(images: pd.DataFrame, channels: pd.DataFrame, classes: pd.DataFrame, seeds: int) -> dict[str, Any]:
    """Plain JSON data from the three tables; what a tail that is not linear lacks is None."""
    agreement = {
        name: {kind: _spread(images, f"{kind}_{name}") for kind in ("spearman", "jaccard")}
        for name in ("weights", "variance", "random", "seeds")
    }
    shares = classes.pivot_table(index="class", columns="channel", values="robust_share", dropna=False).fillna(0)
    found: dict[str, Any] = {
        "n": len(images),
        "channels": len(channels),
        "seeds": seeds,
        "linear_tail": "clean_weights" in images,
        "robust_share": float(channels["robust_share"].mean()),
        "flip_rate": float(channels["flip_rate"].mean()) if seeds > 1 else None,
        "agreement": agreement,
        "network": {which: fraction(images[f"{which}_all"] == images["label"]) for which in ("clean", "attacked")},
        "accuracy": {name: _accuracy(images, name) for name in MASKS},
        "flips": _flip_summary(images),
        "class_order": similarity_order(shares.to_numpy()),
        "channel_order": similarity_order(shares.to_numpy().T),
    }
    return found | {"sentences": sentences(found)}


def flip_words(rate: float) -> str:
    """How often a channel changes side between seeds; NaN is unknown."""
    if math.isnan(rate):
        return "how often it changes side is unknown from one noise seed"
    return f"changes side in {percent(rate)} of pairs of seeds"


def _spread(images: pd.DataFrame, column: str) -> dict[str, float] | None:
    return spread(images[column]) if column in images else None


def _accuracy(images: pd.DataFrame, mask: str) -> dict[str, Any] | None:
    if f"clean_{mask}" not in images:
        return None
    return {which: fraction(images[f"{which}_{mask}"] == images["label"]) for which in ("clean", "attacked")}


def _flip_summary(images: pd.DataFrame) -> dict[str, Any] | None:
    if "flip_size" not in images:
        return None
    flipped = images[images["flip_size"] > 0]
    if flipped.empty:
        return {"n": 0}
    sizes = spread(flipped["flip_size"]) or {}
    return {"n": len(flipped), **sizes, "robust_part": float(flipped["flip_robust"].sum() / flipped["flip_size"].sum())}


def sentences(found: dict[str, Any]) -> dict[str, str]:
    """The figures in words by topic, each claim beside what it must be compared with."""
    said = {
        "split": f"On average {found['robust_share']:.1%} of {found['channels']} channels are robust "
        f"(n = {found['n']}, true label supplied)."
    }
    if shared := found["agreement"]["seeds"]["jaccard"]:
        said["seeds"] = (
            f"Two noise seeds share {shared['mean']:.0%} of an image's robust channels (Jaccard, {found['seeds']} "
            f"seeds); a channel changes side in {found['flip_rate']:.1%} of all pairs of seeds."
        )
    if found["linear_tail"]:
        said["weights"] = _weights_sentence(found)
    said["variance"] = _agreement(found, "variance", "the channels' own variance")
    if found["linear_tail"] and found["flips"]["n"]:
        flips = found["flips"]
        said["flips"] = (
            f"Half of the predictions change when the right {flips['q50']:.0f} channels or fewer are removed; "
            f"{flips['robust_part']:.0%} of those are robust."
        )
    return said


def _weights_sentence(found: dict[str, Any]) -> str:
    weights, drawn, distilled = (
        found["accuracy"][name]["clean"]["value"] for name in ("weights", "random", "distilled")
    )
    agreement = _agreement(found, "weights", "the classifier's weights for the supplied label")
    return (
        f"{agreement} The channels whose weights speak for the label, with nothing distilled, predict it alone on "
        f"{weights:.1%} of the clean images; the distilled ones on {distilled:.1%}, as many at random on {drawn:.1%}."
    )


def _agreement(found: dict[str, Any], name: str, what: str) -> str:
    agreement = found["agreement"]
    rank, overlap, drawn = agreement[name]["spearman"], agreement[name]["jaccard"], agreement["random"]["jaccard"]
    known = [f"rank correlation {rank['mean']:.2f}"] if rank else []
    known += [f"overlap {overlap['mean']:.0%}"] if overlap else []
    known += [f"{drawn['mean']:.0%} at random"] if drawn else []
    return f"Agreement of the split with {what}: {', '.join(known) or 'none'}."
