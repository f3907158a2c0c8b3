"""Imports point one way (README, "How the parts fit"): read from the syntax trees, nothing is executed."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "torchvision", "sklearn", "scipy"}
UNNEEDED = HEAVY | {"plotly", "pandas"}  # on the first page, which is there at once
# A part imports from itself and from the parts before it.
ORDER = (
    {"errors", "glossary", "citation", "sides"}, {"types"},
    {"registry", "seeding", "look", "radius", "statistics", "device"}, {"config"},
    {"store"}, {"job"}, {"datasets"}, {"models"}, {"distillation"}, {"attacks"}, {"training"}, {"visualization"},
    {"analysis"}, {"cli"}, {"__main__"},
)  # fmt: skip
RANK = {part: rank for rank, parts in enumerate(ORDER) for part in parts}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((PROJECT / package).rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(node: ast.AST, path: Path) -> list[str]:
    """Dotted names that one import statement may load; `from a import b` may load a and a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        here = path.relative_to(PROJECT).parent.parts
        base = ".".join([*here[: len(here) - node.level + 1], *([base] if base else [])])
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]


def all_imports(path: Path) -> list[str]:
    return [name for node in ast.walk(tree(path)) for name in imported(node, path)]


def imports_at_load(path: Path) -> Iterator[str]:
    """What importing the module imports: statements outside functions and outside `if TYPE_CHECKING`."""
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        yield from imported(node, path)
        for child in ast.iter_child_nodes(node):
            deferred = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            if not deferred and not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
                waiting.append(child)


def part_of(module: str) -> str:
    """The part of the core that a module belongs to; empty for the package itself and for other packages."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "core" else ""


def test_core_imports_only_parts_before_its_own() -> None:
    modules = {module_of(path): all_imports(path) for path in sources("core")}
    assert not modules.pop("core"), "the package itself imports nothing"
    assert {part_of(module) for module in modules} <= RANK.keys(), "every part has a place in ORDER"
    assert not [
        f"{module} imports {name}"
        for module, names in modules.items()
        for name in names
        if (part := part_of(name)) in RANK and part != part_of(module) and RANK[part] >= RANK[part_of(module)]
    ]


def test_core_knows_neither_streamlit_nor_the_dashboard() -> None:
    assert not [
        f"{module_of(path)} imports {name}"
        for path in sources("core")
        for name in all_imports(path)
        if name.split(".")[0] in ("streamlit", "dashboard")
    ]


def test_importing_the_router_and_start_loads_no_large_library() -> None:
    first = [PROJECT / "dashboard" / "app.py", *sources("dashboard/screens/start")]
    assert not [chain for path in first for chain in chains_to(UNNEEDED, module_of(path))]


def chains_to(libraries: set[str], module: str) -> list[str]:
    """How importing a module comes to load one of some libraries, through every module of the project on the way."""
    seen, chains, waiting = set[str](), [], [(module, module)]
    while waiting:
        module, chain = waiting.pop()
        if module.split(".")[0] in libraries:
            chains.append(chain)
        elif module not in seen:
            seen.add(module)
            waiting += [(name, f"{chain} > {name}") for name in loads(module)]
    return chains


def loads(module: str) -> list[str]:
    """What importing one module of the project imports, its package first; nothing for a library's."""
    file = PROJECT.joinpath(*module.split("."))
    file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
    if module.split(".")[0] not in ("core", "dashboard") or not file.exists():
        return []
    package = [module.rpartition(".")[0]] if "." in module else []
    return [*package, *imports_at_load(file)]


def test_only_the_store_knows_where_files_lie() -> None:
    places = ("FEATURE_SIEVE_", "assets/", "runs/", "data/")
    knowing = {
        module_of(path)
        for path in sources("core", "dashboard")
        for node in ast.walk(tree(path))
        if climbs(node) or (isinstance(node, ast.Constant) and str(node.value).startswith(places))
    }
    assert knowing <= {"core.store", "dashboard.app"}, "app.py only puts the project on the path"


def climbs(node: ast.AST) -> bool:
    """Whether an expression goes from a module's own place to a folder; a file beside the module is its own affair."""
    return isinstance(node, ast.Attribute) and node.attr in ("parent", "parents") and "__file__" in ast.unparse(node)


def test_the_checks_can_fail(tmp_path: Path) -> None:
    lines = ["import a", "from b import c", "def f():", "    import torch", "if TYPE_CHECKING:", "    import d"]
    file = tmp_path / "module.py"
    file.write_text("\n".join([*lines, "class K:", "    import e"]))
    assert set(imports_at_load(file)) == {"a", "b", "b.c", "e"}
    assert set(all_imports(file)) == {"a", "b", "b.c", "d", "e", "torch"}
    assert chains_to(HEAVY, "core.attacks.pgd")
    assert climbs(ast.parse("Path(__file__).resolve().parent", mode="eval").body)
