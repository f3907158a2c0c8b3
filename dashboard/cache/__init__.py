"""Every cache of the app. Keys are names, hashes, fingerprints; what all sessions share is never written to."""

from dashboard.cache.answers import along_beta, answer, attack_steps, controls, over_seeds, random_masks, smallest_flip
from dashboard.cache.here import catalog, dataset, jobs, model, sheet, thumbnail, uploaded, warmed_up
from dashboard.cache.results import (
    addresses,
    by_chance,
    galleries,
    measured,
    opening,
    originals,
    printed_attacks,
    results_of,
    stored,
    stored_result,
    surgery,
)

__all__ = [
    "addresses",
    "along_beta",
    "answer",
    "attack_steps",
    "by_chance",
    "catalog",
    "controls",
    "dataset",
    "galleries",
    "jobs",
    "measured",
    "model",
    "opening",
    "originals",
    "over_seeds",
    "printed_attacks",
    "random_masks",
    "results_of",
    "sheet",
    "smallest_flip",
    "stored",
    "stored_result",
    "surgery",
    "thumbnail",
    "uploaded",
    "warmed_up",
]
