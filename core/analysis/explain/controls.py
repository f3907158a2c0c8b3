"""What a claim about the robust side must stand beside: every other label, a random mask, a random network."""

from dataclasses import dataclass, replace

from core.analysis.explain.explanation import Explanation
from core.analysis.explain.one_pass import Case, Learned, Pair, Reading, SplitOf, learn, shared_tolerance
from core.analysis.split import random_mask
from core.distillation import Bottleneck, read_out
from core.seeding import generator
from core.types import Classifier, Features, Images


@dataclass(frozen=True)
class Controls:
    """The same image without what the claim says matters.

    Args:
        every_label: the clean image distilled once with each class as its label; row j was given label j.
        random_mask: as many channels drawn at random in place of the robust ones, clean and attacked.
        random_network: the whole procedure on the same two images and label, on a network with random weights.
    """

    every_label: Reading
    random_mask: Explanation
    random_network: Explanation


def controls(
    model: Classifier,
    twin: Classifier,
    explanation: Explanation,
    bottleneck: Bottleneck,
    split_of: SplitOf = "clean",
    seed: int = 0,
    batch: Images | None = None,
) -> Controls:
    """The three controls of one explanation; `twin` is the network with random weights, the rest as in `explain`."""
    case, random = (
        Case(
            pair=Pair.of(network, explanation.x, explanation.x_adv, bottleneck.cut), bottleneck=bottleneck,
            label=explanation.label, seed=seed, split_of=split_of, shared=shared_tolerance(network, bottleneck, batch),
        )
        for network in (model, twin)
    )  # fmt: skip
    learned = learn(bottleneck, [(case.pair, case.labels), (random.pair, random.sides)])
    return read_controls(explanation, case, learned[0], random, learned[1])


def read_controls(
    explanation: Explanation, case: Case, learned: Learned, random: Case, learned_random: Learned
) -> Controls:
    """The same from what was learned: every label of the image's case, the sides of that on the random network."""
    clean, adversarial = random.read(learned_random)
    return Controls(
        every_label=case.read_labels(learned),
        random_mask=_with_random_masks(explanation, case),
        random_network=replace(explanation, clean=clean, adversarial=adversarial),
    )


def _with_random_masks(explanation: Explanation, case: Case) -> Explanation:
    def side(given: Reading, z: Features) -> Reading:
        mask = random_mask(given.split.robust, generator(case.seed, "random mask"))
        return Reading(replace(given.split, robust=mask), read_out(case.pair.model, z, mask, case.pair.cut))

    clean, adversarial = side(explanation.clean, case.pair.z), side(explanation.adversarial, case.pair.z_adv)
    return replace(explanation, clean=clean, adversarial=adversarial)
