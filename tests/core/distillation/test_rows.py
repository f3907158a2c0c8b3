import pytest
import torch
from torch import Tensor

from core.distillation import Bottleneck, Distilled, Rows
from core.distillation import bottleneck as module
from core.distillation.plain import plain_noise_variance
from core.distillation.rows import alike, in_turn
from core.distillation.tails import Tail
from core.models import Staged

FEW = Bottleneck(steps=40, noise_draws=2)
LABELS, IMAGES, BETAS, SEEDS = (0, 3, 3, 3, 7), (0, 0, 1, 1, 0), (0.3, 0.3, 0.3, 5.0, 0.0), (0, 0, 0, 4, 1)


def rows_of(model: Staged, z: Tensor) -> Rows:
    """Five rows of two images, in which each of image, label, beta and seed differs somewhere."""
    beta = torch.tensor(BETAS, dtype=torch.float64)
    image, y = torch.tensor(IMAGES), torch.tensor(LABELS)
    return Rows(model=model, z=z, image=image, y=y, beta=beta, seeds=SEEDS)


def alone(model: Staged, z: Tensor, row: int) -> Distilled:
    """One of them in a call of its own."""
    i, y = IMAGES[row], torch.tensor([LABELS[row]])
    return Bottleneck(steps=40, noise_draws=2, beta=BETAS[row]).of_features(model, z[[i]], y, seed=SEEDS[row])


@pytest.mark.parametrize("tail", ["by hand", "traced"])
def test_rows_that_differ_in_all_are_separate_calls_and_the_plain_loop(toy, tail) -> None:
    t = toy(n=2, double=True)
    model = t.model if tail == "by hand" else t.in_two_stages
    (split,) = FEW.of_rows([rows_of(model, t.z)])
    for row, (i, label) in enumerate(zip(IMAGES, LABELS, strict=True)):
        one = alone(model, t.z, row)
        torch.testing.assert_close(split.noise_variance[[row]], one.noise_variance, rtol=1e-9, atol=1e-15)
        assert torch.equal(split.tolerance[[row]], one.tolerance)
        assert torch.equal(split.features[[row]], t.z[[i]])
        assert torch.equal(split.robust[[row]], one.robust)
        settings = Bottleneck(steps=40, noise_draws=2, beta=BETAS[row])
        noise = settings.noise(32, SEEDS[row]).double()
        plain = plain_noise_variance(model, t.z[[i]], torch.tensor([label]), settings, noise=noise)
        torch.testing.assert_close(split.noise_variance[[row]], plain, rtol=1e-9, atol=1e-15)


def test_networks_with_alike_tails_go_through_one_loop(toy, monkeypatch) -> None:
    t, other = toy(n=2, double=True), toy(n=2, double=True, classes=10)
    with torch.no_grad():
        other.model.stages["classifier"].linear.weight.neg_()
    loops: list[int] = []
    plain = module.descend

    def counted(tail: Tail, variance: Tensor, *rest: object) -> Tensor:
        loops.append(len(variance))
        return plain(tail, variance, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "descend", counted)
    one, two = FEW.of_rows([rows_of(t.model, t.z), rows_of(other.model, other.z.flip(0))])
    assert loops == [10]
    for row in range(5):
        for split, model, z in ((one, t.model, t.z), (two, other.model, other.z.flip(0))):
            single = alone(model, z, row).noise_variance
            torch.testing.assert_close(split.noise_variance[[row]], single, rtol=1e-9, atol=1e-15)
    loops.clear()
    FEW.of_rows([rows_of(t.model, t.z), rows_of(t.in_two_stages, t.z)])
    assert loops == [5, 5]


def test_only_tails_of_equal_form_and_shape_are_alike(toy) -> None:
    one, wider, more = toy(), toy(c=16), toy(classes=4)
    unpooled, larger = toy(max_pool=False), toy(size=4)
    every = [(t.model, t.z) for t in (one, wider, more, unpooled, larger)] + [(one.in_two_stages, one.z)] * 2
    rows = [rows_of(model, z) for model, z in every]
    assert alike([*rows, rows[0]], None) == [[0, 7], [1], [2], [3], [4], [5], [6]]


def test_each_row_has_its_turn(toy) -> None:
    turns = [[(whose, which.tolist()) for whose, which in turn] for turn in in_turn([3, 0, 2], most=2)]
    assert turns == [[(0, [0, 1])], [(0, [2]), (2, [0])], [(2, [1])]]


def test_rows_taken_in_turn_keep_their_results(toy, monkeypatch) -> None:
    t = toy(n=2, double=True)
    (whole,) = FEW.of_rows([rows_of(t.model, t.z)])
    monkeypatch.setattr(module, "rows_at_once", lambda z: 2)
    seen: list[tuple[int, int]] = []
    (parts,) = FEW.of_rows([rows_of(t.model, t.z)], on_step=lambda *step: seen.append(step))
    torch.testing.assert_close(parts.noise_variance, whole.noise_variance, rtol=1e-9, atol=1e-15)
    assert seen == [(k, 120) for k in range(1, 121)]
