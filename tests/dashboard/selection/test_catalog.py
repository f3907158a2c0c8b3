import random

import pytest

from core.models import ModelCard
from dashboard.selection.address import parse
from dashboard.selection.catalog import Catalog, nearest, resolve, strength
from dashboard.selection.state import Selection
from tests.dashboard.selection.test_address import NAMES, some_value


def card(data: str, defense: str, classes: int = 10) -> ModelCard:
    return ModelCard(
        name=f"{data}-vgg16-{defense}", network="vgg16", width=0.25, num_classes=classes, image_size=32, cut="conv5_3",
        data=data, class_names=tuple(map(str, range(classes))), epsilon=0.1, defense=defense,
    )  # fmt: skip


CARDS = [card("cifar10", "standard"), card("cifar10", "adv"), card("digits", "adv"), card("shapes", "adv", classes=4)]
CATALOG = Catalog(
    cards={known.name: known for known in CARDS},
    cuts={known.name: {"conv4_3": 32, "conv5_3": 64} for known in CARDS},
    images={"digits": 500, "shapes": 2000},
    attacks=("none", "fgsm", "pgd"),
    settings={"fgsm": {"threat": None}, "pgd": {"threat": None, "steps": 10, "step_size": None}},
)


def test_nothing_asked_opens_the_embedded_set_and_its_adversarial_model() -> None:
    selection, notes = resolve(Selection(), CATALOG)
    assert (selection.data, selection.model, selection.compare) == ("shapes", "shapes-vgg16-adv", "none")
    assert notes == []


def test_a_sibling_of_the_other_training_stands_beside() -> None:
    selection, notes = resolve(Selection(data="cifar10"), CATALOG)
    assert (selection.model, selection.compare) == ("cifar10-vgg16-adv", "cifar10-vgg16-standard")
    assert notes == []


def test_the_model_decides_the_data() -> None:
    selection, notes = resolve(Selection(data="shapes", model="digits-vgg16-adv"), CATALOG)
    assert selection.data == "digits"
    assert notes == []


@pytest.mark.parametrize(
    ("asked", "field", "shown", "says"),
    [
        ({"model": "digits-vgg16-adw"}, "model", "digits-vgg16-adv", "no model 'digits-vgg16-adw'"),
        ({"data": "imagenet"}, "data", "shapes", "no data set with a model 'imagenet'"),
        ({"attack": "autoattack"}, "attack", "pgd", "no attack"),
        ({"attack": "fgsm", "steps": 4}, "steps", 0, "fgsm has no steps; the link's is left out"),
        ({"attack": "none", "step_size": 0.1}, "step_size", None, "none has no step size"),
        ({"attack": "pgd", "steps": 4, "data": "digits", "image": 999}, "steps", 4, "500 test images"),
        ({"cut": "conv9"}, "cut", "", "default cut is shown"),
        ({"data": "digits", "image": 500}, "image", 499, "500 test images"),
        ({"data": "shapes", "label": "4"}, "label", "true", "4 classes"),
        ({"data": "shapes", "over": "4"}, "over", "set", "4 classes"),
        ({"data": "digits", "channel": 64}, "channel", -1, "no channel 64"),
        ({"data": "digits", "cut": "conv4_3", "channel": 32}, "channel", -1, "conv4_3 has 32 channels"),
        ({"data": "digits", "moved": (3, 64)}, "moved", (3,), "has 64 channels"),
        ({"data": "digits", "compare": "shapes-vgg16-adv"}, "compare", "none", "no model to compare"),
    ],
)
def test_what_is_not_there_is_said(asked: dict[str, object], field: str, shown: object, says: str) -> None:
    selection, notes = resolve(Selection(**asked), CATALOG)  # type: ignore[arg-type]
    assert getattr(selection, field) == shown
    assert any(says in note for note in notes)


def test_every_random_link_finds_something_to_show() -> None:
    draw = random.Random(1)
    for _ in range(1000):
        selection, _ = parse({draw.choice(NAMES): some_value(draw) for _ in range(draw.randrange(12))})
        found, notes = resolve(selection, CATALOG)
        assert found.model in CATALOG.cards
        assert found.compare in (*CATALOG.cards, "none")
        assert found.attack in CATALOG.attacks
        assert found.image < CATALOG.images.get(found.data, 10**7)
        assert resolve(found, CATALOG) == (found, [])
        assert all(len(note) < 300 for note in notes)


def test_the_radius_is_the_models_own_unless_one_is_asked_for() -> None:
    assert strength(Selection(), CARDS[0]) == 0.1
    assert strength(Selection(epsilon=0.0), CARDS[0]) == 0.0
    assert strength(Selection(attack="none", epsilon=0.3), CARDS[0]) == 0.0


def test_nearest_says_so() -> None:
    assert nearest("attack", "pgd", ["fgsm", "pgd"], "pgd") == ("pgd", None)
    opened, note = nearest("attack", "pgdd", ["fgsm", "pgd"], "fgsm")
    assert opened == "pgd"
    assert note == "There is no attack 'pgdd' here; pgd is shown instead."
