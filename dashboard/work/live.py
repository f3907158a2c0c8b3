"""An answer about an image that takes long is computed outside the server; the page shows the work and waits."""

from collections.abc import Iterator

import streamlit as st

from core import job
from core.attacks import epsilon_of, words_of
from core.job import Command
from core.models import ModelCard
from dashboard.answers import cost, uploads
from dashboard.answers.distilled import label_given
from dashboard.answers.image import OneImage
from dashboard.answers.question import Question, question
from dashboard.frame.view import View
from dashboard.selection.state import Selection
from dashboard.shared.words import network_name, plain
from dashboard.work import jobs
from dashboard.work.offer import Waiting, exactly

PATIENCE = 2.0  # seconds that a page may take to answer
MINE = "live_job"  # in the session: what this window waits for


def require(view: View) -> None:
    """Go on where the answer about the image is known or soon is; else show the work on it.

    Raises:
        Waiting: the work is shown.
    """
    for card, asked, image in _asked(view):
        if not _soon(asked, card, image):
            _offer(view, asked, card, image)
            raise Waiting


def quick(view: View) -> bool:
    """Whether the answers about a view's image, of all networks that it shows, come within `PATIENCE`."""
    return all(_soon(asked, card, image) for card, asked, image in _asked(view))


def _asked(view: View) -> Iterator[tuple[ModelCard, Question, OneImage]]:
    selection, image = view.selection, view.image
    for name in (selection.model, selection.compare):
        if image is not None and name in view.catalog.cards:
            card = view.catalog.cards[name]
            yield card, question(selection, card, image), image


def _soon(asked: Question, card: ModelCard, image: OneImage) -> bool:
    if cost.seconds(asked, card, image) <= PATIENCE:
        return True
    cost.recall(asked, card, image)
    return cost.seconds(asked, card, image) <= PATIENCE


def command(selection: Selection, asked: Question, card: ModelCard, image: OneImage) -> Command:
    """What stands after `python -m core` to compute this answer."""
    attack, words = asked.attacker, ["explain", card.name, "--image"]
    upload = uploads.find(selection.own)
    if upload is None:
        words.append(str(image.index))
    else:
        words.append(str(uploads.path(upload)))
        words += [] if image.true_label is None else ["--truth", card.class_names[image.true_label]]
    words += ["--attack", "none" if attack is None else words_of([attack])]
    if attack is not None and (epsilon := epsilon_of(attack)) is not None:
        words += ["--epsilon", repr(epsilon)]
    options = {
        "beta": repr(asked.beta), "cut": asked.cut or card.cut, "seed": str(asked.seed), "split-of": asked.split_of,
        "tolerance": asked.tolerance, "kl-reduction": asked.kl, "noise-draws": str(asked.draws),
        "label": card.class_names[label_given(asked, image)],
    }  # fmt: skip
    return (*words, *(word for name, value in options.items() for word in (f"--{name}", value)))


def _offer(view: View, asked: Question, card: ModelCard, image: OneImage) -> None:
    """What is computed, how long it takes, and the work itself, which begins by itself where nobody stopped it."""
    work = command(view.selection, asked, card, image)
    takes = _duration(cost.seconds(asked, card, image))
    what = f"{plain(asked.attack_in_words)}, cut {plain(asked.cut or card.cut)}"
    st.info(
        f"For **{plain(network_name(card))}** this takes {takes}: {what}. It is computed in a process of its own, and "
        "kept; the page opens when it is done.",
        icon=":material/hourglass:",
    )  # fmt: skip
    mine = job.folder_of(work).name
    if (before := st.session_state.get(MINE)) not in (None, mine) and (old := jobs.find(before)) and old.alive:
        jobs.stop(old)  # nobody waits for it here any more
    st.session_state[MINE] = mine
    exactly(work, "Compute it now", f"Computing {plain(image.name)}", "Stop", begin=True)


def _duration(seconds: float) -> str:
    """In words, about."""
    return f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60)} minutes"
