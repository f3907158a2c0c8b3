"""Randomness is an argument: generators are made here, from a seed and the names of what they are for."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import torch
from torch import Generator, Tensor

from core.errors import InputError

Draws: TypeAlias = Generator | Sequence[Generator]  # one for the batch, or one for each image of it

GLOBAL_STATE = threading.RLock()  # torch's CPU state is one for all threads of a server


def derive_seed(seed: int, *names: str | int) -> int:
    """A 63-bit seed that depends on `seed` and on every name, equal on every machine."""
    digest = hashlib.sha256(repr((int(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, *names: str | int) -> Generator:
    """A CPU generator for `seed` and what it is for; draws are moved to the device, so CPU and GPU see equal noise."""
    if not names and not -(2**63) <= seed < 2**63:
        raise InputError(f"A seed must fit 64 bits, got one of {int(seed).bit_length()}; choose a smaller one.")
    return torch.Generator().manual_seed(derive_seed(seed, *names) if names else int(seed))


def uniform(shape: Sequence[int], draws: Draws, dtype: torch.dtype = torch.float32) -> Tensor:
    """Numbers uniform in [0, 1) on the CPU. From one generator an image, row i is drawn by generator i alone."""
    if isinstance(draws, Generator):
        return torch.rand(tuple(shape), generator=draws, dtype=dtype)
    return torch.stack([torch.rand(tuple(shape[1:]), generator=one, dtype=dtype) for one in draws])


@contextmanager
def seeded(seed: int, *names: str | int) -> Iterator[None]:
    """Seed torch's CPU state inside the block and restore it: for code that takes no generator (initialization)."""
    with GLOBAL_STATE, torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(derive_seed(seed, *names))
        yield
