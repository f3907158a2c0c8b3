"""The scripts of components that draw themselves."""

from pathlib import Path

_WORDS = Path(__file__).with_name("svg.js")


def script(module: str, *names: str) -> str:
    """One script out of files beside a module, with the words that all of them draw in."""
    paths = (_WORDS, *(Path(module).with_name(name) for name in names))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
