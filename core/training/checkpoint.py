"""The state of a training in one safetensors file, written whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from core import store
from core.errors import InputError


@dataclass(frozen=True)
class Checkpoint:
    """Where a training saves itself, and which training it is.

    Args:
        path: of the file.
        fingerprint: of everything that the weights depend on; a file of another training is refused.
        source: the checkpoint of another training that `load` reads instead; None reads the own file.
    """

    path: Path
    fingerprint: str
    source: "Checkpoint | None" = None

    def save(self, model: nn.Module, optimizer: torch.optim.Optimizer, step: int) -> None:
        """Weights, buffers and momentum after `step` steps, in one rename."""
        tensors = {f"model.{name}": tensor.contiguous() for name, tensor in model.state_dict().items()}
        for name, momentum in momenta(model, optimizer).items():
            tensors[f"momentum.{name}"] = momentum.contiguous()
        state = json.dumps({"fingerprint": self.fingerprint, "step": step})
        with store.writing(self.path) as temporary:
            save_file(tensors, temporary, metadata={"state": state})

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
        """Restore weights, buffers and momentum in place. Returns the number of steps done; 0 where there is no file.

        Raises:
            InputError: a file that is damaged or belongs to another training.
        """
        if self.source is not None:
            return self.source.load(model, optimizer)
        if not self.path.is_file():
            return 0
        state, tensors = self._read()
        model.load_state_dict(under("model.", tensors))
        saved = under("momentum.", tensors)
        for name, parameter in model.named_parameters():
            if name in saved:
                momentum = torch.empty_like(parameter).copy_(saved[name])
                optimizer.state[parameter]["momentum_buffer"] = momentum
        return int(state["step"])

    def steps_done(self) -> int:
        """Number of steps after which the file was written, its tensors left alone; 0 where there is no file.

        Raises:
            InputError: as for `load`.
        """
        return int(self._read(tensors=False)[0]["step"]) if self.path.is_file() else 0

    def _read(self, tensors: bool = True) -> tuple[dict, dict[str, Tensor]]:
        try:
            with safe_open(self.path, framework="pt") as file:
                names = list(file.keys()) if tensors else []
                state, read = json.loads(file.metadata()["state"]), {name: file.get_tensor(name) for name in names}
                given = state["fingerprint"]
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{self.path} is not a whole checkpoint ({error}); delete it and train again.") from error
        if given != self.fingerprint:
            raise InputError(
                f"{self.path} belongs to a training with other settings; delete it, or train without --resume."
            )
        return state, read


def momenta(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Momentum buffers by the name of their parameter; none before the first step or without momentum."""
    buffers = {name: optimizer.state[p].get("momentum_buffer") for name, p in model.named_parameters()}
    return {name: buffer for name, buffer in buffers.items() if buffer is not None}


def under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The entries whose name starts with `prefix`, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
