"""Foreign keys point down like imports do; a string reference would hide from import-linter."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database


def _layers(container: str) -> list[str]:
    """The order inside ``container`` from the ground up, as pyproject.toml has it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = [c["layers"] for c in contracts if c["type"] == "layers" and c["containers"] == [container]]
    return list(reversed(found))


FLOORS = _layers("halkhata")
INNER = {floor: _layers(f"halkhata.{floor}") for floor in ("foundation", "records", "engines")}


def place(module: str) -> tuple[int, str, str]:
    """Floor number, floor and app of a dotted module name in the house."""
    _, floor, app, *_ = module.split(".")
    return FLOORS.index(floor), floor, app


def may_point(source: str, target: str) -> bool:
    """Whether a model of module ``source`` may point at a model of module ``target``."""
    source_height, source_floor, source_app = place(source)
    target_height, _, target_app = place(target)
    if source_height != target_height:
        return target_height < source_height
    if source_app == target_app:
        return True
    order = INNER.get(source_floor)
    # Without an order of their own, neighbours on a floor do not know each other.
    return order is not None and _step(order, target_app) < _step(order, source_app)


def _step(order: list[str], app: str) -> int:
    """On which step of its floor an app stands: "imports | privacy" stand side by side."""
    return next(step for step, names in enumerate(order) if app in names.split(" | "))


def _references() -> list[tuple[str, str, str]]:
    return [
        (model.__module__, f"{model._meta.label}.{field.name}", field.related_model.__module__)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("halkhata.")
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.is_relation and field.related_model is not None
        if field.related_model.__module__.startswith("halkhata.")
    ]


def test_the_rule_itself():
    assert may_point("halkhata.desks.tickets.models", "halkhata.engines.work.models.items")
    assert may_point("halkhata.engines.messaging.models.inbound", "halkhata.engines.work.models")
    assert not may_point("halkhata.engines.work.models", "halkhata.engines.messaging.models.inbound")
    assert not may_point("halkhata.desks.tickets.models", "halkhata.desks.feedback.models")
    assert not may_point("halkhata.records.customers.models", "halkhata.engines.work.models")
    assert not may_point("halkhata.foundation.audit.models", "halkhata.foundation.accounts.models")


def test_every_foreign_key_points_down_or_stays_inside_its_app():
    references = _references()
    assert len(references) > 40
    upwards = [f"{name} -> {target}" for source, name, target in references if not may_point(source, target)]
    assert upwards == []
