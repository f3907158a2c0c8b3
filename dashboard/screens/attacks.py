"""What is left of a network under attack, whether the paper's attacks are worth it, and one image on its way."""

from core.analysis.results import Result
from dashboard import cache
from dashboard.catalog import Catalog
from dashboard.parts import attack_settings, attack_steps, attacks, stored
from dashboard.parts.page import page
from dashboard.scene import look, subject
from dashboard.state import Selection


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored evaluation, then the current image."""
    result, image = stored.chosen("evaluate", selection, catalog), subject(selection, catalog)
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


def evaluation(result: Result, selection: Selection, catalog: Catalog) -> None:
    """Everything that was stored: claims first, then what they rest on."""
    palette, card = look(selection), catalog.cards[selection.model]
    rival = beside("evaluate", selection, catalog)
    printed = cache.printed_attacks(result)
    attacks.lead(result)
    attacks.bounded(result, rival, printed[printed["table"] == "table3"], palette)
    attacks.minimal(result, rival, palette)
    along = cache.stored_result("epsilons", selection.model, card.sha256)
    attacks.radii(along, beside("epsilons", selection, catalog), card.name, palette)
    attacks.diagnostics(result)
    attacks.paper(printed, card)


def beside(kind: str, selection: Selection, catalog: Catalog) -> Result | None:
    """The stored result of the model that is compared."""
    if selection.compare == "none":
        return None
    return cache.stored_result(kind, selection.compare, catalog.cards[selection.compare].sha256)


page("What is left under attack?", draw)
