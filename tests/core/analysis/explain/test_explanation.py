from dataclasses import replace

import pytest
import torch

from core.analysis.explain.explanation import Explanation, explain, predicted
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench


def test_the_attacked_image_is_read_through_the_clean_split(bench: Bench, explanation: Explanation) -> None:
    clean, adversarial = explanation.clean, explanation.adversarial
    assert adversarial.split is clean.split
    z = bench.model.features(explanation.x_adv) * clean.split.robust[:, :, None, None]
    assert torch.equal(adversarial.logits.robust, bench.model.head(z))
    assert torch.equal(adversarial.logits.all, bench.model(explanation.x_adv))


def test_its_own_split_is_that_of_the_attacked_image(bench: Bench, explanation: Explanation) -> None:
    own = explain(bench.model, explanation.x, 0, attack=PGD_2, bottleneck=BOTTLENECK, split_of="own")
    again = BOTTLENECK(bench.model, own.x_adv, torch.tensor([0]))
    assert torch.equal(own.x_adv, explanation.x_adv)
    assert torch.equal(own.adversarial.split.robust, again.robust)
    assert torch.equal(own.clean.split.robust, explanation.clean.split.robust)


def test_no_attack_leaves_the_image(bench: Bench) -> None:
    still = explain(bench.model, bench.data.images[:1], 0, attack=None, bottleneck=BOTTLENECK, split_of="own")
    assert not still.attacked
    assert still.x_adv is still.x
    assert torch.equal(still.clean.logits.robust, still.adversarial.logits.robust)


def test_an_unknown_truth_is_the_prediction(bench: Bench) -> None:
    x = bench.data.images[:1]
    unknown = explain(bench.model, x, None, attack=PGD_2, bottleneck=BOTTLENECK)
    known = explain(bench.model, x, predicted(bench.model, x), attack=PGD_2, bottleneck=BOTTLENECK)
    assert torch.equal(unknown.x_adv, known.x_adv)
    assert (unknown.true_label, unknown.label) == (None, known.label)
    assert (unknown.label_kind, known.label_kind) == ("predicted", "true")


@pytest.mark.parametrize(("true_label", "shift", "kind"), [(None, 0, "predicted"), (None, 1, "given"), (0, 0, "true")])
def test_the_kind_of_label(bench: Bench, true_label: int | None, shift: int, kind: str) -> None:
    x = bench.data.images[:1]
    label = ((predicted(bench.model, x) if true_label is None else true_label) + shift) % 3
    found = explain(bench.model, x, true_label, attack=None, bottleneck=BOTTLENECK, label=label)
    assert (found.label, found.label_kind) == (label, kind)


def test_the_threshold_of_a_batch_is_that_of_distilling_the_batch(bench: Bench) -> None:
    """Only the threshold depends on the images beside it, so they need not be distilled."""
    shared = replace(BOTTLENECK, tolerance="batch")
    whole = shared(bench.model, bench.data.images, bench.data.labels)
    quiet = bench.data.images[4:]  # its own variances are the smallest, so alone it has a lower threshold
    found = explain(bench.model, quiet, 1, attack=None, bottleneck=shared, batch=bench.data.images).clean.split
    alone = explain(bench.model, quiet, 1, attack=None, bottleneck=shared).clean.split
    assert torch.allclose(found.tolerance, whole.tolerance[:1])
    assert torch.equal(found.robust, whole.robust[4:])
    assert alone.tolerance < found.tolerance
    assert alone.robust.sum() > found.robust.sum()
