from collections.abc import Sequence
from dataclasses import dataclass

from core.attacks.borrowed import LIBRARY_NORM, Clean, Network, Run, at_least_one, in_turn
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel
from core.errors import InputError
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@ATTACKS.register("square", "Square")
@dataclass(frozen=True, kw_only=True)
class Square:
    """Random search without gradients: squares of changed pixels are kept where they make the margin smaller.

    Andriushchenko et al. 2020, arXiv:1912.00049. It begins with stripes (linf) or tiles (l2), each image with its own.
    The squares that follow lie in the same places for every image, batch and seed: so no image's squares depend on its
    batch, and a seed decides the start alone. An image that is not turned comes back as it was. Computed by
    pyautoattack.

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        queries: squares tried from one start, a forward pass each.
        restarts: starts, each for the images that are still classified right.
        first_square: its share of the image's pixels; it is halved after 10, 50, 200, 500, 1,000, 2,000, 4,000 queries.
    Raises:
        InputError: queries or restarts below 1, or a share that is not above 0 and at most 1, on construction.
    """

    threat: ThreatModel = ThreatModel()
    queries: int = 5000
    restarts: int = 1
    first_square: float = 0.8

    def __post_init__(self) -> None:
        at_least_one("queries", self.queries)
        at_least_one("restarts", self.restarts)
        if not 0 < self.first_square <= 1:
            raise InputError(f"The first square's share is above 0 and at most 1, got {self.first_square}.")

    @property
    def schedule(self) -> Schedule:
        """Queries of one start."""
        return Schedule(self.queries, restarts=self.restarts)

    def runs(self, classes: int) -> Sequence[Run]:
        """One for each start, whatever the number of classes."""
        return [self._run] * self.restarts

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        return in_turn(self.runs, self.threat, model, x, y, generator)

    def _run(self, network: Network, clean: Clean) -> Images:
        from pyautoattack.square import SquareAttack

        library = SquareAttack(
            network,
            norm=LIBRARY_NORM[self.threat.norm],
            n_queries=self.queries,
            eps=self.threat.epsilon,
            p_init=self.first_square,
            n_restarts=1,
            seed=0,  # what it draws comes from elsewhere: `OwnDraws`
            verbose=False,
            targeted=False,
            loss="margin",
            resc_schedule=False,
            device=clean.x.device,
        )
        library.init_hyperparam(clean.x)
        _, found = library.attack_single_run(clean.x, clean.y)
        return found
