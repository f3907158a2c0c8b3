"""What a survey claims, every number with its interval and with the controls that it must stand beside."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.echo import echoes
from core.sides import SIDES
from core.statistics import fraction, spread

CLAIM = "{side} channels alone, {images} images: fraction predicted as labeled"


def summary(images: pd.DataFrame, channels: int) -> dict[str, Any]:
    """Plain JSON data from a survey's image table.

    `network` is the whole network's accuracy. Each of `claims` is one side's accuracy with the true label supplied;
    beside it stand the fraction on which that side predicts a wrong label when that is supplied, and the accuracies of
    as many random channels and of a random network. `label_echo` is the first of these for robust channels on clean
    images (see `core.analysis.echo`), `wrong_label_empty` on how many the wrong label leaves none. `empty` and `full`
    are the shares of images with no, and only, robust channels.

    Args:
        images: the table.
        channels: of the features.
    """
    return {
        "n": len(images),
        "channels": channels,
        "network": {which: fraction(images[f"{which}_all"] == images["label"]) for which in ("clean", "attacked")},
        "claims": [_claim(images, which, side) for side in SIDES for which in ("clean", "attacked")],
        "label_echo": fraction(_echoes(images, "clean")),
        "wrong_label_empty": fraction(images["wrong_robust_count"] == 0),
        "true_despite_wrong_label": fraction(images["wrong_clean_robust"] == images["label"]),
        "fooled": _fooled(images),
        "robust_fraction": spread(images["robust_count"] / channels),
        "random_network_robust_fraction": spread(images["twin_robust_count"] / channels),
        "empty": fraction(images["empty"]),
        "full": fraction(images["full"]),
    }


def claims_table(found: dict[str, Any]) -> pd.DataFrame:
    """The claims of a summary as a flat table, a row a claim."""
    rows = []
    for claim in found["claims"]:
        row = {key: claim[key] for key in ("claim", "side", "images")} | _flat("", claim["measured"])
        for name, control in claim["controls"].items():
            row |= _flat(f"{name}_", control)
        rows.append(row)
    return pd.DataFrame(rows)


def _claim(images: pd.DataFrame, which: str, side: str) -> dict[str, Any]:
    def agrees(prefix: str, with_column: str) -> dict[str, Any]:
        return fraction(images[f"{prefix}{which}_{side}"] == images[with_column])

    wrong = fraction(_echoes(images, which)) if side == "robust" else agrees("wrong_", "wrong_label")
    return {
        "claim": CLAIM.format(side=side.replace("non", "non-"), images=which),
        "side": side,
        "images": which,
        "measured": agrees("", "label"),
        "controls": {
            "wrong_label": wrong,
            "random_mask": agrees("mask_", "label"),
            "random_network": agrees("twin_", "label"),
        },
    }


def _echoes(images: pd.DataFrame, which: str) -> NDArray[np.bool_]:
    """On which images a wrong label that was supplied is what the robust channels say."""
    return echoes(images[f"wrong_{which}_robust"], images["wrong_label"], images["wrong_robust_count"])


def _fooled(images: pd.DataFrame) -> dict[str, Any]:
    """Of the images that the attack turned, on how many the non-robust side predicts what the network then says."""
    turned = images[(images["clean_all"] == images["label"]) & (images["attacked_all"] != images["label"])]
    if turned.empty:
        return {"n": 0, "nonrobust_agrees": None}
    return {"n": len(turned), "nonrobust_agrees": fraction(turned["attacked_nonrobust"] == turned["attacked_all"])}


def _flat(prefix: str, measured: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}{key}": value for key, value in measured.items()}
