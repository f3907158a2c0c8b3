import copy
from pathlib import Path

import pytest
import torch

from core.models import Staged
from core.training.result import as_stored, copy_model, predictions

X = torch.rand(40, 3, 32, 32)


def test_half_precision_is_taken_where_no_prediction_changes(model: Staged) -> None:
    stored, notes = as_stored(model.eval(), X, half=False)
    assert "changes 0 of 40 test predictions" in notes
    assert all(torch.equal(t, t.half().float()) for t in stored.state_dict().values() if t.is_floating_point())
    assert torch.equal(predictions(stored, X), predictions(model, X))


def test_float32_stays_where_a_prediction_would_change(model: Staged) -> None:
    """All weight of the decision lies in a difference that half precision rounds away."""
    linear = model.eval().stages["classifier"].linear
    with torch.no_grad():
        linear.weight.zero_()
        linear.bias.copy_(torch.tensor([1.0, 1.0001, 0, 0]))
    before = copy.deepcopy(model.state_dict())
    stored, notes = as_stored(model, X, half=False)
    assert stored is model
    assert "changes 40 of 40 test predictions; they are stored in float32" in notes
    assert all(torch.equal(t, before[name]) for name, t in model.state_dict().items())

    stored, notes = as_stored(model, X, half=True)
    assert stored is not model
    assert "changes 40 of 40" in notes


def test_a_copy_has_both_files_or_fails_before_the_card(tmp_path: Path) -> None:
    source, target = tmp_path / "run", tmp_path / "models"
    source.mkdir()
    (source / "m.json").write_text("{}")
    with pytest.raises(FileNotFoundError):
        copy_model("m", source, target)
    assert list(target.iterdir()) == []
    (source / "m.safetensors").write_bytes(b"weights")
    copy_model("m", source, target)
    assert sorted(path.name for path in target.iterdir()) == ["m.json", "m.safetensors"]
