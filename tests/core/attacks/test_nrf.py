from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.attacks import CW, NRF, NRF2, RF, RF2, label_of, run_attack
from core.attacks.tanh_space import lead
from core.datasets import Dataset
from core.distillation import Bottleneck, Distilled
from core.errors import InputError
from core.models import PooledLinear, Staged
from core.seeding import generator
from core.types import Classifier, Images, Labels, Logits, OnStep

ATTACKS = [NRF, NRF2, RF, RF2]
QUICK = Bottleneck(steps=20)


@pytest.fixture
def some(digits: tuple[Staged, Dataset]) -> tuple[Staged, Images, Labels]:
    """Twenty digits; every tenth has a wrong label."""
    model, data = digits
    y = data.labels[:20].clone()
    y[::10] = (y[::10] + 1) % 10
    return model, data.images[:20], y


@pytest.fixture
def bare() -> tuple[Staged, Tensor, Labels, Tensor]:
    """A network of which the cut is the image itself, features of both signs, labels, a mask of their channels."""
    model = Staged([("same", nn.Identity()), ("classifier", PooledLinear(6, 4, max_pool=True))], "same").double().eval()
    z = torch.randn(5, 6, 4, 4, generator=generator(1), dtype=torch.float64)
    y = model(z).argmax(dim=1).detach()
    y[4] = (y[4] + 1) % 4  # misclassified: q and its gradient are 0
    chosen = torch.rand(5, 6, generator=generator(2)) < 0.5
    return model, z, y, chosen


def g_by_hand(model: Staged, z: Tensor, y: Labels) -> Tensor:
    """-dq/dZ through max-pool, ReLU, average and linear layer, written out."""
    weight, logits = model.stages["classifier"].linear.weight.detach(), model(z).detach()  # type: ignore[union-attr]
    g = torch.zeros_like(z)
    for n in range(len(z)):
        other = max((logits[n, j].item(), j) for j in range(4) if j != y[n])[1]
        if logits[n, y[n]] <= logits[n, other]:
            continue
        for k in range(6):
            for row in range(0, 4, 2):
                for column in range(0, 4, 2):
                    window = z[n, k, row : row + 2, column : column + 2]
                    if window.max() > 0:
                        at = (window == window.max()).nonzero()[0]
                        g[n, k, row + at[0], column + at[1]] = (weight[other, k] - weight[y[n], k]) / 4
    return g


@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.parametrize("norm_over", ["image", "batch"])
def test_surrogate_has_the_value_of_the_norm_and_the_gradient_of_a_push(
    kind: type[NRF], norm_over: Any, bare: tuple[Staged, Tensor, Labels, Tensor]
) -> None:
    model, z, y, chosen = bare
    attack, z = kind(norm_over=norm_over, c=0.3), z.requires_grad_(True)
    logits, pressure = attack._pressure(model, y, chosen, z)
    (found,) = torch.autograd.grad(pressure.sum(), z)
    g = g_by_hand(model, z.detach(), y)
    push = g * chosen[:, :, None, None]
    sizes = push.flatten(1).norm(dim=1) if norm_over == "image" else push.norm().expand(5)
    unit = push / sizes.clamp_min(1e-30)[:, None, None, None]
    total = sizes.sum() if norm_over == "image" else sizes[0]
    assert (sizes[:4] > 0).all()
    torch.testing.assert_close(logits, model(z))
    torch.testing.assert_close(pressure.sum(), 0.3 * lead(logits, y).sum() - attack.sign * total)
    torch.testing.assert_close(found, -0.3 * g - attack.sign * unit)
    assert not found[4].any(), "nothing pushes an image that is misclassified"


