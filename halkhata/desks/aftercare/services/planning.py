"""Computing who is to be reminded today, batch by batch, and writing it into the ledger (US-15, US-16 AC 5, A53.6)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from halkhata.desks.aftercare.choices import (
    ENDS_THE_DUE,
    ReminderKind,
    ReminderState,
    Step,
    TextStanding,
)
from halkhata.desks.aftercare.due import renewal_step, step_of
from halkhata.desks.aftercare.models import AftercareSettings, Reminder, ReminderRun
from halkhata.desks.aftercare.registry import units_in_house
from halkhata.desks.aftercare.selectors.facts import (
    NextService,
    UnitFacts,
    coupon_dues,
    ending_contracts,
    facts_of,
    service_due,
)
from halkhata.desks.aftercare.selectors.rules import Rules, aftercare_settings
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import day_of, today
from halkhata.records.catalog.models import Unit
from halkhata.records.privacy.models import Erasure

BATCH = 1000
# A text goes with a step that began so lately: neither the first day of a shop with a thousand old units, nor a week
# without power, ends in a flood of texts.
FRESH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that today asks for."""

    kind: str
    key: str
    step: str
    due_on: date
    # The first day of the step: one that is made later than that stands on the list alone.
    since: date
    why: dict[str, Any]


@dataclass(slots=True)
class Known:
    """What the ledger says of one unit."""

    steps: set[tuple[str, str]] = field(default_factory=set)
    states: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Days on which one was made.
    days: set[date] = field(default_factory=set)
    # Open ones: id, due, customer.
    open: list[tuple[int, str, int]] = field(default_factory=list)


def plan_reminders(*, on: date | None = None, batch: int = BATCH, most_batches: int | None = None) -> int:
    """Write down the reminders of a day (today), once. Returns how many were made by this call.

    Each batch is a transaction of its own, with how far it came: whoever dies in between is followed by one that goes
    on from there. Whoever computes a batch again, or at the same time, makes nothing: the database refuses the second.
    """
    day = on or today()
    run, _made = ReminderRun.objects.get_or_create(on=day, defaults={"begun_at": now()})
    made = done = 0
    rules, settings = Rules(), aftercare_settings()
    while run.finished_at is None and (most_batches is None or done < most_batches):
        with transaction.atomic():
            # Of two workers the second waits here, and then goes on from where the first has come.
            run = ReminderRun.objects.select_for_update().get(pk=run.pk)
            made += _one_batch(run, batch, day, rules, settings)
        done += 1
    return made


def _one_batch(run: ReminderRun, batch: int, day: date, rules: Rules, settings: AftercareSettings) -> int:
    if run.finished_at is not None:
        return 0
    ids = list(Unit.objects.filter(pk__gt=run.last_unit).order_by("pk").values_list("pk", flat=True)[:batch])
    made = plan_units(low=run.last_unit, high=ids[-1], day=day, rules=rules, settings=settings) if ids else 0
    if ids:
        run.last_unit, run.looked_at, run.made = ids[-1], run.looked_at + len(ids), run.made + made
    else:
        run.finished_at = now()
    run.save(update_fields=["last_unit", "looked_at", "made", "finished_at"])
    return made


def plan_units(*, low: int, high: int, day: date, rules: Rules, settings: AftercareSettings) -> int:
    """The units with ids in ``low`` < id <= ``high``, in the caller's transaction. A fixed number of queries."""
    span = {"unit_id__gt": low, "unit_id__lte": high}
    facts = facts_of(Unit.objects.filter(pk__gt=low, pk__lte=high), low=low, high=high)
    known: dict[int, Known] = defaultdict(Known)
    rows = Reminder.objects.filter(**span).order_by("pk")
    for pk, unit_id, key, step, state, customer_id, made_at in rows.values_list(
        "pk", "unit_id", "due_key", "step", "state", "customer_id", "made_at"
    ):
        one = known[unit_id]
        one.days.add(day_of(made_at))
        one.steps.add((key, step))
        one.states[key].add(state)
        if state == ReminderState.OPEN:
            one.open.append((pk, key, customer_id))
    gone = set(
        Erasure.objects.filter(customer_id_then__in={one.owner_id for one in facts.values()}).values_list(
            "customer_id_then", flat=True
        )
    )
    away = units_in_house(list(facts))
    at = now()
    new: list[Reminder] = []
    over: list[int] = [row[0] for pk, one in known.items() if pk not in facts for row in one.open]
    followed: list[int] = []
    for pk, unit in facts.items():
        service = service_due(unit, rules, settings, day)
        held = known[pk] if pk in known else Known()
        live = set(live_keys(unit, service, day, settings))
        over += [row[0] for row in held.open if row[1] not in live or row[2] != unit.owner_id]
        if pk in away or unit.owner_id in gone or unit.is_stopped or day in held.days:
            continue
        wanted = next((one for one in wanted_today(unit, service, day, settings) if is_wanted(one, held)), None)
        if wanted is not None:
            new.append(_row(unit, wanted, at=at, day=day, settings=settings))
            followed += [row[0] for row in held.open if row[1] == wanted.key]
    Reminder.objects.bulk_create(new, ignore_conflicts=True)
    settle = Reminder.objects.filter(state=ReminderState.OPEN)
    version = F("version") + 1
    if over:
        settle.filter(pk__in=over).update(state=ReminderState.OVER, settled_at=at, version=version)
    if followed:
        settle.filter(pk__in=followed).update(state=ReminderState.FOLLOWED, settled_at=at, version=version)
    return len(new)


