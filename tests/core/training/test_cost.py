import dataclasses

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from core.attacks.counting import Counted, Passes
from core.datasets import DATASETS, load_dataset
from core.device import Place
from core.errors import InputError
from core.models import Staged, build_model
from core.seeding import generator
from core.training import DEFENSES, Recipe, build_objective
from core.training.cells import find_cell
from core.training.checkpoint import Checkpoint
from core.training.cost import WAYS, cost_of, extent_of, flops_of, work_of
from core.training.loop import fit
from core.training.settings import Settings

PGD10 = Recipe().attack(0.03)
# Forward passes, attack's backward passes and backward passes to the weights of one image in a step with PGD-10.
BY_HAND = {
    "standard": (1, 0, 1),
    "adv": (11, 10, 1),
    "trades": (13, 10, 2),
    "mart": (12, 10, 2),
    "trades-released": (12, 10, 2),
    "mart-released": (12, 10, 2),
}


@pytest.mark.parametrize("defense", DEFENSES)
def test_passes_are_those_that_a_real_step_makes(defense: str) -> None:
    objective = build_objective(defense, attack=PGD10)
    work = work_of(objective)
    assert tuple(work[way] for way in WAYS) == BY_HAND.get(defense, tuple(work.values()))
    model = Counted(build_model("vgg16", num_classes=4, image_size=32, width=0.02).train())
    objective(model, torch.rand(3, 3, 32, 32), torch.arange(3), generator=generator(0)).total.backward()  # type: ignore[arg-type]
    assert model.passes == Passes(forwards=3 * work["forwards"], gradients=3 * work["gradients"])


def by_hand(model: nn.Module, x: Tensor) -> int:
    """Multiplications of the forward pass of one image, from the shapes of every layer with weights."""
    counts = []

    def count(module: nn.Module, _: object, out: Tensor) -> None:
        counts.append(module.weight.numel() * (out[0, 0].numel() if out.dim() == 4 else 1))

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    model(x)
    return sum(counts)


def outline(network: str, width: float) -> Staged:
    with torch.device("meta"):
        return build_model(network, num_classes=10, image_size=32, width=width)


@pytest.mark.parametrize(("network", "width"), [("vgg16", 1.0), ("wrn28_10", 0.1)])
def test_operations_agree_with_a_slow_count(network: str, width: float) -> None:
    model = build_model(network, num_classes=10, image_size=32, width=width)
    flops = flops_of(outline(network, width), 32)
    multiplications = by_hand(model, torch.rand(1, 3, 32, 32))
    assert flops["forwards"] == 2 * multiplications
    assert flops["gradients"] == flops["forwards"]
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    spared = 2 * first.weight.numel() * 32 * 32  # its input asks for no gradient
    assert flops["updates"] == 2 * flops["forwards"] - spared


def test_vgg16_is_as_large_as_its_field_says() -> None:
    assert flops_of(outline("vgg16", 1.0), 32)["forwards"] / 2 == pytest.approx(0.313e9, rel=0.01)


def test_the_cost_of_the_papers_first_cell() -> None:
    training = find_cell("paper-cifar10-vgg16-adv").settings.training(Place())
    cost = cost_of(training)
    assert (cost.parameters, cost.steps, cost.images) == (14_728_266, 30_000, 3_000_000)
    assert cost.passes == {"forwards": 33_000_000, "gradients": 30_000_000, "updates": 3_000_000}
    assert cost.total_flops == cost.images * cost.step_flops == pytest.approx(43.2e15, rel=0.01)


def test_epochs_without_an_attack_cost_less() -> None:
    training = Settings(
        data="digits", defense="adv", recipe="fast", epochs=5, warmup_epochs=2, ramp_epochs=1, width=0.02
    ).training(Place())
    cost = cost_of(training)
    assert (cost.steps, cost.images) == (5 * 12, 6000)
    attacked = 6000 - 2 * 1200 - 100  # the ramp begins at radius 0, for one step
    assert cost.passes == {"forwards": 6000 + attacked, "gradients": attacked, "updates": 6000}


def test_bytes_are_those_of_the_files(tmp_path) -> None:  # type: ignore[no-untyped-def]
    training = Settings(data="digits", recipe="fast", epochs=1, width=0.02).training(Place())
    data = load_dataset("digits", "test")
    few = dataclasses.replace(data, images=data.images[:10], labels=data.labels[:10])
    cost = cost_of(training)
    model, path = training.fresh_model(few), tmp_path / "checkpoint.safetensors"
    fit(model, training.objective(), few, training.recipe, seed=0, checkpoint=Checkpoint(path, "x"))
    header = path.stat().st_size - cost.checkpoint_bytes
    assert 0 < header < 20_000
    assert sum(t.numel() * t.element_size() for t in model.state_dict().values()) == cost.weights_bytes


def test_the_extent_of_a_subset_is_its_share() -> None:
    assert list(extent_of("tiny_imagenet", 20, None).values()) == [10_000, 1_000, 20, 64]


@pytest.mark.parametrize("data", [name for name, entry in DATASETS.items() if entry.info.embedded])
def test_the_extent_is_that_of_the_data(data: str) -> None:
    test, extent = load_dataset(data, "test"), extent_of(data, None, None)
    assert extent["test_count"] == len(test)
    assert (extent["classes"], extent["image_size"]) == (len(test.class_names), test.image_size)


def test_more_classes_than_there_are_is_a_sentence() -> None:
    with pytest.raises(InputError, match="CIFAR-10 has 10 classes, got 11; give another --classes"):
        extent_of("cifar10", 11, None)


def test_a_stand_in_for_cross_entropy_counts_alike() -> None:
    model = build_model("wrn28_10", num_classes=4, image_size=32, width=0.02).train()
    counted = Counted(model)
    cross_entropy(counted(torch.rand(2, 3, 32, 32)), torch.arange(2)).backward()
    assert counted.passes.forwards == 2 * work_of(build_objective("standard"))["forwards"]
