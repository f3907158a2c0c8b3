import re

import pytest
from markdown_it import MarkdownIt

from core.look import percent
from dashboard.shared.words import colored, plain, radius

HOSTILE = (
    "<script>alert(1)</script>",
    "[a cat](http://example.org)",
    "![cat](http://example.org/cat.png)",
    ":red[cat] :material/home: $x^2$ `code` **bold** ~~gone~~",
    "# title\n* item\n| a | b |\n---",
    "http://example.org",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_text_from_outside_as_it_is(text: str) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(plain(text))
    rendered = rendered.replace("\u2060", "")  # has no width; keeps an address from becoming a link
    unescaped = rendered.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert unescaped == f"<p>{' '.join(text.split())}</p>\n"


def test_a_long_text_is_cut() -> None:
    assert plain("a" * 1000, most=10) == "a" * 9 + "…"


def test_the_two_kinds_of_channel_are_colored() -> None:
    sentence = "the 43 robust channels alone; the 1 non-robust channel alone; 12 (attacked: 9) robust channels"
    marked = colored(sentence)
    assert ":blue[**43 robust channels**]" in marked
    assert ":orange[**1 non\\-robust channel**]" in marked
    assert ":blue[**12 \\(attacked\\: 9\\) robust channels**]" in marked


def test_numbers_in_words() -> None:
    assert [percent(value) for value in (0, 0.001, 0.4, 1)] == ["0 %", "<1 %", "40 %", "100 %"]
    assert radius(12 / 255) == "ε 12/255"


@pytest.mark.parametrize("address", ["http://example.org", "HTTPS://example.org", "www.example.org", "a@example.org"])
def test_an_address_cannot_become_a_link(address: str) -> None:
    known = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+", re.IGNORECASE)
    assert known.search(address)
    assert not known.search(plain(address).replace("\\", ""))
