"""Text from outside, made safe to stand in Markdown, and small phrases that several parts share."""

import re
import string

# Addresses become links even where every sign is escaped; a joiner of no width keeps them text.
_ADDRESS = re.compile(r"(https?:|www|@)", re.IGNORECASE)
_JOINER = "\u2060"
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_ROBUST = re.compile(r"(\d+ (?:\\\(attacked\\: \d+\\\) )?robust channels?)")
_NONROBUST = re.compile(r"(\d+ (?:\\\(attacked\\: \d+\\\) )?non\\-robust (?:channels?|ones))")


def plain(text: str, most: int = 400) -> str:
    """`text` that Markdown shows as it is: no link, picture, directive or formula can come from outside."""
    text = " ".join(text.split())
    text = text if len(text) <= most else text[: most - 1] + "…"
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(rf"\1{_JOINER}", text))


def colored(sentence: str) -> str:
    """A sentence of `core.analysis.explain.findings` as Markdown, with the two kinds of channel in their colors."""
    text = _NONROBUST.sub(r":orange[**\1**]", plain(sentence, most=1000))
    return _ROBUST.sub(r":blue[**\1**]", text)


def radius(epsilon: float) -> str:
    """Epsilon in the unit people know: steps of 255."""
    return f"ε {255 * epsilon:.3g}/255"
