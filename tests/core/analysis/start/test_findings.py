import json

import pandas as pd
import pytest

from core.analysis.start.findings import claims_table, summary

CONTROLS = {"wrong_label", "random_mask", "random_network"}
INTERVAL = {"value", "n", "low", "high"}


@pytest.fixture
def images() -> pd.DataFrame:
    """Four images of class 0; columns not named say 0."""
    said = {
        f"{prefix}{images}_{side}": [0] * 4
        for prefix in ("", "wrong_", "mask_", "twin_")
        for images in ("clean", "attacked")
        for side in ("all", "robust", "nonrobust")
    }
    said |= {"label": [0] * 4, "wrong_label": [1, 1, 2, 2], "robust_count": [0, 2, 4, 8], "twin_robust_count": [8] * 4}
    said |= {"wrong_clean_robust": [1, 1, 2, 0], "mask_attacked_robust": [0, 1, 1, 1], "clean_nonrobust": [1] * 4}
    said |= {"attacked_all": [0, 1, 2, 0], "attacked_nonrobust": [0, 1, 1, 1]}
    said |= {"wrong_robust_count": [3, 3, 3, 3]}
    return pd.DataFrame({**said, "empty": [True] + [False] * 3, "full": [False] * 3 + [True]})


def test_no_claim_without_its_controls_and_intervals(images: pd.DataFrame) -> None:
    """INT-3."""
    found = summary(images, 8)
    assert [(claim["side"], claim["images"]) for claim in found["claims"]] == [
        ("robust", "clean"), ("robust", "attacked"), ("nonrobust", "clean"), ("nonrobust", "attacked"),
    ]  # fmt: skip
    for claim in found["claims"]:
        assert set(claim["controls"]) == CONTROLS
        for measured in (claim["measured"], *claim["controls"].values()):
            assert set(measured) == INTERVAL
            assert 0 <= measured["low"] <= measured["value"] <= measured["high"] <= 1
            assert measured["n"] == 4


def test_each_number_counts_what_it_says(images: pd.DataFrame) -> None:
    found = summary(images, 8)
    claims = {(claim["side"], claim["images"]): claim for claim in found["claims"]}
    assert claims["robust", "clean"]["measured"]["value"] == 1
    assert claims["robust", "clean"]["controls"]["wrong_label"]["value"] == 0.75
    assert claims["robust", "attacked"]["controls"]["random_mask"]["value"] == 0.25
    assert claims["nonrobust", "clean"]["measured"]["value"] == 0
    assert found["network"]["attacked"]["value"] == 0.5
    assert (found["label_echo"]["value"], found["true_despite_wrong_label"]["value"]) == (0.75, 0.25)
    assert (found["empty"]["value"], found["full"]["value"]) == (0.25, 0.25)  # INT-1
    assert found["robust_fraction"]["mean"] == pytest.approx(14 / 32)
    assert found["random_network_robust_fraction"]["q50"] == 1
    assert found["fooled"]["n"] == 2
    assert found["fooled"]["nonrobust_agrees"]["value"] == 0.5


def test_where_a_wrong_label_leaves_no_robust_channel_nothing_is_echoed(images: pd.DataFrame) -> None:
    """The bias of an empty side may be the very class that was supplied: on the second image here."""
    images["wrong_robust_count"] = [3, 0, 3, 0]
    found = summary(images, 8)
    assert (found["label_echo"]["value"], found["label_echo"]["n"]) == (0.5, 4)
    assert found["wrong_label_empty"]["value"] == 0.5
    assert found["claims"][0]["controls"]["wrong_label"]["value"] == 0.5
    assert found["claims"][2]["controls"]["wrong_label"]["value"] == 0  # of the non-robust side, which has channels


def test_no_image_turned_is_no_fraction(images: pd.DataFrame) -> None:
    images["attacked_all"] = 0
    assert summary(images, 8)["fooled"] == {"n": 0, "nonrobust_agrees": None}


def test_it_is_json_and_a_flat_table(images: pd.DataFrame) -> None:
    found = summary(images, 8)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    table = claims_table(found)
    assert len(table) == 4
    assert {f"{control}_{part}" for control in CONTROLS for part in INTERVAL} <= set(table.columns)
    assert table.loc[0, "wrong_label_value"] == 0.75
