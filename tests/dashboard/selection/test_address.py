import math
import random
import re
import string
from dataclasses import replace

import pytest

from dashboard.selection.address import allowed, parse, to_parameters
from dashboard.selection.state import (
    AMONG,
    EDITS,
    FOLDS,
    HIDEABLE,
    LARGEST_IMAGE,
    LARGEST_SEED,
    MOST_GIVEN,
    MOST_MOVED,
    MOST_SLIDES,
    PAPERS,
    Selection,
)

HASH = "0123456789abcdef"
NAMES = tuple(Selection.__dataclass_fields__)
EMPTY = ("epsilon", "step_size")  # None, where the model or the attack has its own
ODD = (
    "",
    "-1",
    "1e999",
    "nan",
    "-inf",
    "0x10",
    "٣",
    "true",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\x00",
    "a" * 9999,
)


def some_value(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return draw.choice(ODD)
    if draw.random() < 0.5:
        return repr(draw.uniform(-1, 1) * 10 ** draw.randrange(0, 12))
    return "".join(draw.choice(string.printable + "éλ✓") for _ in range(draw.randrange(60)))


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_links_are_read_and_clamped(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(100):
        link = {draw.choice((*NAMES, "other")): some_value(draw) for _ in range(draw.randrange(12))}
        selection, notes = parse(link)
        assert_in_range(selection)
        assert all(isinstance(note, str) and len(note) < 500 for note in notes)
        assert parse(to_parameters(selection))[0] == selection


def assert_in_range(s: Selection) -> None:
    assert 0 <= s.image <= LARGEST_IMAGE
    assert 0 <= s.seed <= LARGEST_SEED
    assert 0 <= s.beta <= 100
    assert s.epsilon is None or 0 <= s.epsilon <= 0.5
    assert math.isfinite(s.beta)
    assert 1 <= s.draws <= 16
    assert s.label in ("true", "predicted") or s.label.isdigit()
    assert s.tolerance in ("image", "batch")
    assert s.kl in ("mean", "sum")
    assert s.split_of in ("clean", "own")
    assert s.mode in ("explore", "present")
    assert -1 <= s.channel <= LARGEST_IMAGE
    assert -1 <= s.truth <= LARGEST_IMAGE
    assert s.among in AMONG
    assert len(s.given) <= MOST_GIVEN
    assert all(re.fullmatch("[0-9a-f]{16}", key) for key in (*s.given, *filter(None, [s.own])))
    assert s.over in ("set", "image") or s.over.isdigit()
    assert s.edit.partition(" ")[0] in ("", *EDITS)
    assert len(s.moved) <= MOST_MOVED
    assert set(s.hide) <= set(HIDEABLE)
    assert set(s.open) <= set(FOLDS)
    assert 0 <= s.slide <= MOST_SLIDES
    assert all(len(name) <= 64 for name in (s.data, s.model, s.compare, s.attack, s.cut))


def test_every_field_goes_into_the_address_and_back() -> None:
    selection = Selection(
        data="digits", model="digits-vgg16-adv", compare="none", image=7, own=HASH, given=(HASH, "f" * 16),
        truth=4, among="fooled", attack="fgsm", epsilon=0.0123456789,
        steps=40, step_size=0.5, beta=0.7, cut="conv4_1",
        seed=3, label="4", wrong=2, tolerance="batch", kl="sum", draws=8, split_of="own",
        channel=5, map="wrong", color="class", example=False, over="3", edit="drop 3,8", item="table3", ours="b-2",
        printed_data="svhn", printed_network="wrn28_10", run="a-1", job="0f", moved=(3, 8), twins=True,
        mode="present", slide=2, open=("channels", "seeds"), hide=("label", "footer"),
    )  # fmt: skip
    assert all(getattr(selection, name) != getattr(Selection(), name) for name in NAMES)
    assert parse(to_parameters(selection)) == (selection, [])


def some_selection(draw: random.Random) -> Selection:
    """What a person could have chosen: every field by itself, or left as it is."""
    link = {draw.choice(NAMES): some_value(draw) for _ in range(draw.randrange(12))}
    names = {"data": "digits", "model": "m.1", "compare": "none", "attack": "fgsm", "cut": "conv4_1", "run": "shipped"}
    numbers = {"image": draw.randrange(9), "channel": draw.randrange(-1, 9), "epsilon": draw.uniform(0, 0.5)}
    lists = {"moved": tuple(draw.sample(range(70), draw.randrange(9))), "hide": tuple(draw.sample(HIDEABLE, 3))}
    changes = {name: value for name, value in {**names, **numbers, **lists}.items() if draw.random() < 0.5}
    return replace(parse(link)[0], **changes)  # type: ignore[arg-type]


def test_what_is_written_into_the_address_is_read_back_without_a_note() -> None:
    draw = random.Random(3)
    for selection in (Selection(), *(some_selection(draw) for _ in range(500))):
        assert parse(to_parameters(selection)) == (selection, [])


DISPLAYED = ("● 39: σ² 34.9", "triangle", "the widest of each cell (text: m)", "2026-11-20 · β 0.3", "none marked", "")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_widget_hands_back_the_selection_stays_one_that_an_address_can_hold(name: str) -> None:
    """A select whose options changed hands back its text; a browser can send anything."""
    for value in (*DISPLAYED, None, object(), (), ("x",), 7, -7.5, math.nan, True, 10**30, "a" * 9999):
        selection = Selection().change(**allowed({name: value}))
        assert_in_range(selection)
        assert isinstance(getattr(selection, name), type(getattr(Selection(), name))) or name in (
            "epsilon",
            "step_size",
        )
        assert parse(to_parameters(selection)) == (selection, [])


def test_a_choice_is_taken_as_it_is() -> None:
    chosen = {
        "image": 7,
        "beta": 0.7,
        "own": HASH,
        "given": (HASH,),
        "label": "4",
        "moved": (3, 8),
        "hide": ("strip",),
        "cut": "conv4_1",
    }
    assert allowed(chosen) == chosen


def test_defaults_stay_out_of_the_address() -> None:
    assert set(to_parameters(Selection())) == {"data", "model", "image"}


@pytest.mark.parametrize(
    ("name", "value", "field", "says"),
    [
        ("steps", "-3", 0, "moved to 0"),
        ("steps", "many", 0, "a number was expected"),
        ("step_size", "2", 1.0, "moved to 1"),
        ("epsilon", "9", 0.5, "moved to 0.5"),
        ("epsilon", "200/255", 0.5, "moved to 0.5"),
        ("epsilon", "1/0", None, "a number was expected"),
        ("beta", "-1", 0.0, "moved to 0"),
        ("image", "2.6", 3, "moved to 3"),
        ("seed", "many", 0, "a number was expected"),
        ("tolerance", "none", "image", "known are image, batch"),
        ("printed_data", "imagenet", "", "known are cifar10, svhn, tiny_imagenet"),
        ("model", "a/b", "", "letters, digits"),
        ("over", "all", "set", "a number was expected"),
        ("edit", "burn 3", "", "drop or keep was expected"),
        ("hide", "nonsense", (), "nothing was taken. Known are controls"),
        ("hide", "strip,nonsense", ("strip",), "only strip was taken"),
        ("moved", "3,3", (3,), "only 3 was taken"),
        ("own", "1", "", "16 hex digits"),
        ("given", f"../../x,{HASH}", (HASH,), f"only {HASH} was taken"),
        ("among", "some", "all", "known are all, fooled, held, wrong"),
    ],
)
def test_what_is_not_allowed_is_said(name: str, value: str, field: object, says: str) -> None:
    selection, notes = parse({name: value})
    assert getattr(selection, name) == field
    assert len(notes) == 1
    assert says in notes[0]


def test_an_attack_takes_its_own_steps_again() -> None:
    walked, notes = parse({"attack": "pgd", "steps": "40", "step_size": "2/255", "epsilon": ""})
    assert (walked.steps, walked.step_size, walked.epsilon, notes) == (40, 2 / 255, None, [])
    assert (walked.change(attack="bim").steps, walked.change(attack="bim").step_size) == (0, None)
    assert walked.change(**allowed({"step_size": None})).step_size is None
    assert walked.change(**PAPERS) == Selection()


def test_a_choice_drops_what_belonged_to_the_last_one() -> None:
    before = Selection(model="m", compare="c", epsilon=0.1, image=4, channel=3, moved=(3,), wrong=2, cut="x", label="4")
    other_image = before.change(image=5)
    assert (other_image.channel, other_image.moved, other_image.wrong) == (-1, (), -1)
    assert (other_image.cut, other_image.epsilon, other_image.label) == ("x", 0.1, "4")
    assert before.change(beta=1.0).moved == ()
    assert before.change(beta=1.0).channel == 3
    other_data = before.change(data="digits")
    assert (other_data.model, other_data.compare, other_data.epsilon, other_data.image) == ("", "", None, 0)
    assert before.change(channel=9).moved == (3,)
    own = Selection(own=HASH, given=(HASH,), truth=3)
    assert (own.change(image=5).own, own.change(image=5).truth, own.change(image=5).given) == ("", -1, (HASH,))
    assert own.change(own="f" * 16).truth == -1


def test_a_radius_is_read_as_it_is_written_everywhere() -> None:
    assert parse({"epsilon": "8/255"}) == (Selection(epsilon=8 / 255), [])
