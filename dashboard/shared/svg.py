"""The scripts of components that draw themselves."""

from pathlib import Path

_WORDS = Path(__file__).with_name("svg.js")


def script(folder: Path, *names: str) -> str:
    """One module out of files of a folder, with the words that all of them draw in."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (_WORDS, *(folder / name for name in names)))
