"""The one image that the first screen shows: chosen by a rule that is written beside it, stored with its pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from core import store
from core.analysis.explain.controls import controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.record import Conditions, record
from core.analysis.pictures import difference, png
from core.attacks import Attack
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.models import ModelCard
from core.types import Classifier

SIDE = 256  # pixels that a stored picture is enlarged to
RULE = (
    "the first test image that the network classifies correctly, that the attack turns, and on which, attacked, the "
    "robust channels alone predict the true label and the non-robust ones do not"
)
NO_SUCH = "the first test image, because none of the first {n} satisfies the rule: {rule}"


def choose(
    model: Classifier,
    dataset: Dataset,
    bottleneck: Bottleneck,
    attack: Attack,
    candidates: Iterable[int],
    seed: int = 0,
) -> tuple[int, Explanation] | None:
    """The first of the candidates that satisfies RULE, with its explanation; None if there is none."""
    for index in candidates:
        x, label = dataset.images[index : index + 1], int(dataset.labels[index])
        explanation = explain(model, x, label, attack=attack, bottleneck=bottleneck, seed=seed)
        if tells(explanation):
            return index, explanation
    return None


def tells(explanation: Explanation) -> bool:
    """Whether an explanation with the true label satisfies RULE."""
    truth, clean, attacked = explanation.true_label, explanation.clean.logits, explanation.adversarial.logits
    return (
        bool(explanation.adversarial.split.robust.any())  # the bias of an empty side predicts nothing
        and int(clean.all.argmax()) == truth
        and int(attacked.all.argmax()) != truth
        and int(attacked.robust.argmax()) == truth
        and int(attacked.nonrobust.argmax()) != truth
    )


def write_start(
    folder: Path,
    model: Classifier,
    twin: Classifier,
    card: ModelCard,
    dataset: Dataset,
    bottleneck: Bottleneck,
    attack: Attack,
    candidates: list[int],
    n: int,
    seed: int = 0,
) -> dict[str, Any]:
    """Write `start.json` and its pictures into `folder`; returns what the file holds.

    Args:
        candidates: images to try, in order; the survey knows which can satisfy the rule.
        n: images that were looked at in all, for the sentence where none does.
    """
    chosen = choose(model, dataset, bottleneck, attack, candidates, seed)
    index = 0 if chosen is None else chosen[0]
    x, label = dataset.images[index : index + 1], int(dataset.labels[index])
    explanation = explain(model, x, label, attack=attack, bottleneck=bottleneck, seed=seed)
    conditions = Conditions(card=card, image=index, attack=attack, bottleneck=bottleneck, seed=seed, split_of="clean")
    data = {
        **record(explanation, controls(model, twin, explanation, bottleneck, seed=seed), conditions),
        "rule": RULE if chosen else NO_SUCH.format(n=n, rule=RULE),
        "pictures": _write_pictures(folder, explanation),
        "magnified": difference(explanation.x[0].numpy(), explanation.x_adv[0].numpy())[1],
    }
    store.write_json(folder / "start.json", data)
    return data


def _write_pictures(folder: Path, explanation: Explanation) -> dict[str, str]:
    clean, attacked = explanation.x[0].numpy(), explanation.x_adv[0].numpy()
    pictures = {"clean": clean, "adversarial": attacked, "difference": difference(clean, attacked)[0]}
    for name, pixels in pictures.items():
        (folder / f"start-{name}.png").write_bytes(png(pixels, SIDE))
    return {name: f"start-{name}.png" for name in pictures}
