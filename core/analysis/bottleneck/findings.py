"""Reading a sweep over beta: where curves cross, when a channel changes side, every beta in a sentence. No torch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.empty_set import empty_set
from core.look import number, percent

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
            f"On {which} images the two curves do not cross between β {number(betas[0])} and {number(betas[-1])}: "
            f"the {before} channels alone are nowhere the less accurate ones."
        )
    places = " and ".join(_place(beta) for beta in found)
    rest = f"above it the {after} ones" if len(found) == 1 else "after that they change places each time"
    return (
        f"On {which} images the two curves cross at β {places}: below, the {before} channels alone are the more "
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
        f"On {which} images the robust channels alone are most accurate at β {number(best['beta'])} ({_percent(best)})"
    )
    if best is first:
        return f"{said}, the start of the grid: there is no rise before the fall."
    how = "goes beyond" if first["high"] < best["low"] else "lies within"
    return f"{said}, after {_percent(first)} at β {number(first['beta'])}: a rise that {how} the 95 % intervals."


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
        f"At β {number(beta)}, given the true label, the robust channels alone ({count:.3g} of "
        f"{point['channels']} on average) still predict it on {share_in_words(robust['measured']['value'])} of the "
        f"{point['n']} clean images ({_interval(robust['measured'])}) and on {share['robust', 'attacked']} of the "
        f"attacked ones; the non-robust ones do on {share['nonrobust', 'clean']} and {share['nonrobust', 'attacked']}. "
        f"Controls on clean images: given a wrong label, the robust channels repeat it on {wrong}; as many random "
        f"channels predict the true label on {drawn}, a random network's robust channels on {twin}. "
        f"{_empty(point['empty'])}"
    )


def answer_sentences(found: Mapping[str, Sequence[float]], robust_leads: Mapping[str, bool]) -> str:
    """What is left as beta rises: up to where which side alone is the more accurate; three numbers at most.

    Args:
        found: of clean and of attacked images, every beta at which the two accuracy curves cross.
        robust_leads: whether the robust channels are the more accurate before the first of them.
    """
    clean, attacked = (_places(found[which]) for which in ("clean", "attacked"))
    alike = len(clean) == len(attacked) == 1 and robust_leads["clean"] == robust_leads["attacked"]
    under = (
        f"Under attack, that point is {attacked[0]}."
        if alike
        else f"Under attack, {_leads(attacked, robust_leads['attacked'], 3 - min(len(clean), 2))}."
    )
    return f"Given the true label, {_leads(clean, robust_leads['clean'])}. {under}"


def _leads(places: Sequence[str], robust_first: bool, room: int = 2) -> str:
    """Which side alone predicts better where, with at most `room` numbers."""
    first, second = ("robust", "non-robust") if robust_first else ("non-robust", "robust")
    if not places:
        return f"the {first} channels alone predict the class better at every β"
    if len(places) == 1:
        return f"the {first} channels alone predict the class better up to {places[0]}, the {second} ones above it"
    if len(places) == 2 and room >= 2:
        between = f"{places[0]} and {places[1].removeprefix('β ')}"
        return f"the {second} channels alone predict the class better only between {between}"
    return "the two sides change places more than once"


def _places(found: Sequence[float]) -> list[str]:
    return [f"β {_place(beta)}" for beta in found]


def _place(beta: float) -> str:
    """Between two points of the grid, two digits are all that is known."""
    return number(float(f"{beta:.2g}"))


def doubt_sentence(curves: pd.DataFrame, beta: float) -> str:
    """Why the robust channels' accuracy proves little: what a wrong label does, and what chance does, at one beta."""
    robust = curves[curves["beta"] == beta].set_index(["side", "images"]).sort_index().loc["robust", "clean"]
    return (
        f"Given a *wrong* label at β {number(beta)}, the robust channels repeat it in "
        f"{percent(robust['wrong_label_value'])} of the images. The same number of channels, drawn at random, predict "
        f"the true one in {percent(robust['random_mask_value'])}."
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
        f"On average {number(count)} robust channels alone are right on {percent(robust['value'])} of the images, "
        f"{percent(attacked['value'])} attacked; a wrong label is repeated in {percent(robust['wrong_label_value'])}."
    )


def image_sentence(robust: int, clean: str, attacked: str) -> str:
    """What the slider says of one image: how many channels are robust, and what they say, clean and attacked."""
    if not robust:
        return f"{empty_set().capitalize()}."
    channels = "channel says" if robust == 1 else "channels say"
    if clean == attacked:
        return f"{robust} robust {channels} {clean}, clean and attacked."
    return f"{robust} robust {channels} {clean}; attacked, {attacked}."


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
