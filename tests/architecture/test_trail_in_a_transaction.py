"""Whoever writes the audit trail or publishes an event has a transaction around it, from the door on.

Tests run inside a transaction of their own and so do not see a page that forgot to open one: on the running server it
answers 500. Read from the source: calls by name, through all modules of the house.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database

WRITERS = {
    "halkhata.foundation.audit.trail.record",
    "halkhata.foundation.audit.trail.write_entries",
    "halkhata.foundation.core.outbox.publish",
}
# Where people, programs and the clock come in: nobody above them could have opened a transaction. Handlers of events
# are not among them, the outbox opens one for each.
DOORS = {"views", "resources", "commands", "jobs", "panels"}


@dataclass
class Function:
    """A function and what it names with no transaction around."""

    named: set[str] = field(default_factory=set)
    is_atomic: bool = False


class Reader(ast.NodeVisitor):
    """Collects the functions of one module."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.found = module, dict[str, Function]()
        self.inside: list[Function] = []
        self.depth = 0
        self.names = {
            one.asname or one.name: f"{node.module}.{one.name}"
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
            for one in node.names
        }  # fmt: skip
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function begins anew: that it is defined inside a block says nothing about when it is called."""
        made = Function(is_atomic=any("atomic" in ast.unparse(one) for one in node.decorator_list))
        name = f"{self.module}.{node.name}" if not self.inside else f"{self.module}.{node.name}:{node.lineno}"
        self.found[name] = made
        if self.inside:
            self.inside[-1].named.add(name)
        depth, self.depth = self.depth, 0
        self.inside.append(made)
        for one in node.body:
            self.visit(one)
        self.inside.pop()
        self.depth = depth

    def visit_With(self, node: ast.With) -> None:
        """A block with ``transaction.atomic()``."""
        opened = any("atomic" in ast.unparse(one.context_expr) for one in node.items)
        self.depth += opened
        self.generic_visit(node)
        self.depth -= opened

    def visit_Name(self, node: ast.Name) -> None:
        """A name of this module or an imported one."""
        self._note(self.names.get(node.id, f"{self.module}.{node.id}"))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A function of an imported module."""
        if isinstance(node.value, ast.Name) and node.value.id in self.names:
            self._note(f"{self.names[node.value.id]}.{node.attr}")
        self.generic_visit(node)

    def _note(self, name: str) -> None:
        if self.inside and not self.depth:
            self.inside[-1].named.add(name)


def without_transaction(sources: dict[str, str]) -> list[str]:
    """Functions of the doors from which a writer is reached with no transaction on the way."""
    functions: dict[str, Function] = {}
    for module, text in sources.items():
        functions |= Reader(module, ast.parse(text)).found
    needy, size = set(WRITERS), 0
    while len(needy) != size:
        size = len(needy)
        needy |= {name for name, one in functions.items() if not one.is_atomic and one.named & needy}
    return sorted(name for name in needy if DOORS & set(name.split(".")) and ".services." not in name)


def _sources() -> dict[str, str]:
    files = (path for path in (ROOT / "halkhata").rglob("*.py") if not {"tests", "migrations"} & set(path.parts))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
        for path in files
    }


def test_the_rule_itself():
    service = "from halkhata.foundation.audit.trail import record\ndef act():\n    record()\n"
    bare = "from halkhata.a.services.acting import act\ndef page():\n    act()\n"
    held = "from halkhata.a.services.acting import act\ndef page():\n    with transaction.atomic():\n        act()\n"
    assert without_transaction({"halkhata.a.services.acting": service, "halkhata.a.views": bare}) == [
        "halkhata.a.views.page"
    ]
    assert without_transaction({"halkhata.a.services.acting": service, "halkhata.a.views": held}) == []


def test_no_page_job_or_command_reaches_the_trail_without_a_transaction():
    assert without_transaction(_sources()) == []
