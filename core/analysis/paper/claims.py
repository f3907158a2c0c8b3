"""The paper's claims, one by one: what it prints, what ours is, and the verdict, computed from stored results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from core.analysis.page import rendered
from core.analysis.paper import claims_figures, claims_tables
from core.analysis.paper.verdict import APART, FAILS, HOLDS, OPEN, PARTLY, Evidence
from core.analysis.results import StoredResult
from core.look import Look

TABLE, SLIDE = (Path(__file__).with_name(name) for name in ("claims.html.j2", "claims_short.html.j2"))
SIGNS = {HOLDS: "✓", PARTLY: "◐", FAILS: "✗", OPEN: "?", APART: "–"}  # before the verdict, for the eye
JUDGES = (*claims_tables.JUDGES, *claims_figures.JUDGES)
Results = Mapping[str, Mapping[str, StoredResult]]  # by item, then by model


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One line of the paper's claims.

    Args:
        item: the table or figure that it is read from, as in `core.analysis.paper.published.ITEMS`.
        claim: of the paper, in a few plain words.
        evidence: for and against.
    """

    item: str
    claim: str
    evidence: Evidence


def claims(found: Results, model: str) -> list[Claim]:
    """Every claim, decided by the results of one network and, where defenses are ranked, of those beside it.

    Args:
        found: results of the paper's items, of all networks.
        model: the network, by name.
    """
    return [Claim(item=item, claim=claim, evidence=judge(found[item], model)) for item, claim, judge in JUDGES]


def counted(every: Sequence[Claim]) -> tuple[int, int, int, int]:
    """How many claims can be compared, hold, hold in part, and do not."""
    verdicts = [claim.evidence.verdict for claim in every]
    compared = len(verdicts) - verdicts.count(APART)
    return compared, verdicts.count(HOLDS), verdicts.count(PARTLY), verdicts.count(FAILS)


def html(every: Sequence[Claim], look: Look) -> Markup:
    """The claims as a table for a page, a line each."""
    return rendered(TABLE, look=look, lines=_lines(every), apart=APART)


def slide(every: Sequence[Claim], look: Look) -> Markup:
    """The claims and their verdicts alone, so that all of them fit a projector."""
    return rendered(SLIDE, look=look, lines=_lines(every), signs=SIGNS)


def _lines(every: Sequence[Claim]) -> list[tuple[str, str, Evidence, str]]:
    return [(title(one.item), one.claim, one.evidence, SIGNS[one.evidence.verdict]) for one in every]


def title(item: str) -> str:
    """How a table or figure is written: "Table 1"."""
    return f"{item[:-1].capitalize()} {item[-1]}"
