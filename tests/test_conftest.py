"""The guard that keeps tests from changing the project."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("change", [Path.touch, Path.mkdir], ids=["file", "folder"])
def test_writing_into_the_project_fails(change: object) -> None:
    target = PROJECT / "assets" / "never-written"
    with pytest.raises(Exception, match="never-written"):
        change(target)  # type: ignore[operator]
    assert not target.exists()


def test_writing_elsewhere_works(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
