"""The foot of a page: where its numbers come from."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.view import Kind, View
from dashboard.shared.words import plain, radius


def provenance(parts: Sequence[str], before: str = "") -> None:
    """Where the numbers come from, and a sentence before that, as text."""
    with st.container(key="provenance"):
        st.divider()
        if before:
            st.caption(plain(before, most=1000))
        st.caption(" · ".join(plain(part) for part in parts))


def stored_provenance(view: View, kind: Kind, result: StoredResult) -> None:
    """The foot of a page on a stored result."""
    parts = [*of_result(result, view.seen.image), *kind.sources(view, result), of_date(result.manifest)]
    if view.image is not None and (live := kind.live(view.selection)):
        parts.append(f"{view.image.name} {live}")
    rule = result.config.get("rule")
    provenance(parts, f"How the stored images were chosen. {rule}" if rule else "")


def of_result(result: StoredResult, image: int) -> list[str]:
    """What every result says of itself: images, network, distiller, attack, seed."""
    config, data = result.config, result.manifest["data"]
    which = f"test image {image} of" if "images" in config else f"first {data['n']} test images of"
    which, label = ("your own image, by a model of", _own_label(config)) if config.get("own") else (which, "true label")
    distiller, attack = config.get("bottleneck"), config.get("attack")
    parts = [f"{which} {data['name']}", of_model(result.manifest["model"])]
    if distiller is not None:
        parts[0] += f", given the {label}"
        beta = "" if "betas" in config else f"β {distiller['beta']:g}, "
        parts.append(f"cut {distiller['cut']}, before ReLU")
        parts.append(f"{beta}{distiller['steps']} steps of Adam, {of_seeds(config)}")
        parts.append(f"KL {distiller['kl_reduction']}, T per {distiller['tolerance']}")
    else:
        parts.append(of_seeds(config))
    if "attack" in config:
        bound = f"L∞ {radius(attack['threat']['epsilon'])}" if attack and "threat" in attack else "no bound"
        parts.append(f"{attack['kind']}, {bound}, white-box" if attack else "no attack")
    return parts


def _own_label(config: Mapping[str, Any]) -> str:
    """Nobody but its owner knows the class of a person's own image."""
    return "class its owner names" if config["own_class"] else "network's own prediction as label"


def of_seeds(config: Mapping[str, Any]) -> str:
    """The seed, or the first and the last of several."""
    count = config.get("seeds", 1)
    return f"seed {config['seed']}" if count == 1 else f"seeds {config['seed']} to {config['seed'] + count - 1}"


def of_model(model: Mapping[str, Any]) -> str:
    """A network as a manifest names it."""
    return f"{model['name']} (width {model['width']:g}, sha256 {model['sha256'][:8]})"


def of_date(manifest: Mapping[str, Any]) -> str:
    """When a result was stored."""
    return f"stored, made {manifest['made'][:10]}"


def of_split(split_of: str) -> str:
    """Through which split an attacked image is read, as a config or a selection names it."""
    return f"attacked image read through {'its own' if split_of == 'own' else 'the clean image’s'} split"
