"""Rooms stay small enough to be read at a sitting."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "reports", "health", "tickets", "partners", "accounts", "common")
MAX_ROOM = 400
MAX_FUNCTION = 50
MAX_VIEW = 25
MAX_TASK = 10

FILES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its name to its end, docstring included."""
    return (node.end_lineno or 0) - node.lineno + 1


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_there_are_rooms_to_measure() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_and_functions_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_ROOM
    functions = _functions(path)
    long = {node.name: _length(node) for node in functions if _length(node) > MAX_FUNCTION}
    assert long == {}


@pytest.mark.parametrize(
    "path", [path for path in FILES if "views" in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_view_functions_are_thin(path: Path) -> None:
    assert {node.name: _length(node) for node in _functions(path) if _length(node) > MAX_VIEW} == {}


def _is_task(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether Celery runs it: decorated with `@job(...)` or `@shared_task(...)`."""
    names = (ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list)
    return any(name in ("job", "shared_task") for name in names)


TASKS = [(path, node) for path in FILES for node in _functions(path) if _is_task(node)]


@pytest.mark.parametrize(("path", "node"), TASKS, ids=[node.name for _, node in TASKS])
def test_tasks_are_thin(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    assert _length(node) <= MAX_TASK
