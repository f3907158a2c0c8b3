"""`python -m core COMMAND`: every registered experiment is one by its name; any other is a file and a line here."""

import importlib
import sys

import tyro

from core.cli.long_work import FULL, at_work, sentence
from core.errors import InputError
from core.registry import unknown_name

COMMANDS = {
    "train": "train a network and write its weights and card",
    "recipes": "the table of the trainings that have a name: what each makes and what it costs",
    "explain": "split one image's channels and read the prediction from each side",
    "paper": "the paper's tables and figures, made again, beside the printed numbers",
    "models": "the models at hand and what their cards say",
    "data": "the data sets at hand; fetch one",
    "bench": "measure speed against a plain implementation in the same run",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0, or 2 after one sentence on bad input."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_overview(), file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    try:
        with at_work(arguments):
            _run(name, rest)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in FULL:
            raise
        print(f"error: {sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; every file is the old one or the new one, whole.", file=sys.stderr)
        return 130
    return 0


def _run(name: str, arguments: list[str]) -> None:
    if name in COMMANDS:
        run = importlib.import_module(f"core.cli.{name}").run
        tyro.cli(run, prog=f"python -m core {name}", args=arguments)
        return
    from core.analysis.subjects import EXPERIMENTS  # torch and more, which the other commands do without
    from core.cli import command

    if name not in EXPERIMENTS:
        raise InputError(unknown_name("command", name, (*COMMANDS, *EXPERIMENTS)))
    command.run(name, arguments)


def _overview() -> str:
    from core.analysis.subjects import EXPERIMENTS

    questions = {name: (kind.__doc__ or "").partition("\n")[0] for name, kind in EXPERIMENTS.items()}
    return (
        f"usage: python -m core COMMAND [--help] ...\n\n{_rows(COMMANDS)}\n\n"
        f"Experiments, python -m core NAME MODEL ...\n\n{_rows(questions)}\n\n"
        "Each command explains itself with --help."
    )


def _rows(what: dict[str, str]) -> str:
    return "\n".join(f"  {name:<13} {said}" for name, said in what.items())
