"""Changing what is promised: ordered policies with their targets, and the escalation matrix (A51.1, A51.2, A52.11)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Metric, Priority
from halkhata.engines.work.models import BusinessCalendar, EscalationRule, SlaPolicy, SlaTarget
from halkhata.engines.work.registry import promise_conditions
from halkhata.engines.work.selectors.conditions import category_choices
from halkhata.engines.work.services.settings_changed import must_edit_settings, settings_changed
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text

Minutes = dict[tuple[str, str], int | None]
"""Promised minutes by (priority, metric)."""

LONGEST = 525_600
"""A promise of more than a year is a typing error."""
LONGEST_CEILING = LONGEST // 60
"""So is a limit of more than a year, in hours."""


@transaction.atomic
def save_policy(
    *,
    actor: Actor,
    policy: SlaPolicy | None,
    name_bn: str,
    name_en: str,
    targets: Minutes,
    conditions: dict[str, list[Any]] | None = None,
    around_the_clock: bool = False,
    calendar: BusinessCalendar | None = None,
    warn_at: tuple[int, ...] | list[int] = (50, 75, 90),
    warn_left: tuple[int, ...] | list[int] | None = None,
    ceiling_hours: int | None = None,
    notes_count_as_answer: bool = False,
    is_active: bool = True,
    is_default: bool = False,
    version: int | None = None,
    is_demo: bool = False,
) -> SlaPolicy:
    """Make a policy (last of the list, before the default) or change one; each change is a new version.

    Every priority that the policy may meet needs a target for first answer and for resolution, and the first must not
    be longer (A51.2). ``warn_left``: minutes left at which a warning goes out, besides the shares; None leaves those
    of the policy as they are. ``ceiling_hours``: a first or next answer is due so many hours of the clock after its
    beginning at the latest (A52.16); no target of theirs may be longer. ``notes_count_as_answer``: a person's public
    note keeps the promise of an answer (A51.6). Raises PermissionRefused, Conflict (``changed_meanwhile``),
    DomainError: ``name_missing``, ``target_missing``, ``target_range``,
    ``first_after_resolution``, ``default_stays_active``, ``bad_warning``, ``bad_condition``, ``ceiling_range``,
    ``over_ceiling``.
    """
    must_edit_settings(actor)
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("name_missing", _("Give it a name."), field="name_bn")
    wanted = _checked_conditions(conditions or {})
    if policy is not None:
        policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
        if version is not None and policy.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            )
        is_default = policy.is_default
    if is_default:
        if not is_active:
            raise DomainError(
                "default_stays_active", _("The default promise cannot be switched off."), field="is_active"
            )
        wanted = {}
    _check_targets(targets, wanted.get("priority") or list(Priority.values))
    _check_ceiling(targets, ceiling_hours)
    shares = sorted({int(share) for share in warn_at})
    if any(not 0 < share < 100 for share in shares):
        raise DomainError("bad_warning", _("A warning comes between 1 and 99 per cent of the time."), field="warn_at")
    left = None if warn_left is None else sorted({int(minutes) for minutes in warn_left}, reverse=True)
    if left is not None and any(not 0 < minutes <= LONGEST for minutes in left):
        raise DomainError("bad_warning", _("Write minutes from one up, like 30."), field="warn_left")
    before = None if policy is None else _as_values(policy)
    if policy is None:
        policy = SlaPolicy(position=_next_position(), is_default=is_default, is_demo=is_demo)
    else:
        policy.version += 1
    policy.name_bn, policy.name_en, policy.conditions, policy.is_active = bn, en, wanted, is_active
    policy.around_the_clock, policy.calendar = around_the_clock, calendar
    policy.warn_at, policy.notes_count_as_answer = shares, notes_count_as_answer
    policy.ceiling_hours = ceiling_hours
    if left is not None:
        policy.warn_left = left
    policy.save()
    policy.targets.all().delete()
    SlaTarget.objects.bulk_create(
        SlaTarget(policy=policy, priority=priority, metric=metric, minutes=minutes)
        for (priority, metric), minutes in targets.items()
        if minutes
    )
    record(actor=actor, action="policy.save", record=policy, before=before, after=_as_values(policy))
    settings_changed("policy")
    return policy


@transaction.atomic
def move_policy(*, actor: Actor, policy: SlaPolicy, up: bool) -> None:
    """Swap a policy with its neighbour in the order; the default always stays last. Raises PermissionRefused."""
    must_edit_settings(actor)
    if policy.is_default:
        return
    order = list(SlaPolicy.objects.select_for_update().filter(is_default=False).order_by("position", "pk"))
    at = next(index for index, row in enumerate(order) if row.pk == policy.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(order):
        return
    order[at], order[other] = order[other], order[at]
    for position, row in enumerate(order, start=1):
        if row.position != position:
            SlaPolicy.objects.filter(pk=row.pk).update(position=position)
    record(actor=actor, action="policy.order", record=policy, after={"order": [row.pk for row in order]})
    settings_changed("policy")


@transaction.atomic
def save_rule(
    *,
    actor: Actor,
    rule: EscalationRule | None,
    kind: str = "",
    category: str = "",
    priority: str = "",
    segment: int = 0,
    metric: str = "",
    level: int,
    trigger: str,
    threshold: int = 0,
    notify: bool = True,
    reassign: bool = False,
    raise_priority: bool = False,
    is_active: bool = True,
    is_demo: bool = False,
) -> EscalationRule:
    """Make a row of the escalation matrix or change one. ``segment``: of customers in this segment only; 0: of all.

    ``category``: a desk's code; what is part of it counts, too. Raises PermissionRefused, DomainError: ``bad_level``,
    ``bad_trigger``, ``bad_threshold``, ``bad_segment``, ``bad_category`` (none of this kind of work), ``rule_exists``,
    ``rule_does_nothing``.
    """
    must_edit_settings(actor)
    if level not in dict(EscalationRule.LEVELS):
        raise DomainError("bad_level", _("Choose a level from the list."), field="level")
    if trigger not in EscalationTrigger.values:
        raise DomainError("bad_trigger", _("Choose what makes it happen."), field="trigger")
    counted = trigger in {EscalationTrigger.SHARE, EscalationTrigger.REOPENS, EscalationTrigger.SILENCE}
    if counted and not 1 <= threshold <= 1000:
        raise DomainError("bad_threshold", _("Write a number from 1 to 1000."), field="threshold")
    if not (notify or reassign or raise_priority):
        raise DomainError("rule_does_nothing", _("Choose at least one thing to do."), field="notify")
    if segment and (rule is None or rule.segment != segment) and segment not in _segments():
        raise DomainError("bad_segment", _("Choose a segment from the list."), field="segment")
    stays = rule is not None and (rule.category, rule.kind) == (category, kind)
    if category and not stays and category not in dict(category_choices(kind)):
        raise DomainError("bad_category", _("There is no such category of this kind of work."), field="category")
    rule = rule or EscalationRule(is_demo=is_demo)
    before = None if rule.pk is None else _rule_values(rule)
    rule.kind, rule.priority, rule.level, rule.trigger = kind, priority, level, trigger
    rule.segment, rule.category = segment, category
    rule.metric = metric if trigger in {EscalationTrigger.SHARE, EscalationTrigger.BREACH} else ""
    rule.threshold = threshold if counted else 0
    rule.notify, rule.reassign, rule.raise_priority, rule.is_active = notify, reassign, raise_priority, is_active
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise DomainError("rule_exists", _("There is such a step already.")) from error
    record(actor=actor, action="escalation.save", record=rule, before=before, after=_rule_values(rule))
    settings_changed("escalation")
    return rule


@transaction.atomic
def remove_rule(*, actor: Actor, rule: EscalationRule) -> None:
    """Take a row out of the matrix; what it did stays in the history. Raises PermissionRefused."""
    must_edit_settings(actor)
    record(actor=actor, action="escalation.remove", record=rule, before=_rule_values(rule))
    rule.delete()
    settings_changed("escalation")


def _check_targets(targets: Minutes, priorities: list[str]) -> None:
    for (priority, metric), minutes in targets.items():
        if minutes is not None and not 1 <= minutes <= LONGEST:
            raise DomainError(
                "target_range",
                _("A promise lies between one minute and one year."),
                field=f"target_{priority}_{metric}",
            )
    for priority in Priority.values:
        if priority not in priorities:
            continue
        for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
            if not targets.get((priority, metric)):
                raise DomainError(
                    "target_missing",
                    _("Every priority needs a time for the first answer and for the resolution."),
                    field=f"target_{priority}_{metric}",
                )
    for priority in Priority.values:
        first = targets.get((priority, Metric.FIRST_RESPONSE))
        last = targets.get((priority, Metric.RESOLUTION))
        if first and last and first > last:
            raise DomainError(
                "first_after_resolution",
                _("The first answer must not be promised later than the resolution."),
                field=f"target_{priority}_{Metric.FIRST_RESPONSE}",
            )


def _check_ceiling(targets: Minutes, ceiling_hours: int | None) -> None:
    if ceiling_hours is None:
        return
    if not 1 <= ceiling_hours <= LONGEST_CEILING:
        raise DomainError("ceiling_range", _("Write hours from 1 to 8760, or nothing."), field="ceiling_hours")
    for (priority, metric), minutes in targets.items():
        if metric != Metric.RESOLUTION and minutes and minutes > ceiling_hours * 60:
            raise DomainError(
                "over_ceiling",
                _("An answer must not be promised later than the limit in hours of the clock."),
                field=f"target_{priority}_{metric}",
            )


def _checked_conditions(conditions: dict[str, list[Any]]) -> dict[str, list[Any]]:
    unknown = {name for name in conditions if name not in promise_conditions}
    if unknown:
        raise DomainError("bad_condition", _("There is no such condition."), names=sorted(unknown))
    return {name: list(values) for name, values in conditions.items() if values}


def _segments() -> set[int]:
    condition = promise_conditions.find("segment")
    offered = condition.choices() if condition is not None and condition.choices is not None else ()
    return {int(value) for value, _label in offered}


def _next_position() -> int:
    last = SlaPolicy.objects.filter(is_default=False).order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def _as_values(policy: SlaPolicy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "active": policy.is_active,
        "conditions": policy.conditions,
        "around_the_clock": policy.around_the_clock,
        "calendar": policy.calendar_id,
        "warn_at": policy.warn_at,
        "warn_left": policy.warn_left,
        "ceiling_hours": policy.ceiling_hours,
        "notes_count_as_answer": policy.notes_count_as_answer,
        "targets": {f"{row.priority}/{row.metric}": row.minutes for row in policy.targets.all()},
    }


def _rule_values(rule: EscalationRule) -> dict[str, Any]:
    names = (
        "kind",
        "category",
        "priority",
        "segment",
        "metric",
        "level",
        "trigger",
        "threshold",
        "notify",
        "reassign",
        "raise_priority",
        "is_active",
    )
    return {name: getattr(rule, name) for name in names}
