"""Due times with figures worked out by hand (A51.3, A51.4, A51.8; S1 to S3)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar
from halkhata.engines.work.promise.clock import (
    ClosedDates,
    due_at,
    elapsed,
    explain,
    instant_at_share,
    ordered_pauses,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OFFICE = (540, 1080)
SUNDAY_TO_THURSDAY = ((OFFICE,), (OFFICE,), (OFFICE,), (OFFICE,), (), (), (OFFICE,))
DHAKA_OFFICE = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY)


def at(text: str, zone: str = "Asia/Dhaka") -> datetime:
    """Read a wall-clock time of a zone; 2026-03-05 is a Thursday."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def every_day(zone: str, *hours: tuple[int, int]) -> WorkingCalendar:
    return WorkingCalendar(zone, (hours,) * 7)


def wall(moment: datetime | None, zone: str = "Asia/Dhaka") -> str:
    assert moment is not None
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def naive_due(start: datetime, target: timedelta, zone: str) -> datetime:
    """The usual mistake: add hours to local wall-clock time."""
    return (start.astimezone(ZoneInfo(zone)) + target).astimezone(UTC)


def naive_office_due(start: datetime, target: timedelta, calendar: WorkingCalendar) -> datetime:
    """The usual mistake with business hours: subtract wall-clock times of one day as if every day had 24 hours."""
    zone = ZoneInfo(calendar.zone)
    local = start.astimezone(zone).replace(tzinfo=None)
    missing = target
    while True:
        midnight = datetime.combine(local.date(), datetime.min.time())
        for opens, closes in calendar.hours_of(local.date()):
            first, last = max(local, midnight + opens * MINUTE), midnight + closes * MINUTE
            if last - first >= missing:
                return (first + missing).replace(tzinfo=zone).astimezone(UTC)
            missing -= max(last - first, timedelta(0))
        local = midnight + timedelta(days=1)


def test_ticket_of_thursday_evening_with_one_hour_is_due_sunday_half_past_nine():
    assert due_at(at("2026-03-05T17:30"), HOUR, DHAKA_OFFICE, []) == at("2026-03-08T09:30")


def test_target_may_be_given_in_seconds():
    assert due_at(at("2026-03-05T17:30"), 3600, DHAKA_OFFICE) == at("2026-03-08T09:30")


def test_work_that_fills_the_day_is_due_at_its_end_not_at_the_next_opening():
    assert wall(due_at(at("2026-03-05T17:00"), HOUR, DHAKA_OFFICE)) == "2026-03-05 18:00"
    assert wall(due_at(at("2026-03-05T17:00"), HOUR + MINUTE, DHAKA_OFFICE)) == "2026-03-08 09:01"


def test_target_of_nothing_is_due_at_the_start_even_when_closed_or_paused():
    friday = at("2026-03-06T11:00")
    assert due_at(friday, timedelta(0), DHAKA_OFFICE, [(friday - HOUR, None)]) == friday
    assert explain(friday, 0, DHAKA_OFFICE) == []


def test_lunch_does_not_count():
    shop = every_day("Asia/Dhaka", (540, 780), (840, 1200))
    assert wall(due_at(at("2026-03-05T12:30"), HOUR, shop)) == "2026-03-05 14:30"
    assert wall(due_at(at("2026-03-05T13:20"), HOUR, shop)) == "2026-03-05 15:00"


def test_jumuah_break_counts_on_friday_only():
    day = ((540, 1080),)
    shop = WorkingCalendar("Asia/Dhaka", (day, day, day, day, ((540, 750), (870, 1080)), (), day))
    assert wall(due_at(at("2026-03-06T12:00"), HOUR, shop)) == "2026-03-06 15:00"
    assert wall(due_at(at("2026-03-05T12:00"), HOUR, shop)) == "2026-03-05 13:00"


def test_ramadan_hours_override_the_weekday():
    ramadan = {date(2026, 2, 18) + timedelta(days=n): ((540, 930),) for n in range(30)}
    shop = WorkingCalendar(
        "Asia/Dhaka", SUNDAY_TO_THURSDAY, overrides={k: v for k, v in ramadan.items() if k.weekday() not in (4, 5)}
    )
    assert wall(due_at(at("2026-03-04T15:00"), HOUR, shop)) == "2026-03-05 09:30"
    assert wall(due_at(at("2026-03-04T15:00"), HOUR, DHAKA_OFFICE)) == "2026-03-04 16:00"


