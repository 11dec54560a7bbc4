"""The shop's promises as they stand now: which policy, working time and rows of the matrix concern an item.

It is made anew for each act and each part of a sweep, so an edit is seen by whatever begins after it; what it reads is
remembered by ``shop_terms``.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger
from halkhata.engines.work.models import EscalationLevel, EscalationRule, SlaPolicy, WorkItem
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.ceiling import in_force
from halkhata.engines.work.promise.clock import due_at
from halkhata.engines.work.promise.history import ClockKind, Targets
from halkhata.engines.work.selectors.calendars import branch_line
from halkhata.engines.work.selectors.category_lines import Line, category_lines_of
from halkhata.engines.work.selectors.item_facts import SEGMENT, Facts, read_facts, stored_facts
from halkhata.engines.work.selectors.shop_terms import ShopTerms, shop_terms
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Terms:
    """What one item is promised: the policy that won, its working time, and its targets by priority."""

    policy: SlaPolicy
    calendar: WorkingCalendar
    targets: dict[str, Targets]

    def in_force(self, kind: ClockKind, start: datetime, target: timedelta) -> tuple[timedelta, WorkingCalendar]:
        """The time promised from ``start`` and the hours it is counted in, the policy's ceiling heeded (A52.16)."""
        return under_ceiling(self.policy, kind, start, target, self.calendar)


def under_ceiling(
    policy: SlaPolicy, kind: ClockKind, start: datetime, target: timedelta, calendar: WorkingCalendar
) -> tuple[timedelta, WorkingCalendar]:
    """The same for any policy. Only answers have a ceiling: what the law asks for is that somebody begins."""
    hours = None if kind is ClockKind.RESOLUTION else policy.ceiling_hours
    return in_force(start, target, calendar, None if hours is None else timedelta(hours=hours))


