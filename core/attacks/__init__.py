"""Attacks: frozen values called as `attack(model, x, y, generator=g) -> x_adv`. A new one is a file and a line here."""

from core.attacks.bim import BIM
from core.attacks.evaluation import Outcome, accuracy, classified, record, robust_accuracy, run_attack, worst_case
from core.attacks.fgsm import FGSM
from core.attacks.pgd import PGD
from core.attacks.registry import ATTACKS, Attack, Schedule
from core.attacks.threat import ThreatModel

__all__ = [
    "ATTACKS",
    "BIM",
    "FGSM",
    "PGD",
    "Attack",
    "Outcome",
    "Schedule",
    "ThreatModel",
    "accuracy",
    "classified",
    "record",
    "robust_accuracy",
    "run_attack",
    "worst_case",
]
