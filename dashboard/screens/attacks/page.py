"""What is left of a network under attack, whether the paper's attacks are worth it, and one image on its way."""

from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.answers.scene import look, subject
from dashboard.frame import stored
from dashboard.frame.page import page
from dashboard.screens.attacks import settings as attack_settings
from dashboard.screens.attacks import steps as attack_steps
from dashboard.screens.attacks import tables as attacks
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored evaluation, then the current image."""
    result, image = stored.chosen("attacks", selection, catalog), subject(selection, catalog)
    if result is None:
        attack_settings.nothing_stored(selection, catalog)
    else:
        evaluation(result, selection, catalog)
    attack_steps.steps(selection, catalog, image, look(selection))
    if result is not None:
        if "controls" not in selection.hide:
            attack_settings.another(selection, catalog)
        if "footer" not in selection.hide:
            attack_settings.footer(result, selection, image)


def evaluation(result: StoredResult, selection: Selection, catalog: Catalog) -> None:
    """Everything that was stored: claims first, then what they rest on."""
    palette, card = look(selection), catalog.cards[selection.model]
    rival = beside("attacks", selection, catalog)
    printed = stored_results.printed_attacks(result)
    attacks.lead(result)
    attacks.bounded(result, rival, printed[printed["table"] == "table3"], palette)
    attacks.minimal(result, rival, palette)
    along = stored_results.stored_result("attacks-radii", selection.model, card.sha256)
    attacks.radii(along, beside("attacks-radii", selection, catalog), card.name, palette)
    attacks.diagnostics(result)
    attacks.paper(printed, card)


def beside(kind: str, selection: Selection, catalog: Catalog) -> StoredResult | None:
    """The stored result of the model that is compared."""
    if selection.compare == "none":
        return None
    return stored_results.stored_result(kind, selection.compare, catalog.cards[selection.compare].sha256)


page("What is left under attack?", draw)
