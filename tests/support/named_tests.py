"""Whether a test that a document names is there: ``path/to/test_file.py`` or ``path/to/test_file.py::test_name``."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tests_in(path: str) -> frozenset[str]:
    """Names of the test functions of a file; none when there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def is_there(named: str) -> bool:
    """Whether the file has tests, and the one that is named."""
    path, _colons, name = named.partition("::")
    return name in tests_in(path) if name else bool(tests_in(path))
