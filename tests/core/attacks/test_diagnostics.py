"""Five networks broken on purpose are flagged, each for its own fault; the honest one is not."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from core.attacks import PGD, ThreatModel
from core.attacks.diagnostics import CHECKS, Diagnosis, diagnose
from core.attacks.diagnostics.search import still_rising, success_lost, trace
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.types import Images, Labels

THREAT = ThreatModel(epsilon=0.1)


class Broken(nn.Module):
    """A network with something before and something behind it."""

    def __init__(
        self, model: Staged, before: Callable[[Images], Images] | None = None, behind: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.model, self.before, self.behind = model, before or nn.Identity(), behind or nn.Identity()
        self.cuts, self.default_cut = model.cuts, model.default_cut
        self.eval()

    def forward(self, x: Images) -> Tensor:
        return self.behind(self.model(self.before(x)))


class Steep(nn.Module):
    """Logits so large that the cross-entropy is 0 to the last bit."""

    def forward(self, logits: Tensor) -> Tensor:
        return 1e4 * logits


def noisy(x: Images) -> Images:
    return x + 0.05 * torch.randn_like(x)


def quantized(x: Images) -> Images:
    return (8 * x).round() / 8


def straight_through(x: Images) -> Images:
    return x + (quantized(x) - x).detach()


def backwards(x: Images) -> Images:
    """The image, with a gradient that points the other way."""
    return 2 * x.detach() - x


@pytest.fixture(scope="module")
def batch(digits: tuple[Staged, Dataset]) -> tuple[Images, Labels]:
    return digits[1].images[:48], digits[1].labels[:48]


def flags(model: nn.Module, batch: tuple[Images, Labels]) -> dict[str, Diagnosis]:
    return {found.name: found for found in diagnose(model, *batch, THREAT) if found.flagged}  # type: ignore[arg-type]


def test_the_honest_network_passes_every_check(digits: tuple[Staged, Dataset], batch: tuple[Images, Labels]) -> None:
    seen: list[tuple[int, int]] = []
    found = diagnose(digits[0], *batch, THREAT, on_step=lambda done, total: seen.append((done, total)))
    assert tuple(check.name for check in found) == CHECKS
    assert [check.name for check in found if check.flagged] == []
    assert seen[-1] == (len(CHECKS), len(CHECKS))
    for check in found:
        assert check.sentence.endswith(".")


@pytest.mark.parametrize(
    ("before", "behind", "faults"),
    [
        (noisy, None, {"random output"}),
        (None, nn.Softmax(dim=1), {"probabilities"}),
        (quantized, None, {"flat output", "zero gradient"}),
        (straight_through, None, {"flat output", "wrong gradient"}),
        (None, Steep(), {"zero gradient", "black box"}),
        (backwards, None, {"wrong gradient", "black box"}),
    ],
    ids=["randomized", "softmax", "quantized", "straight through", "masked", "backwards"],
)
def test_a_broken_network_is_flagged_for_its_fault(
    digits: tuple[Staged, Dataset],
    batch: tuple[Images, Labels],
    before: Callable[[Images], Images] | None,
    behind: nn.Module | None,
    faults: set[str],
) -> None:
    found = flags(Broken(digits[0], before, behind), batch)
    assert faults <= found.keys()
    assert all(found[fault].number > found[fault].threshold for fault in faults)


def test_training_mode_is_all_that_is_said(network: Staged, batch: tuple[Images, Labels]) -> None:
    network.stages["conv"][2].train()
    (found,) = diagnose(network, *batch, THREAT)
    assert (found.name, found.flagged, found.number) == ("training mode", True, 1)
    assert ".eval()" in found.sentence


def test_the_same_seed_says_the_same(digits: tuple[Staged, Dataset], batch: tuple[Images, Labels]) -> None:
    x, y = batch
    first, again = (diagnose(digits[0], x[:8], y[:8], THREAT, seed=3) for _ in range(2))
    assert first == again


def test_nothing_classified_correctly_is_refused(digits: tuple[Staged, Dataset], batch: tuple[Images, Labels]) -> None:
    x, y = batch
    said = digits[0](x).argmax(dim=1)
    with pytest.raises(InputError, match="None of 48 images"):
        diagnose(digits[0], x, (said + 1) % 10, THREAT)


def test_an_attack_that_stops_too_early_still_rises(
    digits: tuple[Staged, Dataset], batch: tuple[Images, Labels]
) -> None:
    short = PGD(threat=THREAT, steps=20, step_size=1e-4)
    assert still_rising(trace(digits[0], short, *batch, seed=0)).flagged
    assert not still_rising(torch.tensor([[-5.0, -1.0, -1.0, -1.0, -1.0, -1.0]]).T).flagged


def test_the_trace_ends_where_pgd_does(digits: tuple[Staged, Dataset], batch: tuple[Images, Labels]) -> None:
    x, y = batch
    margins = trace(digits[0], PGD(threat=THREAT, steps=5), x, y, seed=0)
    assert margins.shape == (6, 48)
    assert (margins[-1] > margins[0]).all()


def test_a_success_on_the_way_that_is_lost_counts() -> None:
    kept, lost = torch.tensor([-1.0, 1.0, 2.0]), torch.tensor([-1.0, 1.0, -0.5])
    assert success_lost(torch.stack([kept, kept], dim=1)).number == 0
    found = success_lost(torch.stack([kept, lost], dim=1))
    assert found.number == 0.5
    assert "apgd-ce" in found.sentence


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_either_norm_can_be_diagnosed(digits: tuple[Staged, Dataset], batch: tuple[Images, Labels], norm: str) -> None:
    x, y = batch
    threat = ThreatModel(norm=norm, epsilon=0.1 if norm == "linf" else 1.0)  # type: ignore[arg-type]
    assert not [found.name for found in diagnose(digits[0], x[:24], y[:24], threat) if found.flagged]
