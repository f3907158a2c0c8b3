"""Foreign networks, cut in their graph."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.attacks import PGD
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import adapt, cut_points
from core.seeding import generator, seeded


@pytest.fixture(scope="module")
def resnet() -> nn.Module:
    """torchvision's ResNet-18 with random weights; its ReLUs work in place."""
    from torchvision.models import resnet18

    with seeded(0, "resnet"):
        return resnet18(weights=None, num_classes=10).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def x() -> Tensor:
    return torch.rand(2, 3, 32, 32, generator=generator(0))


@pytest.mark.parametrize("cut", ["bn1", "layer2_0_relu_1", "add_7", "avgpool"])
def test_split_law_on_resnet18(resnet: nn.Module, x: Tensor, cut: str) -> None:
    model = adapt(resnet, cut)
    z = model.features(x)
    before = z.clone()
    torch.testing.assert_close(model.head(z), resnet(x), rtol=0, atol=1e-5)
    assert torch.equal(z, before), "an in-place ReLU wrote into z"
    torch.testing.assert_close(model(x), resnet(x), rtol=0, atol=1e-5)
    assert model.cuts == (model.default_cut,) == (cut,)


def test_an_attack_and_the_distiller_work_on_it(resnet: nn.Module, x: Tensor) -> None:
    model, y = adapt(resnet, "add_7"), torch.tensor([3, 4])
    x = F.interpolate(x, 64)  # a map of 2 x 2: a variance needs more than one value
    x_adv = PGD(steps=1)(model, x, y, generator=generator(0))
    split = Bottleneck(steps=5)(model, x_adv, y, seed=0)
    assert split.features.shape == (2, 512, 2, 2)
    assert split.robust.shape == (2, 512)
    assert split.noise_variance.isfinite().all()


def test_cut_points_are_what_every_path_goes_through(resnet: nn.Module) -> None:
    points = cut_points(resnet)
    assert {"bn1", "add_7", "layer4_1_relu_1", "avgpool"} <= set(points)
    assert "layer1_0_conv1" not in points, "the shortcut goes around it"
    assert not {"x", "output"} & set(points)


def test_a_node_with_a_way_around_is_refused(resnet: nn.Module) -> None:
    with pytest.raises(InputError, match=r"Unknown cut 'layer4\.1\.bn2'.*layer4_1_relu_1.*go through"):
        adapt(resnet, "layer4.1.bn2")


def test_dots_name_modules(resnet: nn.Module, x: Tensor) -> None:
    model = adapt(resnet, "layer4.1.relu_1")
    assert torch.equal(model.features(x), model.features(x, "layer4_1_relu_1"))
    with pytest.raises(InputError, match="Unknown cut 'bn1'"):
        model.features(x, "bn1")


def test_the_given_model_stays_as_it_is(x: Tensor) -> None:
    source = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(3600, 3)).train()
    model = adapt(source, "0")
    assert source.training
    assert source[1].inplace
    assert not model.training
    with torch.no_grad():
        source[0].weight.zero_()
    assert model.features(x).std() > 0, "the adapted network shares weights with the given one"


def test_normalization_happens_inside(x: Tensor) -> None:
    source = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(3600, 3)).eval()
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)
    model = adapt(source, "0", normalize=(mean, std))
    expected = source((x - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1))
    torch.testing.assert_close(model(x), expected)


class InPlaceEverywhere(nn.Module):
    """Functional in-place operations, one of whose results is never read, and a constant of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)
        self.scale = nn.Parameter(torch.tensor(1.5))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x.relu_()
        x += 1
        x = F.relu(x, inplace=True) * self.scale
        return self.linear(x.mean((2, 3)))


def test_functional_in_place_operations_keep_the_law(x: Tensor) -> None:
    source = InPlaceEverywhere().eval()
    for cut in cut_points(source):
        model = adapt(source, cut)
        z = model.features(x)
        before = z.clone()
        torch.testing.assert_close(model.head(z), source(x))
        assert torch.equal(z, before)


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class TwoInputs(nn.Module):
    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        return x + other


@pytest.mark.parametrize(("model", "said"), [(Branching(), "cannot be traced"), (TwoInputs(), "takes 2 inputs")])
def test_what_cannot_be_cut_is_refused(model: nn.Module, said: str) -> None:
    with pytest.raises(InputError, match=said):
        adapt(model, "anywhere")
