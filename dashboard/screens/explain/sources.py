"""Where the numbers of the page come from, and what the glossary says of them."""

from datetime import UTC, datetime

from core.look import number
from dashboard.frame.provenance import of_split
from dashboard.frame.view import View
from dashboard.screens.explain.scene import scene_of
from dashboard.selection.state import NO_ATTACK


def sources(view: View) -> list[str]:
    """Everything that the answer depends on."""
    scene = scene_of(view)
    card, asked, explanation = scene.main.card, scene.main.asked, scene.main.answer.explanation
    return [
        f"{'own image' if view.selection.own else view.selection.data} {scene.image.name}",
        f"{card.name} ({card.network}, width {card.width:g}, sha256 {card.sha256[:8]})",
        f"cut {asked.cut or card.cut}, before ReLU",
        f"label given: {scene.class_names[explanation.label]} ({explanation.label_kind})",
        f"β {asked.beta:g}, {asked.bottleneck.steps} steps of Adam, {asked.draws} noise draw{'s' * (asked.draws > 1)}, "
        f"seed {asked.seed}",
        f"KL {asked.kl}, T per {asked.tolerance}",
        asked.attack_in_words + ("" if asked.attack == NO_ATTACK else ", white-box"),
        of_split(asked.split_of),
        f"computed live in {number(scene.main.answer.seconds)} s",
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    ]


def numbers(view: View) -> dict[str, str]:
    """What the glossary says of this image."""
    shown = scene_of(view).main.answer
    return {
        "robust": f"Here: {int(shown.robust.sum())} of {len(shown.robust)} channels.",
        "tolerance": f"Here: T = {number(shown.tolerance)}.",
    }
