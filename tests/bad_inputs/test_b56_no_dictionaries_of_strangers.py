"""B49, B54, B56, B57, B97 and the baseline's 8 and 15, by reading the source: what a query, a template or a reader may
be built from. Each rule has a twin that shows it finding what it looks for.
"""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("halkhata", "config")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "tests" not in path.parts and "migrations" not in path.parts
]
QUERIES = {"filter", "exclude", "get", "annotate", "alias", "aggregate", "update", "Q", "values", "values_list",
           "order_by", "get_or_create", "update_or_create", "create", "dates", "datetimes"}  # fmt: skip
# What a stranger sends. A dictionary made from it may never become names of columns.
FROM_OUTSIDE = {"POST", "GET", "COOKIES", "headers", "META", "FILES", "body"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle"}
RAW_SQL = {"raw", "extra", "RawSQL"}


def _names(node: ast.AST) -> set[str]:
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def outside_in_queries(tree: ast.AST) -> list[int]:
    """Lines where ``**`` or ``*`` of a request's own dictionary reaches a query."""
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in QUERIES:
            continue
        spread = [one.value for one in call.keywords if one.arg is None]
        spread += [one.value for one in call.args if isinstance(one, ast.Starred)]
        found += [call.lineno for value in spread if _names(value) & FROM_OUTSIDE]
    return found


def raw_sql(tree: ast.AST) -> list[int]:
    """Lines with raw SQL of the ORM, or a statement put together from pieces that are not upper-case constants."""
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in RAW_SQL and (isinstance(call.func, ast.Name) or name in {"raw", "extra"}):
            owner = ast.unparse(call.func)
            if ".objects." in owner or name == "RawSQL":
                found.append(call.lineno)
    return found


def unsafe_readers(tree: ast.AST) -> list[int]:
    """Lines that import something that runs code while it reads data."""
    found = []
    for node in ast.walk(tree):
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        found += [node.lineno for module in modules if module.split(".")[0] in UNSAFE_MODULES]
    return found


def engines(tree: ast.AST) -> list[int]:
    """Lines that make a template out of a text: users' texts go through placeholders only."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"Template", "engines", "from_string", "django.template.Template", "eval", "exec"}
        and not any(keyword.arg in {"code", "team"} for keyword in node.keywords)
    ] + [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "from_string"
    ]


def _unsafe_words(tree: ast.AST) -> list[int]:
    """Lines that call a text safe which did not come from Django's own escaping."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"mark_safe", "SafeString"}
    ]


def everywhere(rule) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for line in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


BAD = {
    outside_in_queries: "Customer.objects.filter(**request.GET.dict())",
    raw_sql: 'Customer.objects.raw("SELECT 1")',
    unsafe_readers: "import pickle",
    engines: "Template(text).render(context)",
}


@pytest.mark.parametrize("rule", BAD, ids=lambda rule: rule.__name__)
def test_rule_finds_what_it_looks_for(rule):
    assert rule(ast.parse(BAD[rule])) == [1]


@pytest.mark.parametrize("rule", BAD, ids=lambda rule: rule.__name__)
def test_nothing_in_the_house_does_it(rule):
    allowed = {
        # The model of the same name, not an engine.
        engines: {"halkhata/engines/messaging", "halkhata/desks/tickets/"},
        # The one place that asks an index the ORM does not know; values are parameters.
        raw_sql: {"halkhata/foundation/core/trigrams.py"},
    }.get(rule, set())
    assert [line for line in everywhere(rule) if not any(line.startswith(one) for one in allowed)] == []


def test_sessions_messages_and_jobs_are_json(settings):
    from halkhata.foundation.core.models import Job

    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.MESSAGE_STORAGE.endswith("SessionStorage")
    assert {Job._meta.get_field(name).get_internal_type() for name in ("args", "kwargs", "result")} == {"JSONField"}


def test_templates_never_switch_escaping_off():
    """The baseline's 6: no ``|safe`` and no ``autoescape off`` outside what we sanitised or drew ourselves."""
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "halkhata").rglob("*.html"))
        if "|safe" in (text := path.read_text(encoding="utf-8")) or "autoescape off" in text or "|safeseq" in text
    ]
    assert found == []