def test_eid_closure_is_jumped_over():
    eid = frozenset(date(2026, 3, day) for day in range(19, 26))
    shop = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY, holidays=eid)
    assert wall(due_at(at("2026-03-18T17:00"), 2 * HOUR, shop)) == "2026-03-26 10:00"


def test_extra_working_friday_is_used():
    shop = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY, overrides={date(2026, 3, 6): ((600, 720),)})
    assert wall(due_at(at("2026-03-05T17:30"), HOUR, shop)) == "2026-03-06 10:30"


def test_leap_day_counts_as_a_day():
    always = WorkingCalendar.always_open("Asia/Dhaka")
    assert wall(due_at(at("2028-02-28T12:00"), 48 * HOUR, always)) == "2028-03-01 12:00"
    assert wall(due_at(at("2027-02-28T12:00"), 48 * HOUR, always)) == "2027-03-02 12:00"
    # 29 February 2028 is a Tuesday.
    assert wall(due_at(at("2028-02-28T17:30"), HOUR, DHAKA_OFFICE)) == "2028-02-29 09:30"


DST_CASES = [
    # zone, start on the wall, hours, due on the wall; 24 hours of real time around a change of the clock
    ("Europe/Berlin", "2026-03-28T12:00", 24, "2026-03-29 13:00"),
    ("Europe/Berlin", "2026-10-24T12:00", 24, "2026-10-25 11:00"),
    ("America/New_York", "2026-03-07T12:00", 24, "2026-03-08 13:00"),
    ("America/New_York", "2026-10-31T12:00", 24, "2026-11-01 11:00"),
    ("Africa/Casablanca", "2026-02-14T12:00", 24, "2026-02-15 11:00"),
    ("Africa/Casablanca", "2026-03-21T12:00", 24, "2026-03-22 13:00"),
    ("Australia/Lord_Howe", "2026-04-04T12:00", 24, "2026-04-05 11:30"),
    ("Australia/Lord_Howe", "2026-10-03T12:00", 24, "2026-10-04 12:30"),
]


@pytest.mark.parametrize(("zone", "start", "hours", "due"), DST_CASES)
def test_wall_clock_policy_over_a_clock_change_is_exact_where_the_naive_sum_is_wrong(zone, start, hours, due):
    begun, target = at(start, zone), hours * HOUR
    found = due_at(begun, target, WorkingCalendar.always_open(zone))
    assert wall(found, zone) == due
    assert found == begun + target
    assert naive_due(begun, target, zone) != found


@pytest.mark.parametrize("zone", ["Asia/Dhaka", "Asia/Kathmandu", "UTC"])
def test_naive_sum_agrees_where_no_clock_changes(zone):
    begun = at("2026-03-28T12:00", zone)
    assert naive_due(begun, 24 * HOUR, zone) == due_at(begun, 24 * HOUR, WorkingCalendar.always_open(zone))
    shop = every_day(zone, (0, 360), (1320, 1440))
    assert naive_office_due(begun, 20 * HOUR, shop) == due_at(begun, 20 * HOUR, shop)


OFFICE_DST_CASES = [
    # a night shift 22:00 to 06:00 that holds the change; six hours from 23:00
    ("Europe/Berlin", "2026-03-28T23:00", 6, "2026-03-29 06:00"),
    ("Europe/Berlin", "2026-10-24T23:00", 6, "2026-10-25 04:00"),
    ("America/New_York", "2026-03-07T23:00", 6, "2026-03-08 06:00"),
    ("America/New_York", "2026-10-31T23:00", 6, "2026-11-01 04:00"),
    ("Africa/Casablanca", "2026-02-14T23:00", 6, "2026-02-15 04:00"),
    ("Africa/Casablanca", "2026-03-21T23:00", 6, "2026-03-22 06:00"),
    ("Australia/Lord_Howe", "2026-04-04T23:00", 6, "2026-04-05 04:30"),
    ("Australia/Lord_Howe", "2026-10-03T23:00", 6, "2026-10-04 05:30"),
]


