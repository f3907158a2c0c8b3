import json
from pathlib import Path

import pytest

from core.cli import main
from core.datasets import DATASETS


def test_the_list_names_every_set_and_how_to_get_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "--root", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert set(lines) == set(DATASETS)
    assert "comes with the project" in lines["digits"]
    assert "python -m core data fetch cifar10  (163 MB)" in lines["cifar10"]
    assert f"put your images into {tmp_path}" in lines["folder"]


def test_json_is_one_object_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list", "--json", "--root", str(tmp_path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in answer["datasets"]}
    assert answer["root"] == str(tmp_path)
    assert rows["digits"]["at_hand"]
    assert not rows["svhn"]["at_hand"]
    assert (rows["tiny_imagenet"]["image_size"], rows["tiny_imagenet"]["num_classes"]) == (64, 200)
    assert rows["folder"]["num_classes"] is None


def test_fetching_what_is_there_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "fetch", "digits", "--json"]) == 0
    answer = capsys.readouterr()
    assert json.loads(answer.out)["fetched"] is False
    assert "Digits was at hand already." in answer.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fetch"], "Expected a data set to fetch; there are cifar10, svhn, tiny_imagenet"),
        (["fetch", "cifar"], "Did you mean 'cifar10'?"),
        (["fetch", "folder"], "There is nothing to download for 'folder'"),
        (["fetch", "svhn", "--root", "/dev/null"], "cannot be a data root"),
        (["list", "digits"], "`data list` takes no name, got 'digits'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", *arguments]) == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert sentence in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [["remove"], ["--nonsense"], ["fetch", "svhn", "surplus"]])
def test_unknown_options_end_with_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["data", *arguments])
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""
