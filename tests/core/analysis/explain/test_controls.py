import torch

from core.analysis.explain.controls import Controls
from core.analysis.explain.explanation import Explanation, two_sides
from core.analysis.split import random_mask
from core.seeding import generator
from tests.core.analysis.conftest import BOTTLENECK, Bench


def test_a_random_mask_has_as_many_channels_image_by_image() -> None:
    robust = torch.rand(50, 40, generator=generator(0)) < torch.linspace(0, 1, 50)[:, None]
    drawn = random_mask(robust, generator(1))
    assert torch.equal(drawn.sum(dim=1), robust.sum(dim=1))
    assert not torch.equal(drawn, robust)
    assert torch.equal(drawn, random_mask(robust, generator(1)))


def test_a_random_mask_prefers_no_channel() -> None:
    robust = torch.zeros(4000, 8, dtype=torch.bool)
    robust[:, :2] = True
    share = random_mask(robust, generator(2)).float().mean(dim=0)
    assert ((share - 0.25).abs() < 0.04).all()  # more than five standard errors


def test_the_random_network_goes_through_the_whole_procedure(
    bench: Bench, explanation: Explanation, checks: Controls
) -> None:
    clean, adversarial = two_sides(bench.twin, explanation.x, explanation.x_adv, 0, bottleneck=BOTTLENECK)
    assert torch.equal(checks.random_network.clean.split.robust, clean.split.robust)
    assert torch.equal(checks.random_network.adversarial.logits.robust, adversarial.logits.robust)
    assert not torch.equal(clean.logits.all, explanation.clean.logits.all)


def test_the_random_mask_reads_both_images(bench: Bench, explanation: Explanation, checks: Controls) -> None:
    control = checks.random_mask
    mask = control.clean.split.robust
    assert torch.equal(mask, control.adversarial.split.robust)
    assert mask.sum() == explanation.clean.split.robust.sum()
    z = bench.model.features(explanation.x_adv)
    assert torch.equal(control.adversarial.logits.robust, bench.model.head(z * mask[:, :, None, None]))
