from dataclasses import replace

import pytest

from core.analysis.attacks.experiment import Evaluation
from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.fields import changed, fields_of, suited, threat_of, under
from core.analysis.paper.table1 import Table1
from core.analysis.visualize.experiment import FeaturePictures
from core.attacks import CW, PGD, ThreatModel
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import ModelCard

CARD = ModelCard(
    name="digits-vgg16-toy", network="vgg16", width=1.0, num_classes=10, image_size=64, cut="conv5_1", data="digits",
    class_names=tuple("0123456789"), epsilon=0.1, defense="adv",
)  # fmt: skip


def test_the_fields_of_the_distiller_stand_among_those_of_the_experiment() -> None:
    names = [field.name for field in fields_of(FeatureMaps)]
    assert names[:2] == ["n", "perplexity"]
    assert {"beta", "steps", "cut", "attack", "seed"} <= set(names)
    assert "bottleneck" not in names


def test_one_cut_is_asked_for_and_a_second_field_of_a_name_has_that_of_its_value() -> None:
    found = {field.name: field.paths for field in fields_of(FeaturePictures)}
    assert found["cut"] == (("visualization", "cut"), ("bottleneck", "cut"))
    assert found["steps"] == (("visualization", "steps"),)
    assert found["bottleneck.steps"] == (("bottleneck", "steps"),)


@pytest.mark.parametrize("kind", [FeatureMaps, FeaturePictures, Table1, Evaluation])
def test_every_field_says_what_it_is(kind: type) -> None:
    assert [field.name for field in fields_of(kind) if not field.help] == []


def test_values_are_changed_by_name() -> None:
    found = changed(FeaturePictures(), {"cut": "conv5_1", "bottleneck.steps": 7, "images": (3,)})
    assert (found.visualization.cut, found.bottleneck.cut) == ("conv5_1", "conv5_1")
    assert (found.bottleneck.steps, found.visualization.steps, found.images) == (7, 512, (3,))
    with pytest.raises(InputError, match="Beta must be"):
        changed(FeatureMaps(), {"beta": -1.0})


def test_an_experiment_suits_its_model() -> None:
    maps, pictures = suited(FeatureMaps, CARD), suited(FeaturePictures, CARD)
    assert (maps.n, maps.bottleneck, maps.attack) == (
        500,
        Bottleneck(cut="conv5_1"),
        PGD(threat=ThreatModel(epsilon=0.1)),
    )
    assert (pictures.visualization.image_size, pictures.visualization.cut) == (64, "conv5_1")
    assert suited(FeatureMaps, replace(CARD, data="elsewhere")).n == FeatureMaps.n


def test_one_threat_model_is_that_of_all_that_is_bounded() -> None:
    threat = ThreatModel(norm="l2", epsilon=2.0)
    found = under(Evaluation(attacks=(PGD(), CW())), threat)
    assert found.attacks == (PGD(threat=threat), CW())
    assert threat_of(found) == threat
    assert threat_of(Evaluation(attacks=(CW(),))) is None
