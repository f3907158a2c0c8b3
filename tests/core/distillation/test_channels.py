import torch

from core.distillation import Bottleneck, masked, read_out


def test_the_two_sides_add_up_to_the_features_bit_by_bit(toy) -> None:
    t = toy(n=3)
    split = Bottleneck(steps=30).of_features(t.model, t.z, t.y)
    assert torch.equal(split.robust_features + split.nonrobust_features, t.z)
    assert not (split.robust_features * split.nonrobust_features).any()
    assert 0 < split.robust.sum() < split.robust.numel()
    counts = [masked(torch.ones_like(t.z), side).mean((2, 3)).sum(1) for side in (split.robust, ~split.robust)]
    assert torch.equal(counts[0] + counts[1], torch.full((3,), 32.0))


def test_read_out_zeroes_the_other_side(toy) -> None:
    t = toy(n=2)
    keep = torch.arange(32).expand(2, -1) % 3 == 0
    z_robust = t.z.clone()
    z_robust[:, ~keep[0]] = 0
    logits = read_out(t.model, t.z, keep)
    assert torch.equal(logits.all, t.model(t.z))
    assert torch.equal(logits.robust, t.model(z_robust))
    assert torch.equal(logits.nonrobust, t.model(t.z - z_robust))
    assert not logits.all.requires_grad
