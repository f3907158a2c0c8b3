"""Every result that is shipped opens, whole."""

import json
from pathlib import Path

import pytest

from core import store
from core.analysis.experiment import EXPERIMENTS
from core.analysis.results import StoredResult, damaged_results, data_record
from core.analysis.subjects import EXPERIMENTS as ALL
from core.datasets import DATASETS, load_dataset

FOLDERS = sorted(path.parent for path in store.RESULTS.glob("*/*/manifest.json"))
KINDS = sorted({folder.name for folder in FOLDERS})


def test_no_folder_is_left_out() -> None:
    assert {folder for folder in store.RESULTS.glob("*/*") if folder.is_dir()} == set(FOLDERS)
    assert [sentence for kind in KINDS for sentence in damaged_results(kind)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_it_opens(folder: Path) -> None:
    result = StoredResult(folder)
    manifest = result.manifest
    assert (manifest["kind"], manifest["model"]["name"]) == (folder.name, folder.parent.name)
    assert isinstance(manifest["version"], int)
    assert {"name", "split", "n", "sha256"} == manifest["data"].keys()
    assert manifest["model"]["sha256"] == result.card.sha256
    assert isinstance(result.summary, dict)
    for path in folder.glob("*.parquet"):
        assert len(result.table(path.stem)) > 0
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".parquet", ".safetensors"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_its_config_is_of_an_experiment(folder: Path) -> None:
    assert StoredResult(folder).config["kind"] in {entry.__name__ for entry in ALL.values()}
    if folder.name in EXPERIMENTS:
        assert StoredResult(folder).config["kind"] == EXPERIMENTS[folder.name].__name__


def test_of_embedded_data_the_hash_is_that_of_the_images_and_labels_that_were_read() -> None:
    """One definition for all kinds."""
    said = {
        (data["name"], data["split"], data["n"], data["sha256"])
        for folder in FOLDERS
        if (data := StoredResult(folder).manifest["data"])["name"] in DATASETS and DATASETS[data["name"]].info.embedded
    }
    assert {name for name, *_ in said} == {"digits", "shapes"}
    for name, split, n, sha256 in said:
        assert data_record(load_dataset(name, split), n)["sha256"] == sha256


def test_pictures_of_the_first_screen_are_what_they_were() -> None:
    for folder in FOLDERS:
        if folder.name == "start" and (record := StoredResult(folder).summary["opening"]) is not None:
            for name in ("clean", "adversarial", "difference"):
                content = StoredResult(folder).array(name).tobytes()
                assert content.startswith(b"\x89PNG")
            assert json.dumps(record).count("predicted") >= 6
