"""What the commands of the experiments share: model, data and attack by name, and a result that is made once."""

from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from core.analysis.results import Experiment, StoredResult, conduct
from core.attacks import Attack, ThreatModel, build_attack
from core.cli.talk import console, progress, write_result
from core.datasets import Dataset, load_dataset
from core.device import resolve_device
from core.errors import InputError
from core.models import ModelCard, Staged, load_card, load_model
from core.types import Images


@dataclass(frozen=True)
class Subject:
    """What an experiment is run on."""

    card: ModelCard
    model: Staged
    data: Dataset

    def image(self, index: int) -> tuple[Images, int]:
        """One test image (1, c, h, w) on the model's device, and its label. Raises InputError past the end."""
        last = len(self.data) - 1
        if not 0 <= index <= last:
            raise InputError(
                f"The test set of {self.data.name} has images 0 to {last}, got {index}; choose one of them."
            )
        device = next(self.model.parameters()).device
        return self.data.images[index : index + 1].to(device), int(self.data.labels[index])


def subject_of(model: str, root: Path | None, device: str) -> Subject:
    """A model by name or path, on the device, and the test set of its data."""
    card = load_card(model)
    return Subject(card, load_model(model, resolve_device(device)), load_dataset(card.data, "test", root))


def attack_of(name: str, epsilon: float | None, card: ModelCard) -> Attack:
    """An attack by name; its radius (linf, pixel units) is the one that suits the data where none is given."""
    return build_attack(name, ThreatModel(epsilon=card.epsilon if epsilon is None else epsilon))


def run_experiment(
    kind: str,
    experiment: Experiment,
    subject: Subject,
    *,
    what: str,
    out: Path | None = None,
    fresh: bool = False,
) -> StoredResult:
    """Run or find the experiment; says where its result lies.

    Args:
        kind: of the experiment.
        experiment: the config.
        subject: what it is run on.
        what: is counted by the bar.
        out, fresh: as for `core.analysis.results.conduct`.
    """

    def draw(folder: Path, result: StoredResult) -> None:
        from core.analysis import drawn

        if (missing := drawn.draw(result)) is not None:
            console.print(Text(missing))

    with progress(what) as on_step:
        result = conduct(
            kind, experiment, subject.card, subject.model, subject.data,
            out=out, fresh=fresh, on_step=on_step, draw=draw,
        )  # fmt: skip
    write_result(result.folder)
    console.print(Text(f"{result.folder} (made {result.manifest['made']})"))
    return result
