from pathlib import Path

import pytest

from core.distillation import bottleneck
from dashboard.answers import at_hand, distilled, neighbors, one_image
from dashboard.answers.background import Worker
from dashboard.answers.image import looked_at
from dashboard.answers.question import question
from dashboard.selection.catalog import resolve
from dashboard.selection.state import Selection


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One of this test's own."""
    own = Worker()
    monkeypatch.setattr(neighbors, "WORKER", own)
    return own


def test_the_neighbors_are_ready_and_the_foreground_computes_nothing(
    in_world: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = at_hand.catalog()
    selection, _ = resolve(Selection(data="digits", model="digits-vgg16-adv", image=20), catalog)
    neighbors.expect(selection, catalog, [21, 19, 20])
    worker.wait()

    def computes(*_: object, **__: object) -> None:
        raise AssertionError("it was not ready")

    monkeypatch.setattr(bottleneck, "descend", computes)
    monkeypatch.setattr(distilled.of_image, "attacked", computes)
    for place in (19, 21):
        near = selection.change(image=place)
        image = looked_at(near, catalog)
        assert image is not None
        asked, rival = (question(near, catalog.cards[name], image) for name in (near.model, near.compare))
        one_image.prepare([asked, rival], image)
        assert one_image.answer(asked, image).explanation.true_label == image.true_label
        assert one_image.answer(rival, image).explanation.attacked
        assert one_image.controls(asked, image).every_label is not None
        one_image.random_masks(asked, image)
        one_image.steady_channel(asked, image)
    image = looked_at(selection, catalog)
    assert image is not None
    with pytest.raises(AssertionError, match="not ready"):
        one_image.answer(question(selection, catalog.cards[selection.model], image), image)


def test_what_takes_long_is_not_computed_ahead(in_world: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[int] = []
    monkeypatch.setattr(worker, "expect", lambda tasks: wishes.append(len(tasks)))
    catalog = at_hand.catalog()
    selection, _ = resolve(Selection(data="digits", model="digits-vgg16-adv", image=20), catalog)
    neighbors.expect(selection, catalog, [21, 19])
    monkeypatch.setattr(neighbors.cost, "seconds", lambda *_: 60.0)
    neighbors.expect(selection, catalog, [21, 19])
    neighbors.expect(selection, catalog, [])
    assert wishes == [2, 0, 0]
