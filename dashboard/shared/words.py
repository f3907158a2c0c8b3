"""Text from outside, made safe to stand in Markdown, and small phrases that several parts share."""

import re
import string
from typing import TYPE_CHECKING

from core.glossary import TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.models import ModelCard

# Addresses become links even where every sign is escaped; a joiner of no width keeps them text.
_ADDRESS = re.compile(r"(https?:|www|@)", re.IGNORECASE)
_BLANK = re.compile(r"[^\S\u00a0]+")  # a space that keeps a number with its unit stays one
_JOINER = "\u2060"
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_ROBUST = re.compile(r"(\d+ (?:\\\(attacked\\: \d+\\\) )?robust channels?)")
_NONROBUST = re.compile(r"(\d+ (?:\\\(attacked\\: \d+\\\) )?non\\-robust (?:channels?|ones))")
# Longer ways to write come first, so that "robust channels" is not read as "channels".
_WRITTEN = sorted(((way, term.key) for term in TERMS for way in term.written), key=lambda pair: -len(pair[0]))
_EITHER = [
    f"[{way[0].upper()}{way[0]}]{way[1:]}" if way[0].islower() else way for way, _ in _WRITTEN
]  # opens a sentence
_WAYS = "|".join(f"({way})" for way in _EITHER).replace("-", r"\\?-")  # `plain` may have put a stroke before it
_TERM = re.compile(rf"(?<![\w\\-])(?:{_WAYS})(?![\w-])")
_UNTOUCHED = re.compile(r"(!?\[[^\]]*\]\([^)]*\)|`[^`]*`|\$[^$]*\$|:material/\w+:)")  # links, code, formulas, icons

_TAGS = re.compile(r"(<style>.*?</style>|<[^>]*>)", re.DOTALL)


def plain(text: str, most: int = 400) -> str:
    """`text` that Markdown shows as it is: no link, picture, directive or formula can come from outside."""
    text = _BLANK.sub(" ", text).strip()
    text = text if len(text) <= most else text[: most - 1] + "…"
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(rf"\1{_JOINER}", text))


def colored(sentence: str) -> str:
    """A sentence of `core.analysis.explain.findings` as Markdown, with the two kinds of channel in their colors."""
    text = _NONROBUST.sub(r":orange[**\1**]", plain(sentence, most=1000))
    return _ROBUST.sub(r":blue[**\1**]", text)


def radius(epsilon: float) -> str:
    """Epsilon in the unit people know: steps of 255."""
    return f"ε {255 * epsilon:.3g}/255"


def glossed(markdown: str) -> str:
    """Markdown in which each word of the glossary, where it stands first, is a link that opens it."""
    return _linked(markdown, _UNTOUCHED, "[{word}](#term-{key})")


def glossed_html(html: str) -> str:
    """HTML in which each word of the glossary, where it stands first, is a link that opens it."""
    return _linked(html, _TAGS, '<a href="#term-{key}">{word}</a>')


def _linked(text: str, untouched: re.Pattern[str], form: str) -> str:
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        key = _WRITTEN[(match.lastindex or 1) - 1][1]
        if key in seen:
            return match[0]
        seen.add(key)
        return form.format(word=match[0], key=key)

    return "".join(part if number % 2 else _TERM.sub(link, part) for number, part in enumerate(untouched.split(text)))


_TRAINED = {"standard": "standard training", "adv": "adversarially trained"}


def training(card: "ModelCard") -> str:
    """How a network was trained, in the field's words."""
    return _TRAINED.get(card.defense) or f"trained by {card.defense.upper()}"


def in_short(card: "ModelCard", beside: "ModelCard | None") -> str:
    """What a sentence calls a network: by how it was trained, or by its place where the one beside it was the same."""
    if beside is None:
        return "the network"
    if beside.defense == card.defense:
        return "the first network"
    names = {"standard": "the standard network", "adv": "the adversarially trained network"}
    return names.get(card.defense) or f"the network {training(card)}"


def network_name(card: "ModelCard") -> str:
    """A network in the field's words: "VGG-16, adversarially trained"."""
    from core.models import MODELS

    return f"{MODELS.title(card.network)}, {training(card)}"


def network_names(cards: "Mapping[str, ModelCard]", names: "Iterable[str]") -> dict[str, str]:
    """What each of some networks is called in one menu; where two would read the same, with what tells them apart."""
    known = {name: network_name(cards[name]) for name in names}
    same = {words for words in known.values() if list(known.values()).count(words) > 1}
    return {name: f"{words} ({name})" if words in same else words for name, words in known.items()}