@pytest.mark.parametrize("stop", ["none", "image", "batch"])
def test_without_channels_it_is_cw(stop: Any, some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    for kind in ATTACKS:
        attack = kind(mask="none", c=1.0, steps=20, stop=stop, check_every=6)
        expected = CW(c=1.0, steps=20, stop=stop, check_every=6)(model, x, y, generator=generator(0))
        assert torch.equal(attack(model, x, y, generator=generator(0)), expected)
        assert not torch.equal(expected, x)


def test_released_checks_every_66_steps() -> None:
    assert {kind().check_every for kind in ATTACKS} == {66}
    assert CW().check_every == 20


class Counting(Bottleneck):
    """Keeps what it has split."""

    results: list[Distilled] = []

    def __call__(
        self, model: Classifier, x: Images, y: Labels, *, seed: int = 0, on_step: OnStep | None = None
    ) -> Distilled:
        self.results.append(super().__call__(model, x, y, seed=seed, on_step=on_step))
        return self.results[-1]


@pytest.mark.parametrize("kind", ATTACKS)
def test_channels_are_those_of_the_clean_image_and_stay(kind: type[NRF], some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    used = list[Tensor]()

    class Watched(kind):  # type: ignore[valid-type, misc]
        def _pressure(self, model: Classifier, y: Labels, chosen: Tensor, x_adv: Images) -> tuple[Logits, Tensor]:
            used.append(chosen.clone())
            return super()._pressure(model, y, chosen, x_adv)  # type: ignore[no-any-return]

    Counting.results.clear()
    Watched(bottleneck=Counting(steps=20), steps=5)(model, x, y, generator=generator(0))
    robust = QUICK(model, x, y).robust
    assert robust.any()
    assert not robust.all()
    assert len(Counting.results) == 1
    assert len(used) == 5
    assert all(torch.equal(chosen, robust if kind.side == "robust" else ~robust) for chosen in used)


def test_random_channels_are_as_many_and_an_image_draws_its_own(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    attack = NRF(mask="random", bottleneck=QUICK)
    draws = [generator(0, "image", row) for row in range(len(x))]
    distilled = replace(attack, mask="distilled").channels(model, x, y, draws)
    chosen = attack.channels(model, x, y, draws)
    assert torch.equal(chosen.sum(dim=1), distilled.sum(dim=1))
    assert not torch.equal(chosen, distilled)
    alone = attack.channels(model, x[7:8], y[7:8], [generator(0, "image", 7)])
    assert torch.equal(alone[0], chosen[7])


def test_the_two_sides_make_up_all_channels(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    nonrobust, robust = (kind(bottleneck=QUICK).channels(model, x, y, generator(0)) for kind in (NRF, RF))
    assert torch.equal(nonrobust, ~robust)


def test_an_image_depends_on_its_batch_under_one_norm_only(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    for norm_over, same in {"image": True, "batch": False}.items():
        attack: Any = NRF(bottleneck=QUICK, norm_over=norm_over, steps=10)  # type: ignore[arg-type]
        together = attack(model, x, y, generator=generator(0))
        alone = attack(model, x[:3], y[:3], generator=generator(0))
        assert torch.allclose(together[:3], alone, rtol=0, atol=1e-4) == same


def test_what_comes_back_is_misclassified_or_the_image_itself(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    for kind in ATTACKS:
        x_adv = kind(bottleneck=QUICK, c=0.3, steps=20)(model, x, y, generator=generator(0))
        correct, clean = model(x_adv).argmax(dim=1) == y, model(x).argmax(dim=1) == y
        assert torch.equal(x_adv[correct], x[correct])
        assert not (correct & ~clean).any(), "no attack repairs a prediction"


def test_pulling_turns_more_and_pulling_back_fewer_than_cw(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    settings: dict[str, Any] = {"c": 0.1, "steps": 40}
    up, plain, down = (
        int(run_attack(model, attack, x, y).turned.sum())
        for attack in (NRF(mask="all", **settings), CW(**settings), NRF2(mask="all", **settings))
    )
    assert down <= plain < up


def test_the_paper_s_names_are_one_attack_with_fields(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    fields = [("nonrobust", "up"), ("nonrobust", "down"), ("robust", "up"), ("robust", "down")]
    for kind, (side, direction) in zip(ATTACKS, fields, strict=True):
        named: Any = kind(bottleneck=QUICK, c=0.3, steps=10)
        spelled: Any = NRF(side=side, direction=direction, bottleneck=QUICK, c=0.3, steps=10)  # type: ignore[arg-type]
        assert (named.side, named.direction) == (side, direction)
        assert torch.equal(*(attack(model, x, y, generator=generator(0)) for attack in (named, spelled)))
        assert label_of(kind()) == kind.__name__.lower()  # as stored tables have it


@pytest.mark.parametrize(
    "given", [{"mask": "clever"}, {"side": "left"}, {"direction": "forth"}, {"norm_over": "class"}, {"steps": 0}]
)
def test_values_outside_their_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        NRF(**given)


def test_distilling_asks_for_eval_mode(network: Staged, batch: tuple[Images, Labels]) -> None:
    with pytest.raises(InputError, match=r"call model\.eval\(\) first"):
        NRF()(network.train(), *batch, generator=generator(0))
