from core.analysis.results import StoredResult
from dashboard.screens.paper.figures import beside
from tests.core.analysis.paper.stand_ins import Stored, card


def test_beside_a_network_stands_the_widest_of_the_other_architecture() -> None:
    others = {
        "same architecture": card(),
        "narrow": card("cifar10-wrn28_10-adv", width=0.1),
        "wider": card("cifar10-wrn28_10-adv", width=0.2),
        "another defense": card("cifar10-wrn28_10-trades"),
        "other data": card("digits-wrn28_10-adv"),
    }
    found: dict[str, StoredResult] = {name: Stored(card=other) for name, other in others.items()}
    assert beside(card(), found) is found["wider"]
    assert beside(others["narrow"], found) is found["same architecture"]
    assert beside(others["other data"], found) is None
