"""What of the paper can be made again: each table and figure, with the experiment that makes it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.analysis.attacks.experiment import Evaluation
from core.analysis.bottleneck.experiment import BetaSweep
from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.experiment import Experiment
from core.analysis.paper.example import coincidence, first_turned
from core.analysis.paper.table1 import Table1
from core.analysis.paper.table2 import Table2
from core.analysis.visualize.experiment import FeaturePictures
from core.attacks import APGDCE, BIM, CW, FAB, FGSM, NRF, NRF2, PGD, RF, RF2, Attack, ThreatModel
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import ModelCard, Staged
from core.visualization import released


@dataclass(frozen=True)
class Setting:
    """What an item is made on.

    Args:
        card, model, data: the network and its test set.
        n: test images, from the first; figures that lay out or sweep take fewer where their docstrings say so.
        seed: of everything random.
    Raises:
        InputError: n below 1 or above the size of the data set, on construction.
    """

    card: ModelCard
    model: Staged
    data: Dataset
    n: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.n <= len(self.data):
            raise InputError(
                f"The {self.data.split} set of {self.data.name} has {len(self.data)} images, got n = {self.n}."
            )

    @property
    def threat(self) -> ThreatModel:
        """The paper's: L-infinity, the radius of the model's data."""
        return ThreatModel(epsilon=self.card.epsilon)

    @property
    def bottleneck(self) -> Bottleneck:
        """The paper's beta, at the model's cut."""
        return Bottleneck(cut=self.card.cut)

    @property
    def pgd(self) -> PGD:
        """The attack of Figures 2 to 5."""
        return PGD(threat=self.threat)


@dataclass(frozen=True)
class Maker:
    """What makes one table or figure.

    Args:
        base: kind of the experiment, as in `core.analysis.drawn` and under `runs/`.
        experiment: makes the config; for Figures 3 and 4 it looks for the images, by attacking the first `n`.
        shared: whether several processes do it together; else the leading one does it alone.
    """

    base: str
    experiment: Callable[[Setting], Experiment]
    shared: bool = False


def three_attacks(setting: Setting) -> tuple[Attack, ...]:
    """Those of Tables 1 and 2."""
    return FGSM(threat=setting.threat), setting.pgd, CW()


def _table1(setting: Setting) -> Experiment:
    attacks = three_attacks(setting)
    return Table1(n=setting.n, attacks=attacks, bottleneck=setting.bottleneck, seed=setting.seed)


def _table2(setting: Setting) -> Experiment:
    attacks = three_attacks(setting)
    return Table2(n=setting.n, attacks=attacks, bottleneck=setting.bottleneck, seed=setting.seed)


def _table3(setting: Setting) -> Experiment:
    t = setting.threat
    bounded = (FGSM(threat=t), BIM(threat=t), PGD(threat=t), APGDCE(threat=t), FAB(threat=t))
    minimal = (CW(), NRF())
    return Evaluation(n=setting.n, attacks=(*bounded, *minimal), seed=setting.seed)


def _table4(setting: Setting) -> Experiment:
    """The four attacks, and beside the strongest what its mask adds: random channels, all of them, none."""
    controls = tuple(NRF(mask=mask) for mask in ("random", "all", "none"))
    return Evaluation(n=setting.n, attacks=(NRF(), NRF2(), RF(), RF2(), *controls, CW()), seed=setting.seed)


def _figure2(setting: Setting) -> Experiment:
    return FeatureMaps(n=min(setting.n, 600), attack=setting.pgd, bottleneck=setting.bottleneck, seed=setting.seed)


def _figure3(setting: Setting) -> Experiment:
    found = first_turned(setting.model, setting.data, setting.pgd, count=3, n=setting.n, seed=setting.seed)
    return _strip(setting, found)


def _figure4(setting: Setting) -> Experiment:
    attack, distiller = setting.pgd, setting.bottleneck
    found = coincidence(setting.model, setting.data, attack, distiller, n=setting.n, seed=setting.seed)
    return _strip(setting, (found,))


def _strip(setting: Setting, images: tuple[int, ...]) -> Experiment:
    return FeaturePictures(
        images=images,
        visualization=replace(released(setting.card.image_size), cut=setting.card.cut),
        attack=setting.pgd,
        bottleneck=setting.bottleneck,
        seed=setting.seed,
    )


def _figure5(setting: Setting) -> Experiment:
    return BetaSweep(n=min(setting.n, 500), attack=setting.pgd, bottleneck=setting.bottleneck, seed=setting.seed)


MAKERS: dict[str, Maker] = {  # of the items in `core.analysis.paper.published`
    "table1": Maker("table1", _table1, shared=True),
    "table2": Maker("table2", _table2, shared=True),
    "table3": Maker("attacks", _table3, shared=True),
    "table4": Maker("attacks", _table4, shared=True),
    "figure2": Maker("clusters", _figure2),
    "figure3": Maker("visualize", _figure3),
    "figure4": Maker("visualize", _figure4),
    "figure5": Maker("bottleneck", _figure5),
}
