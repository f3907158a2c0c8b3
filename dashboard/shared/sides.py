"""The sides that a prediction is read from, and the images: their words, wherever a page names them."""

from typing import Literal

Which = Literal["all", "robust", "nonrobust"]
When = Literal["clean", "adversarial"]
SIDES: dict[Which, str] = {"all": "all channels", "robust": "● robust only", "nonrobust": "▲ non-robust"}
WORDS: dict[Which, str] = {"all": "all channels", "robust": "robust only", "nonrobust": "non-robust only"}
