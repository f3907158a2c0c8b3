"""How long an answer about one image would take, and what a job has computed of it."""

import torch

from core.analysis.explain.archive import Wanted, archive, attacked_name, kept_image, kept_rows
from core.analysis.explain.cost import Speed, attack_seconds, speed, step_seconds
from core.models import ModelCard
from dashboard.answers import at_hand, distilled
from dashboard.answers.distilled import Attacked, study
from dashboard.answers.image import OneImage
from dashboard.answers.question import Question
from dashboard.answers.remember import MEMORY, key_of, remembered

BESIDE = 6  # rows beside those of the labels: the seeds, the other reading, the random network


def seconds(asked: Question, card: ModelCard, image: OneImage, *, whole: bool = True) -> float:
    """Of everything that is not known yet of what Explain shows, about; measured on this machine.

    Args:
        whole: with every label and seed, not the two sides alone.
    """
    net = (asked.model, asked.sha256, card.image_size)
    rows, total = card.num_classes + BESIDE, 0.0
    if _attacked_key(asked, image) in MEMORY:
        known = study(asked, image)
        rows = sum(row not in known.noise.rows for row in set(known.case.every if whole else known.case.sides))
    elif asked.attacker is not None:
        total = attack_seconds(asked.attacker, card.num_classes, _speed(*net))
    if rows:
        total += asked.bottleneck.steps * _step(*net, asked.cut, asked.draws, rows)
    return total


def recall(asked: Question, card: ModelCard, image: OneImage) -> None:
    """Take what a job has computed of it, as far as it is kept."""
    kept = archive()
    if (attack := asked.attacker) is not None and _attacked_key(asked, image) not in MEMORY:
        label = distilled.start_label(asked, image)
        name = attacked_name(card, image.x, label, attack, asked.seed, image.index or 0)
        if (found := kept_image(kept, name)) is None:
            return
        MEMORY.ask(_attacked_key(asked, image), lambda: Attacked(*found))
    x_adv = distilled.attacked(asked, image).x
    for random in (False, True):
        case, noise = study(asked, image, random)
        rows = case.sides if random else case.every
        if any(row not in noise.rows for row in rows):
            there = kept_rows(kept, Wanted(case, rows, card, image.x, x_adv, random))
            if there is not None:
                noise.rows.update(there[0])
                noise.seconds = there[1]


def _attacked_key(asked: Question, image: OneImage) -> object:
    return key_of(distilled._attacked, asked.of_attack, image)


@remembered
def _speed(model: str, sha256: str, size: int) -> Speed:
    return speed(at_hand.model(model, sha256), torch.full((1, 3, size, size), 0.5))


@remembered
def _step(model: str, sha256: str, size: int, cut: str, draws: int, rows: int) -> float:
    from core.distillation import Bottleneck

    net = at_hand.model(model, sha256)
    with torch.no_grad():
        z = net.features(torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0)), cut or None)
    return step_seconds(net, z, Bottleneck(noise_draws=draws, cut=cut or None), rows)
