"""The sides in the words and colors of a page's Markdown, and the two images of a pair."""

from typing import Literal

from core.sides import STYLES

When = Literal["clean", "adversarial"]
WHENS: tuple[When, When] = ("clean", "adversarial")
MARKED = {"robust": f":blue[{STYLES['robust'].marked}]", "nonrobust": f":orange[{STYLES['nonrobust'].marked}]"}
