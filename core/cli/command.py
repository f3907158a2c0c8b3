"""`python -m core NAME MODEL [options]` for every registered experiment: run it or find it, draw it, say what it says.

What a subject adds to that lies in `core.cli.NAME`, as `COMMAND`; an experiment without one has a command all the same.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from rich.text import Text

from core.analysis import drawn
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult, first
from core.cli.options import Run, command_of, parse
from core.cli.talk import console, print_json, print_sentences, progress, write_result
from core.device import joined
from core.errors import InputError
from core.models import load_card

IN_EXPERIMENT = ("epsilon", "norm", "json")  # of a `Run`: said by the experiment's attacks, or only printed


class Said(NamedTuple):
    """What a command has to say.

    Args:
        record: plain JSON data.
        show: prints the same for people.
    """

    record: dict[str, Any]
    show: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What a command may be asked beside the fields of its experiment; this one, nothing."""

    def chosen(self, experiment: Any, subject: Subject) -> Any:
        """The experiment as the questions have it. Raises InputError where one cannot be answered."""
        return experiment

    def instead(self, experiment: Any, subject: Subject) -> Said | None:
        """The answer to a question that needs no result."""
        return None

    def besides(self, experiment: Any, subject: Subject, result: StoredResult) -> Said | None:
        """The answer to a question about the result."""
        return None


def summarized(result: StoredResult) -> Said:
    """The sentences of the summary."""
    return Said({}, lambda: print_sentences(drawn.sentences(result)))


@dataclass(frozen=True, kw_only=True)
class Command:
    """What the command of an experiment has of its own.

    Args:
        counts: what its progress bar counts.
        says: the result in tables and sentences; its record stands beside the summary.
        questions: what else may be asked.
    """

    counts: str = "steps"
    says: Callable[[StoredResult], Said] = summarized
    questions: type[Questions] = Questions


def run(name: str, arguments: Sequence[str]) -> None:
    """Do what the words after `python -m core NAME` say.

    Raises:
        InputError: what cannot be used.
    """
    command = command_named(name)
    if arguments and arguments[0] in ("-h", "--help"):
        parse(name, arguments[:1], None, command.questions)
    if not arguments or arguments[0].startswith("-"):
        raise InputError(f"Expected a model first: python -m core {name} MODEL; `python -m core models` lists them.")
    model, *rest = arguments
    experiment, options, questions = parse(name, rest, load_card(model), command.questions)
    with joined(options.device, "fp32") as place:
        subject = Subject.load(model, options.root, place.device.type, data=options.data)
        subject = replace(subject, place=place)
        experiment = questions.chosen(experiment, subject)
        said = questions.instead(experiment, subject)
        if said is None:
            said = _conducted(command, experiment, subject, options, questions)
    if said is not None and options.json:
        print_json(said.record)
    elif said is not None:
        said.show()


def canonical(name: str, *arguments: str) -> tuple[str, ...]:
    """The one way to write what the words after `python -m core NAME` say, but for what is only printed.

    Raises:
        InputError: what cannot be used.
    """
    if not arguments or arguments[0].startswith("-"):
        return (name, *arguments)
    model, *options = arguments
    card, questions = load_card(model), command_named(name).questions
    asked = parse(name, options, card, questions)
    said = {field.name: (getattr(asked.run, field.name), field.default) for field in fields(asked.run)}
    said |= {field.name: (getattr(asked.questions, field.name), field.default) for field in fields(asked.questions)}
    more = {key: value for key, (value, usual) in said.items() if value != usual and key not in IN_EXPERIMENT}
    return (name, model, *command_of(asked.experiment, card, **more)[2:])


def command_named(name: str) -> Command:
    """What the command of an experiment has of its own; the usual where there is nothing."""
    module = f"core.cli.{name.replace('-', '_')}"
    return import_module(module).COMMAND if find_spec(module) else Command()


def _conducted(command: Command, experiment: Any, subject: Subject, options: Run, questions: Questions) -> Said | None:
    """The result, stored, drawn and said; None in a process that does not lead."""
    first(subject.data, experiment.n)  # a number of images that there are not is told before anything begins
    with progress(command.counts) if subject.place.leads else nullcontext() as on_step:
        result = conduct(experiment, subject, out=options.out, fresh=options.fresh, on_step=on_step)
    if result is None:
        return None
    show(result, lambda: drawn.draw(result, subject), options.out)
    said = [command.says(result), questions.besides(experiment, subject, result)]
    parts = [part for part in said if part is not None]
    record = {**head(result), **result.summary}
    for part in parts:
        record |= part.record
    return Said(record, lambda: [part.show() for part in parts])


def show(result: StoredResult, draw: Callable[[], str | None], out: Path | None) -> None:
    """Say where a result lies, and draw it where it lies in a run and is not drawn yet; a fault there hurts nothing."""
    write_result(result.folder)
    console.print(Text(f"{result.folder} (made {result.manifest['made']})"))
    if out is not None or (result.folder / "figures.html").exists():
        return
    try:
        problem = draw()
    except Exception as fault:  # of a browser, a font, a disk: the result is kept already
        problem = f"No figure was written: {type(fault).__name__}, {' '.join(str(fault).split())[:200]}"
    if problem is not None:
        console.print(Text(problem))


def head(result: StoredResult) -> dict[str, Any]:
    """What was done to what, and where it lies."""
    made = result.manifest
    return {
        "model": made["model"]["name"],
        "model_sha256": made["model"]["sha256"],
        "data": made["data"]["name"],
        "split": made["data"]["split"],
        "seed": result.config["seed"],
        "config": result.config,
        "folder": str(result.folder),
        "made": made["made"],
        "versions": made["versions"],
    }
