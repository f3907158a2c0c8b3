import json
from dataclasses import replace
from typing import Any

import pytest

from core import citation
from core.analysis.explain.controls import Controls, controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.record import Conditions, record
from tests.core.analysis.conftest import BOTTLENECK, NAMES, PGD_2, Bench

SIDES = {"all", "robust", "nonrobust"}


def test_it_is_plain_json(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_it_says_what_was_asked(found: dict[str, Any]) -> None:
    assert (found["model"], found["image"], found["label_used"], found["label_kind"]) == (
        "toy-vgg16-adv", 0, "cat", "true",
    )  # fmt: skip
    assert (found["attack"], found["epsilon"], found["beta"], found["seed"]) == ("pgd", 0.1, 0.1, 0)


def test_it_says_how_to_cite_it(found: dict[str, Any]) -> None:
    assert found["citation"] == {"paper": citation.PAPER, "software": citation.SOFTWARE}


def test_predictions_are_those_of_the_logits(found: dict[str, Any], explanation: Explanation) -> None:
    for which, side in (("clean", explanation.clean), ("adversarial", explanation.adversarial)):
        assert set(found["predictions"][which]) == SIDES
        for name in SIDES:
            said, logits = found["predictions"][which][name], getattr(side.logits, name)[0]
            assert said["predicted"] == NAMES[said["predicted_index"]] == NAMES[int(logits.argmax())]
            assert said["probabilities"] == pytest.approx(logits.softmax(dim=0).tolist(), abs=1e-6)
            assert sum(said["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_channels_are_those_of_the_split(found: dict[str, Any], explanation: Explanation) -> None:
    split = explanation.clean.split
    assert found["noise_variance"] == pytest.approx(split.noise_variance[0].tolist(), rel=1e-6)
    assert found["feature_variance"] == pytest.approx(split.feature_variance[0].tolist(), rel=1e-6)
    assert found["tolerance"] == pytest.approx(max(found["feature_variance"]))
    assert found["robust"] == [noise > found["tolerance"] for noise in found["noise_variance"]]
    assert found["counts"] == {"robust": sum(found["robust"]), "nonrobust": 32 - sum(found["robust"])}
    assert found["adversarial_split"] is None


def test_an_own_split_stands_beside_the_clean_one(bench: Bench, checks: Controls, conditions: Conditions) -> None:
    own = explain(bench.model, bench.data.images[:1], 0, attack=PGD_2, bottleneck=BOTTLENECK, split_of="own")
    found = record(own, checks, replace(conditions, split_of="own"))
    assert found["adversarial_split"]["robust"] == own.adversarial.split.robust[0].tolist()
    assert found["adversarial_split"]["noise_variance"] != found["noise_variance"]


def test_every_control_stands_beside_the_claim(found: dict[str, Any], checks: Controls) -> None:
    """INT-3."""
    control = found["controls"]
    assert set(control) == {"every_label", "random_mask", "random_network"}
    assert [entry["label"] for entry in control["every_label"]["labels"]] == list(NAMES)
    assert control["every_label"]["echoed"] == sum(entry["echoed"] for entry in control["every_label"]["labels"])
    for name in ("random_mask", "random_network"):
        predictions = getattr(checks, name).clean.logits.robust.argmax()
        assert control[name]["predictions"]["clean"]["robust"]["predicted_index"] == int(predictions)
    assert all(entry["finding"] for entry in control.values())


def test_where_it_came_from(found: dict[str, Any]) -> None:
    """REP-4, without a date, so that equal input gives equal bytes."""
    source = found["provenance"]
    assert source["model"] == {"name": "toy-vgg16-adv", "network": "vgg16", "width": 0.0625, "sha256": "0" * 64}
    assert source["data"] == {"name": "toy", "split": "test"}
    assert len(source["image_sha256"]) == 64
    assert (source["cut"], source["label"], source["split_of"]) == ("conv5_3", "true: cat", "clean")
    assert source["bottleneck"]["steps"] == 20
    assert (source["bottleneck"]["tolerance"], source["bottleneck"]["kl_reduction"]) == ("image", "mean")
    assert (source["attack"]["steps"], source["attack"]["threat"]["norm"]) == (2, "linf")
    assert {"python", "torch", "numpy"} <= set(source["versions"])
    assert "made" not in source


def test_a_persons_own_image_has_no_truth_and_no_data(bench: Bench, conditions: Conditions) -> None:
    own = explain(bench.model, bench.data.images[:1], None, attack=None, bottleneck=BOTTLENECK)
    asked = replace(conditions, image="holiday.png", attack=None)
    found = record(own, controls(bench.model, bench.twin, own, BOTTLENECK), asked)
    assert (found["true_label"], found["label_kind"], found["image"]) == (None, "predicted", "holiday.png")
    assert (found["attack"], found["epsilon"]) == ("none", 0.0)
    assert found["provenance"]["data"] == "own image"
    assert found["predictions"]["clean"] == found["predictions"]["adversarial"]
