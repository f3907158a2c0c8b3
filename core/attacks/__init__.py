"""Attacks: frozen values called as `attack(model, x, y, generator=g) -> x_adv`. A new one is a file and a line here."""

from core.attacks.apgd import APGDCE, APGDDLR, APGDT
from core.attacks.autoattack import AutoAttack
from core.attacks.bim import BIM
from core.attacks.cw import CW
from core.attacks.evaluation import attack_draws, classified, robust_accuracy, run_attack
from core.attacks.fab import FAB
from core.attacks.fgsm import FGSM
from core.attacks.nrf import NRF, NRF2, RF, RF2
from core.attacks.nrf_exact import NRFExact
from core.attacks.nrf_linf import NRFLinf
from core.attacks.outcome import Outcome, label_of, record, worst_case
from core.attacks.pgd import PGD
from core.attacks.registry import ATTACKS, Attack, Schedule, bounded_attacks, build_attack, epsilon_of
from core.attacks.square import Square
from core.attacks.threat import MinimalNorm, ThreatModel
from core.attacks.words import attacks_of, words_of

__all__ = [
    "APGDCE",
    "APGDDLR",
    "APGDT",
    "ATTACKS",
    "BIM",
    "CW",
    "FAB",
    "FGSM",
    "NRF",
    "NRF2",
    "NRFExact",
    "NRFLinf",
    "PGD",
    "RF",
    "RF2",
    "Attack",
    "AutoAttack",
    "MinimalNorm",
    "Outcome",
    "Schedule",
    "Square",
    "ThreatModel",
    "attack_draws",
    "attacks_of",
    "bounded_attacks",
    "build_attack",
    "classified",
    "epsilon_of",
    "label_of",
    "record",
    "robust_accuracy",
    "run_attack",
    "words_of",
    "worst_case",
]
