"""SEC-2 and what follows from it: the source loads no pickle, runs no text as code, and talks to nobody unasked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = [path for package in ("core", "dashboard") for path in sorted((PROJECT / package).rglob("*.py"))]
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
NETWORK = {"urllib.request", "urllib3", "http.client", "requests", "httpx", "httpx2", "aiohttp", "socket", "ftplib"}
CALLS = {"torch.load", "torch.hub.load", "eval", "exec", "compile", "os.system", "os.popen", "pd.read_pickle"}
ARGUMENTS = {"allow_pickle", "persist", "unsafe_allow_html", "unsafe_allow_javascript", "weights_only"}
FETCHES = "core/datasets"  # the one place that may name a host: published data sets and their hashes


def findings(source: str) -> Iterator[str]:
    """What SEC-2 forbids in one module, each with its line."""
    for node in ast.walk(ast.parse(source)):
        for module in modules(node):
            if module.split(".")[0] in PICKLES or module in CALLS:
                yield f"line {node.lineno}: import {module}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            yield f"line {node.lineno}: {ast.unparse(node.func)}(...)"
        if isinstance(node, ast.keyword) and (node.arg in ARGUMENTS or switched_on(node, "shell")):
            yield f"line {node.value.lineno}: {node.arg}="


def modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def switched_on(node: ast.keyword, name: str) -> bool:
    return node.arg == name and not (isinstance(node.value, ast.Constant) and not node.value.value)


def docstrings(tree: ast.Module) -> set[int]:
    """Identities of the constants that are documentation."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def addresses(source: str) -> Iterator[str]:
    """Texts, other than documentation, with a web address in them."""
    tree = ast.parse(source)
    documentation = docstrings(tree)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in documentation else None
        if isinstance(text, str) and re.search("https?://", text):
            yield f"line {node.lineno}: {text[:80]!r}"


def test_no_pickle_no_text_as_code_no_raw_html() -> None:
    assert not [f"{path.relative_to(PROJECT)} {found}" for path in SOURCES for found in findings(path.read_text())]


def test_only_the_data_sets_name_hosts() -> None:
    elsewhere = [path for path in SOURCES if FETCHES not in path.as_posix()]
    assert not [f"{path.relative_to(PROJECT)} {found}" for path in elsewhere for found in addresses(path.read_text())]


def test_only_fetching_talks_to_the_network() -> None:
    talking = {
        path.relative_to(PROJECT).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if NETWORK.intersection(modules(node))
    }
    assert talking <= {"core/datasets/fetch.py"}


@pytest.mark.parametrize(
    "bad",
    [
        "import pickle", "from joblib import load", "from torch import load", "torch.load(p)",
        "np.load(p, allow_pickle=True)",
        "st.markdown(t, unsafe_allow_html=True)", "@st.cache_data(persist='disk')\ndef f(): ...", "eval(t)", "exec(t)",
        "subprocess.run(c, shell=True)",
    ],
)  # fmt: skip
def test_each_forbidden_thing_is_found(bad: str) -> None:
    assert list(findings(bad))


def test_what_looks_alike_passes() -> None:
    assert not list(findings("model.eval()\nsafetensors.torch.load(b)\nre.compile(t)\nrun(c, shell=False)"))
    assert not list(addresses('"""See https://arxiv.org."""'))
    assert list(addresses('x = "https://arxiv.org"'))