@pytest.mark.parametrize(("zone", "start", "hours", "due"), OFFICE_DST_CASES)
def test_night_shift_over_a_clock_change_is_exact_where_the_naive_walk_is_wrong(zone, start, hours, due):
    begun, shop = at(start, zone), every_day(zone, (0, 360), (1320, 1440))
    found = due_at(begun, hours * HOUR, shop)
    assert wall(found, zone) == due
    assert naive_office_due(begun, hours * HOUR, shop) != found


def test_start_inside_the_repeated_hour_tells_its_two_passes_apart():
    berlin = WorkingCalendar.always_open("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    second = first.replace(fold=1)
    assert due_at(first, HOUR, berlin) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert due_at(second, HOUR, berlin) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    assert elapsed(first, second, berlin) == HOUR


def test_kathmandu_quarter_hour_offset():
    shop = every_day("Asia/Kathmandu", (600, 1020))
    assert due_at(datetime(2026, 5, 1, 11, 0, tzinfo=UTC), HOUR, shop) == datetime(2026, 5, 2, 5, 0, tzinfo=UTC)


def test_pause_moves_the_due_time_by_the_working_time_it_covers():
    pause = (at("2026-03-05T17:45"), at("2026-03-08T09:15"))
    assert wall(due_at(at("2026-03-05T17:30"), HOUR, DHAKA_OFFICE, [pause])) == "2026-03-08 10:00"


def test_pauses_may_overlap_be_unordered_and_be_empty():
    pauses = [
        (at("2026-03-05T11:00"), at("2026-03-05T12:00")),
        (at("2026-03-05T10:00"), at("2026-03-05T11:30")),
        (at("2026-03-05T10:30"), at("2026-03-05T10:30")),
        (at("2026-03-05T12:00"), at("2026-03-05T12:10")),
    ]
    assert wall(due_at(at("2026-03-05T09:30"), HOUR, DHAKA_OFFICE, pauses)) == "2026-03-05 12:40"
    assert ordered_pauses(pauses) == ((at("2026-03-05T10:00"), at("2026-03-05T12:10")),)


def test_pause_without_an_end_leaves_no_due_time_unless_the_target_came_first():
    pauses = [(at("2026-03-05T10:00"), None), (at("2026-03-05T16:00"), at("2026-03-05T17:00"))]
    assert due_at(at("2026-03-05T09:30"), HOUR, DHAKA_OFFICE, pauses) is None
    assert wall(due_at(at("2026-03-05T09:30"), 30 * MINUTE, DHAKA_OFFICE, pauses)) == "2026-03-05 10:00"
    assert elapsed(at("2026-03-05T09:30"), at("2026-04-05T09:30"), DHAKA_OFFICE, pauses) == 30 * MINUTE
    assert instant_at_share(at("2026-03-05T09:30"), HOUR, 0.9, DHAKA_OFFICE, pauses) is None


def test_pause_begun_before_the_start_counts_from_the_start():
    pauses = [(at("2026-03-01T10:00"), at("2026-03-05T10:00"))]
    assert wall(due_at(at("2026-03-05T09:30"), HOUR, DHAKA_OFFICE, pauses)) == "2026-03-05 11:00"


def test_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="cannot end"):
        due_at(at("2026-03-05T09:30"), HOUR, DHAKA_OFFICE, [(at("2026-03-05T10:00"), at("2026-03-05T09:00"))])


def test_wrong_targets_and_naive_times_are_refused():
    with pytest.raises(ValueError, match="negative"):
        due_at(at("2026-03-05T09:30"), -1, DHAKA_OFFICE)
    with pytest.raises(TypeError):
        due_at(at("2026-03-05T09:30"), 1.5, DHAKA_OFFICE)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 3, 5), HOUR, DHAKA_OFFICE)
    with pytest.raises(ValueError, match="negative"):
        instant_at_share(at("2026-03-05T09:30"), HOUR, -0.1, DHAKA_OFFICE)