class PromiseBook:
    """Answers which promise applies to an item (A51.1)."""

    def __init__(self) -> None:
        self._calendars: dict[int, WorkingCalendar] = {}
        self._rules: dict[tuple[object, ...], list[EscalationRule]] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        self._lines: dict[int, Line] = {}

    def learn(self, items: Iterable[WorkItem]) -> None:
        """Read what has to be known of many items at once before they are asked for one by one."""
        items = list(items)
        told_apart = [item for item in items if item.pk not in self._lines and self._terms.asks_category_of(item.kind)]
        if told_apart:
            self._lines |= category_lines_of(told_apart)
        wanted = {item.pk: (item, self._missing(item)) for item in items}
        asked = {pk: codes for pk, (_item, codes) in wanted.items() if codes}
        if asked:
            self._facts |= read_facts([wanted[pk][0] for pk in asked], asked)

    def facts_of(self, item: WorkItem) -> Facts:
        """What policies and steps ask of the item: kept with it, or read now; no statement when none asks."""
        if self._missing(item):
            self.learn([item])
        return self._facts.get(item.pk) or stored_facts(item)

    def category_line(self, item: WorkItem) -> Line:
        """The category of the item and those it is part of; nothing, and no statement, where nobody asks for one."""
        if not self._terms.asks_category_of(item.kind):
            return ()
        if item.pk not in self._lines:
            self._lines |= category_lines_of([item])
        return self._lines[item.pk]

    def _missing(self, item: WorkItem) -> frozenset[str]:
        asked = self._terms.asked_of(item.kind)
        return asked - set(self._facts.get(item.pk) or stored_facts(item)) if asked else asked

    @cached_property
    def _terms(self) -> ShopTerms:
        return shop_terms()

    @cached_property
    def confirm_minutes(self) -> dict[int, int]:
        """How long whoever is told on a rung has to confirm, in minutes; a rung that is left out need not."""
        levels = EscalationLevel.objects.filter(confirm_minutes__isnull=False)
        return {level: minutes for level, minutes in levels.values_list("level", "confirm_minutes") if minutes}

    def confirm_by(self, item: WorkItem, rung: int, at: datetime) -> datetime | None:
        """By when a step told at ``at`` must be confirmed, counted in the hours of the item's promise (A52.12)."""
        minutes = self.confirm_minutes.get(rung)
        if minutes is None:
            return None
        return due_at(at, timedelta(minutes=minutes), self.terms_for(item).calendar)

    def policy_for(self, item: WorkItem) -> SlaPolicy:
        """The first policy whose conditions the item meets; the default is last and meets everything.

        Raises NotFound when not even a default exists (an install that was never set up).
        """
        facts = self.facts_of(item)
        for policy in self._terms.policies:
            if policy.is_default or meets(item, policy.conditions, facts, self.category_line(item)):
                return policy
        raise NotFound("no_policy", _("No promise has been set up yet. Add the default policy in the settings."))

    def terms_for(self, item: WorkItem) -> Terms:
        """The policy of the item with its calendar and targets."""
        policy = self.policy_for(item)
        return Terms(
            policy=policy,
            calendar=self.calendar_for(policy, item.branch),
            targets=self._terms.targets[policy.pk],
        )

    def calendar_for(self, policy: SlaPolicy, branch: Branch) -> WorkingCalendar:
        """Clock hours, the policy's own calendar, or the branch's."""
        if policy.around_the_clock:
            return WorkingCalendar.always_open(branch.time_zone)
        return self._calendar(policy.calendar_id or self._calendar_of(branch), branch)

    def opening_hours(self, branch: Branch) -> WorkingCalendar:
        """The hours the branch works by, whatever is promised; around the clock where nobody has said otherwise."""
        return self._calendar(self._calendar_of(branch), branch)

    def _calendar(self, calendar_id: int | None, branch: Branch) -> WorkingCalendar:
        if calendar_id is None or calendar_id not in self._terms.calendars:
            return WorkingCalendar.always_open(branch.time_zone)
        if calendar_id not in self._calendars:
            self._calendars[calendar_id] = _that_opens(self._terms.calendars[calendar_id])
        return self._calendars[calendar_id]

    def _calendar_of(self, branch: Branch) -> int | None:
        held = self._terms.calendar_of_branch
        return next((held[branch_id] for branch_id in branch_line(branch) if branch_id in held), None)

    def rules_for(self, item: WorkItem, *triggers: EscalationTrigger, metric: str = "") -> list[EscalationRule]:
        """The rows of the matrix that concern this item (and, for clock triggers, this metric).

        Lowest level first, and of one level those that ask for the most, of these the one of the item's own category
        before one of what that is part of: where two rows name one step, the first takes it.
        """
        segments = tuple(self.facts_of(item).get(SEGMENT, ()))
        line = self.category_line(item)
        key = (item.kind, item.priority, segments, line, triggers, metric)
        if key not in self._rules:
            found = [
                rule
                for rule in self._terms.rules
                if rule.trigger in triggers
                and rule.kind in {"", item.kind}
                and rule.priority in {"", item.priority}
                and rule.category in {"", *line}
                and rule.segment in {0, *segments}
                and (not metric or rule.metric in {"", metric})
            ]
            self._rules[key] = sorted(found, key=lambda rule: _place(rule, line))
        return self._rules[key]


def _place(rule: EscalationRule, line: Line) -> tuple[int, int, int]:
    # Sorting is stable: what is equal here stays in the order of the settings.
    return rule.level, -rule.specificity, line.index(rule.category) if rule.category else len(line)


def _that_opens(calendar: WorkingCalendar) -> WorkingCalendar:
    """The calendar itself; when it never opens any more, clock hours, which are stricter.

    The services refuse such a calendar. Should one be there all the same, it must not keep a complaint from being
    taken down.
    """
    try:
        calendar.next_opening(now())
    except CalendarError:
        logger.exception("a calendar never opens; its promises count every hour instead")
        return WorkingCalendar.always_open(calendar.zone)
    return calendar


def meets(item: WorkItem, conditions: dict[str, Any], facts: Facts, line: Line) -> bool:
    """Whether the item meets every condition; an absent or empty one matches everything.

    ``line``: its category and those that is part of.
    """
    return all(_meets_one(item, name, wanted, facts, line) for name, wanted in conditions.items() if wanted)


def _meets_one(item: WorkItem, name: str, wanted: list[Any], facts: Facts, line: Line) -> bool:
    if name == "category":
        return not set(wanted).isdisjoint(line)
    columns = {"kind": "kind", "priority": "priority", "channel": "channel", "team": "team_id", "branch": "branch_id"}
    if name in columns:
        return getattr(item, columns[name]) in wanted
    # A condition that nothing here can answer is met by no item.
    return not set(wanted).isdisjoint(facts.get(name, ()))
