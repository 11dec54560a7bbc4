"""Whose records have fields of the shop's own: filled by the apps above in ``AppConfig.ready()``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from halkhata.foundation.core.registry import Registry

BUILT_IN = "="
"""First character of a built-in field's code in layouts and rules, so that a shop's own field may have its name."""


@dataclass(frozen=True, kw_only=True)
class BuiltInField:
    """A field that the record has anyway, as layouts and rules name it. ``kind`` as in FieldKind.

    ``may_hide``: whether a layout may take it off the form; ``choices`` gives pairs of code and label.
    """

    code: str
    label: Any
    kind: str = "text"
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    in_layout: bool = True


@dataclass(frozen=True, kw_only=True)
class FieldTarget:
    """Records with fields and tags.

    ``records(user)`` are those the user sees; ``lock(actor, pk)`` holds one for change and raises when the actor may
    not; ``read(record)`` gives the values of the built-in fields; ``changed(actor=…, record=…, codes=…)`` tells of a
    change (timeline, event) in its transaction; ``see_private(reader)`` says who sees private values whole.
    """

    label: Any
    record_label: Any
    # Models that stand on ValueRow and TagUse, each with a key ``record``, which the abstract ones cannot have.
    values: Any
    tag_uses: Any
    records: Callable[[Any], "models.QuerySet[Any]"]
    lock: Callable[[Any, int], Any]
    may_edit: Callable[[Any], bool]
    see_private: Callable[[Any], bool]
    built_in: Sequence[BuiltInField]
    read: Callable[[Any], Mapping[str, Any]]
    url: Callable[[Any], str]
    changed: Callable[..., None]
    view_permission: str
    edit_permission: str
    order: int = 100
    # Whether the same identity paper at two records is a sign that they are one: then a field can be one for papers.
    has_doubles: bool = False


field_targets: Registry[FieldTarget] = Registry("field_targets")


def target_called(name: str) -> FieldTarget:
    """The target of this name. Raises KeyError for one that no app registered."""
    return field_targets.get(name)
