"""Attacks: frozen values called as `attack(model, x, y, generator=g) -> x_adv`. A new one is a file and a line here."""

from core.attacks.apgd import APGDCE, APGDDLR, APGDT
from core.attacks.autoattack import AutoAttack
from core.attacks.bim import BIM
from core.attacks.evaluation import Outcome, accuracy, classified, record, robust_accuracy, run_attack, worst_case
from core.attacks.fab import FAB
from core.attacks.fgsm import FGSM
from core.attacks.pgd import PGD
from core.attacks.registry import ATTACKS, Attack, Schedule, bounded_attacks, build_attack, epsilon_of
from core.attacks.square import Square
from core.attacks.threat import MinimalNorm, ThreatModel

__all__ = [
    "APGDCE",
    "APGDDLR",
    "APGDT",
    "ATTACKS",
    "BIM",
    "FAB",
    "FGSM",
    "PGD",
    "Attack",
    "AutoAttack",
    "MinimalNorm",
    "Outcome",
    "Schedule",
    "Square",
    "ThreatModel",
    "accuracy",
    "bounded_attacks",
    "build_attack",
    "classified",
    "epsilon_of",
    "record",
    "robust_accuracy",
    "run_attack",
    "worst_case",
]
