"""The settings that every act on an item asks for, read once and remembered for as long as nobody writes them.

Policies with targets, calendars, the escalation matrix and checklist templates are a few dozen rows that hardly ever
change, and each event of each item needs all of them. What was read is kept in the process under the stamp that the
database gives those tables (models/terms.py): one look at the stamp replaces ten queries. An edit made anywhere, also
by another process or not yet committed in this transaction, is a different stamp, and a rolled-back edit leaves one
that never comes again. The rows are shared by threads: nobody writes into them.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from halkhata.engines.work.choices import Metric
from halkhata.engines.work.models import (
    BranchCalendar,
    BusinessCalendar,
    ChecklistTemplate,
    EscalationRule,
    SlaPolicy,
    TermsStamp,
)
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.history import Targets
from halkhata.engines.work.selectors.calendars import working_calendar
from halkhata.engines.work.selectors.item_facts import SEGMENT, fact_codes
from halkhata.engines.work.selectors.remembered import RememberedByStamp

logger = logging.getLogger(__name__)

_STAMP = f"SELECT value FROM {TermsStamp._meta.db_table} WHERE id = 1"  # noqa: S608 - a name of ours
# What ``same_terms`` saw; None outside of it.
_held: ContextVar["list[ShopTerms] | None"] = ContextVar("shop_terms_held", default=None)


@dataclass(frozen=True)
class ShopTerms:
    """The terms under one stamp. ``policies`` are the active ones in order, the default last."""

    policies: tuple[SlaPolicy, ...]
    targets: dict[int, dict[str, Targets]]
    rules: tuple[EscalationRule, ...]
    calendars: dict[int, WorkingCalendar]
    calendar_of_branch: dict[int, int]
    checklists: tuple[ChecklistTemplate, ...]
    # Kind of work ("": any) and what a policy or a step asks of it that is no column of the item.
    asked: frozenset[tuple[str, str]]
    # Kinds of work ("": any) of which a policy or a step asks the category.
    asked_categories: frozenset[str]

    def asked_of(self, kind: str) -> frozenset[str]:
        """What has to be known of an item of this kind before its promise can be chosen; mostly nothing."""
        return frozenset(code for about, code in self.asked if about in {"", kind})

    def asks_category_of(self, kind: str) -> bool:
        """Whether what an item of this kind is about has to be known for its promise and its steps."""
        return not self.asked_categories.isdisjoint({"", kind})


@contextmanager
def same_terms() -> Iterator[None]:
    """Within the block, which changes no settings, the terms are looked at once: all its promises are of one book."""
    if _held.get() is not None:
        yield
        return
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def shop_terms() -> ShopTerms:
    """The terms as this transaction sees them: one query, ten when they have changed."""
    held = _held.get()
    if held is None:
        return _looked_at()
    if not held:
        held.append(_looked_at())
    return held[0]


def _looked_at() -> ShopTerms:
    return _remembered.get(_stamp())


def _stamp() -> str | None:
    # Without the ORM, which takes longer to write this down than the database to answer it.
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def _read() -> ShopTerms:
    policies = (
        SlaPolicy.objects.filter(is_active=True).order_by("is_default", "position", "id").prefetch_related("targets")
    )
    rules = tuple(EscalationRule.objects.filter(is_active=True).order_by("level", "id"))
    calendars: dict[int, WorkingCalendar] = {}
    for row in BusinessCalendar.objects.prefetch_related("intervals", "days__intervals"):
        try:
            calendars[row.pk] = working_calendar(row)
        except CalendarError:
            # The services refuse such rows. Should there be some all the same, clock hours hold, which are stricter.
            logger.exception("calendar %s cannot be read; its promises count every hour", row.pk)
    return ShopTerms(
        policies=tuple(policies),
        targets={policy.pk: targets_of(policy) for policy in policies},
        # The more specific first: of two rows for one step it is the one that is taken.
        rules=tuple(sorted(rules, key=lambda rule: (rule.level, -rule.specificity, rule.pk))),
        calendars=calendars,
        calendar_of_branch=dict(BranchCalendar.objects.values_list("branch_id", "calendar_id")),
        checklists=tuple(
            ChecklistTemplate.objects.filter(is_active=True).order_by("-category", "pk").prefetch_related("lines")
        ),
        asked=frozenset(_asked(policies, rules)),
        asked_categories=frozenset(_asked_categories(policies, rules)),
    )


_remembered = RememberedByStamp(_read, _stamp)


def _asked(policies: Iterable[SlaPolicy], rules: Iterable[EscalationRule]) -> Iterator[tuple[str, str]]:
    known = fact_codes()
    for policy in policies:
        conditions: dict[str, Any] = {} if policy.is_default else policy.conditions
        for code, values in conditions.items():
            if values and code in known:
                yield from ((kind, code) for kind in conditions.get("kind") or [""])
    yield from ((rule.kind, SEGMENT) for rule in rules if rule.segment)


def _asked_categories(policies: Iterable[SlaPolicy], rules: Iterable[EscalationRule]) -> Iterator[str]:
    for policy in policies:
        conditions: dict[str, Any] = {} if policy.is_default else policy.conditions
        if conditions.get("category"):
            yield from conditions.get("kind") or [""]
    yield from (rule.kind for rule in rules if rule.category)


def targets_of(policy: SlaPolicy) -> dict[str, Targets]:
    """The targets of a policy by priority, as the pure clock wants them."""
    minutes: dict[str, dict[str, timedelta]] = {}
    for target in policy.targets.all():
        minutes.setdefault(target.priority, {})[target.metric] = timedelta(minutes=target.minutes)
    return {
        priority: Targets(
            first_response=known.get(Metric.FIRST_RESPONSE),
            next_response=known.get(Metric.NEXT_RESPONSE),
            resolution=known.get(Metric.RESOLUTION),
        )
        for priority, known in minutes.items()
    }
