"""One explanation as one HTML file that opens offline: what `explain --html` writes and the page exports."""

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.analysis.empty_set import spoken
from core.analysis.explain.figures.noise_bars import noise_bars
from core.analysis.explain.figures.prediction_bars import predictions, side_panels
from core.analysis.explain.stored_record import Record, probabilities, sizes, takeaway
from core.analysis.page import Picture, Section, page
from core.analysis.pictures import data_uri, difference, png
from core.look import DARK, LIGHT

WHENS = {"clean": "clean image", "adversarial": "attacked image"}
CONTROLS = {"every_label": "Another label", "random_mask": "A random mask", "random_network": "A random network"}


def report(record: Record, x: ArrayLike, x_adv: ArrayLike) -> str:
    """The page as text.

    Args:
        record: as `core.analysis.explain.record.record` returns it.
        x: the clean image, (1, 3, h, w) in [0, 1].
        x_adv: the attacked image, the same shape.
    """
    clean, attacked = np.asarray(x, dtype=np.float32)[0], np.asarray(x_adv, dtype=np.float32)[0]
    findings = record["findings"]
    sections = [
        Section(pictures=_pictures(record, clean, attacked), facts=_facts(record)),
        _predictions(record),
        _channels(record),
        _labels(record),
        _provenance(record),
    ]
    return page(findings["verdict"], _source(record), sections, lead=[findings["sides"]], caution=findings["caution"])


def attack_in_words(attack: Record | None) -> str:
    """An attack as `core.attacks.outcome.record` has it: its name, bound and schedule; "none" where there is none."""
    if attack is None:
        return "none"
    threat, step, restarts = attack.get("threat"), attack["step_size"], attack["restarts"]
    bound = "no bound: the smallest change that fools the network"
    if threat:
        bound = f"{threat['norm']}, epsilon {threat['epsilon']:g} in pixel units of [0, 1]"
    words = f"{attack['name'].upper()}, {bound}, {attack['steps']} steps" + (f" of {step:.3g}" if step else "")
    return words + (f", {restarts} restarts" if restarts > 1 else "")


def _source(record: Record) -> str:
    data, image = record["provenance"]["data"], record["image"]
    where = image if isinstance(data, str) else f"{data['name']} {data['split']} image {image}"
    return f"{where} · {record['model']}"


def _pictures(record: Record, clean: NDArray[np.float32], attacked: NDArray[np.float32]) -> list[Picture]:
    truth = record["true_label"]
    known = "a person's own image, its true class unknown" if truth is None else f"true class {truth}"
    shown = [(clean, f"clean: {known}")]
    if record["attack"] != "none":
        (delta, factor), largest = difference(clean, attacked), float(np.abs(attacked - clean).max())
        moved = f"no pixel moved by more than {largest:.3g} ({255 * largest:.1f} of 255)"
        shown += [
            (delta, f"what the attack adds, magnified {factor} times; gray is no change"),
            (attacked, f"attacked: {record['attack'].upper()}, {moved}"),
        ]
    return [Picture(data_uri(png(pixels)), caption) for pixels, caption in shown]


def _facts(record: Record) -> dict[str, Any]:
    return {
        "label given": f"{record['label_used']} ({record['label_kind']})",
        "robust channels": f"{record['counts']['robust']} of {len(record['robust'])}",
        "attack": attack_in_words(record["provenance"]["attack"]),
        "beta": f"{record['beta']:g}",
        "seed": record["seed"],
    }


def _predictions(record: Record) -> Section:
    names, truth = record["class_names"], record["true_label"]
    whens = ["clean", "adversarial"] if record["attack"] != "none" else ["clean"]
    true = None if truth is None else names.index(truth)
    read = [(when, probabilities(record, when), sizes(record, when)) for when in whens]
    light, dark = (
        predictions([(f"{WHENS[one[0]]}, read from", side_panels(*one, look)) for one in read], names, true, look)
        for look in (LIGHT, DARK)
    )
    mark = "" if truth is None else "; ✓ is the true class"
    return Section(
        heading="What each side predicts",
        sentences=[
            "Class probabilities from all channels, from the robust ones alone and from the non-robust ones alone"
            f"{mark}."
        ],
        figures={"predictions": light}, dark={"predictions": dark},
        alts={"predictions": " ".join(f"{WHENS[when]}: {takeaway(record, when)}" for when in whens)},
    )  # fmt: skip


def _channels(record: Record) -> Section:
    noise, variance = np.array(record["noise_variance"]), np.array(record["feature_variance"])
    robust, tolerance = np.array(record["robust"]), record["tolerance"]
    light, dark = (noise_bars(noise, variance, tolerance, robust, look) for look in (LIGHT, DARK))
    columns = {"channel": range(len(noise)), "noise variance": noise, "own variance": variance}
    sides = np.where(robust, "robust", "non-robust")
    return Section(
        heading="How much noise can each channel take?",
        sentences=[
            "A channel is called robust when the noise variance it tolerates, given the label "
            f"{record['label_used']}, exceeds T, the largest variance that any channel has by itself. Bar: "
            "noise variance; dot: the channel's own variance over its map; log axis."
        ],
        figures={"channels": light}, dark={"channels": dark},
        alts={"channels": f"{robust.sum()} of {len(robust)} channels tolerate more noise than T = {tolerance:.3g}."},
        tables={"Every channel": pd.DataFrame({**columns, "side": sides})},
    )  # fmt: skip


def _labels(record: Record) -> Section:
    given, controls = record["label_used"], record["controls"]
    rows = [
        {
            "label given": entry["label"] + (" (above)" if entry["label"] == given else ""),
            "robust channels": entry["robust"],
            "they predict": spoken(entry["robust_predicts"], entry["robust"]),
            "repeated": "yes" if entry["echoed"] else "no",
        }
        for entry in controls["every_label"]["labels"]
    ]
    return Section(
        heading="Would any label have done?",
        sentences=[
            f"The split above was made with the label {given}. Here the clean image is distilled again with every "
            "label; beside each, what its robust channels alone then predict."
        ],
        facts={title: controls[name]["finding"] for name, title in CONTROLS.items()},
        tables={"Every label": pd.DataFrame(rows)},
    )


def _provenance(record: Record) -> Section:
    source = record["provenance"]
    bottleneck, model, data = source["bottleneck"], source["model"], source["data"]
    through = "the clean image's split" if source["split_of"] == "clean" else "its own split"
    facts = {
        "model": f"{model['name']} ({model['network']}, width {model['width']:g}), SHA-256 {model['sha256'][:16]}",
        "data": data if isinstance(data, str) else f"{data['name']}, {data['split']} image {record['image']}",
        "features": f"stage {source['cut']}; the attacked image read through {through}",
        "distilled": f"label {source['label']}; beta {bottleneck['beta']:g}, {bottleneck['steps']} steps, "
        f"learning rate {bottleneck['learning_rate']:g}, {bottleneck['noise_draws']} noise draw(s), "
        f"KL {bottleneck['kl_reduction']}, tolerance over {source['tolerance_over']}",
        "attack": attack_in_words(source["attack"]),
        "seed": source["seed"],
        "versions": ", ".join(f"{name} {number}" for name, number in source["versions"].items()),
    }
    whole = json.dumps(record, separators=(",", ":"))
    cite = {"How to cite it, as BibTeX": "\n\n".join(record["citation"].values())}
    return Section(heading="How this was made", facts=facts, texts={**cite, "Everything above as JSON": whole})
