import random
import shlex

import pytest

from core.analysis.fields import suited, threat_of
from core.analysis.subjects import EXPERIMENTS
from core.attacks import CW, PGD, ThreatModel
from core.cli.command import command_named
from core.cli.options import command_of, parse
from core.errors import InputError
from core.models import ModelCard
from tests.core.cli.drawn_values import other_experiment

CARD = ModelCard(
    name="digits-vgg16-toy", network="vgg16", width=1.0, num_classes=10, image_size=32, cut="conv5_3", data="digits",
    class_names=tuple("0123456789"), epsilon=0.1, defense="adv",
)  # fmt: skip


def read(name: str, words: str) -> object:
    return parse(name, shlex.split(words), CARD, command_named(name).questions)


@pytest.mark.parametrize("name", list(EXPERIMENTS))
def test_a_printed_command_gives_the_experiment_it_was_printed_for(name: str) -> None:
    draw, usual = random.Random(name), suited(EXPERIMENTS[name], CARD)
    values = [usual, *(other_experiment(usual, CARD, draw) for _ in range(25))]
    for value in values:
        program, model, *words = command_of(value, CARD)
        assert (program, model) == (name, CARD.name)
        assert parse(name, words, CARD, command_named(name).questions).experiment == value
    assert len(set(values)) > 15


@pytest.mark.parametrize("name", list(EXPERIMENTS))
def test_only_what_differs_is_printed(name: str) -> None:
    usual = suited(EXPERIMENTS[name], CARD)
    assert len(command_of(usual, CARD)) <= 4, "the name, the model, how many images"
    assert command_of(usual, CARD, device="cpu", fresh=True)[-3:] == ("--device", "cpu", "--fresh")


@pytest.mark.parametrize("name", list(EXPERIMENTS))
def test_help_says_what_every_option_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(name, ["--help"], CARD, command_named(name).questions)
    assert stopped.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    for option in ("--seed INT", "--epsilon RADIUS", "as 8/255 or a number", "--fresh", "--json", "--root"):
        assert option in said
    assert f"python -m core {name} shapes-vgg16-adv" in said


def test_defaults_are_the_models() -> None:
    found = read("clusters", "").experiment
    assert (found.n, found.bottleneck.cut, found.attack.threat.epsilon) == (500, "conv5_3", 0.1)


def test_a_radius_is_a_fraction_or_a_number_and_holds_for_all_that_is_bounded() -> None:
    found = read("attacks", "--attacks 'pgd:steps=3,fgsm,cw' --epsilon 8/255 --diagnosed").experiment
    assert {attack.threat.epsilon for attack in found.attacks[:2]} == {8 / 255}
    assert found.attacks[2] == CW()
    assert found.diagnosed == ThreatModel(epsilon=8 / 255)
    assert threat_of(read("bottleneck", "--epsilon 0.5").experiment) == ThreatModel(epsilon=0.5)


def test_classes_are_written_by_name() -> None:
    assert read("visualize", "--classes 3 7 3").experiment.classes == (3, 7)
    assert read("visualize", "--classes all --images").experiment.classes == tuple(range(10))
    with pytest.raises(InputError, match="Unknown class 'cat'"):
        read("visualize", "--classes cat")


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("clusters", "--attack pgd,fgsm", "Expected one attack"),
        ("clusters", "--attack none", "Unknown attack 'none'"),
        ("attacks-radii", "--attack fgsm", "Expected pgd with or without settings"),
        ("attacks", "--norm l2", "give --epsilon, the l2 radius"),
        ("attacks", "--epsilon 8", "up to 1, not 8"),
        ("clusters", "--epsilon 8/0", "such as 8/255, got '8/0'"),
        ("bottleneck", "--beta 3", "takes its betas from the grid"),
        ("channels", "--drop 1 --keep 2", "not both"),
    ],
)
def test_what_does_not_fit_is_one_sentence(name: str, words: str, sentence: str) -> None:
    with pytest.raises(InputError) as said:
        read(name, words)
    assert sentence in str(said.value)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("words", ["--n many", "--nothing 3", "more", "--n"])
def test_what_no_option_reads_ends_with_code_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        read("clusters", words)
    assert stopped.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err


def test_two_threat_models_have_no_command() -> None:
    found = read("attacks", "--diagnosed").experiment
    with pytest.raises(InputError, match="one threat model"):
        command_of(type(found)(attacks=(PGD(),), diagnosed=ThreatModel(epsilon=0.5)), CARD)
