"""Everything that one explanation needs, computed in two steps that tell how far they are, and kept."""

from dataclasses import dataclass

from core.analysis.explain.archive import Wanted, attacked_image, attacked_name, learned
from core.analysis.explain.controls import Controls, read_controls
from core.analysis.explain.explanation import Explanation, attacked, predicted
from core.analysis.explain.one_pass import Case, Pair, SplitOf, shared_tolerance
from core.analysis.kept import Kept
from core.attacks import Attack
from core.attacks.counting import Told
from core.attacks.expected import expected_passes
from core.distillation import Bottleneck
from core.models import ModelCard, Staged
from core.types import Images, OnStep


@dataclass(frozen=True, kw_only=True, eq=False)
class Inquiry:
    """One image, and what is asked of one network about it.

    Args:
        card, model: the network, frozen.
        twin: the same with random weights.
        x: the image, (1, c, h, w).
        true_label: None where nobody knows it.
        attack: None leaves the image as it is.
        bottleneck: the distiller.
        label: that it is given; None is the true one, or the predicted one where that is unknown.
        split_of: whose channels are split for the attacked image.
        seed: of the attack's start and the distiller's noise.
        index: position in its data set, on which the attack's start depends; 0 for any other image.
        batch: images that share T where the bottleneck's tolerance is "batch".
    Raises:
        InputError: a cut that the network does not have, on construction.
    """

    card: ModelCard
    model: Staged
    twin: Staged
    x: Images
    true_label: int | None
    attack: Attack | None
    bottleneck: Bottleneck
    label: int | None = None
    split_of: SplitOf = "clean"
    seed: int = 0
    index: int = 0
    batch: Images | None = None

    def __post_init__(self) -> None:
        self.model.tail(self.bottleneck.cut)

    def attacked(self, kept: Kept, on_step: OnStep) -> Images:
        """The attacked image, (1, c, h, w); the image itself where there is no attack."""
        if (attack := self.attack) is None:
            return self.x
        label = self._start
        told = Told(self.model, expected_passes(attack, self.card.num_classes).forwards, on_step)
        name = attacked_name(self.card, self.x, label, attack, self.seed, self.index)
        return attacked_image(kept, name, lambda: attacked(told, self.x, label, attack, self.seed, self.index))

    def answered(self, x_adv: Images, kept: Kept, on_step: OnStep) -> tuple[Explanation, Controls]:
        """The explanation and its controls, and everything else that a person may look at, in one pass."""
        case, random = self._case(self.model, x_adv), self._case(self.twin, x_adv)
        images = (self.card, self.x, x_adv)
        noise, of_random = learned(
            kept, [Wanted(case, case.every, *images), Wanted(random, random.sides, *images, random=True)], on_step
        )
        explanation = Explanation(self.x, x_adv, case.label, *case.read(noise), true_label=self.true_label)
        return explanation, read_controls(explanation, case, noise, random, of_random)

    @property
    def _start(self) -> int:
        """The class that the attack moves away from."""
        return predicted(self.model, self.x) if self.true_label is None else self.true_label

    def _case(self, model: Staged, x_adv: Images) -> Case:
        return Case(
            pair=Pair.of(model, self.x, x_adv, self.bottleneck.cut), bottleneck=self.bottleneck,
            label=self._start if self.label is None else self.label, seed=self.seed, split_of=self.split_of,
            shared=shared_tolerance(model, self.bottleneck, self.batch),
        )  # fmt: skip
