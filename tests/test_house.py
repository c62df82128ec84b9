"""The rules of the house that no linter holds: short functions, no import circles, nothing of this machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FUNCTION = 60
SOURCES = sorted(
    path for folder in ("archive", "migrations", "benchmarks", "scripts") for path in (ROOT / folder).rglob("*.py")
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": length
        for path in SOURCES
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def imports_at_load(path: Path) -> set[str]:
    """The modules of this package that a module imports when it is loaded itself."""
    tree = ast.parse(path.read_text("utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("archive"):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("archive")}
    return found


def test_there_is_no_import_circle() -> None:
    def name(path: Path) -> str:
        return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    modules = {name(path): path for path in (ROOT / "archive").rglob("*.py")}
    graph = {module: {other for other in imports_at_load(path) if other in modules} for module, path in modules.items()}
    # A package's __init__ may be imported by its own modules' importers; what counts is module to module.
    graph = {
        module: {other for other in others if not f"{module}.".startswith(f"{other}.")}
        for module, others in graph.items()
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"import circle: {' → '.join((*path, module))}"
        if module not in done:
            for other in sorted(graph[module]):
                visit(other, (*path, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every text file under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of what is under version control")
    names = listed.stdout.decode().split("\0")
    binary = {".gz", ".bin", ".xz", ".png"}
    return [ROOT / name for name in names if name and (ROOT / name).is_file() and Path(name).suffix not in binary]


def test_nothing_names_a_place_of_one_machine_or_a_package_index(tracked: list[Path]) -> None:
    forbidden = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/|py" + r"pi\.org|python" + r"hosted")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked
        for match in forbidden.finditer(path.read_text("utf-8", errors="replace"))
    ]
    assert found == []


def test_every_library_is_pinned_and_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    block = project.split("dependencies = [", 1)[1].split("]", 1)[0]
    names = [match.lower() for match in re.findall(r'"([A-Za-z0-9-]+)', block)]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    reasons = (ROOT / "docs" / "decisions" / "0001-libraries.md").read_text("utf-8").lower()
    assert [name for name in names if name not in pinned] == []
    assert [name for name in names if name not in reasons] == []
