"""Which stored result a page shows, where several were made, and the button that makes another."""

from typing import TYPE_CHECKING

import streamlit as st

from core import store
from core.errors import InputError
from dashboard.answers import stored_results
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain, radius
from dashboard.work.jobs import Options
from dashboard.work.offer import fetch, work

if TYPE_CHECKING:
    from core.analysis.results import StoredResult


def chosen(kind: str, selection: Selection, catalog: Catalog) -> "StoredResult | None":
    """The result that the selection names, with a menu where there is more than one; None where there is none.

    Raises:
        InputError: none has that name.
    """
    found = stored_results.results_of(kind, selection.model, catalog.cards[selection.model].sha256)
    if not found:
        return None
    run = selection.run if selection.run in found or not _of_another_kind(kind, selection.run) else ""
    run = run or next(iter(found))
    if len(found) > 1 or run not in found:
        names = [*found] if run in found else [run, *found]
        st.selectbox(
            "Stored result", names, format_func=lambda name: described(found[name]) if name in found else name,
            **session.bound("run", run),
        )  # fmt: skip
    if run not in found:
        raise InputError(f"There is no stored {kind} {run} of {selection.model}; choose another one above.")
    return found[run]


def _of_another_kind(kind: str, run: str) -> bool:
    """Whether the name is that of another page's result, which the selection brings along."""
    folders = store.runs_root().glob(f"*/{run}/manifest.json") if run else ()
    return any(path.parent.parent.name != kind for path in folders)


def described(result: "StoredResult") -> str:
    """One line that tells a result from the others of its kind."""
    config = result.config
    if "attacks" in config:
        return _described_attacks(result)
    attack, made = config["attack"], result.manifest["made"][:19].replace("T", " ")
    threat = "no attack" if attack is None else f"{attack['kind']} {radius(attack['threat']['epsilon'])}"
    beta = "" if "betas" in config else f"β {config['bottleneck']['beta']:g} · "
    beta += f"{cut} · " if (cut := config.get("bottleneck", {}).get("cut")) else ""
    return f"{made} · {beta}{threat} · n {result.manifest['data']['n']} · seed {config['seed']}"


def _described_attacks(result: "StoredResult") -> str:
    """Of an evaluation, which has several attacks and no distiller of its own."""
    said, count = result.summary, len(result.config["attacks"])
    made = result.manifest["made"][:19].replace("T", " ")
    threat = "".join(f"{radius(row['epsilon'])} · " for row in said["bounded"][:1])
    return f"{made} · {count} attack{'s' * (count > 1)} · {threat}n {said['n']} · seed {result.config['seed']}"


def recompute(kind: str, selection: Selection, catalog: Catalog, options: Options, takes: str) -> None:
    """A button that runs the experiment with `options`, or its progress with a way to stop.

    Args:
        kind: of the experiment, a key of `dashboard.work.jobs.EXPERIMENTS`.
        options: as `dashboard.work.jobs` takes them.
        takes: how long about, as in "some minutes".
    """
    name = selection.model
    if selection.data not in catalog.images:
        st.info(f"Computing takes the images of {plain(selection.data)}, which are not on this machine.")
        fetch(selection.data)
        return
    work(kind, name, "Compute", f"Computing {kind} of {plain(name)}", "Stop", options)
    st.caption(f"It takes {takes}, in a process of its own; what is shown stays until it is done.")


def settings_of(selection: Selection, catalog: Catalog) -> Options:
    """The options that every experiment takes from the selection: attack, radius, beta, cut and seed."""
    given: Options = {"attack": selection.attack, "beta": selection.beta, "cut": selection.cut, "seed": selection.seed}
    return given if selection.epsilon is None else {**given, "epsilon": selection.epsilon}
