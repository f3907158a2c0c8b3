"""Randomness is an argument: generators are made here, from a seed and the names of what they are for."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def derive_seed(seed: int, *names: str | int) -> int:
    """A 63-bit seed that depends on `seed` and on every name, equal on every machine."""
    digest = hashlib.sha256(repr((int(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(seed: int, *names: str | int) -> torch.Generator:
    """A CPU generator for `seed` and what it is for; draws are moved to the device, so CPU and GPU see equal noise."""
    return torch.Generator().manual_seed(derive_seed(seed, *names) if names else int(seed))


@contextmanager
def seeded(seed: int, *names: str | int) -> Iterator[None]:
    """Seed torch's CPU state inside the block and restore it: for code that takes no generator (initialization)."""
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(derive_seed(seed, *names))
        yield
