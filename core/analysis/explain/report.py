"""One explanation as one HTML file that opens offline: no script, no request, every word of the data escaped."""

import json
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.analysis.explain.noise_chart import noise_chart
from core.analysis.pictures import data_uri, difference, png

STYLE = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
BARS = 4  # classes drawn for each side, the most probable first
TILES = 24  # labels drawn in the control; the rest are counted
SIDES = (("all", "■ all channels"), ("robust", "● robust only"), ("nonrobust", "▲ non-robust only"))


def report(record: dict[str, Any], x: ArrayLike, x_adv: ArrayLike) -> str:
    """The page as text.

    Args:
        record: as `core.analysis.explain.record.record` returns it.
        x: the clean image, (1, 3, h, w) in [0, 1].
        x_adv: the attacked image, the same shape.
    """
    clean, adversarial = np.asarray(x, dtype=np.float32)[0], np.asarray(x_adv, dtype=np.float32)[0]
    body = (
        _headline(record),
        _pictures(record, clean, adversarial),
        _predictions(record),
        _noise(record),
        _label_control(record),
        _provenance(record),
    )
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(_subject(record))} - Feature Sieve</title><style>{style}</style></head><body>"
        f"<header><b>Feature Sieve</b><span>{_text(_subject(record))}</span></header>"
        f"<main>{''.join(body)}</main>"
        "<footer>One explanation, kept whole: pictures, numbers and how they were made are inside this file.</footer>"
        "</body></html>\n"
    )


def _subject(record: dict[str, Any]) -> str:
    data, image = record["provenance"]["data"], record["image"]
    source = image if isinstance(data, str) else f"{data['name']} {data['split']} image {image}"
    return f"{source} · {record['model']}"


def _headline(record: dict[str, Any]) -> str:
    findings = record["findings"]
    caution = f'<p class="caution">{_text(findings["caution"])}</p>' if findings["caution"] else ""
    return f'<h1>{_text(findings["verdict"])}</h1><p class="lead">{_text(findings["sides"])}</p>{caution}'


def _pictures(record: dict[str, Any], clean: NDArray[np.float32], adversarial: NDArray[np.float32]) -> str:
    truth = record["true_label"]
    known = "a person's own image, its true class unknown" if truth is None else f"true class {truth}"
    pictures = [(clean, f"clean: {known}")]
    if record["attack"] != "none":
        delta, factor = difference(clean, adversarial)
        pictures += [(delta, f"what the attack adds, magnified {factor} times; gray is no change")]
        pictures += [
            (
                adversarial,
                f"attacked: {record['attack'].upper()}, no pixel moved by more than {_moved(clean, adversarial)}",
            )
        ]
    figures = "".join(_figure(pixels, caption) for pixels, caption in pictures)
    return f'<div class="pictures">{figures}{_facts(record)}</div>'


def _figure(pixels: NDArray[np.float32], caption: str) -> str:
    picture = f'<img src="{data_uri(png(pixels))}" alt="{_text(caption)}">'
    return f"<figure>{picture}<figcaption>{_text(caption)}</figcaption></figure>"


def _moved(clean: NDArray[np.float32], adversarial: NDArray[np.float32]) -> str:
    largest = float(np.abs(adversarial - clean).max())
    return f"{largest:.3g} ({255 * largest:.1f} of 255)"


def _facts(record: dict[str, Any]) -> str:
    facts = {
        "label supplied": f"{record['label_used']} ({record['label_kind']})",
        "robust channels": f"{record['counts']['robust']} of {len(record['robust'])}",
        "attack": "none"
        if record["attack"] == "none"
        else f"{record['attack'].upper()}, epsilon {record['epsilon']:g}",
        "beta": f"{record['beta']:g}",
        "seed": record["seed"],
    }
    return _list(facts)


def _predictions(record: dict[str, Any]) -> str:
    rows = [_row("clean", "clean", record)]
    if record["attack"] != "none":
        rows.append(_row("attacked", "adversarial", record))
    mark = "" if record["true_label"] is None else "; ✓ is the true class"
    return (
        "<h2>What each side predicts</h2>"
        '<p class="quiet">Class probabilities from all channels, from the robust ones alone and from the non-robust '
        f"ones alone{mark}.</p>{''.join(rows)}"
    )


def _row(title: str, which: str, record: dict[str, Any]) -> str:
    split = record["adversarial_split"] if which == "adversarial" and record["adversarial_split"] else record
    sizes = {"all": len(split["robust"]), **split["counts"]}
    sides = "".join(_side(side, name, sizes[side], which, record) for side, name in SIDES)
    return f'<div class="row"><b>{title}</b>{sides}</div>'


def _side(side: str, name: str, channels: int, which: str, record: dict[str, Any]) -> str:
    color = which.replace("adversarial", "attacked") if side == "all" else side
    said = record["predictions"][which][side]
    bars = _bars(said["probabilities"], record) if channels else '<p class="quiet">No channel is on this side.</p>'
    title = f'<b class="{side}">{name} <span class="quiet">({channels})</span></b>'
    return f'<div class="side" style="--fill: var(--{color})">{title}{bars}</div>'


