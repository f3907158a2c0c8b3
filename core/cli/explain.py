"""`python -m core explain`: one image, split and read from each side, as a table, as JSON, as a page."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core import store
from core.analysis.empty_set import NOTHING
from core.analysis.experiment import matched
from core.analysis.explain import stored_record
from core.analysis.explain.archive import archive
from core.analysis.explain.explanation import Explanation, predicted
from core.analysis.explain.inquiry import Inquiry
from core.analysis.explain.one_pass import SplitOf
from core.analysis.explain.record import Conditions, record
from core.analysis.explain.report import report
from core.analysis.split import BATCH
from core.attacks import ATTACKS, Attack, ThreatModel, attacks_of
from core.cli.options import Radius
from core.cli.talk import console, print_json, print_table, progress
from core.datasets import Dataset, load_dataset
from core.datasets.upload import read_image
from core.distillation import RELEASED_CODE, Bottleneck
from core.errors import InputError
from core.models import ModelCard, Staged, load_card, load_model, random_twin
from core.radius import read_radius
from core.registry import unknown_name
from core.types import Images


@dataclass(frozen=True)
class Asked:
    """The image at hand: (1, c, h, w), its true class where that is known, and the images that share its batch."""

    name: int | str
    x: Images
    true_label: int | None
    batch: Images | None


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    image: str = "0",
    attack: str = "pgd",
    epsilon: Radius = None,
    truth: str | None = None,
    label: str | None = None,
    bottleneck: Annotated[Bottleneck, arg(name="")] = Bottleneck(),  # noqa: B008  (a frozen value)
    released_code: bool = False,
    split_of: SplitOf = "clean",
    seed: int = 0,
    json: bool = False,
    html: Path | None = None,
    root: Path | None = None,
) -> None:
    """Split one image's channels; read the prediction from all, robust and non-robust ones, before and after an attack.

    The split is made with a label, so beside it stand its controls: every other label, a random mask, a random network.

    python -m core explain shapes-vgg16-adv --image 7

    python -m core explain digits-vgg16-adv --image 3 --label predicted --json

    python -m core explain cifar10-vgg16-adv --image cat.png --html cat.html

    Args:
        model: a name from `python -m core models`, or the path of a model.
        image: index in the test set of the model's data, or the path of your own PNG, JPEG or WebP picture.
        attack: by its registered name, such as pgd, cw or apgd-ce, with settings where there are some, such as
            "pgd:steps=40;step_size=2/255"; or none.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); as 8/255 or a number; by default the model's.
        truth: the class that your own picture shows, by name; the attack leads away from it. By default nobody knows.
        label: the class given to the distiller: true, predicted, or a class by name. By default the true one; for your
            own picture, whose class nobody knows, the predicted one.
        released_code: as the released code does it: one threshold for the 100 test images around this one, KL averaged
            over channels, one noise draw.
        split_of: read the attacked image through the clean image's split, or through its own.
        seed: of the attack's start and of the distiller's noise.
        json: print one JSON object and nothing else.
        html: write a page that opens offline.
        root: folder of the data sets.
    """
    card, network = load_card(model), load_model(model)
    distiller = replace(_released(bottleneck) if released_code else bottleneck, cut=bottleneck.cut or card.cut)
    assault = _attack(attack, card.epsilon if epsilon is None else read_radius(epsilon))
    subject = _subject(image, card, distiller, root, truth)
    inquiry = Inquiry(
        card=card, model=network, twin=random_twin(card), x=subject.x, true_label=subject.true_label, attack=assault,
        bottleneck=distiller, label=_label(label, card, network, subject), split_of=split_of, seed=seed,
        index=subject.name if isinstance(subject.name, int) else 0, batch=subject.batch,
    )  # fmt: skip
    kept = archive()
    with progress("passes of the attack") as on_step:
        x_adv = inquiry.attacked(kept, on_step)
    with progress("steps of the distiller") as on_step:
        explanation, checks = inquiry.answered(x_adv, kept, on_step)
    conditions = Conditions(
        card=card,
        image=subject.name,
        attack=assault,
        bottleneck=distiller,
        seed=seed,
        split_of=split_of,
        batch_size=1 if subject.batch is None else len(subject.batch),
    )
    data = record(explanation, checks, conditions)
    if html is not None:
        _write_report(html, data, explanation)
    if json:
        print_json(data)
    elif html is None:
        _print_table(data)


def _write_report(html: Path, data: dict[str, Any], explanation: Explanation) -> None:
    with store.writing(html) as temporary:
        temporary.write_text(report(data, explanation.x, explanation.x_adv), encoding="utf-8")
    console.print(Text(f"wrote {html}"))


def _released(bottleneck: Bottleneck) -> Bottleneck:
    code = RELEASED_CODE
    return replace(bottleneck, tolerance=code.tolerance, kl_reduction=code.kl_reduction, noise_draws=code.noise_draws)


def _attack(name: str, epsilon: float) -> Attack | None:
    if name == "none":
        return None
    if (known := name.partition(":")[0].strip()) not in ATTACKS:
        raise InputError(unknown_name("attack", known, (*ATTACKS, "none")))
    attack, *more = attacks_of(name, ThreatModel(epsilon=epsilon))
    if more:
        raise InputError(f"One image is attacked once, got {len(more) + 1} attacks: {name[:80]}.")
    return attack


def _subject(image: str, card: ModelCard, bottleneck: Bottleneck, root: Path | None, truth: str | None) -> Asked:
    if not image.lstrip("-").isdecimal():
        known = None if truth is None else _class(truth, card)
        return Asked(Path(image).name, read_image(Path(image), card.image_size), known, None)
    if truth is not None:
        raise InputError("The class of a test image is known; --truth is for a picture of your own.")
    data, index = matched(load_dataset(card.data, "test", root), card), int(image)
    if not 0 <= index < len(data):
        raise InputError(
            f"The test set of {card.data} has images 0 to {len(data) - 1}, got {index}; choose one of them."
        )
    batch = _batch(data, index) if bottleneck.tolerance == "batch" else None
    return Asked(index, data.images[index : index + 1], int(data.labels[index]), batch)


def _batch(data: Dataset, index: int) -> Images:
    start = index - index % BATCH
    return data.images[start : start + BATCH]


def _label(label: str | None, card: ModelCard, network: Staged, subject: Asked) -> int | None:
    if label is None or (label == "true" and subject.true_label is not None):
        return subject.true_label
    if label == "true":
        raise InputError(
            f"Nobody knows the true class of {subject.name}; give --label predicted or the name of a class."
        )
    if label == "predicted":
        return predicted(network, subject.x)
    return _class(label, card, "true", "predicted")


def _class(name: str, card: ModelCard, *words: str) -> int:
    if name not in card.class_names:
        raise InputError(unknown_name("class", name, (*words, *card.class_names)))
    return card.class_names.index(name)


def _print_table(data: dict[str, Any]) -> None:
    table = Table(title=Text(f"{data['model']}, image {data['image']}"), title_justify="left")
    columns = ["clean"] if data["attack"] == "none" else ["clean", "adversarial"]
    for name in ("channels", *columns):
        table.add_column(name)
    sizes = {"all": len(data["robust"]), **data["counts"]}
    for side, size in sizes.items():
        said = [(data["predictions"][which][side], stored_record.sizes(data, which)[side]) for which in columns]
        cells = (f"{p['predicted']}  {max(p['probabilities']):.0%}" if count else NOTHING for p, count in said)
        table.add_row(f"{side} ({size})", *map(Text, cells))
    print_table(table)
    print(data["headline"])
    for control in data["controls"].values():
        print(f"Control: {control['finding']}")
