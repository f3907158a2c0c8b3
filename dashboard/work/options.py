"""The command that does what a form asks for."""

from typing import Any

from core.job import Command

Options = dict[str, Any]  # plain JSON data: attack, epsilon, and the fields of an experiment that differ from its own
NAMES = {"images": "image"}  # an option that is called otherwise on the command line


def command_of(kind: str, name: str, options: Options | None = None) -> Command:
    """What stands after `python -m core` to run one kind of experiment on one model; what is not said is left out."""
    words = [kind, name]
    for option, value in (options or {}).items():
        if value is None or value is False or value in ("", []):
            continue
        words.append(f"--{NAMES.get(option, option).replace('_', '-')}")
        words += [] if value is True else [",".join(map(str, value)) if isinstance(value, list) else str(value)]
    return tuple(words)
