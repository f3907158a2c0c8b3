"""The two sides of a split, and all channels beside them: the one table of how each is named, written and drawn."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["robust", "nonrobust"]
Reader = Literal["all", "robust", "nonrobust"]  # what a prediction is read from
SIDES: tuple[Side, Side] = ("robust", "nonrobust")
READERS: tuple[str, ...] = ("all", *SIDES)


@dataclass(frozen=True)
class SideStyle:
    """How one side of the channels is named and drawn; the sign doubles its color, which is a look's.

    Args:
        word: its name.
        sign: before the name.
        symbol: of its points, as plotly calls it.
    """

    word: str
    sign: str
    symbol: str

    @property
    def marked(self) -> str:
        """Sign and name."""
        return f"{self.sign} {self.word}"


STYLES = {
    "all": SideStyle("all", "┼", "cross-thin"),
    "robust": SideStyle("robust", "●", "circle"),
    "nonrobust": SideStyle("non-robust", "▲", "triangle-up"),
}
ALONE = {name: side.marked + " alone" * (name != "all") for name, side in STYLES.items()}  # what a side says by itself
NAMED = {name: side.word if name == "all" else side.marked for name, side in STYLES.items()}  # no sign stands for all
WORDS: dict[Reader, str] = {"all": "all channels", "robust": "robust only", "nonrobust": "non-robust only"}
