from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core import store
from core.errors import InputError
from core.models import Staged
from core.training import Checkpoint


def optimizer_of(model: Staged) -> torch.optim.SGD:
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def stepped(model: Staged) -> torch.optim.SGD:
    optimizer = optimizer_of(model)
    model(torch.rand(2, 3, 32, 32)).square().sum().backward()
    optimizer.step()
    return optimizer


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return Checkpoint(tmp_path / "checkpoint.safetensors", "abc")


def test_weights_statistics_momentum_and_step_come_back(checkpoint: Checkpoint, model: Staged, fresh_model) -> None:
    optimizer = stepped(model)
    checkpoint.save(model, optimizer, 7)
    other = fresh_model()
    restored = optimizer_of(other)
    assert checkpoint.load(other, restored) == 7
    for name, tensor in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)
    for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(optimizer.state[mine]["momentum_buffer"], restored.state[theirs]["momentum_buffer"])


def test_no_file_means_no_step_done(checkpoint: Checkpoint, model: Staged) -> None:
    assert checkpoint.load(model, optimizer_of(model)) == 0


def test_another_training_is_refused(checkpoint: Checkpoint, model: Staged) -> None:
    optimizer = optimizer_of(model)
    checkpoint.save(model, optimizer, 1)
    with pytest.raises(InputError, match="other settings; delete it, or train without --resume"):
        Checkpoint(checkpoint.path, "other").load(model, optimizer)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "foreign"])
def test_a_damaged_file_is_refused(checkpoint: Checkpoint, model: Staged, damage: str) -> None:
    optimizer = optimizer_of(model)
    checkpoint.save(model, optimizer, 1)
    whole = checkpoint.path.read_bytes()
    if damage == "foreign":
        save_file({"x": torch.zeros(1)}, checkpoint.path)
    else:
        checkpoint.path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "text": b"hello" * 50}[damage])
    with pytest.raises(InputError, match="not a whole checkpoint .* delete it and train again"):
        checkpoint.load(model, optimizer)


def test_a_crash_while_saving_leaves_the_old_file_and_nothing_else(
    checkpoint: Checkpoint, model: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    optimizer = stepped(model)
    checkpoint.save(model, optimizer, 1)

    def crash(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store.os, "replace", crash)
    with pytest.raises(OSError, match="no space"):
        checkpoint.save(model, optimizer, 2)
    monkeypatch.undo()
    assert checkpoint.load(model, optimizer) == 1
    assert list(checkpoint.path.parent.iterdir()) == [checkpoint.path]
