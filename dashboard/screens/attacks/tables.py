"""A stored evaluation: attacks inside the ball, attacks without a bound, radii, and whether to trust the numbers."""

from typing import Any

import pandas as pd
import streamlit as st

from core.analysis.attacks.figures import accuracy_marks
from core.analysis.attacks.findings import (
    budget_sentences,
    curve,
    distortion_sentences,
    distortions,
    equal_budget,
    equal_distortion,
    lead_sentences,
    reach_of,
)
from core.analysis.paper.compared import compared, departures
from core.analysis.results import StoredResult
from core.look import Look
from core.models import ModelCard
from dashboard.answers.remember import remembered
from dashboard.shared.chart import chart
from dashboard.shared.command import command_line
from dashboard.shared.table import explained
from dashboard.shared.words import plain, radius

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
WORST = "worst case"
MASKS = {"nrf mask=random": "nrf, as many channels at random", "nrf mask=all": "nrf, all channels"}


@remembered
def printed(result: StoredResult) -> pd.DataFrame:
    """What the paper prints in Tables 3 and 4 for such a network, beside a stored evaluation."""
    ours, name = {result.card.name: result}, result.card.name
    rows = pd.concat([compared(table, ours).assign(table=table) for table in ("table3", "table4")], ignore_index=True)
    return rows[rows["model"] == name].drop_duplicates("example").reset_index(drop=True)


def lead(result: StoredResult) -> None:
    """The page's first sentences, computed."""
    bounded = result.summary["bounded"]
    norm, epsilon = (bounded[0]["norm"], bounded[0]["epsilon"]) if bounded else ("linf", None)
    said = lead_sentences(result.manifest["model"]["name"], result.summary, norm, epsilon)
    st.markdown(" ".join(plain(sentence) for sentence in said))


def bounded(result: StoredResult, rival: StoredResult | None, printed: pd.DataFrame, look: Look) -> None:
    """Attacks inside one ball, which may be ranked, and the worst case over them."""
    summary, rows = result.summary, result.summary["bounded"]
    st.subheader("Inside the ball: how many images stay right?", anchor="bounded")
    if not rows:
        st.info("This result holds no attack inside a ball; compute one that does, such as fgsm, bim and pgd.")
        return
    threat = f"{'L∞' if rows[0]['norm'] == 'linf' else 'L2'} {radius(rows[0]['epsilon'])}"
    st.markdown(
        f"Every attack may move the image within the same ball ({plain(threat)}), so these numbers can be ranked. The "
        "worst case asks image by image which no attack turned. An image that is wrong as it is counts as fooled."
    )
    figure = accuracy_marks.bounded(_rows(summary, rival, printed), look, "" if rival is None else _name(rival))
    alt = "; ".join(f"{row['label']} {row['accuracy']['value']:.1%}" for row in rows)
    chart(figure, "bounded", f"Accuracy under bounded attacks, n = {summary['n']}: {alt}.", _table(rows))
    marks = ["Bars: 95 % intervals"]
    marks += [] if rival is None else [f"◇ {plain(_name(rival))}, n = {rival.summary['n']}"]
    marks += [] if printed.empty else ["✕ printed in the paper"]
    st.caption(". ".join(marks) + ".")
    st.dataframe(_shown(rows, summary["worst_case"]), hide_index=True, key="bounded_rows")


def _rows(summary: dict[str, Any], rival: StoredResult | None, printed: pd.DataFrame) -> list[accuracy_marks.AttackRow]:
    theirs = {} if rival is None else _values(rival.summary, summary["worst_case"])
    paper = {} if printed.empty else dict(zip(printed["example"], printed["percent"] / 100, strict=True))
    found = [("clean", summary["clean"]), *((row["label"], row["accuracy"]) for row in summary["bounded"])]
    return [
        accuracy_marks.AttackRow(
            name, part["value"], part["low"], part["high"], attacked=name != "clean", strong=name == WORST,
            rival=theirs.get(name), printed=paper.get(name),
        )
        for name, part in [*found, (WORST, summary["worst_case"])]
    ]  # fmt: skip


