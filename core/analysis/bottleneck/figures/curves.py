"""A stored sweep as panels of curves over beta."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.analysis.bottleneck.figures.beta_axis import position
from core.analysis.results import StoredResult
from core.analysis.slider import Dash, Line, Panel
from core.look import Look, number
from core.sides import NAMED, STYLES

CONTROLS: dict[str, tuple[str, Dash]] = {
    "wrong_label": ("wrong label", "dot"),
    "random_mask": ("random mask", "dashdot"),
}
ROOM = 1.08  # above the highest curve


@dataclass(frozen=True)
class Curves:
    """A stored sweep: the tables `curves` and `counts`, the grid, and where accuracy curves cross, clean, attacked."""

    betas: Sequence[float]
    curves: pd.DataFrame
    counts: pd.DataFrame
    crossings: dict[str, list[float]]

    @staticmethod
    def of(result: StoredResult) -> "Curves":
        """What is drawn of a stored sweep."""
        summary = result.summary
        return Curves(summary["betas"], result.table("curves"), result.table("counts"), summary["crossings"])

    def robust_leads(self, which: str) -> bool:
        """Whether the robust channels are the more accurate before the two curves cross for the first time."""
        of = self.curves[self.curves["images"] == which].pivot_table(index="beta", columns="side", values="value")
        return bool(next((gap for gap in of["robust"] - of["nonrobust"] if gap), 1.0) > 0)


def panels(main: Curves, look: Look) -> list[Panel]:
    """Every panel of a sweep."""
    return [*accuracy(main, look), *counts(main, look)]


def accuracy(main: Curves, look: Look) -> list[Panel]:
    """What all, the robust and the non-robust channels predict as labeled, clean and attacked, with the controls."""
    return [_accuracy(main, which, look) for which in ("clean", "attacked")]


def _accuracy(main: Curves, which: str, look: Look) -> Panel:
    of = main.curves[main.curves["images"] == which].sort_values("beta").set_index("side")
    controls = [
        Line(name=name, values=of.loc["robust", f"{key}_value"].tolist(), color=look.muted, dash=dash, quiet=True)
        for key, (name, dash) in CONTROLS.items()
    ]
    sides = [
        Line(
            name=NAMED[side], values=rows["value"].tolist(), color=color, symbol=STYLES[side].symbol,
            low=rows["low"].tolist(), high=rows["high"].tolist(), dash="dash" if side == "nonrobust" else "",
        )
        for side, color in look.sides().items()
        for rows in [of.loc[side]]
    ]  # fmt: skip
    marks = [
        (position(main.betas, beta), f"cross at β {number(float(f'{beta:.2g}'))}") for beta in main.crossings[which]
    ]
    robust = of.loc["robust", "value"]
    return Panel(
        title=f"Right on {which} images", lines=[*controls, *sides], marks=marks,
        says=f"On {which} images the robust channels alone are right on {robust.iloc[0]:.0%} at the smallest β and "
        f"{robust.iloc[-1]:.0%} at the largest.",
    )  # fmt: skip


def counts(main: Curves, look: Look) -> list[Panel]:
    """How many channels each side has, and how many images have no robust one."""
    table = main.counts.sort_values("beta")
    sides = [
        Line(
            name=NAMED[side], values=table[f"{side}_mean"].tolist(), color=look.sides()[side],
            symbol=STYLES[side].symbol, low=table[f"{side}_q25"].tolist(), high=table[f"{side}_q75"].tolist(),
            dash="dash" if side == "nonrobust" else "",
        )
        for side in ("nonrobust", "robust")
    ]  # fmt: skip
    first, last = (number(table["robust_mean"].iloc[end]) for end in (0, -1))
    empty = Line(name="none robust", values=table["empty"].tolist(), color=look.robust, symbol="circle")
    return [
        Panel(
            title="Channels of an image, on average", lines=sides, form="number",
            top=ROOM * float(table[["robust_q75", "nonrobust_q75", "robust_mean", "nonrobust_mean"]].max().max()),
            says=f"An image has {first} robust channels on average at the smallest β, {last} at the largest.",
        ),
        Panel(
            title="Images with no robust channel", lines=[empty],
            says=f"At the largest β {table['empty'].iloc[-1]:.0%} of the images have no robust channel.",
        ),
    ]  # fmt: skip
