"""The first screen of the Paper page: every claim with its verdict, in one table; and why each verdict is so."""

from collections.abc import Mapping

import streamlit as st

from core.analysis.paper.claims import SIGNS, Claim, claims, counted, html, slide, title
from core.analysis.paper.published import ITEMS, names
from core.analysis.paper.table1_findings import cell
from core.analysis.paper.verdict import VERDICTS
from core.analysis.results import StoredResult
from core.datasets import DATASETS
from core.look import number, percent
from core.models import ModelCard
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.screens.paper.figures import PAGES
from dashboard.selection import session
from dashboard.shared.claim import answer, doubt, note
from dashboard.shared.words import glossed_html, network_name, plain

Found = Mapping[str, Mapping[str, StoredResult]]  # by item, then by model
PAPER = "*Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck*, NeurIPS 2021"


def results(view: View) -> Found:
    """Of every item, by model: the paper's own run, else for a figure the result of the page that shows the like."""
    own = {item: stored_results.measured(f"paper-{item}", view.catalog.cards) for item in ITEMS}
    usual = {item: stored_results.measured(kind, view.catalog.cards) for item, kind in PAGES.items()}
    return {item: {**usual.get(item, {}), **found} for item, found in own.items()}


def networks(found: Found) -> tuple[list[str], str]:
    """Our networks with tables, the likest to the paper's first; and the one that the page is about, if any."""
    tables = {item: of_it for item, of_it in found.items() if item not in PAGES}
    cards = {name: result.card for of_it in tables.values() for name, result in of_it.items()}
    data, defense = names("data")[0], names("defense")[0]
    ranked = sorted(
        cards,
        key=lambda name: (cards[name].data != data, cards[name].defense != defense, -cards[name].width, name),
    )
    return ranked, next((name for name in ranked if name in found["table1"]), ranked[0] if ranked else "")


def chosen(view: View, found: Found) -> str:
    """The network that the page is about; empty where none has results."""
    ranked, best = networks(found)
    return view.selection.ours if view.selection.ours in ranked else best


def first_screen(view: View, found: Found, name: str) -> None:
    """How many claims hold, the table, and in what ours differs."""
    every, card = judged(found, name), _card(found, name)
    with st.container(key="claims_line", horizontal=True, vertical_alignment="center", gap="medium"):
        answer(answer_of(every, card))
        if view.controls:
            choose(view, found, name)
    with st.container(key="picture"):
        st.html(glossed_html((slide if view.presenting else html)(every, view.look)))
        if not view.presenting:
            note(f"{tally_of(every)}. {PAPER}")
    doubt(doubt_of(found, name))


def judged(found: Found, name: str) -> list[Claim]:
    """The claims by the results of one network, decided once and again when a result changes."""
    folders = sorted(result.folder for of_it in found.values() for result in of_it.values())
    return _judged(name, tuple((str(folder), stored_results.changed(folder)) for folder in folders), found)


@st.cache_resource(max_entries=16, show_spinner=False)
def _judged(name: str, folders: tuple[tuple[str, int], ...], _found: Found) -> list[Claim]:
    return claims(_found, name)


def answer_of(every: list[Claim], card: ModelCard) -> str:
    """How many claims hold, as Markdown."""
    compared, holds, partly, fails = counted(every)
    ours = f"our {'smaller ' if card.width < 1 else ''}network"
    rest = [f"{partly} only in part"] * bool(partly) + [f"{fails} do{'es' * (fails == 1)} not"] * bool(
        fails and not partly
    )
    return f"**{holds} of {compared}** claims of the paper hold on {ours}" + (f", {rest[0]}." if rest else ".")


def tally_of(every: list[Claim]) -> str:
    """How many claims have each verdict; the answer names only the first two."""
    verdicts = [claim.evidence.verdict for claim in every]
    counts = {verdict: verdicts.count(verdict) for verdict in SIGNS}
    return ", ".join(f"{SIGNS[verdict]} {verdict} {count}" for verdict, count in counts.items() if count)


def doubt_of(found: Found, name: str) -> str:
    """In what our conditions differ from the paper's, and what the claim on robust channels must not stand without."""
    card, table1 = _card(found, name), found["table1"].get(name)
    n = next(of_it[name] for of_it in found.values() if name in of_it).manifest["data"]["n"]
    differs = f"{number(card.width)} of the width and another training" if card.width != 1 else "another training"
    said = f"Ours is not their network: {differs}, seen on {n:,} images."
    if table1 is None:
        return said
    repeated = percent(cell(table1, "wrong", "clean", "robust", "supplied")["value"])
    return f"{said} Given a wrong label, robust channels repeat that one on {repeated}: it may be the label that holds."


def why(view: View) -> None:
    """What decides each verdict."""
    found = results(view)
    every = judged(found, chosen(view, found))
    if view.presenting:  # their numbers and ours, which the first slide has no room for
        st.html(html(every, view.look))
    for claim in every:
        evidence = claim.evidence
        mark = f"{SIGNS[evidence.verdict]} **{evidence.verdict}**"
        st.markdown(f"{mark} · {title(claim.item)}: {plain(claim.claim)}. {plain(evidence.why)}")
    st.caption("  \n".join(f"{SIGNS[verdict]} {verdict}: {meaning}" for verdict, meaning in VERDICTS.items()))


def choose(view: View, found: Found, name: str) -> None:
    """Which of our networks stands beside the printed numbers."""
    ranked, _ = networks(found)
    cards = {one: _card(found, one) for one in ranked}
    st.selectbox(
        "Our network", ranked, label_visibility="collapsed", width=420,
        format_func=lambda one: described(cards[one]), **session.bound("ours", name),
    )  # fmt: skip
    if view.selection.ours and view.selection.ours != name:
        st.info(f"{plain(view.selection.ours)} has no results of the paper here.")


def described(card: ModelCard) -> str:
    """A network in a menu of networks of several data sets and widths."""
    data = DATASETS[card.data].info.title if card.data in DATASETS else card.data
    return f"{data}: {network_name(card)}, width {number(card.width)}"


def _card(found: Found, name: str) -> ModelCard:
    return next(of_it[name].card for of_it in found.values() if name in of_it)