def _values(summary: dict[str, Any], worst: dict[str, Any] | None) -> dict[str, float]:
    """By row; the worst case only where it is one over the same attacks."""
    found = {row["label"]: row["accuracy"]["value"] for row in summary["bounded"]}
    theirs = summary["worst_case"]
    same = theirs is not None and worst is not None and theirs["over"] == worst["over"]
    return found | {"clean": summary["clean"]["value"]} | ({WORST: theirs["value"]} if same else {})


def _name(result: StoredResult) -> str:
    return str(result.manifest["model"]["name"])


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Everything but the attack's own fields, flat."""
    flat = [{k: v for k, v in row.items() if k != "attack"} for row in rows]
    return pd.json_normalize(flat).set_index("label")


def _shown(rows: list[dict[str, Any]], worst: dict[str, Any] | None) -> pd.DataFrame:
    """What people compare, in the units that they read."""
    columns = [
        {
            "attack": row["label"], "stays right": _interval(row["accuracy"]), "turned": f"{row['turned']}",
            "steps": f"{row['steps']}" + ("" if row["restarts"] == 1 else f" × {row['restarts']}"),
            "L2, median": _median(row["l2"]), "L∞ × 255, median": _median(row["linf"], 255),
            "gradients": f"{row['gradients']:,}", "seconds": f"{row['seconds']:.1f}",
        }
        for row in rows
    ]  # fmt: skip
    if worst is not None:
        columns.append({"attack": WORST, "stays right": _interval(worst)})
    return pd.DataFrame(columns).fillna("").astype(str)


def _interval(found: dict[str, Any]) -> str:
    return f"{100 * found['value']:.1f} % [{100 * found['low']:.1f}, {100 * found['high']:.1f}]"


def _median(spread: dict[str, float] | None, unit: float = 1.0) -> str:
    return "none turned" if spread is None else f"{unit * spread['median']:.3g}"


def minimal(result: StoredResult, rival: StoredResult | None, look: Look) -> None:
    """Attacks that look for a small change: curves over distortion, and whether NRF and its mask are worth anything."""
    st.subheader("Without a bound: how far must an image move?", anchor="minimal")
    attacks, images = result.table("attacks"), result.table("images")
    rows, compared = result.summary["minimal_norm"], equal_distortion(attacks, images)
    if not rows:
        st.info("This result holds no attack that minimizes a norm; compute one that does, such as cw and nrf.")
        return
    for sentence in distortion_sentences(compared):
        st.markdown(plain(sentence, most=1000))
    at = compared[0].radius if compared else None
    figure = accuracy_marks.distance(
        _lines(images, rival, look), look, "radius", "largest L2 change of the image that counts",
        accuracy_marks.Marks({} if at is None else {"compared here": at}),
    )  # fmt: skip
    alt = f"Accuracy against L2 distortion, n = {result.summary['n']}. " + distortion_sentences(compared)[0]
    chart(figure, "distortion", alt, images[images["kind"] == "minimal_norm"].set_index(["attack", "index"]))
    st.caption("A lower curve is a stronger attack. Shaded: 95 % intervals. A click on a name hides its curve.")
    st.dataframe(_shown(rows, None), hide_index=True, key="minimal_rows")
    for sentence in budget_sentences(equal_budget(attacks, images)):
        st.markdown(plain(sentence, most=1000))
    explained(
        "How are they compared?",
        "An image stays right up to r where the smallest change that an attack found for it is larger than r. Both "
        "attacks see the same images, so the difference is taken image by image.",
        r"A(r) = \frac1n \sum_i \mathbf 1[d_i > r],\quad d_i = \|x_i' - x_i\|_2",
        "d is 0 where the image is wrong as it is, infinite where the attack failed. CW stands for the c that "
        "leaves the fewest right at that size. Interval of the difference: Agresti and Min 2005.",
        "distortion",
    )  # fmt: skip


