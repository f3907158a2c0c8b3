"""Training: one loop, one objective per defense. A new defense is a file and a line here."""

from core.training.adversarial import Adversarial
from core.training.augmentation import Augmentation
from core.training.checkpoint import Checkpoint
from core.training.loop import fit
from core.training.mart import Mart, MartReleased
from core.training.objective import DEFENSES, Loss, Objective, build_objective
from core.training.recipe import RECIPES, Recipe
from core.training.standard import Standard
from core.training.trades import Trades, TradesReleased

__all__ = [
    "DEFENSES",
    "RECIPES",
    "Adversarial",
    "Augmentation",
    "Checkpoint",
    "Loss",
    "Mart",
    "MartReleased",
    "Objective",
    "Recipe",
    "Standard",
    "Trades",
    "TradesReleased",
    "build_objective",
    "fit",
]
