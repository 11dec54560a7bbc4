"""The plot: which ticket happens when, to whom, and how it goes on. Made by dice before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from halkhata.doors.cli.demo_data.cast import SHOPS
from halkhata.doors.cli.demo_data.furnishing import ZONE
from halkhata.doors.cli.demo_data.hours import working_after, working_before
from halkhata.doors.cli.demo_data.people import SHARES, PersonPlan
from halkhata.doors.cli.demo_data.scenes import SCENES, Scene
from halkhata.doors.cli.demo_data.today import TODAY, OpenTicket
from halkhata.engines.work.promise.calendar import WorkingCalendar

ENDED = 300
# Resolved so many days ago or less: told with all reactions, follow-up calls among them.
RECENT = timedelta(days=9)
# How many tickets of the bad batch of solar batteries were solved before today.
CLUSTER = 5
_CHANNELS = {"phone": 0.46, "counter": 0.27, "email": 0.17, "web_form": 0.10}
_SCORES = {5: 0.46, 4: 0.31, 3: 0.12, 2: 0.06, 1: 0.05}


@dataclass(frozen=True, kw_only=True)
class TicketPlan:
    """One ticket from the first word to the last. All times are instants; empty or None: it does not happen."""

    serial: int
    scene: Scene
    person: str
    shop: str
    channel: str
    language: str
    opened_at: datetime
    filled: dict[str, str]
    unit: str
    first_at: datetime | None = None
    note_at: datetime | None = None
    updates: tuple[datetime, ...] = ()
    contacts: tuple[datetime, ...] = ()
    wait: tuple[datetime, datetime | None, str] | None = None
    resolved_at: datetime | None = None
    back_at: datetime | None = None
    resolved_again_at: datetime | None = None
    score: int | None = None
    answered_at: datetime | None = None
    demands_manager: bool = False
    angry: bool = False

    @property
    def ended_at(self) -> datetime | None:
        """When it was resolved for good, or None while it is open."""
        if self.back_at is not None:
            return self.resolved_again_at
        return self.resolved_at


@dataclass(frozen=True)
class Crowd:
    """The people by shop, and which of them write mail."""

    plans: Mapping[str, PersonPlan]

    def of(self, shop: str, *, since: datetime, mail: bool, language: str = "") -> list[str]:
        """Who belongs to a shop, was known at ``since``, and (``mail``) has an address."""
        return [
            key
            for key, plan in self.plans.items()
            if plan.shop == shop
            and plan.since <= since
            and (plan.emails or not mail)
            and (not language or plan.language == language)
            and not plan.part
        ]


def plan_tickets(
    dice: Random,
    now: datetime,
    people: Mapping[str, PersonPlan],
    calendars: Mapping[str, WorkingCalendar],
    eid: Sequence[datetime],
) -> list[TicketPlan]:
    """All tickets, oldest first. The same arguments always plan the same year."""
    crowd = Crowd(people)
    plans = [_ended(dice, number, now, crowd, calendars) for number in range(ENDED - CLUSTER - len(eid))]
    plans += [_battery(dice, number, now, crowd, calendars) for number in range(CLUSTER)]
    plans += [_over_eid(dice, number, at, crowd, calendars, now) for number, at in enumerate(eid)]
    plans += [_open(dice, number, line, now, crowd, calendars) for number, line in enumerate(TODAY)]
    plans.sort(key=lambda plan: plan.opened_at)
    return [replace(plan, serial=number) for number, plan in enumerate(plans, start=1)]


def _scene(code: str) -> Scene:
    return next(scene for scene in SCENES if scene.code == code)


def _filled(dice: Random) -> dict[str, str]:
    return {"days": str(dice.randint(3, 14)), "memo": f"{dice.randint(2, 9)}{dice.randint(100, 999)}"}


def _unit(dice: Random, scene: Scene) -> str:
    if not scene.serial:
        return ""
    if scene.serial == "35":  # an IMEI has 15 digits
        return f"35{dice.randint(10**12, 10**13 - 1)}"
    return f"{scene.serial}-{dice.randint(10000, 99999)}"


def _random_scene(dice: Random, shop: str) -> Scene:
    trades = next(one.trades for one in SHOPS if one.code == shop)
    fitting = [scene for scene in SCENES if scene.trade in trades and scene.weight]
    return dice.choices(fitting, weights=[scene.weight for scene in fitting])[0]


def _ended(
    dice: Random, number: int, now: datetime, crowd: Crowd, calendars: Mapping[str, WorkingCalendar]
) -> TicketPlan:
    shop = dice.choices(list(SHARES), weights=list(SHARES.values()))[0]
    calendar = calendars[shop]
    # More in the later months: the shops grow, and people learn that somebody listens.
    ago = 4 + 358 * dice.random() ** 1.35
    opened = calendar.next_opening(now - timedelta(days=ago)) + timedelta(minutes=dice.randint(1, 200))
    channel = dice.choices(list(_CHANNELS), weights=list(_CHANNELS.values()))[0]
    if channel in {"phone", "counter"} and not calendar.is_working(opened):
        opened = calendar.next_opening(opened) + timedelta(minutes=dice.randint(1, 40))
    scene = _random_scene(dice, shop)
    person = _person(dice, crowd, shop, opened, channel)
    plan = TicketPlan(
        serial=0,
        scene=scene,
        person=person,
        shop=shop,
        channel=channel,
        language=crowd.plans[person].language,
        opened_at=_minute(opened),
        filled=_filled(dice),
        unit=_unit(dice, scene),
    )
    return _how_it_went(dice, plan, calendar, now)


def _person(dice: Random, crowd: Crowd, shop: str, at: datetime, channel: str) -> str:
    if shop == "demo-bogura" and channel == "phone" and dice.random() < 0.03:
        return "regular"
    known = crowd.of(shop, since=at, mail=channel in {"email", "web_form"})
    # Some call often: the first tenth is chosen three times out of ten.
    few = known[: max(1, len(known) // 10)]
    return dice.choice(few if dice.random() < 0.3 else known)


def _how_it_went(dice: Random, plan: TicketPlan, calendar: WorkingCalendar, now: datetime) -> TicketPlan:
    late = dice.random() < 0.09
    first = dice.randint(650, 900) if late and dice.random() < 0.5 else dice.choice((12, 25, 40, 55, 90, 130, 170, 220))
    worked = dice.randint(1850, 2900) if late else first + dice.randint(60, 1100)
    first_at = working_after(calendar, plan.opened_at, first)
    resolved_at = working_after(calendar, plan.opened_at, worked)
    wait = None
    if not late and dice.random() < 0.15:
        waits_from = working_after(calendar, first_at, 30)
        waits_to = working_after(calendar, waits_from, dice.randint(600, 2400))
        resolved_at = working_after(calendar, waits_to, dice.randint(40, 400))
        wait = (waits_from, waits_to, dice.choice(("waiting_customer", "waiting_manufacturer", "waiting_manufacturer")))
    resolved_at = min(resolved_at, now - timedelta(hours=6))
    if wait is not None and wait[1] >= resolved_at:
        wait = None
    middle = first_at + (resolved_at - first_at) * 0.5
    back = working_after(calendar, resolved_at, dice.randint(300, 1500)) if dice.random() < 0.06 else None
    again = working_after(calendar, back, dice.randint(200, 900)) if back else None
    if again is not None and again > now - timedelta(hours=6):
        back = again = None
    ended = again or resolved_at
    score = dice.choices(list(_SCORES), weights=list(_SCORES.values()))[0] if dice.random() < 0.53 else None
    answered = ended + timedelta(minutes=dice.choice((25, 90, 300, 1300, 2800, 4200)))
    if score is not None and answered > now - timedelta(hours=1):
        score = None
    return replace(
        plan,
        first_at=_minute(min(first_at, resolved_at - timedelta(minutes=5))),
        note_at=_minute(first_at + (middle - first_at) * 0.5) if dice.random() < 0.4 else None,
        updates=(_minute(middle),) if dice.random() < 0.3 else (),
        contacts=(_minute(first_at + (middle - first_at) * 0.8),) if dice.random() < 0.2 and wait is None else (),
        wait=wait and (_minute(wait[0]), _minute(wait[1]), wait[2]),
        resolved_at=_minute(resolved_at),
        back_at=_minute(back) if back else None,
        resolved_again_at=_minute(again) if again else None,
        score=score,
        answered_at=_minute(answered) if score is not None else None,
    )


def _battery(
    dice: Random, number: int, now: datetime, crowd: Crowd, calendars: Mapping[str, WorkingCalendar]
) -> TicketPlan:
    calendar = calendars["demo-natore"]
    opened = calendar.next_opening(now - timedelta(days=34 - 5 * number)) + timedelta(minutes=dice.randint(5, 200))
    scene = _scene("dead-battery")
    person = dice.choice(crowd.of("demo-natore", since=opened, mail=False))
    plan = TicketPlan(
        serial=0,
        scene=scene,
        person=person,
        shop="demo-natore",
        channel="phone",
        language=crowd.plans[person].language,
        opened_at=_minute(opened),
        filled=_filled(dice),
        unit=_unit(dice, scene),
    )
    return replace(_how_it_went(dice, plan, calendar, now), back_at=None, resolved_again_at=None)


def _over_eid(
    dice: Random, number: int, closing: datetime, crowd: Crowd, calendars: Mapping[str, WorkingCalendar], now: datetime
) -> TicketPlan:
    """Opened an hour before the shop closes for Eid, solved on the second day after: days pass, the clock stands."""
    shop = ("demo-bogura", "demo-rajshahi")[number % 2]
    calendar = calendars[shop]
    opened = working_before(calendar, closing, 60)
    scene = _scene(("noise-again", "fan-again")[number % 2])
    person = dice.choice(crowd.of(shop, since=opened, mail=False))
    return TicketPlan(
        serial=0,
        scene=scene,
        person=person,
        shop=shop,
        channel="phone",
        language=crowd.plans[person].language,
        opened_at=_minute(opened),
        filled=_filled(dice),
        unit=_unit(dice, scene),
        first_at=_minute(working_after(calendar, opened, 35)),
        resolved_at=_minute(working_after(calendar, opened, 900)),
        score=5,
        answered_at=_minute(working_after(calendar, opened, 1000)),
    )


def _open(
    dice: Random, number: int, line: OpenTicket, now: datetime, crowd: Crowd, calendars: Mapping[str, WorkingCalendar]
) -> TicketPlan:
    calendar = calendars[line.shop]
    opened = working_before(calendar, now, line.age)
    scene = _scene(line.scene)
    if line.part:
        person = line.part
    else:
        known = crowd.of(
            line.shop, since=opened, mail=line.channel in {"email", "web_form"}, language=line.language
        ) or crowd.of(line.shop, since=now, mail=line.channel in {"email", "web_form"})
        person = known[(number * 13 + 5) % len(known)]

    def at(minutes: int) -> datetime:
        return min(working_after(calendar, opened, minutes), now)

    return TicketPlan(
        serial=0,
        scene=scene,
        person=person,
        shop=line.shop,
        channel=line.channel,
        language=line.language or crowd.plans[person].language,
        opened_at=opened,
        filled=_filled(dice),
        unit=_unit(dice, scene),
        first_at=None if line.first is None else at(line.first),
        note_at=at(line.first + 15) if line.first is not None and scene.note and line.age > line.first + 20 else None,
        updates=tuple(at(minutes) for minutes in line.updates),
        contacts=tuple(at(minutes) for minutes in line.contacts),
        wait=None if line.wait is None else (at(line.wait[0]), None, line.wait[1]),
        resolved_at=None if line.solved is None else at(line.solved),
        back_at=None if line.back is None else at(line.back),
        demands_manager=line.demands_manager,
        angry=line.part == "angry",
    )


def eid_closings(now: datetime, calendar: WorkingCalendar, feasts: Sequence[datetime]) -> list[datetime]:
    """The last closing time before each of the given feast days that lies at least twelve days back."""
    past = [feast for feast in feasts if now - timedelta(days=350) < feast < now - timedelta(days=12)]
    return [working_before(calendar, feast, 1) + timedelta(minutes=1) for feast in past]


def local_midnight(day: date) -> datetime:
    """Midnight of a date in Dhaka."""
    return datetime.combine(day, datetime.min.time(), tzinfo=ZONE)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
