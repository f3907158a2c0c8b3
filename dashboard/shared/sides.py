"""What a prediction is read from, and of which image, in the words of a page."""

from typing import Literal

from core.look import SIDES

Which = Literal["all", "robust", "nonrobust"]
When = Literal["clean", "adversarial"]
# Words in sentences, names in tables, and names in Markdown.
WORDS: dict[Which, str] = {"all": "all channels", "robust": "robust only", "nonrobust": "non-robust only"}
NAMED = {name: side.word if name == "all" else side.marked for name, side in SIDES.items()}  # no sign stands for all
MARKED = {
    "robust": f":blue[{SIDES['robust'].marked}]",
    "nonrobust": f":orange[{SIDES['nonrobust'].marked}]",
}
