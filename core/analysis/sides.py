"""The two sides of a split, and what they are called: a symbol and a word; the color is a look's."""

from typing import Literal

Side = Literal["robust", "nonrobust"]
SIDES: tuple[Side, Side] = ("robust", "nonrobust")
READERS = ("all", *SIDES)  # what a prediction is read from
WORDS = {"all": "all", "robust": "robust", "nonrobust": "non-robust"}
GLYPHS = {"all": "■", "robust": "●", "nonrobust": "▲"}
