"""What is claimed about a model's channels, every figure beside what it must be compared with."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.channels.agreement import similarity_order
from core.look import percent
from core.statistics import fraction, spread

MASKS = ("distilled", "weights", "random")
COMPARED = {"weights": "the classifier's weights for the label given", "variance": "the channels' own variance"}
OFTEN = 0.8  # of a class's images: a channel that is robust in these is robust for the class
NEAR = 1e-9  # 0.8 of 10 images is 8 of them, whatever floats say


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


def for_classes(classes: pd.DataFrame) -> NDArray[np.bool_]:
    """Which channels are robust for which class, (k, c): in at least `OFTEN` of its images.

    Args:
        classes: a row a class and channel, as `Assignment` stores it; a class without images has none.
    """
    shares = classes.pivot_table(index="class", columns="channel", values="robust_share", dropna=False)
    return shares.to_numpy() >= OFTEN - NEAR


def answer(classes: pd.DataFrame) -> str:
    """How many channels are robust for one class, several, none: a sentence in Markdown."""
    counts = for_classes(classes).sum(axis=0)
    alone, several, none = int((counts == 1).sum()), int((counts > 1).sum()), int((counts == 0).sum())
    are = "channel is" if alone == 1 else "channels are"
    return f"**{alone}** {are} robust for one class alone, **{several}** for several, **{none}** for none."


def doubt(found: dict[str, Any], repeated: float | None = None) -> str:
    """Why the split of a summary is to be doubted: another seed, another label.

    Args:
        found: a summary.
        repeated: on which share of the images the robust channels predict a wrong label that was given; None where
            nobody counted.
    """
    said = []
    if shared := found["agreement"]["seeds"]["jaccard"]:
        only = "only " if shared["mean"] < OFTEN else ""
        said.append(f"Two noise seeds share {only}{percent(shared['mean'])} of an image's robust channels.")
    if repeated is not None:
        said.append(f"Given a wrong label, the robust channels alone repeat it on {percent(repeated)} of the images.")
    return " ".join(said) or "Another noise seed, or a wrong label, would call other channels robust."


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
        "split": f"On average {percent(found['robust_share'])} of {found['channels']} channels are robust "
        f"(n = {found['n']}, given the true label)."
    }
    if shared := found["agreement"]["seeds"]["jaccard"]:
        said["seeds"] = (
            f"Two noise seeds share {percent(shared['mean'])} of an image's robust channels (Jaccard, {found['seeds']} "
            f"seeds); a channel changes side in {percent(found['flip_rate'])} of all pairs of seeds."
        )
    if found["linear_tail"]:
        said["weights"] = agreement(found, "weights") + " " + _weights_alone(found)
    said["variance"] = agreement(found, "variance")
    if found["linear_tail"] and found["flips"]["n"]:
        flips = found["flips"]
        said["flips"] = (
            f"Half of the predictions change when the right {flips['q50']:.0f} channels or fewer are removed; "
            f"{percent(flips['robust_part'])} of those are robust."
        )
    return said


def agreement(found: dict[str, Any], name: str) -> str:
    """How far the split follows something simpler, a name of `COMPARED`."""
    of = found["agreement"]
    rank, overlap, drawn = of[name]["spearman"], of[name]["jaccard"], of["random"]["jaccard"]
    known = [f"rank correlation {rank['mean']:.2f}"] if rank else []
    known += [f"overlap {percent(overlap['mean'])}"] if overlap else []
    known += [f"{percent(drawn['mean'])} with as many drawn at random"] if overlap and drawn else []
    return f"The split against {COMPARED[name]}: {', '.join(known) or 'nothing in common'}."


def _weights_alone(found: dict[str, Any]) -> str:
    weights, drawn, distilled = (
        percent(found["accuracy"][name]["clean"]["value"]) for name in ("weights", "random", "distilled")
    )
    return (
        f"The channels whose weights speak for the label, with nothing distilled, predict it alone on {weights} of the "
        f"clean images; the distilled ones on {distilled}, as many at random on {drawn}."
    )
