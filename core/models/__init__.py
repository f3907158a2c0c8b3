"""Networks that can be cut between stages, and their files. A new network is a file and a line in `build.py`."""

from core.models.adapt import Adapted, adapt, cut_points
from core.models.build import build_model
from core.models.card import ModelCard
from core.models.files import available_models, load_card, load_model, random_twin, save_model
from core.models.staged import MODELS, PooledLinear, Staged

__all__ = [
    "MODELS",
    "Adapted",
    "ModelCard",
    "PooledLinear",
    "Staged",
    "adapt",
    "available_models",
    "build_model",
    "cut_points",
    "load_card",
    "load_model",
    "random_twin",
    "save_model",
]
