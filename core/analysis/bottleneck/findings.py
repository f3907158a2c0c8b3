"""Reading a sweep over beta: where curves cross, when a channel changes side, every beta in a sentence. No torch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.empty_set import empty_set
from core.look import percent

IN_WORDS = {
    1 / 10: "a tenth",
    1 / 5: "a fifth",
    1 / 4: "a quarter",
    1 / 3: "a third",
    2 / 5: "two fifths",
    1 / 2: "half",
    3 / 5: "three fifths",
    2 / 3: "two thirds",
    3 / 4: "three quarters",
    4 / 5: "four fifths",
    9 / 10: "nine tenths",
}


def crossings(betas: Sequence[float], first: NDArray[np.floating], second: NDArray[np.floating]) -> list[float]:
    """Every beta at which two curves change places, in rising order; empty where they never do.

    Between two grid points both curves are straight in log beta (from 0 to the next point, in beta). Curves that touch
    and part again on the same side do not cross; where they run together before they change places, the first common
    grid point counts.

    Args:
        betas: the grid, rising.
        first, second: one value a beta.
    """
    gap = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    apart = np.flatnonzero(gap)
    found = []
    for i, j in zip(apart[:-1], apart[1:], strict=True):
        if gap[i] * gap[j] < 0:
            share = gap[i] / (gap[i] - gap[j]) if j == i + 1 else 1.0
            found.append(float(_between(betas[i], betas[i + 1], share)))
    return found


def changes_at(betas: Sequence[float], margin: NDArray[np.floating]) -> NDArray[np.float32]:
    """The beta at which a channel leaves the robust side for good: a robustness score that needs no choice of beta.

    Args:
        betas: the grid, rising.
        margin: log sigma^2 - log T, positive on the robust side, (len(betas), ...).
    Returns:
        (...): 0 for a channel that is robust nowhere on the grid, infinity for one that still is at its end; between
        two grid points the margin is straight in log beta, as in `crossings`.
    """
    grid, robust = np.asarray(betas, dtype=float), margin > 0
    last = len(grid) - 1 - robust[::-1].argmax(axis=0)  # the last beta at which it is robust
    after = np.minimum(last + 1, len(grid) - 1)
    here, there = (np.take_along_axis(margin, i[None], axis=0)[0].astype(float) for i in (last, after))
    share = np.divide(here, here - there, out=np.zeros_like(here), where=here > there)
    found = _between(grid[last], grid[after], share)
    found[last == len(grid) - 1] = np.inf
    found[~robust.any(axis=0)] = 0
    return found.astype(np.float32)


def _between(low: Any, high: Any, share: Any) -> NDArray[np.floating]:
    """The beta at a share of the way from `low` to `high`: in log beta, or in beta where `low` is 0."""
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    ratio = np.divide(high, low, out=np.ones_like(high * low), where=low > 0)
    return np.where(low > 0, low * ratio**share, high * share)


def crossing_sentence(which: str, betas: Sequence[float], found: Sequence[float], first_leads: bool) -> str:
    """Where the two accuracy curves cross, or that they do not, and who leads.

    Args:
        which: "clean" or "attacked" images.
        betas: the grid, rising.
        found: as `crossings` returned it.
        first_leads: whether the robust channels are the more accurate before the first crossing.
    """
    before, after = ("robust", "non-robust") if first_leads else ("non-robust", "robust")
    if not found:
        return (
            f"On {which} images the two curves do not cross between beta = {betas[0]:g} and {betas[-1]:g}: "
            f"the {before} channels alone are nowhere the less accurate ones."
        )
    places = " and ".join(f"{beta:.2g}" for beta in found)
    rest = f"above it the {after} ones" if len(found) == 1 else "after that they change places each time"
    return (
        f"On {which} images the two curves cross at beta = {places}: below, the {before} channels alone are the more "
        f"accurate, {rest}."
    )


def peak_sentence(which: str, curve: Sequence[dict[str, float]]) -> str:
    """Where robust channels alone are most accurate, and whether they get better before they get worse, as in Fig. 5.

    Args:
        which: "clean" or "attacked" images.
        curve: `beta`, `value`, `low` and `high` at each point of the grid, rising.
    """
    first, best = curve[0], max(curve, key=lambda point: point["value"])
    said = (
        f"On {which} images the robust channels alone are most accurate at beta = {best['beta']:g} ({_percent(best)})"
    )
    if best is first:
        return f"{said}, the start of the grid: there is no rise before the fall."
    how = "goes beyond" if first["high"] < best["low"] else "lies within"
    return f"{said}, after {_percent(first)} at beta = {first['beta']:g}: a rise that {how} the 95 % intervals."


def beta_sentence(beta: float, point: dict[str, Any]) -> str:
    """One beta read aloud, every accuracy with its controls.

    Args:
        beta: the position.
        point: what `core.analysis.start.findings.summary` says of the images at this beta.
    """
    said = {(claim["side"], claim["images"]): claim for claim in point["claims"]}
    share = {kind: _percent(claim["measured"]) for kind, claim in said.items()}
    robust, count = said["robust", "clean"], point["robust_fraction"]["mean"] * point["channels"]
    wrong, drawn, twin = (
        _percent(robust["controls"][name]) for name in ("wrong_label", "random_mask", "random_network")
    )
    return (
        f"At beta = {beta:g}, with the true label supplied, the robust channels alone ({count:.3g} of "
        f"{point['channels']} on average) still predict it on {share_in_words(robust['measured']['value'])} of the "
        f"{point['n']} clean images ({_interval(robust['measured'])}) and on {share['robust', 'attacked']} of the "
        f"attacked ones; the non-robust ones do on {share['nonrobust', 'clean']} and {share['nonrobust', 'attacked']}. "
        f"Controls on clean images: given a wrong label, the robust channels say that one on {wrong}; as many random "
        f"channels predict the true label on {drawn}, a random network's robust channels on {twin}. "
        f"{_empty(point['empty'])}"
    )


def position_sentence(curves: pd.DataFrame, counts: pd.DataFrame, beta: float) -> str:
    """One position of the slider read aloud, the claim with its control.

    Args:
        curves, counts: tables of `core.analysis.bottleneck.experiment.BetaSweep`.
        beta: a point of the grid.
    """
    at = curves[curves["beta"] == beta].set_index(["side", "images"]).sort_index()
    robust, attacked = at.loc["robust", "clean"], at.loc["robust", "attacked"]
    count = float(counts.loc[counts["beta"] == beta, "robust_mean"].iloc[0])
    return (
        f"At β = {beta:g} the robust channels alone ({count:.3g} on average) say the true class of "
        f"{percent(robust['value'])} of the images, {percent(attacked['value'])} attacked; a wrong label is said back "
        f"in {percent(robust['wrong_label_value'])}."
    )


def image_sentence(robust: int, attacked_says: str) -> str:
    """What the slider adds of one image: how many channels are robust, and the class they say when it is attacked."""
    if not robust:
        return f"This image: {empty_set()}."
    return f"This image: {robust} robust; attacked, they say {attacked_says}."


def share_in_words(share: float) -> str:
    """The nearest simple fraction: 0.34 is "about a third"."""
    if share in (0, 1):
        return "all" if share else "none"
    if min(share, 1 - share) < 0.05:
        return "almost all" if share > 0.5 else "almost none"
    return f"about {IN_WORDS[min(IN_WORDS, key=lambda known: abs(known - share))]}"


def _empty(empty: dict[str, Any]) -> str:
    if not empty["value"]:
        return "Every image has a robust channel."
    return f"{_percent(empty)} of the images have no robust channel: their robust side predicts the same for all."


def _percent(measured: dict[str, Any]) -> str:
    return f"{100 * measured['value']:.3g} %"


def _interval(measured: dict[str, Any]) -> str:
    return f"{_percent(measured)}, 95 % interval {100 * measured['low']:.3g} to {100 * measured['high']:.3g} %"
