import copy
import dataclasses
from pathlib import Path

import pytest
import torch

from core.attacks.evaluation import predictions
from core.models import ModelCard, Staged, load_model, save_model
from core.training.result import as_stored, copy_model

X = torch.rand(40, 3, 32, 32)
CARD = ModelCard(
    name="quarters-vgg16-standard",
    network="vgg16",
    width=0.0625,
    num_classes=4,
    image_size=32,
    cut="conv5_3",
    data="quarters",
    class_names=("a", "b", "c", "d"),
    epsilon=0.03,
    defense="standard",
)


def test_half_precision_is_taken_where_no_prediction_changes(model: Staged) -> None:
    stored, dtype, notes = as_stored(model.eval(), X, half=False)
    assert dtype == "float16"
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
    stored, dtype, notes = as_stored(model, X, half=False)
    assert (stored is model, dtype) == (True, "float32")
    assert "changes 40 of 40 test predictions; they are stored in float32" in notes
    assert all(torch.equal(t, before[name]) for name, t in model.state_dict().items())

    stored, dtype, notes = as_stored(model, X, half=True)
    assert (stored is model, dtype) == (False, "float16")
    assert "changes 40 of 40" in notes


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("where", ["conv5_3.2.running_var", "classifier.linear.weight"])
def test_what_half_precision_cannot_hold_stays_float32_and_is_told(
    model: Staged, where: str, half: bool, tmp_path: Path
) -> None:
    """Infinity is no weight: in the statistics of a batch norm it hides from predictions, a channel is just 0."""
    with torch.no_grad():
        model.eval().state_dict()[f"stages.{where}"].view(-1)[0] = 70_000
    stored, dtype, notes = as_stored(model, X, half=half)
    assert notes == "Half precision ends at 65,504 and the largest weight is 7e+04; they are stored in float32."
    assert (stored is model, dtype) == (True, "float32")
    save_model(stored, dataclasses.replace(CARD, dtype=dtype, notes=notes), tmp_path)
    assert torch.equal(load_model(tmp_path)(X), model(X))


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
