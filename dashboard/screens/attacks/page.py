"""What is left of a network under attack, whether the paper's attacks are worth it, and one image on its way."""

from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.frame.page import page
from dashboard.frame.view import Kind, View
from dashboard.screens.attacks import tables
from dashboard.screens.attacks.settings import QUICK, TAKES, form, sources
from dashboard.screens.attacks.steps import steps


def draw(view: View) -> None:
    """The stored evaluation, then the current image."""
    if view.stored is not None:
        evaluation(view)
    steps(view)


def evaluation(view: View) -> None:
    """Everything that was stored: claims first, then what they rest on."""
    result, rival, look, name = view.result, view.rival, view.look, view.card.name
    printed = tables.printed(result)
    tables.lead(result)
    tables.bounded(result, rival, printed[printed["table"] == "table3"], look)
    tables.minimal(result, rival, look)
    tables.radii(radii_of(view, name), radii_of(view, view.selection.compare), name, look)
    tables.diagnostics(result)
    tables.paper(printed, view.card)


def radii_of(view: View, name: str) -> StoredResult | None:
    """The curve over radii of a model."""
    card = view.catalog.cards.get(name)
    return None if card is None else stored_results.stored_result("attacks-radii", name, card.sha256)


KIND = Kind(
    name="attacks", noun="evaluation of", takes=TAKES, options=f'--attacks "{QUICK}" --n 500', form=form,
    title="Compute with other attacks", open=True, sources=sources,
    live=lambda s: f"computed live, β {s.beta:g}, seed {s.seed}",
)  # fmt: skip
page("attacks", draw, kind=KIND)
