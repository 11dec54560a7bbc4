"""The rows a new install starts with: opening hours, promises, the escalation matrix, checklists.

Times are those of stories.md D1: a person answers within 24 hours, which is one working day of a shop; action on any
complaint within 72 hours (A52.16), three working days. In Bangladesh these 72 hours are the law's, hours of the clock:
the ceiling of the standard promise (legal.py). Everything can be changed in the settings.
"""

from dataclasses import dataclass

from django.db import transaction

from halkhata.engines.work.choices import EscalationTrigger, Metric, Priority
from halkhata.engines.work.legal import hours_to_act
from halkhata.engines.work.models import BusinessCalendar, ChecklistTemplate, EscalationRule, SlaPolicy
from halkhata.engines.work.promise.calendar import Hours
from halkhata.engines.work.services.calendars import save_calendar, set_branches
from halkhata.engines.work.services.checklists import Line, save_template
from halkhata.engines.work.services.confirming import save_confirm_minutes
from halkhata.engines.work.services.policies import save_policy, save_rule
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM, Actor

FRIDAY = 4
OPENS, CLOSES = 9 * 60, 20 * 60
LUNCH = (13 * 60, 14 * 60)
HOUR = 60

# First answer, next answer, resolution, in working hours of a shop that is open ten hours a day.
TARGET_HOURS: dict[str, tuple[int, int, int]] = {
    Priority.URGENT: (1, 2, 10),
    Priority.HIGH: (4, 4, 20),
    Priority.NORMAL: (10, 10, 30),
    Priority.LOW: (10, 20, 70),
}

_SHARE, _BREACH = EscalationTrigger.SHARE, EscalationTrigger.BREACH
# priority, level, trigger, threshold
MATRIX: tuple[tuple[str, int, str, int], ...] = (
    ("", 1, _BREACH, 0),
    ("", 2, _BREACH, 0),
    ("", 3, _SHARE, 150),
    ("", 4, _SHARE, 200),
    (Priority.URGENT, 2, _SHARE, 75),
    (Priority.URGENT, 3, _BREACH, 0),
    (Priority.URGENT, 4, _SHARE, 150),
    ("", 2, EscalationTrigger.REOPENS, 1),
    ("", 3, EscalationTrigger.REOPENS, 2),
    ("", 2, EscalationTrigger.SILENCE, 3),
    ("", 3, EscalationTrigger.SILENCE, 7),
    ("", 3, EscalationTrigger.DEMAND, 0),
)

COMPLAINT_LINES: list[Line] = [
    ("কারণ খুঁজে বের করা হয়েছে", "The cause has been found", True),
    ("সমাধান গ্রাহককে জানানো হয়েছে", "The customer has been told the solution", True),
    ("গ্রাহক সন্তুষ্ট কি না জিজ্ঞেস করা হয়েছে", "The customer has been asked whether it is all right", True),
    ("মেমো বা ওয়ারেন্টি কার্ডের কপি রাখা হয়েছে", "A copy of the memo or warranty card is kept", False),
]
RECOVERY_LINES: list[Line] = [
    ("গ্রাহককে ফোন করে দুঃখ প্রকাশ করা হয়েছে", "The customer was called and we said sorry", True),
    ("কী ভুল হয়েছিল তা লেখা হয়েছে", "What went wrong is written down", True),
]


@dataclass(frozen=True)
class WorkSetup:
    """What was made, or found."""

    calendar: BusinessCalendar
    policy: SlaPolicy


@transaction.atomic
def create_default_work_setup(
    *,
    branch: Branch,
    opens: int = OPENS,
    closes: int = CLOSES,
    closed_weekdays: tuple[int, ...] = (FRIDAY,),
    lunch: tuple[int, int] | None = LUNCH,
    zone: str = "",
    country: str = "",
    actor: Actor = SYSTEM,
    is_demo: bool = False,
) -> WorkSetup:
    """Make the starting rows for a branch; what is there already is left as it is.

    ``opens``, ``closes`` and ``lunch`` are minutes after local midnight, ``closed_weekdays`` count from Monday = 0. The
    law of ``country`` (the branch's) says within how many hours of the clock somebody must answer at the latest.
    """
    calendar = _calendar(branch, opens, closes, closed_weekdays, lunch, zone, actor, is_demo)
    policy = SlaPolicy.objects.filter(is_default=True).first() or save_policy(
        actor=actor,
        policy=None,
        name_bn="সাধারণ প্রতিশ্রুতি",
        name_en="Standard promise",
        targets={
            (priority, metric): hours * HOUR
            for priority, promised in TARGET_HOURS.items()
            for metric, hours in zip(
                (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION), promised, strict=True
            )
        },
        ceiling_hours=hours_to_act(country or branch.country),
        is_default=True,
        is_demo=is_demo,
    )
    if not EscalationRule.objects.exists():
        for priority, level, trigger, threshold in MATRIX:
            save_rule(
                actor=actor,
                rule=None,
                priority=priority,
                level=level,
                trigger=trigger,
                threshold=threshold,
                is_demo=is_demo,
            )
        # Nobody has touched the ladder yet: a step up is confirmed within an hour, by managers within four (A52.12).
        save_confirm_minutes(actor=actor, minutes={2: HOUR, 3: 4 * HOUR})
    for code, kind, bn, en, lines in (
        ("complaint", "complaint", "অভিযোগ শেষ করার আগে", "Before a complaint ends", COMPLAINT_LINES),
        ("recovery", "recovery", "সম্পর্ক ফেরানো", "Winning the customer back", RECOVERY_LINES),
    ):
        if not ChecklistTemplate.objects.filter(code=code).exists():
            save_template(
                actor=actor, template=None, name_bn=bn, name_en=en, kind=kind, lines=lines, code=code, is_demo=is_demo
            )
    return WorkSetup(calendar=calendar, policy=policy)


def _calendar(
    branch: Branch,
    opens: int,
    closes: int,
    closed_weekdays: tuple[int, ...],
    lunch: tuple[int, int] | None,
    zone: str,
    actor: Actor,
    is_demo: bool,
) -> BusinessCalendar:
    held = getattr(branch, "work_calendar", None)
    if held is not None:
        return held.calendar
    # A shop that closes after midnight, or at the hour it opens, is open all day.
    hours: Hours = ((opens, closes),) if opens < closes else ((0, 1440),)
    if lunch is not None and hours[0][0] < lunch[0] < lunch[1] < hours[0][1]:
        hours = ((hours[0][0], lunch[0]), (lunch[1], hours[0][1]))
    closed = set(closed_weekdays) if len(set(closed_weekdays)) < 7 else set()
    calendar = save_calendar(
        actor=actor,
        calendar=None,
        name_bn=f"{branch.name_bn or branch.name_en}: খোলার সময়"[:120],
        name_en=f"{branch.name_en or branch.name_bn}: opening hours"[:120],
        zone=zone or branch.time_zone,
        week=tuple(() if day in closed else hours for day in range(7)),
        is_demo=is_demo,
    )
    set_branches(actor=actor, calendar=calendar, branches=[branch])
    return calendar
