"""Whatever is typed after `python -m core`, it ends with code 0 or 2, and never with a traceback."""

import random
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from core.analysis.fields import fields_of
from core.analysis.subjects import EXPERIMENTS
from core.cli import COMMANDS, command, main
from core.cli.options import Run
from core.errors import InputError
from tests.core.cli.conftest import MODEL

LISTS = 200
VALUES = (
    "", "0", "1", "-1", "2", "3.5", "1e400", "nan", "inf", "-inf", "99999999999999999999999", "8/255", "8/0", "none",
    "true", "pgd", "pgd:steps=0", "pgd:steps=2;loss=margin", "cw:c=nan", "nrf:bottleneck.beta=-1", "fgsm,pgd", ",", ":",
    "digits", "shapes", MODEL, "../../etc/passwd", "\x00", "ä 漢", "conv5_3", "conv9_9", "cpu", "tpu", "flat", "mean",
    "linf", "l2", "--", "-h", "/dev/null/x", "7,3", "%s", "{}",
)  # fmt: skip
NUMBERS = ("0", "1", "-1", "2", "0.5", "inf", "nan", "1e-7", "300")
OTHERS = {
    "explain": ("image", "attack", "epsilon", "label", "beta", "cut", "split-of", "seed", "json", "root", "html"),
    "models": ("json",),
    "data": ("json", "root"),
    "train": ("cell", "defense", "network", "recipe", "width", "epochs", "epsilon", "name", "device", "precision"),
    "paper": ("n", "seed", "device", "root"),
    "bench": ("images", "steps", "width", "repeats", "seed", "device"),
    "recipes": ("json",),
}
FIRST = {  # with what ends before anything is computed
    "train": ["--data", "digts"],
    "recipes": ["nothing"],
    "paper": ["table9"],
    "bench": ["nothing"],
}


@pytest.fixture(autouse=True)
def nothing_long(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that would compute ends right before."""

    def refused(*_: object, **__: object) -> None:
        raise InputError("It would be computed now.")

    monkeypatch.setattr(command, "conduct", refused)


def lists() -> list[list[str]]:
    draw, found = random.Random(0), []
    names = (*EXPERIMENTS, *COMMANDS)
    for number in range(LISTS):
        name = names[number % len(names)]
        model = MODEL if draw.random() < 0.85 else draw.choice(VALUES)
        words = FIRST.get(name, [model])
        for option in draw.sample(options(name), draw.randint(0, 2)):
            words = [
                *words,
                f"--{option}",
                *draw.choices(draw.choice((VALUES, NUMBERS)), k=draw.choice((0, 1, 1, 1, 2))),
            ]
        found.append([name, *words])
    return [*found, [], ["--help"], [""], ["nothing"], ["clusters"], ["clusters", "--n", "3"], ["clusters", "--help"]]


def options(name: str) -> list[str]:
    """Some that the command has, and one that none has."""
    if name not in EXPERIMENTS:
        return [*OTHERS[name], "nothing"]
    own = [field.name for field in fields_of(EXPERIMENTS[name])]
    more = [field.name for kind in (Run, command.command_named(name).questions) for field in fields(kind)]
    return [option.replace("_", "-") for option in (*own, *more, "nothing")]


@pytest.mark.parametrize("words", lists(), ids=shlex.join)
def test_any_words_end_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else -1
    out, err = capsys.readouterr()
    assert code in (0, 2)
    assert "Traceback" not in out + err
    if code == 2:
        assert out == ""
        assert err.strip()
