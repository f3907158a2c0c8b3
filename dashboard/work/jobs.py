"""Long work in processes of its own, `python -m dashboard.jobs KIND NAME OPTIONS`: start, watch, stop anywhere."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import store
from core.errors import InputError
from core.types import OnStep

if TYPE_CHECKING:
    from core.analysis.results import Experiment
    from core.cli.experiment import Subject

Options = dict[str, Any]  # plain JSON data: attack, epsilon, and the fields of an experiment that differ from its own


@dataclass
class Job:
    """The download of one data set, or an experiment on one model.

    Args:
        kind: of the work, "fetch" or a key of `EXPERIMENTS`.
        name: of the data set or model.
        options: of an experiment.
        done, total: of the part at work; megabytes while it comes in, then files; test images of an experiment.
        problem: why it ended early, one sentence; empty otherwise.
        made: name of the folder that an experiment wrote; empty before.
        told: whether everything that the process said was read.
    """

    kind: str
    name: str
    options: Options = field(default_factory=dict)
    done: int = 0
    total: int = 0
    problem: str = ""
    made: str = ""
    told: bool = False
    _process: subprocess.Popen[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        preview_path(self.kind, self.name).unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.work.jobs", self.kind, self.name, json.dumps(self.options)],
            cwd=store.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with self._process as process:
            for line in process.stdout or ():
                self._hear(line)
            said = process.stderr.read().strip().splitlines() if process.stderr else []
        if process.returncode > 0:
            self.problem = said[-1] if said else f"The {self.kind} of {self.name} ended without saying why."
        preview_path(self.kind, self.name).unlink(missing_ok=True)
        self.told = True

    def _hear(self, line: str) -> None:
        """One line of the process: "step DONE TOTAL", or "made FOLDER" at the end."""
        what, *said = line.split()
        if what == "made":
            self.made = said[0]
        else:
            self.done, self.total = map(int, said)

    @property
    def running(self) -> bool:
        """Whether the process is at work."""
        return self._process.poll() is None

    @property
    def preview(self) -> bytes | None:
        """The pictures as they are now, PNG; None where the work shows none yet."""
        try:
            return preview_path(self.kind, self.name).read_bytes()
        except FileNotFoundError:
            return None

    @property
    def share(self) -> float:
        """Of the part at work, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def cancel(self) -> None:
        """Stop; what a download brought so far is kept and the next one goes on from there."""
        self._process.terminate()
        self._process.wait(timeout=5)


def _fetch(name: str, on_step: OnStep) -> str:
    from core.datasets.fetch import fetch

    fetch(name, on_step=on_step)
    return name


def _sweep(subject: "Subject", options: Options) -> "Experiment":
    from core.analysis.bottleneck.experiment import BetaSweep

    return BetaSweep(**_with_parts(subject, options))


def _embed(subject: "Subject", options: Options) -> "Experiment":
    from core.analysis.clusters.experiment import FeatureMaps

    return FeatureMaps(**_with_parts(subject, options))


def _channels(subject: "Subject", options: Options) -> "Experiment":
    from core.analysis.channels.experiment import Assignment

    return Assignment(**_with_parts(subject, options))


def _visualize(subject: "Subject", options: Options) -> "Experiment":
    from dataclasses import replace

    from core.analysis.visualize.experiment import FeaturePictures
    from core.visualization import released

    none = options["attack"] == "none"
    parts = _with_parts(subject, {**options, "attack": "pgd"} if none else options)
    drawn = replace(released(subject.card.image_size), steps=parts.pop("steps"), cut=parts["bottleneck"].cut)
    lists = {name: tuple(parts.pop(name)) for name in ("images", "more_seeds")}
    attack = None if none else parts["attack"]
    return FeaturePictures(**{**parts, **lists, "attack": attack, "visualization": drawn})


def _evaluate(subject: "Subject", options: Options) -> "Experiment":
    from core.analysis.attacks.experiment import Evaluation
    from core.attacks import ThreatModel, attacks_of

    threat = ThreatModel(epsilon=options.get("epsilon", subject.card.epsilon))
    return Evaluation(
        n=min(options["n"], len(subject.data)), attacks=attacks_of(options["attacks"], threat),
        seed=options["seed"], diagnosed=threat if options["diagnose"] else None,
    )  # fmt: skip


EXPERIMENTS: dict[str, Callable[["Subject", Options], "Experiment"]] = {
    "bottleneck": _sweep,
    "clusters": _embed,
    "channels": _channels,
    "attacks": _evaluate,
    "visualize": _visualize,
}


def _with_parts(subject: "Subject", options: Options) -> Options:
    """The options with attack and distiller as values, made from `attack`, `epsilon`, `beta` and `cut`."""
    from core.cli.experiment import attack_of
    from core.distillation import Bottleneck

    rest = dict(options)
    attack = attack_of(rest.pop("attack", "pgd"), rest.pop("epsilon", None), subject.card)
    distiller = Bottleneck(beta=rest.pop("beta", Bottleneck().beta), cut=rest.pop("cut", "") or subject.card.cut)
    return {**rest, "attack": attack, "bottleneck": distiller}


def _experiment(kind: str, name: str, options: Options, on_step: OnStep) -> str:
    """What `python -m core KIND NAME` makes with these options; returns the name of the folder."""
    from core.analysis.attacks.experiment import kept_folder
    from core.analysis.results import conduct
    from core.cli.experiment import subject_of

    subject = subject_of(name, None, "auto")
    experiment = EXPERIMENTS[kind](subject, options)
    more: dict[str, Any] = {"on_preview": _preview(name)} if kind == "visualize" else {}
    if kind == "attacks":
        more["kept"] = kept_folder(subject.card, subject.data, experiment)  # type: ignore[arg-type]
    return conduct(kind, experiment, subject.card, subject.model, subject.data, on_step=on_step, more=more).folder.name


def _preview(name: str) -> Callable[..., None]:
    from core.analysis.visualize.sheets import preview

    return preview(preview_path("visualize", name))


def preview_path(kind: str, name: str) -> Path:
    """Where work of one kind on one model shows what it has so far."""
    return store.runs_root() / kind / f".{name}.preview.png"


def main(kind: str, name: str, options: str = "{}") -> int:
    """Do the work: progress on standard output, one line a step; one sentence on standard error if it fails."""

    def say(done: int, total: int) -> None:
        print("step", done, total, flush=True)

    try:
        given = json.loads(options)
        made = _fetch(name, say) if kind == "fetch" else _experiment(kind, name, given, say)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print("made", made, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
