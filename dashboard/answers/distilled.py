"""What of an image was attacked and distilled already, row by row, so that one pass serves every part of every page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

from torch import Tensor

from core.analysis.explain import explanation as of_image
from core.analysis.explain.one_pass import Case, Pair, Row, learn, shared_tolerance
from core.analysis.split import BATCH
from core.distillation import Bottleneck
from core.models import Staged
from core.types import OnStep
from dashboard.answers import at_hand
from dashboard.answers.image import OneImage
from dashboard.answers.question import Question
from dashboard.answers.remember import remembered


@dataclass(frozen=True)
class Attacked:
    """The attacked image (1, c, h, w), the image itself where there is no attack; and how long it took."""

    x: Tensor
    seconds: float


@dataclass
class Noise:
    """The rows of one pair of images that have been learned, and how long the pass took that learned the latest."""

    rows: dict[Row, Tensor] = field(default_factory=dict)
    seconds: float = 0.0


class Study(NamedTuple):
    """What is to be split of an image, and what has been learned of it."""

    case: Case
    noise: Noise


def network(asked: Question, random: bool = False) -> Staged:
    """The network that is asked, or the same with random weights."""
    return (at_hand.twin if random else at_hand.model)(asked.model, asked.sha256)


def attacked(asked: Question, image: OneImage) -> Attacked:
    """The image after the attack; it depends on nothing else that is asked."""
    if asked.attacker is None:  # never kept: the very tensor of this image says that nothing was attacked
        return Attacked(image.x, 0.0)
    return _attacked(asked.of_attack, image)


@remembered
def _attacked(asked: Question, image: OneImage) -> Attacked:
    attack, model, begun = asked.attacker, network(asked), perf_counter()
    assert attack is not None
    x_adv = of_image.attacked(model, image.x, start_label(asked, image), attack, asked.seed, image.index or 0)
    return Attacked(x_adv, perf_counter() - begun)


def start_label(asked: Question, image: OneImage) -> int:
    """The class that the attack leads away from."""
    return _predicted(asked.of_image, image) if image.true_label is None else image.true_label


def label_given(asked: Question, image: OneImage) -> int:
    """The class that the distiller is given: the true one where it is asked for and known."""
    if asked.label == "true" and image.true_label is not None:
        return image.true_label
    return _predicted(asked.of_image, image) if asked.label in ("true", "predicted") else int(asked.label)


@remembered
def _predicted(asked: Question, image: OneImage) -> int:
    return of_image.predicted(network(asked), image.x)


def study(asked: Question, image: OneImage, random: bool = False) -> Study:
    """Of the network that is asked, or of the same with random weights."""
    case = Case(
        pair=_pair(asked.of_features, image, random), bottleneck=asked.bottleneck, label=label_given(asked, image),
        seed=asked.seed, split_of=asked.split_of, shared=_shared(asked, image, random),  # type: ignore[arg-type]
    )  # fmt: skip
    return Study(case, _noise(asked.of_features, image, random, asked.draws))


@remembered
def _pair(asked: Question, image: OneImage, random: bool) -> Pair:
    """Both images as the network sees them."""
    return Pair.of(network(asked, random), image.x, attacked(asked, image).x, asked.cut or None)


def _shared(asked: Question, image: OneImage, random: bool) -> float | None:
    """Where the images of its batch share T, the largest feature variance among them."""
    if asked.tolerance == "image" or image.index is None:
        return None
    data, version, index = image.key.split(":")
    return _of_batch(asked.model, asked.sha256, asked.cut, data, int(version), int(index) // BATCH * BATCH, random)


@remembered
def _of_batch(model: str, sha256: str, cut: str, data: str, version: int, start: int, random: bool) -> float | None:
    shared = Bottleneck(tolerance="batch", cut=cut or None)
    net = (at_hand.twin if random else at_hand.model)(model, sha256)
    return shared_tolerance(net, shared, at_hand.dataset(data).images[start : start + BATCH])


def prepare(questions: Sequence[Question], image: OneImage, on_step: OnStep | None = None) -> None:
    """Learn in one pass all that a person may look at: of the first network everything, of the others both sides.

    The networks' tails decide whether it is one pass; where nothing is missing there is none.
    """
    first, random = study(questions[0], image), study(questions[0], image, random=True)
    others = [study(other, image) for other in questions[1:]]
    distill([(first, first.case.every), *((each, each.case.sides) for each in (random, *others))], on_step)


def distill(wanted: Sequence[tuple[Study, Sequence[Row]]], on_step: OnStep | None = None) -> None:
    """Learn together what is missing of the rows that are wanted, all by distillers of equal steps, draws and cut."""
    missing = [(each, rows) for each, every in wanted if (rows := [r for r in every if r not in each.noise.rows])]
    if not missing:
        return
    begun, bottleneck = perf_counter(), missing[0][0].case.bottleneck
    found = learn(bottleneck, [(each.case.pair, rows) for each, rows in missing], on_step=on_step)
    for (each, _), noise in zip(missing, found, strict=True):
        each.noise.rows.update(noise)
        each.noise.seconds = perf_counter() - begun


@remembered
def _noise(asked: Question, image: OneImage, random: bool, draws: int) -> Noise:
    """What has been learned of the image by a distiller of so many draws; the one thing kept here that grows."""
    return Noise()