def live_keys(unit: UnitFacts, service: NextService | None, day: date, settings: AftercareSettings) -> Iterator[str]:
    """The dues that still stand: an open reminder of any other needs nobody to call any more."""
    if service is not None:
        yield service.due.key
    for pk, *_rest in coupon_dues(unit, day):
        yield f"coupon:{pk}"
    for policy, ends_on in ending_contracts(unit, day, within=max(settings.renewal_days, default=0)):
        yield f"renewal:{policy}:{ends_on}"


def wanted_today(
    unit: UnitFacts, service: NextService | None, day: date, settings: AftercareSettings
) -> Iterator[Wanted]:
    """What today asks for, the most urgent first. At most one of them is made a day: nobody is called twice."""
    for pk, number, from_on, last_on in coupon_dues(unit, day):
        first = max(from_on, last_on - timedelta(days=settings.coupon_days))
        if day < first:
            continue
        step, since = (Step.ON, last_on) if day >= last_on else (Step.BEFORE, first)
        yield Wanted(ReminderKind.COUPON, f"coupon:{pk}", step, last_on, since, {"by": "window", "number": number})
    for policy, ends_on in ending_contracts(unit, day, within=max(settings.renewal_days, default=0)):
        step_name = renewal_step(ends_on, day, settings.renewal_days)
        if step_name is not None:
            since = ends_on - timedelta(days=int(step_name))
            why = {"by": "contract"}
            yield Wanted(ReminderKind.RENEWAL, f"renewal:{policy}:{ends_on}", step_name, ends_on, since, why)
    if service is None:
        return
    due = service.due
    step_name = step_of(due.on, day, before=settings.before_days, after=settings.after_days)
    if step_name is not None:
        away = {Step.BEFORE: -settings.before_days, Step.ON: 0, Step.AFTER: settings.after_days}[Step(step_name)]
        yield Wanted(
            ReminderKind.SERVICE, due.key, step_name, due.on, due.on + timedelta(days=away), why_of(service)
        )  # fmt: skip


def why_of(service: NextService) -> dict[str, Any]:
    """What the sentence on the page needs (JSON types)."""
    due, line = service.due, service.line
    why: dict[str, Any] = {"by": due.by, "anchor": due.anchor_on.isoformat(), "number": due.number}
    if due.by == "usage" and line is not None:
        why |= {
            "target": due.target, "value": line.last.value, "read_on": line.last.on.isoformat(),
            "a_day": round(line.a_day, 1),
        }  # fmt: skip
    return why


def is_wanted(wanted: Wanted, held: Known) -> bool:
    """Whether the ledger leaves room for it: not made before, and the customer has not answered this due for good."""
    if (wanted.key, wanted.step) in held.steps:
        return False
    states = held.states.get(wanted.key, set())
    # A unit that came in for something else still has its free service to lose, its contract to renew.
    ends = ENDS_THE_DUE if wanted.kind == ReminderKind.SERVICE else ENDS_THE_DUE - {ReminderState.STOPPED}
    if states & ends:
        return False
    # Whoever was told before the day is told again only when the day has passed without a visit.
    return not (ReminderState.REACHED in states and wanted.step == Step.ON)


def _row(unit: UnitFacts, wanted: Wanted, *, at: Any, day: date, settings: AftercareSettings) -> Reminder:
    is_texted = settings.sends_texts and day - wanted.since <= FRESH
    return Reminder(
        unit_id=unit.pk, customer_id=unit.owner_id, branch_id=unit.branch_id, kind=wanted.kind, due_key=wanted.key,
        step=wanted.step, due_on=wanted.due_on, why=wanted.why, call_on=day, made_at=at, text_at=at,
        text_state=TextStanding.WAITING if is_texted else TextStanding.OFF, is_demo=unit.is_demo,
    )  # fmt: skip
