"""Models on disk: `<name>.safetensors` beside `<name>.json`, its card. Nothing is believed that was not checked."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from core import store
from core.config import from_dict, to_dict
from core.errors import InputError
from core.models.build import build_model
from core.models.card import ModelCard
from core.models.staged import Staged
from core.registry import unknown_name
from core.seeding import seeded

LARGEST_CARD = 1 << 20  # bytes; also the bound on the header of a weights file
FILES = (".json", ".safetensors")
REPAIR = "get both of its files again, or train it again with the command in its card"


def available_models() -> dict[str, Path]:
    """Card path by model name: the shipped models, then the runs, the newest first; the first of a name counts."""
    shipped = sorted(store.MODELS.glob("*.json"))
    trained = sorted(store.runs_root().glob("*/*/*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    found: dict[str, Path] = {}
    for card in (*shipped, *trained):
        if card.with_suffix(".safetensors").is_file():
            found.setdefault(card.stem, card)
    return found


def load_card(name_or_path: str | Path) -> ModelCard:
    """The card of a model by its name, or by the path of its card, its weights or its folder.

    Raises:
        InputError: no such model, or a card that is not whole or not a card.
    """
    return _read_card(_card_path(name_or_path))


def load_model(
    name_or_path: str | Path, device: str | torch.device = "cpu", *, expect_data: str | None = None
) -> Staged:
    """A network with its weights: float32, eval mode, no parameter asks for a gradient.

    The file's size is compared with what the card's network needs before anything is read, then its hash, then every
    tensor's name, shape and type.

    Args:
        name_or_path: as for `load_card`.
        device: where the weights go.
        expect_data: the data set the caller will show it; None does not ask.
    Raises:
        InputError: no such model, a damaged file, weights of another network, or a model of another data set.
    """
    path = _card_path(name_or_path)
    card = _read_card(path)
    if expect_data is not None and card.data != expect_data:
        raise InputError(
            f"{card.name} was trained on {card.data}, not on {expect_data}; choose a model of {expect_data} or the "
            f"data set {card.data}."
        )
    model = blueprint(card)
    state = _read_weights(path.with_suffix(".safetensors"), card, model.state_dict())
    model.load_state_dict({name: _as_float32(t).to(device) for name, t in state.items()}, assign=True)
    return model.eval().requires_grad_(False)


def save_model(model: Staged, card: ModelCard, folder: Path) -> ModelCard:
    """Write the weights, then the card with their hash; each file is whole or not there. Returns the card as written.

    Args:
        model: its weights must fit the card's network, and be numbers that the card's dtype holds as they are: whoever
            wants them rounded rounds them before anything is measured.
        card: without hash, versions and time, which are filled in here.
        folder: where both files go, named after the card.
    Raises:
        InputError: the weights do not fit the card, are not finite, or would change.
    """
    state = {name: _stored(t, card.dtype) for name, t in model.state_dict().items()}
    _check_shapes(state, blueprint(card).state_dict(), card.dtype, card.name)
    _check_numbers(state, model.state_dict(), card)
    data = safetensors.torch.save(state)
    written = store.manifest()
    card = replace(card, sha256=hashlib.sha256(data).hexdigest(), versions=written["versions"], made=written["made"])
    path = folder / f"{card.name}.json"
    with store.writing(path.with_suffix(".safetensors")) as temporary:
        temporary.write_bytes(data)
    store.write_json(path, to_dict(card))
    return card


def random_twin(card: ModelCard, seed: int = 0) -> Staged:
    """The card's network with freshly drawn weights, ready to use: the control that every claim about weights needs."""
    with seeded(seed, "random twin"):
        return _build(card).eval().requires_grad_(False)


def blueprint(card: ModelCard) -> Staged:
    """The card's network without memory for its weights: names and shapes only (on the meta device).

    Raises:
        InputError: no such network, or no such cut in it.
    """
    with torch.device("meta"):
        return _build(card)


def _build(card: ModelCard) -> Staged:
    model = build_model(card.network, num_classes=card.num_classes, image_size=card.image_size, width=card.width)
    if card.cut not in model.cuts:
        raise InputError(unknown_name(f"cut of {card.network}", card.cut, model.cuts))
    model.default_cut = card.cut
    return model


