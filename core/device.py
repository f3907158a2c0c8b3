"""Which of several processes this is, on which device it computes, and in which precision."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from core.errors import InputError

PATIENCE = timedelta(hours=12)  # that a process waits for the others, which may have a slow attack to finish
Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One process of `world`.

    Args:
        device: where network and images lie.
        precision: "bf16" computes convolutions and products in bfloat16; weights, loss and updates stay float32.
        rank: of this process, from 0.
        world: number of processes.
        compiled: let `torch.compile` fuse the network.
    """

    device: torch.device = torch.device("cpu")
    precision: Precision = "fp32"
    rank: int = 0
    world: int = 1
    compiled: bool = False

    @property
    def leads(self) -> bool:
        """Whether this is the one process that writes files and talks."""
        return self.rank == 0

    def autocast(self) -> AbstractContextManager[object]:
        """The context in which the network computes while it trains."""
        return nullcontext() if self.precision == "fp32" else torch.autocast(self.device.type, torch.bfloat16)

    def share(self, batch: Tensor) -> Tensor:
        """This process's rows of a batch that every process drew alike."""
        return batch[self.rank :: self.world]

    def wrap(self, model: nn.Module) -> nn.Module:
        """The network as the loop calls it; where there are several processes it averages their gradients."""
        if self.compiled:
            model.compile()
        if self.world == 1:
            return model
        return DistributedDataParallel(model, device_ids=[self.device] if self.device.type == "cuda" else None)


@contextmanager
def joined(device: str = "auto", precision: str = "auto", compiled: bool = False) -> Iterator[Place]:
    """The place that torchrun's environment variables describe, its process group open inside the block.

    Without those variables this process is alone.

    Args:
        device: "cpu", "cuda", or "auto", which takes CUDA where there is one.
        precision: "fp32", "bf16", or "auto": bf16 on CUDA, fp32 on a CPU, which may have to emulate bf16.
        compiled: as in `Place`.
    Raises:
        InputError: a device or precision that is unknown or not there.
    """
    chosen, world = resolve_device(device), int(os.environ.get("WORLD_SIZE", "1"))
    kind = resolve_precision(precision, chosen)
    if world == 1:
        yield Place(device=chosen, precision=kind, compiled=compiled)
        return
    if chosen.type == "cuda":
        chosen = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(chosen)
    distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Place(
            device=chosen,
            precision=kind,
            rank=distributed.get_rank(),
            world=distributed.get_world_size(),
            compiled=compiled,
        )
    finally:
        distributed.destroy_process_group()


def resolve_device(device: str) -> torch.device:
    """The device by name; "auto" is CUDA where there is one, else the CPU.

    Raises:
        InputError: an unknown name, or CUDA on a machine without it.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise InputError(f"Unknown device {device[:80]!r}; known are auto, cpu, cuda.")
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("This machine has no CUDA device; use --device cpu.")
    forbid_tf32()
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


def forbid_tf32() -> None:
    """Let CUDA compute float32 as float32: TF32 keeps 10 of 23 bits, and torch takes it for convolutions by default."""
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def resolve_precision(precision: str, device: torch.device) -> Precision:
    """The precision by name; "auto" is bf16 on CUDA and fp32 on a CPU.

    Raises:
        InputError: an unknown name.
    """
    known: dict[str, Precision] = {"fp32": "fp32", "bf16": "bf16", "auto": "bf16" if device.type == "cuda" else "fp32"}
    if precision not in known:
        raise InputError(f"Unknown precision {precision[:80]!r}; known are auto, fp32, bf16.")
    return known[precision]