def _bars(probabilities: list[float], record: dict[str, Any]) -> str:
    names = record["class_names"]
    order = sorted(range(len(names)), key=lambda k: -probabilities[k])[:BARS]
    width = 0.62 * min(12, max(map(len, names))) + 1.4  # em, one for all: the bars begin in one line
    return (
        f'<div style="--name: {width:.1f}em">'
        + "".join(
            f'<div class="bar{" first" if k == order[0] else ""}"><span title="{_text(names[k])}">{_text(names[k])}'
            f"{' ✓' if names[k] == record['true_label'] else ''}</span>"
            f'<i><i style="width: {100 * probabilities[k]:.1f}%"></i></i><em>{probabilities[k]:.0%}</em></div>'
            for k in order
        )
        + "</div>"
    )


def _noise(record: dict[str, Any]) -> str:
    return (
        "<h2>How much noise can each channel take?</h2>"
        f'<p class="quiet">A channel is called robust when the noise variance it tolerates with the label '
        f"{_text(record['label_used'])} supplied exceeds T, the largest variance that any channel has by itself. "
        "Bar: noise variance; dot: the channel's own variance over its map; log axis.</p>"
        f'<div class="chart">{noise_chart(record)}</div>{_channel_table(record)}'
    )


def _channel_table(record: dict[str, Any]) -> str:
    columns = zip(record["noise_variance"], record["feature_variance"], record["robust"], strict=True)
    rows = "".join(
        f"<tr><td>{k}<td>{noise:.3g}<td>{variance:.3g}<td>{'robust' if robust else 'non-robust'}"
        for k, (noise, variance, robust) in enumerate(columns)
    )
    head = "<tr><th>channel<th>noise variance<th>own variance<th>side"
    return f"<details><summary>Show data</summary><table>{head}{rows}</table></details>"


def _label_control(record: dict[str, Any]) -> str:
    control = record["controls"]
    labels = control["every_label"]["labels"]
    rest = ""
    if len(labels) > TILES:  # the one supplied is always among them
        rest = f'<p class="quiet">{TILES} of {len(labels)} labels are drawn.</p>'
        labels = sorted(labels, key=lambda entry: entry["label"] != record["label_used"])[:TILES]
    tiles = "".join(_tile(entry, entry["label"] == record["label_used"]) for entry in labels)
    findings = "".join(
        f"<p><b>{title}</b>{_text(control[key]['finding'])}</p>"
        for title, key in (
            ("Another label", "every_label"),
            ("A random mask", "random_mask"),
            ("A random network", "random_network"),
        )
    )
    return (
        "<h2>Would any label have done?</h2>"
        f'<p class="quiet">The split above was made with the label {_text(record["label_used"])}. Here the clean image '
        "is distilled again with every label; below each, what its robust channels alone then predict.</p>"
        f'<ul class="labels">{tiles}</ul>{rest}<div class="findings">{findings}</div>'
    )


def _tile(entry: dict[str, Any], given: bool) -> str:
    kinds = " ".join(kind for kind, holds in (("echoed", entry["echoed"]), ("given", given)) if holds)
    said = _text(entry["robust_predicts"]) if entry["robust"] else "empty"
    mark = "echoed" if entry["echoed"] else "not echoed"
    return (
        f'<li class="{kinds}"><b>{_text(entry["label"])}</b>→ {said}<small>{entry["robust"]} ch., {mark}</small></li>'
    )


def _provenance(record: dict[str, Any]) -> str:
    source = record["provenance"]
    bottleneck, model, data = source["bottleneck"], source["model"], source["data"]
    facts = {
        "model": f"{model['name']} ({model['network']}, width {model['width']:g}), SHA-256 {model['sha256'][:16]}",
        "data": data if isinstance(data, str) else f"{data['name']}, {data['split']} image {record['image']}",
        "features": f"stage {source['cut']}; the attacked image read through "
        + ("the clean image's split" if source["split_of"] == "clean" else "its own split"),
        "distilled": f"label {source['label']}; beta {bottleneck['beta']:g}, {bottleneck['steps']} steps, "
        f"learning rate {bottleneck['learning_rate']:g}, {bottleneck['noise_draws']} noise draw(s), "
        f"KL {bottleneck['kl_reduction']}, tolerance over {source['tolerance_over']}",
        "attack": _attack(record),
        "seed": source["seed"],
        "versions": ", ".join(f"{name} {number}" for name, number in source["versions"].items()),
    }
    whole = json.dumps(record, indent=None, separators=(",", ":"))
    return (
        f"<h2>How this was made</h2>{_list(facts)}"
        f"<details><summary>Everything above as JSON</summary><pre>{_text(whole)}</pre></details>"
    )


def _attack(record: dict[str, Any]) -> str:
    attack = record["provenance"]["attack"]
    if attack is None:
        return "none"
    threat = attack["threat"]
    return (
        f"{attack['name'].upper()}, {threat['norm']}, epsilon {threat['epsilon']:g} in pixel units of [0, 1], "
        f"{attack['steps']} steps of {attack['step_size']:.3g}"
    )


def _list(facts: dict[str, Any]) -> str:
    return "<dl>" + "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts.items()) + "</dl>"


def _text(value: Any) -> str:
    """Anything as text that is nothing but text."""
    return escape(str(value), quote=True)
