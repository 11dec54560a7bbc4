""" "Is it in warranty?" in one look: green, amber or red, the sentence that decides, and each component (US-13)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import format_date, format_number, format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.warranty.choices import CoverSource, CoverState, VoidReason
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.words import usage_short

State = Literal["green", "amber", "red"]
# What runs out within this many days, or has this share of the use left, is amber: still covered, but say it.
SOON_DAYS = 30
NEARLY_USED = 0.95
_REF = re.compile(r"\b[A-Z]{1,3}-[0-9]{1,12}\b")
_ORDER = {"green": 0, "amber": 1, "red": 2}


@dataclass(frozen=True, kw_only=True)
class ComponentVerdict:
    """What holds for one component today: of all its covers the one that is best for the customer."""

    component: str
    label: str
    state: State
    parts: bool
    labour: bool
    visit: bool
    exchange: bool = False
    ends_on: date | None
    usage_limit: int | None
    reading: int | None
    rule: str
    exclusions: str = ""
    cover_id: int | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The whole answer: that of the whole unit; amber where only a component is still covered."""

    state: State
    sentence: str
    lines: tuple[ComponentVerdict, ...]


def verdict_of(unit: Unit, *, on: date | None = None, reading: int | None = None) -> Verdict:
    """Whether ``unit`` is covered on ``on`` (today) at ``reading`` (the last known), in the reader's language.

    Time and use, whichever comes first; overlapping covers count for the customer. One query.
    """
    return verdict_with_covers(unit, on=on, reading=reading)[0]


def verdict_with_covers(
    unit: Unit, *, on: date | None = None, reading: int | None = None
) -> tuple[Verdict, Sequence[Cover]]:
    """The same, with the covers that it was read off. One query."""
    covers = list(unit.covers.annotate(last_reading=last_reading()))
    known = reading if reading is not None else next((cover.last_reading for cover in covers), None)
    verdict = judge(covers, day=on or today(), reading=known, usage_unit=unit.product.kind.usage_unit)
    return verdict, covers


def last_reading() -> Subquery:
    """What the meter showed last, for rows that belong to a unit."""
    return Subquery(Reading.objects.filter(unit=OuterRef("unit")).order_by("-read_on", "-pk").values("value")[:1])


def judge(covers: Iterable[Cover], *, day: date, reading: int | None, usage_unit: str = "") -> Verdict:
    """The verdict over ``covers`` of one unit. No query: for lists of many units."""
    by_component: dict[str, list[ComponentVerdict]] = {}
    for cover in covers:
        if cover.state == CoverState.MOVED:
            continue
        line = _line(cover, day=day, reading=reading, usage_unit=usage_unit)
        by_component.setdefault(cover.component, []).append(line)
    lines = tuple(_best(found) for found in by_component.values())
    lines = tuple(sorted(lines, key=lambda line: (line.component != "all",)))
    if not lines:
        return Verdict(state="red", sentence=_("No warranty is written down for this unit."), lines=())
    whole = next((line for line in lines if line.component == "all"), None)
    if whole is not None and whole.state != "red":
        return Verdict(state=whole.state, sentence=whole.rule, lines=lines)
    best = min(lines, key=lambda line: (_ORDER[line.state], line is not whole))
    if whole is not None and best.state != "red":
        # The whole is over, a component is not: amber, with the component named.
        sentence = _("%(rule)s Still covered: %(label)s, %(other)s") % {
            "rule": whole.rule, "label": best.label, "other": best.rule,
        }  # fmt: skip
        return Verdict(state="amber", sentence=sentence, lines=lines)
    sentence = best.rule if best is whole or len(lines) == 1 else f"{best.label}: {best.rule}"
    return Verdict(state=best.state, sentence=sentence, lines=lines)


