"""Which images Figures 3 and 4 show, on images of one pixel whose color is what the network says."""

from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from core.analysis import attacked
from core.analysis.experiment import Subject
from core.analysis.paper.example import coincidence, first_turned, turned
from core.attacks import ATTACKS, PGD, ThreatModel
from core.datasets import Dataset
from core.errors import InputError
from tests.core.analysis.paper.stand_ins import card

STRONG, WEAK, WRONG = 0.9, 0.6, -0.6  # right and not to be turned, right and turned, wrong from the start
LABELS = (0, 1, 2, 2, 1, 0)
LEVELS = (STRONG, WRONG, WEAK, WEAK, STRONG, WEAK)
TURNED = (2, 3, 5)
NONE = -1  # of the labels


class Colors(nn.Module):
    """Says the brightest of three colors; the features are the image itself."""

    cuts, default_cut = ("pixels",), "pixels"

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x.flatten(1)

    def features(self, x: Tensor, at: str | None = None) -> Tensor:
        return x

    def head(self, z: Tensor, at: str | None = None) -> Tensor:
        return self(z)


@dataclass(frozen=True)
class NextColor(PGD):
    """Turns the weak images to the next color, and notes how many images it was given."""

    seen: list[int] = field(default_factory=list)

    def __call__(self, model: object, x: Tensor, y: Tensor, *, generator: object) -> Tensor:
        self.seen.append(len(x))
        return torch.where(x.amax(dim=1, keepdim=True) < 0.8, x.roll(1, dims=1), x)


@dataclass(frozen=True)
class Sieve:
    """Finds what the attack made of an image robust, but where the label is `spared`: there the label's own color."""

    spared: int
    seen: list[tuple[int, int]] = field(default_factory=list)  # what the features say, and the label
    cut = None

    def of_features(self, model: Colors, z: Tensor, y: Tensor, *, seed: int) -> "Sieve.Split":
        said = model.head(z).argmax(dim=1)
        self.seen.extend(zip(said.tolist(), y.tolist(), strict=True))
        return self.Split(one_hot(torch.where(y == self.spared, y, said), 3).bool())

    @dataclass(frozen=True)
    class Split:
        robust: Tensor


@pytest.fixture(autouse=True)
def _batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attacked, "BATCH", 2)


@pytest.fixture
def subject() -> Subject:
    y = torch.tensor(LABELS)
    level = torch.tensor(LEVELS)
    shown = torch.where(level > 0, y, (y + 1) % 3)
    images = torch.where(one_hot(shown, 3).bool(), level.abs()[:, None], 0.1)
    data = Dataset("colors", "test", images[:, :, None, None], y, ("red", "green", "blue"), 0.1)
    return Subject(card(), Colors().eval(), data)  # type: ignore[arg-type]


@pytest.fixture
def attack(monkeypatch: pytest.MonkeyPatch) -> NextColor:
    monkeypatch.setitem(ATTACKS._entries, "next color", NextColor)
    return NextColor()


def test_those_that_are_turned_from_right_to_wrong_come_in_their_order(subject: Subject, attack: NextColor) -> None:
    assert tuple(turned(subject, attack, n=6, seed=0)) == TURNED  # not 1, which was wrong from the start
    assert tuple(turned(subject, attack, n=4, seed=0)) == TURNED[:2]
    assert tuple(turned(subject, attack, n=3, seed=0)) == TURNED[:1]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_as_many_as_asked_for_or_as_there_are(subject: Subject, attack: NextColor, count: int) -> None:
    assert first_turned(subject, attack, count=count, n=6, seed=0) == TURNED[:count]


def test_beyond_the_set_there_is_nothing(subject: Subject, attack: NextColor) -> None:
    assert first_turned(subject, attack, count=9, n=600, seed=0) == TURNED
    assert attack.seen == [2, 2, 2]


@pytest.mark.parametrize(("count", "batches"), [(1, 2), (2, 2), (3, 3)])
def test_no_batch_is_attacked_after_the_last_that_is_wanted(
    subject: Subject, attack: NextColor, count: int, batches: int
) -> None:
    first_turned(subject, attack, count=count, n=6, seed=0)
    assert attack.seen == [2] * batches


@pytest.mark.parametrize(("n", "said"), [(2, 2), (600, 6)])
def test_nothing_turned_is_nothing_to_show(subject: Subject, n: int, said: int) -> None:
    still = PGD(threat=ThreatModel(epsilon=0.0), steps=1)
    with pytest.raises(InputError, match=f"pgd turns none of the first {said} test images, so there is nothing"):
        first_turned(subject, still, count=1, n=n, seed=0)
    with pytest.raises(InputError, match=f"of the first {said} test"):
        coincidence(subject, still, Sieve(NONE), n=n, seed=0)  # type: ignore[arg-type]


def test_a_coincidence_is_read_from_the_attacked_image_with_its_true_label(subject: Subject, attack: NextColor) -> None:
    """Images 2 and 3 are both turned from blue to red; sparing the reds, only image 5 keeps what it was turned to."""
    sieve = Sieve(spared=0)
    assert coincidence(subject, attack, sieve, n=6, seed=0) == 5  # type: ignore[arg-type]
    assert sieve.seen == [(0, 2), (0, 2), (1, 0)]


def test_the_search_for_a_coincidence_ends_with_the_first(subject: Subject, attack: NextColor) -> None:
    assert coincidence(subject, attack, Sieve(spared=2), n=6, seed=0) == 2  # type: ignore[arg-type]
    assert attack.seen == [2, 2]  # two batches


def test_without_a_coincidence_the_first_turned_image_is_shown(subject: Subject, attack: NextColor) -> None:
    sieve = Sieve(spared=NONE)
    assert coincidence(subject, attack, sieve, n=6, seed=0) == TURNED[0]  # type: ignore[arg-type]
    assert sieve.seen == [(0, 2), (0, 2), (1, 0)]
