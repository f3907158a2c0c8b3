import re
from types import SimpleNamespace

import pytest
from markdown_it import MarkdownIt

from core.glossary import TERMS
from core.look import number, percent
from dashboard.shared.words import colored, glossed, in_short, plain, radius

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


def test_a_number_stays_with_its_unit() -> None:
    assert plain("  76\u00a0%\n of  all") == "76\u00a0\\% of all"


def test_a_long_text_is_cut() -> None:
    assert plain("a" * 1000, most=10) == "a" * 9 + "…"


def test_the_two_kinds_of_channel_are_colored() -> None:
    sentence = "the 43 robust channels alone; the 1 non-robust channel alone; 12 (attacked: 9) robust channels"
    marked = colored(sentence)
    assert ":blue[**43 robust channels**]" in marked
    assert ":orange[**1 non\\-robust channel**]" in marked
    assert ":blue[**12 \\(attacked\\: 9\\) robust channels**]" in marked


def test_a_network_is_called_by_what_tells_it_from_the_other() -> None:
    standard, adv, mart = (SimpleNamespace(defense=name) for name in ("standard", "adv", "mart"))
    assert in_short(adv, standard) == "the adversarially trained network"  # type: ignore[arg-type]
    assert in_short(mart, adv) == "the network trained by MART"  # type: ignore[arg-type]
    assert in_short(adv, adv) == "the first network"  # type: ignore[arg-type]
    assert in_short(standard, None) == "the network"  # type: ignore[arg-type]


def test_numbers_in_words() -> None:
    assert [percent(value) for value in (0, 0.001, 0.4, 1)] == ["0\u00a0%", "<1\u00a0%", "40\u00a0%", "100\u00a0%"]
    assert percent(0.999) == ">99\u00a0%", "not all"
    assert [number(value) for value in (0.3, 34.87, -0.01234)] == ["0.3", "34.9", "−0.0123"]
    assert radius(12 / 255) == "ε 12/255"


@pytest.mark.parametrize("address", ["http://example.org", "HTTPS://example.org", "www.example.org", "a@example.org"])
def test_an_address_cannot_become_a_link(address: str) -> None:
    known = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+", re.IGNORECASE)
    assert known.search(address)
    assert not known.search(plain(address).replace("\\", ""))


def test_a_word_of_the_glossary_is_a_link_where_it_stands_first() -> None:
    linked = glossed(plain("Given the true label, 15 robust channels say disc; 3 non-robust ones, attacked, do not."))
    assert "[Given the true label](#term-label)" in linked
    assert "15 [robust channels](#term-robust)" in linked
    assert "[non\\-robust ones](#term-nonrobust)" in linked
    assert glossed("`β` [β](x) and square") == "`β` [β](x) and square", (
        "code, links and names of classes are left alone"
    )
    assert glossed("PGD, then PGD").count("#term-pgd") == 1


def test_a_term_has_everything_that_the_dialog_shows() -> None:
    assert len({term.key for term in TERMS}) == len(TERMS)
    for term in TERMS:
        assert term.plain.endswith(".")
        assert term.exact.endswith(".")
        assert len(term.plain.split()) <= 25, f"{term.name} has a plain sentence that is too long"
        for way in term.written:
            assert "#term-" in glossed(re.sub(r"\(\?:([^|)]*).*?\)\??|\?", r"\1", way)), f"{way} is found nowhere"