def _lines(images: pd.DataFrame, rival: StoredResult | None, look: Look) -> list[accuracy_marks.Line]:
    reach, found = reach_of(images), []
    labels = list(dict.fromkeys(images.loc[images["kind"] == "minimal_norm", "attack"]))
    colors, count = {"cw": look.nonrobust, "nrf": look.robust}, dict.fromkeys(("cw", "nrf", ""), 0)
    for label in labels:
        family = label.split()[0] if label.split()[0] in colors else ""
        dash = DASHES[count[family] % len(DASHES)]
        count[family] += 1
        drawn = curve(distortions(images, label), reach)
        found.append(
            accuracy_marks.Line(
                MASKS.get(label, label), drawn, colors.get(family, look.clean), dash, band=label == "nrf"
            )
        )
    if rival is not None and "nrf" in set((theirs := rival.table("images"))["attack"]):
        drawn = curve(distortions(theirs, "nrf"), reach)
        found.append(accuracy_marks.Line(f"nrf on {_name(rival)}", drawn, look.muted, "longdashdot"))
    return found


def radii(result: StoredResult | None, rival: StoredResult | None, name: str, look: Look) -> None:
    """Accuracy under PGD as the ball grows."""
    st.subheader("A larger ball: does accuracy fall to chance?", anchor="radii")
    if result is None:
        st.caption("No curve over radii is stored for these weights; this command makes one in a minute or so.")
        command_line(f"python -m core attacks-radii {name} --n 500")
        return
    said = result.summary
    st.markdown(plain(said["sentence"]))
    lines = [accuracy_marks.Line(_name(result), _scaled(result), look.adversarial, band=True)]
    if rival is not None:
        lines.append(accuracy_marks.Line(f"{_name(rival)}, beside", _scaled(rival), look.clean, "dash"))
    at = 255 * result.config["attack"]["threat"]["epsilon"]
    marks = accuracy_marks.Marks({"the network’s radius": at}, ("chance", said["chance"]))
    steps = result.config["attack"]["steps"]
    figure = accuracy_marks.distance(lines, look, "radius", "largest change of a pixel, of 255", marks, 18)
    chart(figure, "radii", f"{said['sentence']} n = {said['n']}.", result.table("curve").set_index("factor"))
    st.caption(f"PGD of {steps} steps at every radius, first {said['n']} test images, seed {result.config['seed']}.")


def _scaled(result: StoredResult) -> pd.DataFrame:
    curve = result.table("curve")
    return curve.assign(radius=255 * curve["epsilon"])


def diagnostics(result: StoredResult) -> None:
    """Every check with its number and limit; a mark and a word say how it ended."""
    checks = result.summary["diagnostics"]
    st.subheader("Can these numbers be trusted?", anchor="diagnostics")
    if checks is None:
        st.info("The checks were not run with this result; compute again with them, or add --diagnosed to the command.")
        return
    flagged = [check for check in checks if check["flagged"]]
    st.markdown(
        f"{len(checks) - len(flagged)} of {len(checks)} checks passed"
        + (f"; flagged: {plain(', '.join(check['name'] for check in flagged))}." if flagged else ".")
    )
    for check in [*flagged, *(check for check in checks if not check["flagged"])]:
        badge = ":orange-badge[▲ flagged]" if check["flagged"] else ":blue-badge[● passed]"
        said = f"{check['number']:.3g} (limit {check['threshold']:.3g})"
        st.markdown(f"{badge} **{plain(check['name'])}** {plain(said)} :gray[{plain(check['sentence'])}]")


def paper(table: pd.DataFrame, card: ModelCard) -> None:
    """The paper's numbers for such a network, ours, and what differs between the two."""
    st.subheader("The paper’s numbers for such a network", anchor="paper")
    if table.empty:
        st.caption(plain(f"The paper prints no number for a {card.network} with {card.defense} on {card.data}."))
        return
    st.markdown(
        "Read across with care: "
        + plain("; ".join([*departures(card), "fewer test images"]), most=1000)
        + ". CW and NRF stand beside bounded attacks there; here they do not."
    )
    shown = pd.DataFrame({
        "table": table["table"], "attack": table["example"], "printed": table["percent"].map("{:.1f} %".format),
        "ours": [_ours(row) for row in table.to_dict("records")],
    })  # fmt: skip
    st.dataframe(shown, hide_index=True, key="paper_rows")


def _ours(row: dict[str, Any]) -> str:
    if pd.isna(row.get("ours")):
        return "not in this result"
    return f"{row['ours']:.1f} % [{row['low']:.1f}, {row['high']:.1f}] ({row['difference']:+.1f} points)"
