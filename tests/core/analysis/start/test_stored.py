import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core import store
from core.analysis.start.stored import stored_survey, stored_surveys
from core.errors import InputError


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Folders of shipped results and of surveys made here, both empty."""
    shipped, runs = tmp_path / "results", tmp_path / "runs"
    monkeypatch.setattr(store, "RESULTS", shipped)
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(runs))
    return shipped, runs / "start"


def leave(folder: Path, model: str) -> Path:
    store.write_json(folder / "manifest.json", {"model": {"name": model}})
    store.write_json(folder / "summary.json", {"n": 1})
    pd.DataFrame({"index": [0]}).to_parquet(folder / "images.parquet")
    return folder


def test_what_is_shipped_counts_before_what_was_made_here(places: tuple[Path, Path]) -> None:
    shipped, made = places
    leave(made / "a-1", "a")
    leave(made / "b-1", "b")
    leave(shipped / "a" / "start", "a")
    assert stored_surveys() == {"a": shipped / "a" / "start", "b": made / "b-1"}
    assert stored_survey("b").images["index"].tolist() == [0]


def test_nothing_stored_is_no_error() -> None:
    assert stored_surveys() == {}


def test_an_unknown_name_says_what_to_do(places: tuple[Path, Path]) -> None:
    leave(places[0] / "shapes-vgg16-adv" / "start", "shapes-vgg16-adv")
    with pytest.raises(InputError, match="Did you mean 'shapes-vgg16-adv'") as raised:
        stored_survey("shapes-vgg16-ad")
    assert "python -m core start shapes-vgg16-ad" in str(raised.value)


@pytest.mark.parametrize("name", ["../../etc", "/etc/passwd", "", "a\x00b"])
def test_a_name_never_becomes_a_path(name: str) -> None:
    with pytest.raises(InputError):
        stored_survey(name)


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"{"])
@pytest.mark.parametrize(("file", "part"), [("summary.json", "summary"), ("images.parquet", "images")])
def test_damage_is_a_sentence(places: tuple[Path, Path], file: str, part: str, content: bytes | None) -> None:
    folder = leave(places[0] / "a" / "start", "a")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(InputError, match="missing or damaged; run"):
        getattr(stored_survey("a"), part)


def test_an_image_is_stored_or_it_is_none(places: tuple[Path, Path]) -> None:
    folder = leave(places[0] / "a" / "start", "a")
    assert stored_survey("a").start is None
    store.write_json(folder / "start.json", {"image": 3, "pictures": {"clean": "start-clean.png"}})
    found = stored_survey("a").start
    assert found == {"image": 3, "pictures": {"clean": folder / "start-clean.png"}}


def test_reading_imports_neither_torch_nor_sklearn(places: tuple[Path, Path]) -> None:
    """The first screen shows stored results while torch is still loading; asked of a fresh interpreter."""
    folder = leave(places[0] / "a" / "start", "a")
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "import core.config, core.registry, core.store\n"
        "from core.analysis.start.stored import Stored\n"
        "from core.errors import InputError\n"
        f"stored = Stored(Path({str(folder)!r}))\n"
        "stored.manifest, stored.summary, stored.start\n"
        "light = sorted({name.split('.')[0] for name in sys.modules})\n"
        "stored.images\n"
        "heavy = sorted({name.split('.')[0] for name in sys.modules})\n"
        "print(json.dumps([light, heavy]))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=store.PROJECT, capture_output=True, check=True)
    light, heavy = json.loads(ran.stdout)
    assert not {"torch", "sklearn", "scipy", "pandas", "numpy"} & set(light)
    assert not {"torch", "sklearn", "scipy"} & set(heavy)
    assert "pandas" in heavy
