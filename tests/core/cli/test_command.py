import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.cli import main
from core.types import OnStep
from tests.core.cli.conftest import MODEL


@dataclass(frozen=True, kw_only=True)
class Brightness:
    """Look at how bright the first images are.

    Args:
        n: test images, from the first.
        seed: of nothing.
    """

    version: ClassVar[int] = 1

    n: int = 600
    seed: int = 0

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        mean = subject.first(self.n).images.mean(dim=(1, 2, 3)).tolist()
        said = f"The first {self.n} images have a mean of {sum(mean) / self.n:.2f}."
        return Result(tables={"images": pd.DataFrame({"mean": mean})}, summary={"n": self.n, "sentences": [said]})


def test_a_new_experiment_is_a_command_without_a_line_more(
    small_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXPERIMENTS._entries, "brightness", Brightness)
    assert main(["--help"]) == 0
    assert "brightness    Look at how bright" in capsys.readouterr().out
    assert main(["brightness", MODEL, "--n", "5", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["model"], said["n"], said["config"]["n"], said["seed"]) == (MODEL, 5, 5, 0)
    assert Path(said["folder"]).parent == small_model / "brightness"
    assert main(["brightness", MODEL]) == 0
    assert "The first 500 images" in capsys.readouterr().out, "as many as there are"


def test_the_model_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clusters", "--n", "5", MODEL]) == 2
    assert "Expected a model first: python -m core clusters MODEL" in capsys.readouterr().err
