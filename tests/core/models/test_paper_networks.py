"""The two networks are the paper's: sizes, shapes at the cut, initialization (methods of the paper's released code)."""

import math

import pytest
import torch
from torch import nn

from core.models import PooledLinear, Staged, build_model
from core.seeding import seeded


def on_meta(name: str, size: int = 32, num_classes: int = 10) -> Staged:
    with torch.device("meta"):
        return build_model(name, num_classes=num_classes, image_size=size)


@pytest.mark.parametrize(("name", "count"), [("vgg16", 14_728_266), ("wrn28_10", 36_479_194)])
def test_number_of_parameters(name: str, count: int) -> None:
    assert sum(p.numel() for p in on_meta(name).parameters()) == count


@pytest.mark.parametrize(
    ("name", "size", "shape", "pooled"),
    [
        ("vgg16", 32, (512, 2, 2), 512),
        ("vgg16", 64, (512, 4, 4), 512),
        ("wrn28_10", 32, (640, 8, 8), 640),
        ("wrn28_10", 64, (640, 16, 16), 640),
    ],
)
def test_shapes_at_the_cut(name: str, size: int, shape: tuple[int, ...], pooled: int) -> None:
    model = on_meta(name, size, 200)
    z = model.features(torch.zeros(3, 3, size, size, device="meta"))
    (tail,) = model.tail()
    assert isinstance(tail, PooledLinear)
    assert z.shape == (3, *shape)
    assert tail.pooled(z).shape == (3, pooled)
    assert model.head(z).shape == (3, 200)


def test_vgg_has_a_cut_after_each_of_its_convolutions() -> None:
    model = on_meta("vgg16")
    assert model.cuts[0] == "conv1_1"
    assert model.cuts[-1] == "conv5_3"
    assert len(model.cuts) == 13
    assert all(isinstance(list(model.stages[cut].modules())[-1], nn.BatchNorm2d) for cut in model.cuts)


def test_wide_resnet_has_28_layers_and_dropout() -> None:
    model = on_meta("wrn28_10")
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    shortcuts = [m for m in convolutions if m.kernel_size == (1, 1)]
    assert len(convolutions) - len(shortcuts) + 1 + 2 == 28  # with the linear layer, by the name's count of 6n + 4
    assert len(shortcuts) == 3
    assert all(m.bias is None for m in convolutions)
    assert {m.p for m in model.modules() if isinstance(m, nn.Dropout)} == {0.3}


@pytest.mark.parametrize("name", ["vgg16", "wrn28_10"])
def test_initialization(name: str) -> None:
    with seeded(0, name):
        model = build_model(name, num_classes=10, image_size=32, width=0.25)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.out_channels * math.prod(module.kernel_size)
            spread = 4 / math.sqrt(2 * module.weight.numel())  # four standard errors of a standard deviation
            assert module.weight.std().item() == pytest.approx(math.sqrt(2 / fan_out), rel=spread)
            assert module.bias is None or not module.bias.any()
        if isinstance(module, nn.BatchNorm2d):
            assert (module.weight == 1).all()
            assert not module.bias.any()
        if isinstance(module, nn.Linear):
            assert not module.bias.any()
            if name == "vgg16":
                assert module.weight.std().item() == pytest.approx(0.01, rel=0.1)


def test_no_module_works_in_place() -> None:
    for name in ("vgg16", "wrn28_10"):
        assert not any(getattr(module, "inplace", False) for module in on_meta(name).modules())


def test_the_tail_is_relu_pool_mean_linear() -> None:
    """Written out for one image: the feature map of a channel becomes one number."""
    tail = PooledLinear(2, 3, max_pool=True)
    z = torch.tensor([[[[1.0, -2.0], [3.0, 0.5]], [[-1.0, -4.0], [-0.5, -3.0]]]])
    torch.testing.assert_close(tail.pooled(z), torch.tensor([[3.0, 0.0]]))
    torch.testing.assert_close(tail(z), 3.0 * tail.linear.weight[:, :1].T + tail.linear.bias)
    average = PooledLinear(2, 3, max_pool=False)
    torch.testing.assert_close(average.pooled(z), torch.tensor([[(1 + 3 + 0.5) / 4, 0.0]]))
