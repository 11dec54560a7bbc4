"""The root causes a shop knows, in its order and its words (A52.22)."""

from dataclasses import dataclass

from halkhata.desks.tickets.choices import RootCause
from halkhata.desks.tickets.models import Category, RootCauseEntry
from halkhata.foundation.accounts.models import in_reader_language


@dataclass(frozen=True)
class Cause:
    """One cause as people choose it. ``is_known``: the product knows it; the shop may only rename or rest it.

    ``category_ids``: where it is offered; empty: everywhere.
    """

    code: str
    label: str
    position: int
    is_active: bool
    is_known: bool
    category_ids: frozenset[int]


@dataclass
class _Row:
    name: str
    position: int
    is_active: bool
    category_ids: set[int]


def _rows() -> dict[str, _Row]:
    """The shop's own rows by code, each with its categories, in one query: it is asked on every ticket's page."""
    found: dict[str, _Row] = {}
    values = RootCauseEntry.objects.order_by("position", "code", "pk").values_list(
        "code", "name_bn", "name_en", "position", "is_active", "categories"
    )
    for code, name_bn, name_en, position, is_active, category_id in values:
        row = found.setdefault(code, _Row(in_reader_language(name_bn, name_en), position, is_active, set()))
        if category_id is not None:
            row.category_ids.add(category_id)
    return found


def root_causes(*, also_resting: bool = False) -> list[Cause]:
    """The causes in the order of the register, "other" last: one query. Labels in the reader's language."""
    rows = _rows()
    found: list[tuple[int, int, Cause]] = []
    for number, known in enumerate(RootCause):
        row = rows.pop(known.value, None) or _Row(str(known.label), (number + 1) * 10, True, set())
        found.append((row.position, number, _cause(known.value, row, is_known=True)))
    for number, (code, own) in enumerate(rows.items(), start=len(found)):
        found.append((own.position, number, _cause(code, own, is_known=False)))
    found.sort(key=lambda entry: (entry[2].code == RootCause.OTHER, *entry[:2]))
    return [cause for _position, _number, cause in found if also_resting or cause.is_active]


def _cause(code: str, row: _Row, *, is_known: bool) -> Cause:
    return Cause(
        code=code, label=row.name, position=row.position, is_active=row.is_active, is_known=is_known,
        category_ids=frozenset(row.category_ids),
    )  # fmt: skip


def causes_for(category: Category | None) -> list[Cause]:
    """The causes to choose from for a ticket of this category; without one, all that are in use."""
    return [
        cause
        for cause in root_causes()
        if category is None or not cause.category_ids or category.pk in cause.category_ids
    ]


def is_offered(code: str, category: Category | None) -> bool:
    """Whether a ticket of this category may be solved with this cause."""
    return any(cause.code == code for cause in causes_for(category))


def cause_labels() -> dict[str, str]:
    """The words of every cause by its code, those out of use too. For lists of what was said."""
    return {cause.code: cause.label for cause in root_causes(also_resting=True)}
