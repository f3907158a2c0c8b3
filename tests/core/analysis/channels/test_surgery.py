import pytest
import torch

from core.analysis.channels.surgery import Edited, Surgery, operate
from core.attacks import run_attack
from core.errors import InputError
from core.models import PooledLinear, Staged
from core.seeding import generator, seeded
from tests.core.analysis.conftest import PGD_2, Bench


@pytest.fixture(scope="module")
def surgery(bench: Bench) -> Surgery:
    x_adv = PGD_2(bench.model, bench.data.images, bench.data.labels, generator=generator(0))
    return Surgery.of_images(bench.model, bench.data.images, x_adv, bench.data.labels)


def small(channels: int = 6, classes: int = 4) -> Staged:
    """Images are their own features."""
    with seeded(0, "small"):
        tail = PooledLinear(channels, classes, max_pool=False)
    return (
        Staged([("same", torch.nn.Identity()), ("classifier", tail)], default_cut="same").eval().requires_grad_(False)
    )


def predicted(model: Edited | Staged, x: torch.Tensor) -> int:
    return int(model(x).argmax())


def test_surgery_of_nothing_leaves_the_accuracy(bench: Bench, surgery: Surgery) -> None:
    found = surgery.operate(torch.ones(32, dtype=torch.bool))
    correct = bench.model(bench.data.images).argmax(dim=1) == bench.data.labels
    assert found.kept == 32
    assert found.accuracy.value == correct.double().mean()
    assert found.accuracy.n == 5
    assert found.classes["class"].tolist() == [0, 1, 2]
    assert found.classes["n"].tolist() == [2, 2, 1]
    for row in found.classes.to_dict("records"):
        assert row["accuracy"] == correct[bench.data.labels == row["class"]].double().mean()


@pytest.mark.parametrize("at", ["conv5_3", "conv4_3"])
def test_surgery_is_the_edited_network(bench: Bench, at: str) -> None:
    x, y = bench.data.images, bench.data.labels
    x_adv = PGD_2(bench.model, x, y, generator=generator(0))
    keep = torch.rand(32, generator=generator(4)) > 0.5
    edited = Edited(bench.model, keep, at)
    found = operate(bench.model, x, x_adv, y, keep, at)
    assert found.accuracy.value == (edited(x).argmax(dim=1) == y).double().mean()
    assert found.robust_accuracy.value == (edited(x_adv).argmax(dim=1) == y).double().mean()


def test_an_edited_network_can_be_cut_and_attacked_like_any(bench: Bench) -> None:
    keep = torch.arange(32) % 2 == 0
    edited, x = Edited(bench.model, keep), bench.data.images
    assert not edited.training
    assert torch.equal(edited.head(edited.features(x)), edited(x))
    assert not edited.features(x)[:, ~keep].any()
    assert torch.equal(edited.features(x)[:, keep], bench.model.features(x)[:, keep])
    assert len(run_attack(edited, PGD_2, x, bench.data.labels).correct) == 5


def test_what_does_not_fit_is_refused(bench: Bench, surgery: Surgery) -> None:
    x, y = bench.data.images, bench.data.labels
    with pytest.raises(InputError, match="one bool for each of 32 channels"):
        surgery.operate(torch.ones(31, dtype=torch.bool))
    with pytest.raises(InputError, match="one attacked image and one label for each of 5, got 4 and 5"):
        Surgery.of_images(bench.model, x, x[:4], y)


def test_the_control_keeps_as_many_channels_and_repeats(surgery: Surgery) -> None:
    drawn = surgery.by_chance(7, draws=4)
    assert [one.kept for one in drawn] == [7] * 4
    assert [one.accuracy for one in drawn] == [one.accuracy for one in surgery.by_chance(7, draws=4)]
    whole = surgery.operate(torch.ones(32, dtype=torch.bool))
    assert surgery.by_chance(32, draws=1)[0].accuracy == whole.accuracy
