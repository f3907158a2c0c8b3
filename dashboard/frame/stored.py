"""Which stored result a page shows, where several were made, and where the header differs from what is shown."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core import store
from core.analysis.results import StoredResult
from core.errors import InputError
from dashboard.answers import stored_results
from dashboard.answers.stored_results import SHIPPED
from dashboard.frame.view import Kind, View
from dashboard.selection import session
from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK, Selection
from dashboard.shared.words import plain, radius

NEAR = 1e-9  # of a radius


def with_result(view: View, kind: Kind) -> View:
    """The view with the result that is shown, under a menu where there are several, and with the rival's.

    Raises:
        InputError: the selection names a result that is not here.
    """
    if (example := kind.example(view)) is not None:
        return replace(view, stored=example)
    asked, name = view.selection.run, view.selection.model
    every = stored_results.results_of(kind.name, name, view.card.sha256, kind.read)
    found = {run: result for run, result in every.items() if kind.shows(result, view.selection)}
    if not found and (other := kind.instead([*every.values()], view.selection)) is not None:
        view = replace(view, instead=other)
        found = {run: result for run, result in every.items() if kind.shows(result, other)}
    if not found:
        return view
    lost = asked not in ("", SHIPPED, *every) and not _of_another_kind(kind.name, asked)
    run = asked if asked in found or lost else _usual(view, found)
    if view.controls and (len(found) > 1 or lost):
        _menu(run, found)
    if lost:
        raise InputError(f"There is no stored {kind.name} {run} of {name}; choose another one above.")
    result = found[run]
    return replace(view, stored=result, rival=_rival(view, kind, result))


def _usual(view: View, found: dict[str, StoredResult]) -> str:
    """The first that was made with the settings of the header, else the first."""
    fitting = (run for run, result in found.items() if not differences(view, result))
    return next(fitting, next(iter(found)))


def _of_another_kind(kind: str, run: str) -> bool:
    """Whether the name is that of another page's result, which the selection brings along."""
    folders = store.runs_root().glob(f"*/{run}/manifest.json") if run else ()
    return any(path.parent.parent.name != kind for path in folders)


def _menu(run: str, found: dict[str, StoredResult]) -> None:
    words = {name: "shipped · " * (name == SHIPPED) + described(result) for name, result in found.items()}
    names = [*found] if run in found else [run, *found]
    bound = session.bound("run", run)
    st.selectbox("Stored result", names, format_func=lambda name: words.get(name, name), **bound)


def _rival(view: View, kind: Kind, result: StoredResult) -> StoredResult | None:
    """The result of the model that is compared, where there is one that compares: made in the same way, if any was."""
    if (other := view.selection.compare) == "none":
        return None
    theirs = stored_results.results_of(kind.name, other, view.catalog.cards[other].sha256, kind.read).values()
    fitting = [one for one in theirs if kind.shows(one, view.seen) and kind.comparable(result, one)]
    return min(fitting, key=lambda one: made_with(one) != made_with(result), default=None)


def made_with(result: StoredResult) -> dict[str, str]:
    """Those settings of the header that a result was made with, in words."""
    config, found = result.config, {}
    if "attack" in config:
        found["attack"] = _threat(config["attack"])
    elif bounded := result.summary.get("bounded"):
        found["radius"] = radius(bounded[0]["epsilon"])
    if (distiller := config.get("bottleneck")) is not None:
        if "betas" not in config:
            found["beta"] = f"β {distiller['beta']:g}"
        found["cut"] = str(distiller["cut"])
    return found | {"seed": f"seed {config['seed']}"}


def _threat(attack: dict[str, Any] | None) -> str:
    if attack is None:
        return "no attack"
    return f"{attack['kind']} {radius(attack['threat']['epsilon'])}" if "threat" in attack else attack["kind"]


def differences(view: View, result: StoredResult) -> list[str]:
    """What the result was made with, where the header says something else."""
    selection, config = view.selection, result.config
    epsilon = strength(selection, view.card)
    same = {
        "attack": _same_attack(config.get("attack"), selection, epsilon),
        "radius": selection.epsilon is None or _near(result, selection.epsilon),
        "beta": config.get("bottleneck", {}).get("beta") == selection.beta,
        "cut": config.get("bottleneck", {}).get("cut") == (selection.cut or view.card.cut),
        "seed": config["seed"] == selection.seed,
    }
    return [said for name, said in made_with(result).items() if not same[name]]


def _same_attack(made: dict[str, Any] | None, selection: Selection, epsilon: float) -> bool:
    if made is None or selection.attack == NO_ATTACK:
        return made is None and selection.attack == NO_ATTACK
    from core.attacks import ATTACKS  # torch, which Start does without

    chosen = ((selection.steps, made.get("steps")), (selection.step_size, made.get("step_size")))
    same = made["kind"] == ATTACKS[selection.attack].__name__ and all(not mine or mine == its for mine, its in chosen)
    return same and ("threat" not in made or abs(made["threat"]["epsilon"] - epsilon) < NEAR)


def _near(result: StoredResult, epsilon: float) -> bool:
    return all(abs(row["epsilon"] - epsilon) < NEAR for row in result.summary.get("bounded", []))


def say_differences(view: View) -> None:
    """The sentence that keeps the header from speaking for what it does not describe."""
    if view.stored is not None and view.controls and not view.is_example and (other := differences(view, view.stored)):
        st.info(
            f"Shown is what was computed before, with other settings than those above: {plain(', '.join(other))}.",
            icon=":material/history:",
        )


def described(result: StoredResult) -> str:
    """One line that tells a result from the others of its kind."""
    made, count = result.manifest["made"][:19].replace("T", " "), len(result.config.get("attacks", ()))
    attacks = [f"{count} attack{'s' * (count > 1)}"] if count else []
    settings = made_with(result)
    seed = settings.pop("seed")
    return " · ".join([made, *attacks, *settings.values(), f"n {result.manifest['data']['n']}", seed])
