"""Every verdict on a claim of the paper, as the intervals decide it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

from core.analysis.paper import claims_figures, claims_tables
from core.analysis.paper.claims import JUDGES, SIGNS, Claim, claims, counted, html, slide
from core.analysis.paper.published import ITEMS
from core.analysis.paper.verdict import APART, FAILS, HOLDS, OPEN, PARTLY, VERDICTS, Evidence, decided
from core.analysis.results import StoredResult
from core.look import LIGHT, percent
from tests.core.analysis.paper.stand_ins import Stored, attacks, card, share
from tests.core.analysis.paper.test_findings import table1, table2

NAME = "cifar10-vgg16-adv"
ROBUST, OTHER = (99.1, 96.2, 95.3), (35.4, 21.5, 14.6)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ([True], HOLDS),
        ([True, True], HOLDS),
        ([False], FAILS),
        ([False, False], FAILS),
        ([True, False], PARTLY),
        ([True, None], OPEN),
        ([None], OPEN),
        ([False, None], FAILS),
        ([True, False, None], OPEN),
    ],
)
def test_a_verdict_never_goes_beyond_its_parts(parts: Sequence[bool | None], verdict: str) -> None:
    assert decided(parts) == verdict


@pytest.mark.parametrize(
    ("robust", "half", "verdict"),
    [
        (ROBUST, 1e-6, HOLDS),
        ((94.9, 94.42, 94.9), 1e-6, HOLDS),
        ((94.9, 94.3, 94.9), 1e-6, PARTLY),
        ((70, 70, 70), 1e-6, FAILS),
        (ROBUST, 10, OPEN),
    ],
)
def test_the_robust_side_is_held_to_the_printed_shares(robust: Sequence[float], half: float, verdict: str) -> None:
    assert claims_tables.robust_side(table1(robust=robust, half=half)).verdict == verdict


@pytest.mark.parametrize(
    ("other", "half", "verdict"),
    [(OTHER, 1e-6, HOLDS), ((35.4, 21.5, 30), 1e-6, PARTLY), ((20, 30, 40), 1e-6, FAILS), (OTHER, 20, OPEN)],
)
def test_the_other_side_falls_step_by_step(other: Sequence[float], half: float, verdict: str) -> None:
    evidence = claims_tables.other_side(table1(other=other, half=half))
    assert evidence.verdict == verdict
    assert evidence.ours == " → ".join((percent(other[0] / 100), *_after(other)))
    assert evidence.theirs.startswith(percent(0.3482))


def _after(shares: Sequence[float]) -> list[str]:
    return [f"{percent(share / 100)} ({name})" for name, share in zip(("PGD", "CW"), shares[1:], strict=True)]


@pytest.mark.parametrize(
    ("lot", "verdict"),
    [((41.4, 42.5, 43.6), HOLDS), ((41.4, 60.3, 43.6), PARTLY), ((81.1, 82.2, 83.3), PARTLY)],
)
def test_agreement_is_held_to_the_same_number_of_channels_at_random(lot: Sequence[float], verdict: str) -> None:
    assert claims_tables.agreement(table2(lot=lot)).verdict == verdict


@pytest.mark.parametrize(("nrf", "cw", "half", "verdict"), [(20, 40, 5, HOLDS), (40, 20, 5, FAILS), (30, 33, 5, OPEN)])
def test_attacks_without_a_bound_are_compared(nrf: float, cw: float, half: float, verdict: str) -> None:
    assert claims_tables.nrf_and_cw(attacks(nrf=nrf, cw=cw, half=half)).verdict == verdict


def test_attacks_of_different_norms_share_no_ranking() -> None:
    result = attacks(nrf=20, fab=40, cw=30)
    rows = result.tables["attacks"].assign(kind=["minimal_norm", "bounded", "minimal_norm"])
    evidence = claims_tables.nrf_and_bounded(replace(result, tables={"attacks": rows}))
    assert (evidence.verdict, evidence.ours) == (APART, f"NRF {percent(0.2)}, FAB {percent(0.4)}")


def ranked(**pgd: float) -> dict[str, Stored]:
    """Table 3 of networks by defense, percent under PGD; of one width but for a wide one of the first."""
    found: dict[str, Stored] = {
        f"cifar10-vgg16-{name}": attacks(card(f"cifar10-vgg16-{name}", width=0.25), half=1, pgd=left)
        for name, left in pgd.items()
    }
    return {**found, "wide": attacks(card(width=1.0), half=1, pgd=99)}


@pytest.mark.parametrize(
    ("pgd", "verdict"),
    [
        ({"adv": 40, "trades": 50, "mart": 51}, HOLDS),
        ({"adv": 40, "trades": 50, "mart": 30}, PARTLY),
        ({"adv": 40, "trades": 30, "mart": 31}, FAILS),
        ({"adv": 40, "trades": 41, "mart": 50}, OPEN),
        ({"adv": 40}, APART),
    ],
)
def test_defenses_are_ranked_among_networks_of_one_width(pgd: Mapping[str, float], verdict: str) -> None:
    evidence = claims_tables.defenses(ranked(**pgd), NAME)
    assert evidence.verdict == verdict
    assert percent(0.99) not in evidence.ours


@pytest.mark.parametrize(("rf", "verdict"), [(60, HOLDS), (10, FAILS), (34, OPEN)])
def test_what_the_mask_adds_stands_beside_nrf_and_rf(rf: float, verdict: str) -> None:
    left = {"nrf": 30, "rf": rf, "nrf2": 80, "rf2": 80, "nrf mask=random": 27.0}
    result = attacks(half=5, **left)
    evidence = claims_tables.nrf_and_rf(result)
    assert (evidence.verdict, percent(0.27) in evidence.why) == (verdict, True)
    assert claims_tables.small_gradients(result).verdict == HOLDS


def along_beta(robust: Sequence[float], other: Sequence[float], counts: Sequence[float] = (90, 50, 20, 9)) -> Stored:
    """A sweep over four betas, percent on clean images."""
    betas = (0.0, 1.0, 5.0, 30.0)
    rows = [
        {"beta": beta, "side": side, "images": images, **share(percent_, half=1)}
        for images in ("clean", "attacked")
        for side, percents in (("robust", robust), ("nonrobust", other))
        for beta, percent_ in zip(betas, percents, strict=True)
    ]
    for row in rows:
        del row["n"]
    kept = pd.DataFrame({"beta": betas, "robust_mean": counts})
    result = Stored(tables={"curves": pd.DataFrame(rows), "counts": kept})
    object.__setattr__(result, "manifest", {"data": {"n": 50}})
    return result


@pytest.mark.parametrize(
    ("robust", "verdict"),
    [((80, 95, 90, 30), HOLDS), ((95, 90, 80, 30), OPEN), ((10, 20, 30, 90), OPEN), ((90, 90, 90, 90), OPEN)],
)
def test_accuracy_rises_to_a_peak_inside(robust: Sequence[float], verdict: str) -> None:
    assert claims_figures.rise_and_fall(along_beta(robust, (0, 0, 0, 0))).verdict == verdict


@pytest.mark.parametrize(
    ("other", "verdict", "ours"),
    [((10, 20, 50, 70), HOLDS, "from β 30"), ((10, 20, 95, 70), PARTLY, "from β 5"), ((0, 0, 0, 0), PARTLY, "nowhere")],
)
def test_the_sides_cross_where_the_paper_says(other: Sequence[float], verdict: str, ours: str) -> None:
    evidence = claims_figures.crossing(along_beta((90, 95, 90, 30), other))
    assert (evidence.verdict, evidence.ours) == (verdict, ours)


@pytest.mark.parametrize(("counts", "verdict"), [((90, 50, 20, 9), HOLDS), ((90, 50, 51, 9), FAILS)])
def test_fewer_channels_are_robust_at_every_step(counts: Sequence[float], verdict: str) -> None:
    assert claims_figures.fewer(along_beta((1, 1, 1, 1), (1, 1, 1, 1), counts)).verdict == verdict


@pytest.mark.parametrize(("robust", "other", "verdict"), [(0.9, 0.5, HOLDS), (0.5, 0.9, FAILS), (0.6, 0.58, OPEN)])
def test_clusters_are_compared_with_an_interval_that_is_never_too_narrow(
    robust: float, other: float, verdict: str
) -> None:
    rows = [
        {"map": "true label", "by": "true", "images": images, "side": side, "purity": purity, "n": 100}
        for images, (side, purity) in product(
            ("clean", "attacked"), (("robust", robust), ("nonrobust", other), ("all", 0.5))
        )
    ]
    assert claims_figures.groups(Stored(tables={"quality": pd.DataFrame(rows)})).verdict == verdict


def test_without_results_nothing_is_claimed() -> None:
    empty: dict[str, dict[str, StoredResult]] = {item: {} for item in ITEMS}
    every = claims(empty, NAME)
    assert len(every) == len(JUDGES)
    assert {claim.evidence.verdict for claim in every} == {APART}
    assert counted(every) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", ["digits-vgg16-adv", "cifar10-vgg16-trades"])
def test_no_number_is_printed_for_another_network(name: str) -> None:
    of = card(name)
    for judge in (claims_tables.robust_side, claims_tables.other_side):
        assert judge(table1(of)).verdict == APART
    assert claims_tables.agreement(table2(of)).verdict == APART


def test_a_claim_without_its_verdict_is_not_shown() -> None:
    assert set(SIGNS) == set(VERDICTS)
    every = [Claim(item="table1", claim="<b>", evidence=Evidence("1", "2", verdict, "<i>")) for verdict in VERDICTS]
    assert all(f"{sign} {verdict}" in slide(every, LIGHT) for verdict, sign in SIGNS.items())
    shown = html(every, LIGHT)
    assert all(f"{sign} {verdict}" in shown for verdict, sign in SIGNS.items())
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert shown.count("Table 1") == len(VERDICTS)
    assert counted(every) == (4, 1, 1, 1)
