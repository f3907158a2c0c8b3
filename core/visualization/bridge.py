"""Lucent on our terms: its device, its random state and its warnings are dealt with here and nowhere else."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import InputError
from core.seeding import derive_seed, seeded
from core.types import Images

PADDING = 8  # pixels of mid-gray on each side
SCALES = (0.9, 0.95, 1.05, 1.1, 1, 1, 1, 1)
ANGLES = (*range(-5, 5), 0, 0, 0, 0, 0)  # degrees


def parameterized(n: int, size: int, seed: int, device: torch.device) -> tuple[list[Tensor], Callable[[], Images]]:
    """Parameters of `n` images and the function that turns them into pixels (n, 3, size, size) in (0, 1).

    Lucent's Fourier spectrum, N(0, 0.01^2) over frequency, and its color decorrelation; equal to its `param.image`,
    which moves colors to the first GPU wherever the spectrum is. All images start from the same noise, so that pictures
    differ by what they are drawn from and by nothing else.
    """
    with _drawing(device, seed, "start") as lucent:
        (spectrum,), plane = lucent.spatial.fft_image((n, 3, size, size))
    with torch.no_grad():
        spectrum.copy_(spectrum[:1].clone().expand_as(spectrum))
    mix = torch.from_numpy(lucent.color.color_correlation_normalized).to(device)
    return [spectrum], lambda: torch.sigmoid(torch.einsum("dc,nchw->ndhw", mix, plane()))


def transformed(images: Images, seed: int, step: int) -> Images:
    """`images` (n, 3, s, s) padded, moved, scaled, turned, moved and resized to s again, as drawn for this step.

    The transforms of the released code in their order; one draw for the whole batch, from seed and step alone.
    """
    with _drawing(images.device, seed, "transforms", step) as lucent:
        of = lucent.transform
        moved = of.compose(
            [
                of.pad(PADDING, mode="constant", constant_value=0.5),
                of.jitter(8),
                of.random_scale(SCALES),
                of.random_rotate(ANGLES),
                of.jitter(2),
            ]
        )(images)
    return F.interpolate(moved, size=images.shape[2:], mode="bilinear", align_corners=False)


@contextmanager
def _drawing(device: torch.device, seed: int, *names: str | int) -> Iterator[SimpleNamespace]:
    """Lucent on `device`, drawing from `seed`. Its globals, NumPy's and torch's states are afterwards as before."""
    lucent = _lucent()
    with seeded(seed, *names):  # also holds the lock on the global states
        homes = [module.device for module in lucent.placed]
        numbers = np.random.get_state()  # noqa: NPY002  (Lucent draws from NumPy's one state)
        np.random.seed(derive_seed(seed, *names, "numpy") % 2**32)  # noqa: NPY002
        for module in lucent.placed:
            module.device = device
        try:
            yield lucent
        finally:
            np.random.set_state(numbers)  # noqa: NPY002
            for module, home in zip(lucent.placed, homes, strict=True):
                module.device = home


def _lucent() -> SimpleNamespace:
    """The modules of Lucent that are used; importing them takes a second, so it is done when a picture is drawn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.script` is")  # kornia 0.4.1, while it is imported
        try:
            from lucent.optvis import transform
            from lucent.optvis.param import color, spatial
        except ImportError as error:
            raise InputError("Drawing pictures needs Lucent, which is missing; pip install torch-lucent.") from error
    return SimpleNamespace(transform=transform, color=color, spatial=spatial, placed=(transform, spatial))
