"""Speed, measured in the same run against a plain implementation, with all that the numbers depend on beside them."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from core import store
from core.attacks import PGD
from core.distillation import Bottleneck
from core.distillation.plain import plain_noise_variance
from core.errors import InputError
from core.models import Staged, build_model
from core.seeding import generator, seeded
from core.types import Images, Labels, OnStep


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A network with random weights on random 32x32 images with random labels: speed depends on none of them.

    Args:
        network: by name.
        width: factor on its channels.
        images: in a batch.
        steps: of the distiller or of the attack.
        repeats: timed runs of each implementation, one after the other in turn; medians are reported.
        seed: of weights, images, labels and noise.
    Raises:
        InputError: a number below 1, on construction.
    """

    network: str = "vgg16"
    width: float = 1.0
    images: int = 100
    steps: int = 200
    repeats: int = 7
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("images", "steps", "repeats"):
            if getattr(self, name) < 1:
                raise InputError(f"A benchmark needs {name} of at least 1, got {getattr(self, name)}.")

    def draw(self, device: torch.device) -> tuple[Staged, Images, Labels]:
        """The frozen network, images (n, 3, 32, 32) and labels (n,)."""
        with seeded(self.seed, "benchmark"):
            model = build_model(self.network, num_classes=10, image_size=32, width=self.width)
        draws = generator(self.seed, "benchmark")
        x, y = torch.rand(self.images, 3, 32, 32, generator=draws), torch.randint(10, (self.images,), generator=draws)
        return model.eval().requires_grad_(False).to(device), x.to(device), y.to(device)


def bench_distill(setting: Setting, device: torch.device, on_step: OnStep | None = None) -> dict[str, Any]:
    """Images per second of the distiller and of a plain loop, each with the number of threads that suits it best.

    Both start from the same features at the cut; the encoder, which runs once for either, is not timed. The plain loop
    draws fresh noise for every image, as the released code does; where masks are compared, both see the same noise.
    """
    model, x, y = setting.draw(device)
    bottleneck = Bottleneck(steps=setting.steps)
    with torch.no_grad():
        z = model.features(x)
    split = bottleneck.of_features(model, z, y, seed=setting.seed)
    noise = bottleneck.noise(z.shape[1], setting.seed)
    plain_mask = plain_noise_variance(model, z, y, bottleneck, noise=noise) > split.tolerance[:, None]
    draws = generator(setting.seed, "plain")
    seconds = _alternate(
        {
            "plain": lambda: plain_noise_variance(model, z, y, bottleneck, generator=draws),
            "ours": lambda: bottleneck.of_features(model, z, y, seed=setting.seed),
        },
        setting.repeats,
        device,
        on_step,
    )
    runs = [_speed(name, threads, setting.images, times) for (name, threads), times in seconds.items()]
    plain, ours = (_fastest(runs, name) for name in ("plain", "ours"))
    return store.manifest(
        benchmark="distill",
        images_per_second=ours["images_per_second"],
        plain_images_per_second=plain["images_per_second"],
        ratio=ours["images_per_second"] / plain["images_per_second"],
        mask_agreement=(split.robust == plain_mask).double().mean().item(),
        robust_fraction=split.robust.double().mean().item(),
        threads={"ours": ours["threads"], "plain": plain["threads"]},
        runs=runs,
        conditions={**_conditions(setting, device), "channels": z.shape[1], "map": list(z.shape[2:]), "classes": 10},
    )


def bench_attack(setting: Setting, device: torch.device, on_step: OnStep | None = None) -> dict[str, Any]:
    """Time of PGD on one image and on all, and how many images a second go forward and backward through the network."""
    model, x, y = setting.draw(device)
    attack = PGD(steps=setting.steps)
    sizes = {str(n): n for n in (1, setting.images)}

    def attacked(n: int) -> Callable[[], Tensor]:
        return lambda: attack(model, x[:n], y[:n], generator=generator(setting.seed, "attack"))

    seconds = _alternate({name: attacked(n) for name, n in sizes.items()}, setting.repeats, device, on_step)
    runs = [
        {
            "images": sizes[name],
            "threads": threads,
            "seconds": median(times),
            "passes_per_second": sizes[name] * setting.steps / median(times),
        }
        for (name, threads), times in seconds.items()
    ]
    return store.manifest(benchmark="attack", attack="pgd", runs=runs, conditions=_conditions(setting, device))


def _alternate(
    implementations: dict[str, Callable[[], Any]], repeats: int, device: torch.device, on_step: OnStep | None
) -> dict[tuple[str, int], list[float]]:
    """Seconds of each run, by implementation and threads: in turn, so that a busy machine hits all alike."""
    counts = sorted({1, os.cpu_count() or 1}) if device.type == "cpu" else [torch.get_num_threads()]
    seconds: dict[tuple[str, int], list[float]] = {(name, count): [] for count in counts for name in implementations}
    for repeat in range(repeats + 1):
        for done, (name, count) in enumerate(seconds, start=1):
            with _threads(count):
                elapsed = _timed(implementations[name], device)
            if repeat:  # the first run of each only warms up
                seconds[name, count].append(elapsed)
            if on_step is not None:
                on_step(repeat * len(seconds) + done, (repeats + 1) * len(seconds))
    return seconds


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _timed(function: Callable[[], Any], device: torch.device) -> float:
    start = time.perf_counter()
    function()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


def _speed(name: str, threads: int, images: int, times: list[float]) -> dict[str, Any]:
    return {"implementation": name, "threads": threads, "seconds": times, "images_per_second": images / median(times)}


def _fastest(runs: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return max((run for run in runs if run["implementation"] == name), key=lambda run: run["images_per_second"])


def _conditions(setting: Setting, device: torch.device) -> dict[str, Any]:
    return {
        **asdict(setting),
        "device": device.type,
        "processors": os.cpu_count(),
        "omp_wait_policy": os.environ.get("OMP_WAIT_POLICY"),
    }
