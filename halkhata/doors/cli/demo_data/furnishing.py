"""The demo's house: branches, roles, teams, people who work there, opening hours, promises, mailboxes, texts."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.desks.tickets.models import CannedReply, Category
from halkhata.desks.tickets.services.canned_texts import create_default_canned
from halkhata.desks.tickets.services.defaults import create_default_categories, create_default_checklist
from halkhata.doors.cli.demo_data.cast import DEPARTMENTS, HEAD_OFFICE, PEOPLE, SHOPS
from halkhata.doors.cli.demo_data.moon import lunar_years
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.work.choices import Channel, Metric, Priority
from halkhata.engines.work.models import BusinessCalendar, CalendarDay, CalendarDayInterval
from halkhata.engines.work.promise.calendar import Hours
from halkhata.engines.work.services.calendars import save_calendar, save_day, set_branches
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.policies import save_policy
from halkhata.foundation.accounts.models import Branch, Role, Team, User
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.roles import create_ready_roles
from halkhata.foundation.accounts.services.teams import save_team
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.phones import parse_phone

ZONE = ZoneInfo("Asia/Dhaka")
FRIDAY = 4
DAY: Hours = ((9 * 60, 13 * 60), (14 * 60, 20 * 60))
AFTER_JUMUAH: Hours = ((15 * 60, 20 * 60),)
RAMADAN: Hours = ((9 * 60 + 30, 16 * 60),)
# No letters or digits that are mistaken for one another when typed from a terminal.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(kw_only=True)
class House:
    """What was made, by code or user name."""

    branches: dict[str, Branch] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    password: str = ""

    def team_for(self, branch: str, category: str) -> Team:
        """The department of a branch that looks after a category."""
        of_branch = [one for one in DEPARTMENTS if one.branch == branch]
        chosen = next((one for one in of_branch if category in one.categories), None)
        return self.teams[(chosen or of_branch[-1]).code]


def furnish(now: datetime) -> House:
    """Make everything the story happens in; settings that are there already stay as they are."""
    house = House(roles=create_ready_roles(), password=new_password())
    _build(house)
    _hire(house)
    create_default_categories(is_demo=True)
    house.categories = {category.code: category for category in Category.objects.all()}
    create_default_work_setup(branch=house.branches[HEAD_OFFICE], is_demo=True)
    create_default_checklist(is_demo=True)
    create_default_canned(CannedReply, is_demo=True)
    create_default_templates(is_demo=True)
    csat_survey()
    _open_hours(house, now)
    _promise(house)
    _letter_boxes(house)
    return house


def new_password() -> str:
    """A random password for all of the demo's people, about 79 bits; kept only hashed and in the sign-in file."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))


def _build(house: House) -> None:
    for shop in SHOPS:
        house.branches[shop.code] = create_branch(
            actor=None,
            parent=house.branches.get(shop.parent),
            code=shop.code,
            name_bn=shop.name_bn,
            name_en=shop.name_en,
            phone=shop.phone,
            address=shop.address,
            is_demo=True,
        )


def _hire(house: House) -> None:
    taken = {name.casefold() for name in User.objects.values_list("username", flat=True)}
    hashed = make_password(house.password)  # one password, so one hash for all: hashing is slow on purpose
    for number, person in enumerate(PEOPLE):
        username = person.username if person.username not in taken else f"demo-{person.username}"
        user = User.objects.create(
            username=username,
            password=hashed,
            role=house.roles[person.role],
            branch=house.branches[person.branch],
            name_bn=person.name_bn,
            name_en=person.name_en,
            phone_e164=parse_phone(f"01190-0002{number:02d}").e164,
            email=f"{person.username}@nabanno.example.com",
            language=person.language,
            is_demo=True,
        )
        record(actor=SYSTEM, action="staff.create", record=user, after={"username": username, "role": person.role})
        house.staff[person.username] = user
    for department in DEPARTMENTS:
        house.teams[department.code] = save_team(
            actor=None,
            branch=house.branches[department.branch],
            lead=house.staff.get(department.lead),
            members=[house.staff[person.username] for person in PEOPLE if department.code in person.teams],
            name_bn=department.name_bn,
            name_en=department.name_en,
            code=department.code,
            is_demo=True,
        )
    # ``team_ids`` is kept on the instance from its first use.
    house.staff = {
        key: User.objects.select_related("role", "branch").get(pk=user.pk) for key, user in house.staff.items()
    }