def test_calendar_that_never_opens_has_no_due_time_but_no_elapsed_time_either():
    closed = WorkingCalendar("Asia/Dhaka", ((),) * 7)
    with pytest.raises(CalendarError) as refused:
        due_at(at("2026-03-05T09:30"), HOUR, closed)
    assert refused.value.code == "never_opens"
    assert elapsed(at("2026-03-05T09:30"), at("2027-03-05T09:30"), closed) == timedelta(0)


def test_target_of_centuries_is_refused():
    with pytest.raises(CalendarError) as refused:
        due_at(at("2026-03-05T09:30"), timedelta(days=366 * 150), WorkingCalendar.always_open())
    assert refused.value.code == "too_far"


def test_elapsed_counts_working_unpaused_time_only():
    start = at("2026-03-05T17:30")
    assert elapsed(start, at("2026-03-08T09:30"), DHAKA_OFFICE) == HOUR
    assert elapsed(start, at("2026-03-07T09:30"), DHAKA_OFFICE) == 30 * MINUTE
    assert elapsed(start, start - HOUR, DHAKA_OFFICE) == timedelta(0)
    assert (
        elapsed(start, at("2026-03-08T10:00"), DHAKA_OFFICE, [(at("2026-03-05T17:50"), at("2026-03-08T09:30"))])
        == 50 * MINUTE
    )


def test_microseconds_are_kept():
    start = at("2026-03-05T17:30") + timedelta(microseconds=1)
    assert due_at(start, HOUR, DHAKA_OFFICE) == at("2026-03-08T09:30") + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("share", "due"),
    [
        (0.5, "2026-03-05 18:00"),
        (0.75, "2026-03-08 09:15"),
        (0.9, "2026-03-08 09:24"),
        (Decimal("0.9"), "2026-03-08 09:24"),
        (Fraction(9, 10), "2026-03-08 09:24"),
        (1, "2026-03-08 09:30"),
        (2, "2026-03-08 10:30"),
        (0, "2026-03-05 17:30"),
    ],
)
def test_warning_instants_at_shares_of_the_target(share, due):
    found = instant_at_share(at("2026-03-05T17:30"), HOUR, share, DHAKA_OFFICE)
    assert wall(found) == due
    assert found is not None
    assert found.second == found.microsecond == 0


def test_share_is_rounded_up_so_that_a_warning_is_never_early():
    always = WorkingCalendar.always_open()
    start = at("2026-03-05T17:30")
    third = instant_at_share(start, 1, Fraction(1, 3), always)
    assert third == start + timedelta(microseconds=333334)