def _card_path(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or text.endswith(FILES):
        try:
            return _at_path(Path(name_or_path).expanduser())
        except (OSError, RuntimeError) as error:
            raise InputError(f"Expected the path of a model, got {text[:80]!r}, which cannot be opened.") from error
    models = available_models()
    if text not in models:
        raise InputError(unknown_name("model", text, models) + " `python -m core train --help` says how to make one.")
    return models[text]


def _at_path(path: Path) -> Path:
    """The card of the model at `path`: its card, its weights, its folder, or both files' name without an ending."""
    if path.is_dir():
        cards = [card for card in sorted(path.glob("*.json")) if card.with_suffix(".safetensors").is_file()]
        if len(cards) != 1:
            raise InputError(f"Expected one model in the folder {path}, found {len(cards)}; give the path of its card.")
        return cards[0]
    card = path.with_suffix(".json") if path.name.endswith(FILES) else path.with_name(f"{path.name}.json")
    card.is_file()  # raises OSError on what can be no path
    return card


def _read_card(path: Path) -> ModelCard:
    if not path.is_file():
        raise InputError(f"The model {path.stem} has no card at {path}; {REPAIR}.")
    if path.stat().st_size > LARGEST_CARD:
        raise InputError(f"The card {path} is larger than any card; {REPAIR}.")
    try:
        data = json.loads(path.read_bytes().decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The card {path} is not whole JSON ({str(error)[:80]}); {REPAIR}.") from error
    try:
        card = from_dict(ModelCard, data)
    except InputError as error:
        raise InputError(f"The card {path} cannot be used: {error}") from error
    if card.name != path.stem:
        raise InputError(f"The card {path} belongs to a model named {card.name!r}; rename the file or {REPAIR}.")
    return card


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _read_weights(path: Path, card: ModelCard, expected: dict[str, Tensor]) -> dict[str, Tensor]:
    _check_size(path, card, expected)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != card.sha256:
        raise InputError(f"The weights {path} do not have the hash in their card: damaged; {REPAIR}.")
    try:
        state = safetensors.torch.load(data)
    except SafetensorError as error:
        raise InputError(f"The weights {path} are not a safetensors file ({str(error)[:80]}); {REPAIR}.") from error
    _check_shapes(state, expected, card.dtype, card.name)
    return state


def _check_size(path: Path, card: ModelCard, expected: dict[str, Tensor]) -> None:
    """The exact number of bytes follows from the network, so nothing of another size is ever read."""
    if not path.is_file():
        raise InputError(f"The model {card.name} has a card but no weights at {path}; {REPAIR}.")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"The weights {path} are an empty file; {REPAIR}.")
    with path.open("rb") as file:
        header = int.from_bytes(file.read(8), "little")
    needed = sum(t.numel() * _dtype(t, card.dtype).itemsize for t in expected.values())
    if header > LARGEST_CARD or size != 8 + header + needed:
        raise InputError(
            f"The weights {path} hold {size} bytes, but {card.network} at width {card.width:g} with {card.num_classes} "
            f"classes in {card.dtype} needs {needed} and a header: truncated, or of another network; {REPAIR}."
        )


def _check_shapes(state: dict[str, Tensor], expected: dict[str, Tensor], dtype: str, name: str) -> None:
    if odd := sorted(state.keys() ^ expected.keys()):
        raise InputError(
            f"The weights of {name} and its network differ in {odd[0][:80]} ({len(odd)} in all); {REPAIR}."
        )
    for key, t in expected.items():
        wanted, came = (tuple(t.shape), _dtype(t, dtype)), (tuple(state[key].shape), state[key].dtype)
        if wanted != came:
            raise InputError(f"The weights of {name} have {key} as {came} where its network has {wanted}; {REPAIR}.")


def _check_numbers(state: dict[str, Tensor], own: dict[str, Tensor], card: ModelCard) -> None:
    for name, t in state.items():
        if not t.isfinite().all():
            raise InputError(f"The weights of {card.name} are not finite in {card.dtype} ({name}); nothing is stored.")
        if not torch.equal(_as_float32(t), own[name].detach().cpu()):
            raise InputError(f"The weights of {card.name} change in {card.dtype} ({name}); nothing is stored.")


def _dtype(t: Tensor, dtype: str) -> torch.dtype:
    return getattr(torch, dtype) if t.is_floating_point() else t.dtype


def _stored(t: Tensor, dtype: str) -> Tensor:
    return t.detach().to("cpu", _dtype(t, dtype)).contiguous()


def _as_float32(t: Tensor) -> Tensor:
    return t.float() if t.is_floating_point() else t
