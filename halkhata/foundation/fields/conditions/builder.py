"""The form in which people put conditions together: read from what was posted, changed by its buttons, shown again.

Without a script each button sends the form and the page comes back with one line more or less; with htmx only the
conditions are exchanged. Names of inputs follow the tree: ``c`` is the top, ``c.0`` its first node, ``c.0.1`` a node in
that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.own_numbers import text_in_field
from halkhata.foundation.fields.conditions.tree import (
    MAX_DEPTH,
    MAX_LINES,
    MODE_LABELS,
    MODES,
    OPERATOR_LABELS,
    RELATIVE,
    WITH_SEVERAL,
    WITHOUT_VALUE,
    ConditionField,
)

ROOT = "c"


@dataclass(kw_only=True)
class Draft:
    """One node as it stands in the form, finished or not."""

    path: str
    mode: str = ""
    nodes: list["Draft"] = field(default_factory=list)
    code: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    # What the template shows; filled by ``dress``.
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """Whether it holds other nodes."""
        return bool(self.mode)

    @property
    def depth(self) -> int:
        """How deep it lies: 0 for the top."""
        return self.path.count(".")


def draft_of(data: Any) -> Draft:
    """The form of a stored tree; without one, an empty line to begin with."""
    draft = _from_json(data) if data else Draft(path=ROOT, mode="all", nodes=[Draft(path="")])
    if not draft.is_group:
        draft = Draft(path=ROOT, mode="all", nodes=[draft])
    return _numbered(draft, ROOT)


def read_draft(posted: Mapping[str, Any]) -> Draft:
    """What was posted, with the button that was pressed carried out. ``posted`` is a QueryDict."""
    draft = _from_post(posted, ROOT, 0)
    if not draft.is_group:
        draft = Draft(path=ROOT, mode="all", nodes=[Draft(path="")])
    act, _colon, path = str(posted.get("act", "")).partition(":")
    if act in ("line", "group"):
        holder = _find(draft, path)
        if holder is not None and holder.is_group and len(holder.nodes) < MAX_LINES:
            new = Draft(path="") if act == "line" else Draft(path="", mode="any", nodes=[Draft(path="")])
            holder.nodes.append(new)
    elif act == "remove" and path != ROOT:
        holder = _find(draft, path.rpartition(".")[0])
        if holder is not None:
            holder.nodes = [node for node in holder.nodes if node.path != path]
    return _numbered(draft, ROOT)


def json_of(draft: Draft) -> dict[str, Any]:
    """The draft as ``parse`` wants it. Whether it means something is ``parse``'s to say."""
    if draft.is_group:
        return {draft.mode: [json_of(node) for node in draft.nodes]}
    found: dict[str, Any] = {"field": draft.code, "op": draft.op}
    if draft.op == "between":
        found["value"] = [*draft.values, "", ""][:2]
    elif draft.op in WITH_SEVERAL:
        found["value"] = draft.values
    elif draft.op and draft.op not in WITHOUT_VALUE:
        found["value"] = draft.values[0] if draft.values else ""
    return found


def dress(draft: Draft, fields: Mapping[str, ConditionField]) -> Draft:
    """Fill in what the template shows of each node: choices, the chosen one, kind of input."""
    if draft.is_group:
        draft.shown = {
            "modes": [(mode, MODE_LABELS[mode], mode == draft.mode) for mode in MODES],
            "may_nest": draft.depth < MAX_DEPTH - 1,
            "may_go": draft.path != ROOT,
        }
        for node in draft.nodes:
            dress(node, fields)
        return draft
    chosen = fields.get(draft.code)
    if chosen is not None and draft.op not in chosen.operators:
        draft.op = chosen.operators[0]
    first, second = [*draft.values, "", ""][:2]
    kind = _input(chosen, draft.op)
    if kind in ("number", "pair"):
        first, second = text_in_field(first), text_in_field(second)
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for one in fields.values():
        groups.setdefault(one.group, []).append((one.code, one.label, one.code == draft.code))
    draft.shown = {
        "fields": list(groups.items()),
        "operators": [(op, OPERATOR_LABELS[op], op == draft.op) for op in chosen.operators] if chosen else [],
        "input": kind,
        "choices": [(code, label, code in draft.values) for code, label in chosen.choices] if chosen else [],
        "first": first,
        "second": second,
        "label": chosen.label if chosen else _("Value"),
    }
    return draft


def _input(chosen: ConditionField | None, op: str) -> str:
    """Which control takes the value: "", "text", "number", "date", "one", "several"; "pair" for two ends."""
    if chosen is None or op in WITHOUT_VALUE:
        return ""
    if op in RELATIVE:
        return "number"
    if op in WITH_SEVERAL:
        return "several"
    if op == "between":
        return "pair_date" if chosen.kind == "date" else "pair"
    if chosen.choices:
        return "one"
    return chosen.kind if chosen.kind in ("number", "date") else "text"


def _from_json(data: Any) -> Draft:
    for mode in MODES:
        if mode in data:
            return Draft(path="", mode=mode, nodes=[_from_json(one) for one in data[mode]])
    value = data.get("value")
    values = value if isinstance(value, list) else [] if value is None else [value]
    return Draft(path="", code=data.get("field", ""), op=data.get("op", ""), values=[str(one) for one in values])


def _from_post(posted: Mapping[str, Any], path: str, depth: int) -> Draft:
    mode = posted.get(f"{path}.mode", "")
    if mode in MODES and depth < MAX_DEPTH:
        count = str(posted.get(f"{path}.count", "0"))
        number = min(int(count), MAX_LINES) if count.isascii() and count.isdigit() and len(count) < 4 else 0
        return Draft(path=path, mode=mode, nodes=[_from_post(posted, f"{path}.{n}", depth + 1) for n in range(number)])
    several = getattr(posted, "getlist", lambda name: [posted[name]] if name in posted else [])
    return Draft(
        path=path,
        code=str(posted.get(f"{path}.field", ""))[:60],
        op=str(posted.get(f"{path}.op", ""))[:20],
        values=[str(one)[:300] for one in several(f"{path}.value")][:MAX_LINES],
    )


def _find(draft: Draft, path: str) -> Draft | None:
    if draft.path == path:
        return draft
    return next((found for node in draft.nodes if (found := _find(node, path)) is not None), None)


def _numbered(draft: Draft, path: str) -> Draft:
    draft.path = path
    for number, node in enumerate(draft.nodes):
        _numbered(node, f"{path}.{number}")
    return draft
