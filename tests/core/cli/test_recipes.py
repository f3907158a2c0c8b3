import json

import pytest

from core.cli import main
from core.training.cells import read_cells


def test_every_cell_has_its_cost_its_data_and_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", "--json", "--root", "/nowhere"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["cells"]}
    assert list(rows) == list(read_cells())
    assert all(row["total_flops"] > 0 and row["command"].startswith("python -m core train") for row in rows.values())
    cell = rows["paper-tiny_imagenet-wrn28_10-mart"]
    assert (cell["printed_clean"], cell["printed_pgd"], cell["classes"], cell["at_hand"]) == (48.5, 25.7, 200, False)
    assert "data fetch tiny_imagenet" in cell["state"]
    assert all((row["printed_clean"] is None) == (row["source"] == "here") for row in rows.values())
    assert rows["tiny20-vgg16-adv"]["cost"]["images"] == 300_000
    assert rows["digits-vgg16-adv"]["at_hand"]


def test_the_table_shows_every_cell_and_how_to_train_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes"]) == 0
    out = capsys.readouterr().out
    assert all(f" {name} " in out for name in read_cells())
    assert "python -m core train --cell NAME" in out
