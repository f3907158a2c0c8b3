"""Each table and figure of the paper as an ordinary experiment with the paper's settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.analysis.attacks.experiment import Evaluation
from core.analysis.bottleneck.experiment import BetaSweep
from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.experiment import Experiment, Subject
from core.analysis.paper.example import coincidence, first_turned
from core.analysis.paper.table1 import Table1
from core.analysis.paper.table2 import Table2
from core.analysis.visualize.experiment import FeaturePictures
from core.attacks import APGDCE, BIM, CW, FAB, FGSM, NRF, NRF2, PGD, RF, RF2, Attack, ThreatModel
from core.distillation import Bottleneck
from core.visualization import released

MOST_MAPPED, MOST_SWEPT = 600, 500  # images of Figures 2 and 5


@dataclass(frozen=True)
class ItemConditions:
    """The paper's own for one network: L-infinity, the radius of its data, its cut, beta 0.3.

    Args:
        subject: the network and its test set.
        n: test images, from the first; Figures 2 and 5 take no more than `MOST_MAPPED` and `MOST_SWEPT`.
        seed: of everything random.
    """

    subject: Subject
    n: int
    seed: int

    @property
    def threat(self) -> ThreatModel:
        """The ball of every attack that has one."""
        return ThreatModel(epsilon=self.subject.card.epsilon)

    @property
    def bottleneck(self) -> Bottleneck:
        """The distiller of every item."""
        return Bottleneck(cut=self.subject.card.cut)

    @property
    def pgd(self) -> PGD:
        """The attack of Figures 2 to 5."""
        return PGD(threat=self.threat)

    @property
    def three(self) -> tuple[Attack, ...]:
        """The attacks of Tables 1 and 2."""
        return FGSM(threat=self.threat), self.pgd, CW()


def experiment_of(item: str, subject: Subject, n: int, seed: int = 0) -> Experiment:
    """What makes an item; for Figures 3 and 4 it looks for the images, by attacking the first `n`.

    Raises:
        InputError: n below 1 or above the size of the data set, what the experiment refuses, or no image to show.
    """
    subject.first(n)
    return MAKERS[item](ItemConditions(subject, n, seed))


def kind_of(item: str) -> str:
    """Of the item's folder under `runs/` and `assets/results/`."""
    return f"paper-{item}"


def _table1(of: ItemConditions) -> Experiment:
    return Table1(n=of.n, attacks=of.three, bottleneck=of.bottleneck, seed=of.seed)


def _table2(of: ItemConditions) -> Experiment:
    return Table2(n=of.n, attacks=of.three, bottleneck=of.bottleneck, seed=of.seed)


def _table3(of: ItemConditions) -> Experiment:
    t = of.threat
    bounded = (FGSM(threat=t), BIM(threat=t), of.pgd, APGDCE(threat=t), FAB(threat=t))
    return Evaluation(n=of.n, attacks=(*bounded, CW(), NRF()), seed=of.seed)


def _table4(of: ItemConditions) -> Experiment:
    """The four attacks, and beside the strongest what its mask adds: random channels, all of them, none."""
    controls = tuple(NRF(mask=mask) for mask in ("random", "all", "none"))
    return Evaluation(n=of.n, attacks=(NRF(), NRF2(), RF(), RF2(), *controls, CW()), seed=of.seed)


def _figure2(of: ItemConditions) -> Experiment:
    return FeatureMaps(n=min(of.n, MOST_MAPPED), attack=of.pgd, bottleneck=of.bottleneck, seed=of.seed)


def _figure3(of: ItemConditions) -> Experiment:
    return _pictures(of, first_turned(of.subject, of.pgd, count=3, n=of.n, seed=of.seed))


def _figure4(of: ItemConditions) -> Experiment:
    return _pictures(of, (coincidence(of.subject, of.pgd, of.bottleneck, n=of.n, seed=of.seed),))


def _pictures(of: ItemConditions, images: tuple[int, ...]) -> Experiment:
    card = of.subject.card
    visualization = replace(released(card.image_size), cut=card.cut)
    return FeaturePictures(
        images=images, visualization=visualization, attack=of.pgd, bottleneck=of.bottleneck, seed=of.seed
    )


def _figure5(of: ItemConditions) -> Experiment:
    return BetaSweep(n=min(of.n, MOST_SWEPT), attack=of.pgd, bottleneck=of.bottleneck, seed=of.seed)


MAKERS: dict[str, Callable[[ItemConditions], Experiment]] = {  # of the items in `core.analysis.paper.published`
    "table1": _table1,
    "table2": _table2,
    "table3": _table3,
    "table4": _table4,
    "figure2": _figure2,
    "figure3": _figure3,
    "figure4": _figure4,
    "figure5": _figure5,
}
