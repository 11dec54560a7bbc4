"""Only core/outbound_http.py calls other servers by HTTP: every other way would be an unguarded one (B47)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database
THE_ONE = ROOT / "halkhata" / "foundation" / "core" / "outbound_http.py"
CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "pycurl", "http.client", "urllib.request", "ftplib", "telnetlib"}


def unguarded(source: str) -> list[str]:
    """The HTTP clients that a module imports, in whatever form."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module", "import_string", "__import__",
        }:  # fmt: skip
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        else:
            continue
        found += [name for name in names if any(name == one or name.startswith(f"{one}.") for one in CLIENTS)]
    return found


@pytest.mark.parametrize(
    "source",
    ["import requests", "import urllib.request", "from urllib import request", "from urllib.request import urlopen",
     "from http import client", "import http.client as c", "import httpx", "from importlib import import_module\n"
     "import_module('urllib.request')"],
)  # fmt: skip
def test_rule_finds_each_form(source):
    assert unguarded(source)


def test_nothing_else_in_the_house_calls_by_http():
    found = {}
    for folder in ("halkhata", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" in path.parts or path == THE_ONE:
                continue
            if names := unguarded(path.read_text("utf-8")):
                found[str(path.relative_to(ROOT))] = names
    assert found == {}
    assert unguarded(THE_ONE.read_text("utf-8")) == ["http.client"]
