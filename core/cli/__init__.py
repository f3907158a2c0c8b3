"""`python -m core COMMAND`: one file a command, imported only when it is called. A new command is a file and a line."""

import importlib
import sys

import tyro

from core.cli.long_work import FULL, at_work, sentence
from core.errors import InputError
from core.registry import unknown_name

COMMANDS = {
    "train": "train a network and write its weights and card",
    "recipes": "the table of the trainings that have a name: what each makes and what it costs",
    "attacks": "accuracy under attack, with n and 95 % interval",
    "attacks-radii": "accuracy under PGD as the ball grows",
    "explain": "split one image's channels and read the prediction from each side",
    "start": "distill many test images and store the tables that the dashboard opens on",
    "bottleneck": "accuracy and number of robust and non-robust channels along beta",
    "clusters": "t-SNE of robust and non-robust features, clean and attacked, in one map",
    "channels": "which channels are robust, how surely, and the network without some of them",
    "visualize": "pictures of what all, robust and non-robust channels see, beside their twins",
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
        if name not in COMMANDS:
            raise InputError(unknown_name("command", name, COMMANDS))
        run = importlib.import_module(f"core.cli.{name.replace('-', '_')}").run
        with at_work(arguments):
            tyro.cli(run, prog=f"python -m core {name}", args=rest)
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


def _overview() -> str:
    rows = "\n".join(f"  {name:<13} {what}" for name, what in COMMANDS.items())
    return f"usage: python -m core COMMAND [--help] ...\n\n{rows}\n\nEach command explains itself with --help."