def test_explanation_of_a_weekend_holiday_and_pause_reads_line_by_line():
    shop = WorkingCalendar(
        "Asia/Dhaka",
        SUNDAY_TO_THURSDAY,
        holidays=frozenset({date(2026, 3, 8)}),
        overrides={date(2026, 3, 9): ((600, 630),)},
    )
    lines = explain(at("2026-03-05T17:00"), 2 * HOUR, shop, [(at("2026-03-05T17:30"), at("2026-03-05T17:45"))])
    assert [(line.kind, wall(line.from_at), wall(line.to_at), line.counted // MINUTE) for line in lines] == [
        ("working", "2026-03-05 17:00", "2026-03-05 17:30", 30),
        ("paused", "2026-03-05 17:30", "2026-03-05 17:45", 0),
        ("working", "2026-03-05 17:45", "2026-03-05 18:00", 15),
        ("holiday", "2026-03-05 18:00", "2026-03-09 10:00", 0),
        ("working", "2026-03-09 10:00", "2026-03-09 10:30", 30),
        ("closed", "2026-03-09 10:30", "2026-03-10 09:00", 0),
        ("working", "2026-03-10 09:00", "2026-03-10 09:45", 45),
    ]
    assert [line.remaining // MINUTE for line in lines] == [90, 90, 75, 75, 45, 45, 0]
    assert [line.total // MINUTE for line in lines] == [30, 30, 45, 45, 75, 75, 120]
    assert lines[3].closed_dates == (
        ClosedDates("day_off", date(2026, 3, 6), date(2026, 3, 7)),
        ClosedDates("holiday", date(2026, 3, 8), date(2026, 3, 8)),
    )
    assert [line.by_override for line in lines] == [False, False, False, False, True, False, False]
    assert lines[3].as_dict() == {
        "from": "2026-03-05T12:00:00+00:00",
        "to": "2026-03-09T04:00:00+00:00",
        "kind": "holiday",
        "counted_seconds": 0,
        "total_seconds": 2700,
        "remaining_seconds": 4500,
        "by_override": False,
        "closed_dates": [
            {"kind": "day_off", "first": "2026-03-06", "last": "2026-03-07"},
            {"kind": "holiday", "first": "2026-03-08", "last": "2026-03-08"},
        ],
    }


def test_explanation_names_nights_days_off_and_dates_closed_by_override():
    shop = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY, overrides={date(2026, 3, 4): ()})
    lines = explain(at("2026-03-02T17:00"), 30 * HOUR, shop)
    assert [line.kind for line in lines] == [
        "working",
        "closed",
        "working",
        "override",
        "working",
        "day_off",
        "working",
        "closed",
        "working",
    ]
    assert wall(lines[-1].to_at) == wall(due_at(at("2026-03-02T17:00"), 30 * HOUR, shop))


def test_explanation_to_an_instant_cuts_the_line_where_it_was_due():
    lines = explain(at("2026-03-05T16:00"), HOUR, DHAKA_OFFICE, until=at("2026-03-08T09:10"))
    assert [(line.kind, wall(line.to_at), line.counted // MINUTE, line.remaining // MINUTE) for line in lines] == [
        ("working", "2026-03-05 17:00", 60, 0),
        ("working", "2026-03-05 18:00", 60, -60),
        ("day_off", "2026-03-08 09:00", 0, -60),
        ("working", "2026-03-08 09:10", 10, -70),
    ]
    assert explain(at("2026-03-05T16:00"), HOUR, DHAKA_OFFICE, until=at("2026-03-05T16:00")) == []


def test_explanation_of_a_waiting_item_ends_in_an_open_pause():
    lines = explain(at("2026-03-05T17:30"), HOUR, DHAKA_OFFICE, [(at("2026-03-08T09:10"), None)])
    assert [(line.kind, line.counted // MINUTE) for line in lines] == [
        ("working", 30),
        ("day_off", 0),
        ("working", 10),
        ("paused", 0),
    ]
    assert lines[-1].to_at is None
    assert lines[-1].remaining == 20 * MINUTE
    assert lines[-1].as_dict()["to"] is None
    closed = explain(
        at("2026-03-05T17:30"), HOUR, DHAKA_OFFICE, [(at("2026-03-08T09:10"), None)], until=at("2026-03-09T00:00")
    )
    assert closed[-1].to_at == at("2026-03-09T00:00")
    assert closed[-1].kind == "paused"


def test_year_long_wall_clock_explanation_is_one_line():
    lines = explain(at("2026-01-01T00:00"), timedelta(days=365), WorkingCalendar.always_open("Europe/Berlin"))
    assert [(line.kind, line.counted) for line in lines] == [("working", timedelta(days=365))]


def test_due_time_of_a_year_is_found_within_twenty_milliseconds():
    target = 365 * 9 * HOUR  # 365 working days
    shop = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY, holidays=frozenset({date(2026, 3, 26)}))
    took = []
    for _attempt in range(5):
        begun = perf_counter()
        due = due_at(at("2026-03-05T09:00"), target, shop, [])
        took.append(perf_counter() - begun)
    # 73 weeks of five days from a Thursday end on Wednesday 28 July 2027; the holiday, a Thursday, adds one day.
    assert wall(due) == "2027-07-29 18:00"
    assert min(took) < 0.020


def test_ten_thousand_due_times_take_less_than_two_seconds():
    starts = [at("2026-03-01T00:00") + n * 53 * MINUTE for n in range(10_000)]
    begun = perf_counter()
    dues = [due_at(start, 8 * HOUR, DHAKA_OFFICE, ()) for start in starts]
    took = perf_counter() - begun
    assert dues == sorted(dues)
    assert took < 2.0
