"""Answers about one image. Keys are fingerprints of the question; what all sessions share is never written to."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.answers import live
from dashboard.answers.at_hand import catalog, dataset, model
from dashboard.answers.question import BATCH, Answer, Question, Subject

if TYPE_CHECKING:
    from torch import Tensor

    from core.analysis.attacks.steps import Trace
    from core.analysis.bottleneck.experiment import ImageSweep
    from core.analysis.channels.surgery import Flip
    from core.analysis.explain.controls import Controls

MOST = 128  # answers kept; one takes some hundred kilobytes


def answer(asked: Question, subject: Subject) -> Answer:
    """The explanation of one image by one model."""
    from core.config import fingerprint

    return _answer(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _answer(key: str, _asked: Question, _subject: Subject) -> Answer:
    from core.config import fingerprint

    network = model(_asked.model, _asked.sha256)
    x_adv = _attacked(fingerprint(_asked.of_attack), _asked, _subject)
    return live.answer(network, _asked, _subject, x_adv, _batch(_asked, _subject))


def _batch(asked: Question, subject: Subject) -> "Tensor | None":
    """The test images that share the image's tolerance; None where it has its own."""
    if asked.tolerance == "image" or subject.index is None:
        return None
    start = subject.index // BATCH * BATCH
    return dataset(subject.key.partition(":")[0]).images[start : start + BATCH]


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _attacked(key: str, _asked: Question, _subject: Subject) -> "Tensor":
    return live.attacked(model(_asked.model, _asked.sha256), _asked, _subject)


def controls(asked: Question, subject: Subject) -> "Controls":
    """Every label, random mask and random network for the same image."""
    from core.config import fingerprint

    return _controls(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _controls(key: str, _asked: Question, _subject: Subject) -> "Controls":
    network, card = model(_asked.model, _asked.sha256), catalog().cards[_asked.model]
    return live.controls(network, card, _asked, answer(_asked, _subject), _batch(_asked, _subject))


def random_masks(asked: Question, subject: Subject) -> NDArray[np.floating]:
    """What random masks of each label's size say, (k, k)."""
    return live.random_masks(model(asked.model, asked.sha256), controls(asked, subject).every_label, asked)


def over_seeds(asked: Question, subject: Subject) -> NDArray[np.bool_]:
    """Masks under five seeds, (5, c)."""
    from core.config import fingerprint

    return _over_seeds(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _over_seeds(key: str, _asked: Question, _subject: Subject) -> NDArray[np.bool_]:
    label = answer(_asked, _subject).explanation.label
    return live.over_seeds(model(_asked.model, _asked.sha256), _asked, _subject, label)


def along_beta(asked: Question, subject: Subject, betas: tuple[float, ...]) -> "ImageSweep":
    """One image distilled at every beta of a grid."""
    from core.config import fingerprint

    return _along_beta(fingerprint(asked, betas), asked, subject, betas)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _along_beta(key: str, _asked: Question, _subject: Subject, _betas: tuple[float, ...]) -> "ImageSweep":
    from core.config import fingerprint

    x_adv = _attacked(fingerprint(_asked.of_attack), _asked, _subject)
    return live.along_beta(model(_asked.model, _asked.sha256), _asked, _subject, x_adv, _betas)


def attack_steps(asked: Question, subject: Subject) -> "Trace":
    """The image on its way through PGD."""
    from core.config import fingerprint

    return _attack_steps(fingerprint(asked), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _attack_steps(key: str, _asked: Question, _subject: Subject) -> "Trace":
    return live.attack_steps(model(_asked.model, _asked.sha256), _asked, answer(_asked, _subject))


def smallest_flip(asked: Question, subject: Subject) -> "Flip | None":
    """The fewest channels without which the network says another class of the clean image."""
    from core.config import fingerprint

    return _smallest_flip(fingerprint(asked.model, asked.sha256, asked.image, asked.cut), asked, subject)


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _smallest_flip(key: str, _asked: Question, _subject: Subject) -> "Flip | None":
    return live.smallest_flip(model(_asked.model, _asked.sha256), _asked, _subject)
