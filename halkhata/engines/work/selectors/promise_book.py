"""The shop's promises as they stand now: which policy, working time and rows of the matrix concern an item.

It is made anew for each act and each part of a sweep, so an edit is seen by whatever begins after it; what it reads is
remembered by ``shop_terms``.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger
from halkhata.engines.work.models import EscalationLevel, EscalationRule, SlaPolicy, WorkItem
from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import due_at
from halkhata.engines.work.promise.history import Targets
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.calendars import branch_line
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


class PromiseBook:
    """Answers which promise applies to an item (A51.1)."""

    def __init__(self) -> None:
        self._calendars: dict[int, WorkingCalendar] = {}
        self._rules: dict[tuple[object, ...], list[EscalationRule]] = {}

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
        for policy in self._terms.policies:
            if policy.is_default or meets(item, policy.conditions):
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
        """The rows of the matrix that concern this item (and, for clock triggers, this metric), lowest level first."""
        key = (item.kind, item.priority, triggers, metric)
        if key not in self._rules:
            self._rules[key] = [
                rule
                for rule in self._terms.rules
                if rule.trigger in triggers
                and rule.kind in {"", item.kind}
                and rule.priority in {"", item.priority}
                and (not metric or rule.metric in {"", metric})
            ]
        return self._rules[key]


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


def meets(item: WorkItem, conditions: dict) -> bool:
    """Whether the item meets every condition; an absent or empty one matches everything."""
    known = {
        "kind": item.kind,
        "priority": item.priority,
        "channel": item.channel,
        "team": item.team_id,
        "branch": item.branch_id,
    }
    for name, wanted in conditions.items():
        if not wanted:
            continue
        if name == "category":
            kind = item_kinds.find(item.kind)
            value: str | int | None = (
                kind.category_of(item) if kind is not None and kind.category_of is not None else ""
            )
        elif name in known:
            value = known[name]
        else:
            return False
        if value not in wanted:
            return False
    return True
