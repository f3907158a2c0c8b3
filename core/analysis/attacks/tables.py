"""What attacks did to images as tables and plain data: bounded attacks and those that minimize a norm, never mixed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

import pandas as pd
from torch import Tensor

from core.analysis.results import Result
from core.attacks import Attack, Outcome, ThreatModel, epsilon_of, label_of, record, worst_case
from core.attacks.outcome import COSTS
from core.statistics import accuracy
from core.types import Accuracy, Labels

ThreatKind = Literal["bounded", "minimal_norm"]


def kind_of(attack: Attack) -> ThreatKind:
    """Whether an attack stays inside a ball or looks for a small perturbation."""
    return "bounded" if isinstance(attack.threat, ThreatModel) else "minimal_norm"


def tables_of(outcomes: Sequence[Outcome], y: Labels, summary: dict[str, Any]) -> Result:
    """Tables and summary as `core.analysis.attacks.experiment.Evaluation` describes them.

    Args:
        outcomes: one an attack, of the same images.
        y: their labels, on the CPU.
        summary: what else belongs to it.
    """
    rows = [attack_row(outcome) for outcome in outcomes]
    clean, bounded = outcomes[0].clean, [outcome for outcome in outcomes if kind_of(outcome.attack) == "bounded"]
    return Result(
        tables={
            "attacks": pd.DataFrame([_flat(row) for row in rows]),
            "images": pd.concat([_images(outcome, y) for outcome in outcomes], ignore_index=True),
        },
        summary={
            "n": len(y),
            "clean": _plain(accuracy(int(clean.sum()), len(clean))),
            "bounded": [row for row in rows if row["kind"] == "bounded"],
            "minimal_norm": [row for row in rows if row["kind"] == "minimal_norm"],
            "worst_case": {**_plain(worst := worst_case(bounded)), **_over(worst)} if bounded else None,
            **summary,
        },
    )


def attack_row(outcome: Outcome) -> dict[str, Any]:
    """One attack as plain data: what it was, what it left, what it took."""
    attack, turned = outcome.attack, outcome.turned
    said = record(attack)
    return {
        "label": label_of(attack),
        "name": said["name"],
        "kind": kind_of(attack),
        "norm": attack.threat.norm,
        "epsilon": epsilon_of(attack),
        **attack.schedule._asdict(),
        "accuracy": _plain(outcome.accuracy),
        "turned": int(turned.sum()),
        "l2": _spread(outcome.l2[turned]),
        "linf": _spread(outcome.linf[turned]),
        **outcome.passes._asdict(),
        "seconds": round(outcome.seconds, 3),
        "attack": said,
    }


def _images(outcome: Outcome, y: Labels) -> pd.DataFrame:
    columns = {name: getattr(outcome, name).numpy() for name in ("clean", "correct", "predicted", "l2", "linf")}
    costs = dict(zip(COSTS, outcome.costs.numpy().T, strict=True))
    head = {"attack": label_of(outcome.attack), "kind": kind_of(outcome.attack), "index": range(len(y))}
    return pd.DataFrame({**head, "label": y.numpy(), **columns, **costs})


def _plain(measured: Accuracy) -> dict[str, Any]:
    return {name: value for name, value in asdict(measured).items() if name != "attack"}


def _over(measured: Accuracy) -> dict[str, Any]:
    return {"over": measured.attack["over"]} if measured.attack else {}


def _spread(sizes: Tensor) -> dict[str, float] | None:
    """Median and 90th percentile; None where the attack turned no image."""
    if not len(sizes):
        return None
    return {"median": sizes.quantile(0.5).item(), "p90": sizes.quantile(0.9).item()}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A table's row: accuracy as value, low, high, n; a spread as two columns."""
    spreads = {
        f"{size}_{point}": None if row[size] is None else row[size][point]
        for size in ("l2", "linf")
        for point in ("median", "p90")
    }
    return {
        **{k: v for k, v in row.items() if not isinstance(v, dict) and k not in ("l2", "linf")},
        **row["accuracy"],
        **spreads,
    }