def _open_hours(house: House, now: datetime) -> None:
    closed: tuple[Hours, ...] = tuple(() if day == FRIDAY else DAY for day in range(7))
    after = tuple(AFTER_JUMUAH if day == FRIDAY else DAY for day in range(7))
    usual = [house.branches[shop.code] for shop in SHOPS if not shop.friday_after_jumuah and shop.code != HEAD_OFFICE]
    friday = [house.branches[shop.code] for shop in SHOPS if shop.friday_after_jumuah]
    head = house.branches[HEAD_OFFICE].work_calendar.calendar
    for code, name_bn, name_en, week, branches in (
        ("demo-shops", "শনি–বৃহস্পতি, ৯টা–৮টা", "Saturday to Thursday, 9 to 8", closed, usual),
        ("demo-friday", "শুক্রবার জুমার পরে খোলা", "Open on Friday after Jumu'ah", after, friday),
    ):
        calendar = save_calendar(
            actor=SYSTEM,
            calendar=None,
            name_bn=name_bn,
            name_en=name_en,
            zone="Asia/Dhaka",
            week=week,
            code=code,
            is_demo=True,
        )
        set_branches(actor=SYSTEM, calendar=calendar, branches=branches)
        _feasts(calendar, now, fasting_hours=code == "demo-shops")
    _feasts(head, now, fasting_hours=False)


def _feasts(calendar: BusinessCalendar, now: datetime, *, fasting_hours: bool) -> None:
    """Ramadan hours (in bulk: thirty rows a year), Eid and national days, from a year back to half a year ahead."""
    today = now.astimezone(ZONE).date()
    first, last = today - timedelta(days=370), today + timedelta(days=200)
    fasting: list[date] = []
    for year in lunar_years(first, last):
        fasting += [
            day
            for day in year.ramadan
            if fasting_hours and first <= day <= last and day not in year.eid_ul_fitr and day.weekday() != FRIDAY
        ]
        for days, name_bn, name_en in (
            (year.eid_ul_fitr, "ঈদুল ফিতর", "Eid-ul-Fitr"),
            (year.eid_ul_azha, "ঈদুল আজহা", "Eid-ul-Azha"),
        ):
            for day in (one for one in days if first <= one <= last):
                save_day(
                    actor=SYSTEM,
                    calendar=calendar,
                    on=day,
                    kind=CalendarDay.HOLIDAY,
                    name_bn=name_bn,
                    name_en=name_en,
                    is_provisional=day > today,
                )
    rows = CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            on=day,
            kind=CalendarDay.OVERRIDE,
            name_bn="রমজানের সময়",
            name_en="Ramadan hours",
            is_provisional=day > today,
        )
        for day in fasting
    )
    CalendarDayInterval.objects.bulk_create(
        CalendarDayInterval(day=row, starts_minute=start, ends_minute=end) for row in rows for start, end in RAMADAN
    )
    for year_number in sorted({first.year, today.year, last.year}):
        for month, number, name_bn, name_en in (
            (2, 21, "শহীদ দিবস", "Martyrs' Day"),
            (3, 26, "স্বাধীনতা দিবস", "Independence Day"),
            (4, 14, "পহেলা বৈশাখ", "Pohela Boishakh"),
            (12, 16, "বিজয় দিবস", "Victory Day"),
        ):
            if first <= date(year_number, month, number) <= last:
                save_day(
                    actor=SYSTEM,
                    calendar=calendar,
                    on=date(year_number, month, number),
                    kind=CalendarDay.HOLIDAY,
                    name_bn=name_bn,
                    name_en=name_en,
                )


def _promise(house: House) -> None:
    """Two promises before the standard one. Their conditions name the demo's branches: real work never meets them."""
    branches = [branch.pk for branch in house.branches.values()]
    hours = {Metric.FIRST_RESPONSE: 24, Metric.NEXT_RESPONSE: 24, Metric.RESOLUTION: 72}
    save_policy(
        actor=SYSTEM,
        policy=None,
        name_bn="জরুরি অভিযোগ",
        name_en="Urgent complaints",
        conditions={"kind": ["complaint"], "priority": [Priority.URGENT.value], "branch": branches},
        targets={
            (Priority.URGENT, Metric.FIRST_RESPONSE): 60,
            (Priority.URGENT, Metric.NEXT_RESPONSE): 120,
            (Priority.URGENT, Metric.RESOLUTION): 600,
        },
        warn_at=(50, 75),
        is_demo=True,
    )
    save_policy(
        actor=SYSTEM,
        policy=None,
        name_bn="অনলাইন অভিযোগ: ৭২ ঘণ্টা",
        name_en="Online complaints: 72 hours",
        conditions={"channel": [Channel.WEB_FORM.value], "branch": branches},
        targets={(priority, metric): number * 60 for priority in Priority.values for metric, number in hours.items()},
        around_the_clock=True,
        is_demo=True,
    )


def _letter_boxes(house: House) -> None:
    """Mailboxes without servers: nothing can be fetched or sent, and their mail is the demo's own."""
    for shop in SHOPS:
        if not shop.mailbox:
            continue
        house.mailboxes[shop.code] = Mailbox.objects.create(
            name=shop.name_en,
            address=shop.mailbox,
            display_name=shop.name_bn,
            branch=house.branches[shop.code],
            team=house.team_for(shop.code, ""),
            is_demo=True,
        )