def _best(found: list[ComponentVerdict]) -> ComponentVerdict:
    """The better for the customer: covered before not covered, more covered things, then the later end."""
    best = min(
        found,
        key=lambda line: (
            line.state == "red",
            -(line.exchange + line.parts + line.labour + line.visit),
            -(line.ends_on or date.min).toordinal(),
            _ORDER[line.state],
        ),
    )
    if best.state == "amber" and any(line.state == "green" for line in found):
        # It runs out soon, but another one goes on after it.
        best = next(line for line in found if line.state == "green")
    return best


def _line(cover: Cover, *, day: date, reading: int | None, usage_unit: str) -> ComponentVerdict:
    state, rule = _rule(cover, day=day, reading=reading, usage_unit=usage_unit)
    covered = state != "red"
    return ComponentVerdict(
        component=cover.component,
        label=cover.label,
        state=state,
        parts=covered and cover.covers_parts,
        labour=covered and cover.covers_labour,
        visit=covered and cover.covers_visit,
        exchange=covered and cover.covers_exchange,
        ends_on=cover.ends_on,
        usage_limit=cover.usage_limit,
        reading=reading,
        rule=rule,
        exclusions=cover.exclusions,
        cover_id=cover.pk,
        source=str(CoverSource(cover.source).label),
    )


def _rule(cover: Cover, *, day: date, reading: int | None, usage_unit: str) -> tuple[State, str]:
    if cover.state == CoverState.VOID:
        return "red", _("Void: %(reason)s.") % {"reason": VoidReason(cover.void_reason).label}
    if cover.state == CoverState.ENDED:
        return "red", _("Ended early: %(why)s.") % {"why": _why(cover.state_note)}
    if day < cover.starts_on:
        if cover.source == CoverSource.EXTENDED:
            return "red", _("Begins on %(day)s.") % {"day": _day(cover.starts_on)}
        return "red", _("Not begun: it runs from %(day)s.") % {"day": _day(cover.starts_on)}
    limit = usage_text(cover.usage_limit, reading, usage_unit)
    if day > cover.ends_on:
        return "red", _("Over since %(day)s.") % {"day": _day(cover.ends_on)}
    if cover.usage_limit is not None and reading is not None and reading > cover.usage_limit:
        return "red", _("Over by use: %(usage)s.") % {"usage": limit}
    rule = _("Until %(day)s") % {"day": _day(cover.ends_on)} + (f"; {limit}" if limit else "") + _full_stop()
    if cover.state == CoverState.PENDING:
        return "amber", _("%(rule)s Runs from the installation, which is not written down yet.") % {"rule": rule}
    if cover.usage_limit is not None and reading is None:
        return "amber", _("%(rule)s Ask for the meter: it also ends by use.") % {"rule": rule}
    if (cover.ends_on - day).days <= SOON_DAYS or (
        cover.usage_limit is not None and reading is not None and reading >= cover.usage_limit * NEARLY_USED
    ):
        return "amber", _("%(rule)s It runs out soon.") % {"rule": rule}
    return "green", rule


def usage_text(limit: int | None, reading: int | None, usage_unit: str) -> str:
    """ "28,400/30,000 km" in the reader's digits, "up to 30,000 km" without a reading; "" without a limit."""
    if limit is None:
        return ""
    digits = current_reader().digits
    most = f"{format_number(limit, digits=digits)} {usage_short(usage_unit)}".strip()
    if reading is None:
        return _("up to %(use)s") % {"use": most}
    return f"{format_number(reading, digits=digits)}/{most}"


def _why(note: str) -> str:
    """Why a cover ended, with numbers of ours ("E-1008") as the reader says them."""
    if not note:
        return _("sale reversed")
    if note == "transfer":
        return _("handed on to another owner")
    reader = current_reader()
    return _REF.sub(lambda found: format_ref(found[0], language=reader.language, digits=reader.digits), note)


def _full_stop() -> str:
    return "।" if (get_language() or "").startswith("bn") else "."


def _day(value: date) -> str:
    reader = current_reader()
    return format_date(value, language=reader.language, digits=reader.digits, style="numeric").replace("/", "-")
