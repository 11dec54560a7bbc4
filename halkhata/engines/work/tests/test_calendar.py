"""Business calendars: what may be written, and what the instant line makes of it (A51.3)."""

import pickle
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from halkhata.engines.work.promise.calendar import CalendarError, WorkingCalendar

OFFICE = (9 * 60, 18 * 60)
SUNDAY_TO_THURSDAY = ((OFFICE,), (OFFICE,), (OFFICE,), (OFFICE,), (), (), (OFFICE,))
EVERY_DAY_ALL_DAY = (((0, 1440),),) * 7


def every_day(zone: str, *hours: tuple[int, int]) -> WorkingCalendar:
    return WorkingCalendar(zone, (hours,) * 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def pairs(calendar: WorkingCalendar, start: str, end: str) -> list[tuple[str, str]]:
    return [
        (opens.strftime("%d %H:%M"), closes.strftime("%d %H:%M"))
        for opens, closes in calendar.intervals_between(utc(start), utc(end))
    ]


def test_intervals_of_a_dhaka_office_week_skip_friday_and_saturday():
    calendar = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY)
    assert pairs(calendar, "2026-03-05T00:00", "2026-03-09T00:00") == [
        ("05 03:00", "05 12:00"),
        ("08 03:00", "08 12:00"),
    ]


def test_intervals_are_clipped_to_the_asked_stretch_and_are_utc():
    calendar = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY)
    found = list(calendar.intervals_between(utc("2026-03-05T04:10:30"), utc("2026-03-05T11:00:00.000001")))
    assert found == [(utc("2026-03-05T04:10:30"), utc("2026-03-05T11:00:00.000001"))]
    assert found[0][0].tzinfo is UTC
    assert list(calendar.intervals_between(utc("2026-03-05T05:00"), utc("2026-03-05T05:00"))) == []
    assert list(calendar.intervals_between(utc("2026-03-05T05:00"), utc("2026-03-05T04:00"))) == []


def test_intervals_that_meet_at_midnight_come_as_one():
    calendar = every_day("Asia/Dhaka", (0, 120), (1320, 1440))
    assert pairs(calendar, "2026-03-05T12:00", "2026-03-06T12:00") == [("05 16:00", "05 20:00")]
    always = WorkingCalendar.always_open("Asia/Kathmandu")
    assert pairs(always, "2025-12-01T00:00", "2026-02-01T00:00") == [("01 00:00", "01 00:00")]


def test_first_interval_of_a_thousand_years_comes_at_once():
    calendar = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY)
    begun = perf_counter()
    first = next(calendar.intervals_between(utc("2026-03-05T12:00"), utc("3026-03-05T12:00")))
    assert first == (utc("2026-03-08T03:00"), utc("2026-03-08T12:00"))
    assert perf_counter() - begun < 0.1


def test_jumuah_break_splits_friday_only():
    day = ((540, 1080),)
    friday = ((540, 750), (870, 1080))
    calendar = WorkingCalendar("Asia/Dhaka", (day, day, day, day, friday, (), day))
    assert pairs(calendar, "2026-03-05T18:00", "2026-03-06T18:00") == [
        ("06 03:00", "06 06:30"),
        ("06 08:30", "06 12:00"),
    ]
    assert pairs(calendar, "2026-03-04T18:00", "2026-03-05T18:00") == [("05 03:00", "05 12:00")]


def test_override_replaces_weekday_and_holiday():
    calendar = WorkingCalendar(
        "Asia/Dhaka",
        SUNDAY_TO_THURSDAY,
        holidays=frozenset({date(2026, 3, 26), date(2026, 3, 29)}),
        overrides={date(2026, 3, 26): ((600, 660),), date(2026, 3, 27): ((540, 600),), date(2026, 3, 30): ()},
    )
    assert pairs(calendar, "2026-03-25T18:00", "2026-03-31T18:00") == [
        ("26 04:00", "26 05:00"),
        ("27 03:00", "27 04:00"),
        ("31 03:00", "31 12:00"),
    ]
    assert [calendar.rule_of(date(2026, 3, day)) for day in (26, 27, 29, 31)] == [
        "override",
        "override",
        "holiday",
        "week",
    ]
    assert calendar.hours_of(date(2026, 3, 29)) == ()
    assert calendar.hours_of(date(2026, 3, 31)) == (OFFICE,)


def test_spring_forward_in_berlin_drops_the_hour_that_does_not_exist():
    # 29 March 2026: 02:00 CET becomes 03:00 CEST at 01:00 UTC.
    assert pairs(every_day("Europe/Berlin", (120, 180)), "2026-03-28T00:00", "2026-03-31T00:00") == [
        ("28 01:00", "28 02:00"),
        ("30 00:00", "30 01:00"),
    ]
    assert pairs(every_day("Europe/Berlin", (90, 210)), "2026-03-29T00:00", "2026-03-29T12:00") == [
        ("29 00:30", "29 01:30")
    ]


def test_fall_back_in_berlin_gives_the_repeated_hour_twice():
    # 25 October 2026: 03:00 CEST becomes 02:00 CET at 01:00 UTC.
    assert pairs(every_day("Europe/Berlin", (120, 180)), "2026-10-25T00:00", "2026-10-25T12:00") == [
        ("25 00:00", "25 02:00")
    ]
    # A quarter of an hour inside the repeated hour is open twice, forty-five minutes apart.
    assert pairs(every_day("Europe/Berlin", (135, 150)), "2026-10-25T00:00", "2026-10-25T12:00") == [
        ("25 00:15", "25 00:30"),
        ("25 01:15", "25 01:30"),
    ]


def test_new_york_days_of_change_are_23_and_25_hours_long():
    always = WorkingCalendar("America/New_York", ((), (), (), (), (), (), ((0, 1440),)))
    for day, hours in (("2026-03-08", 23), ("2026-03-15", 24), ("2026-11-01", 25)):
        found = list(always.intervals_between(utc(day + "T00:00"), utc(day + "T00:00") + timedelta(days=2)))
        assert [closes - opens for opens, closes in found] == [timedelta(hours=hours)]


def test_casablanca_goes_back_an_hour_for_ramadan():
    # In 2026 Morocco leaves UTC+1 for UTC+0 on 15 February at 03:00 and returns on 22 March at 02:00.
    calendar = every_day("Africa/Casablanca", (540, 600))
    assert pairs(calendar, "2026-02-14T00:00", "2026-02-16T00:00") == [
        ("14 08:00", "14 09:00"),
        ("15 09:00", "15 10:00"),
    ]
    assert pairs(calendar, "2026-03-21T00:00", "2026-03-23T00:00") == [
        ("21 09:00", "21 10:00"),
        ("22 08:00", "22 09:00"),
    ]


def test_lord_howe_moves_by_half_an_hour():
    # 5 April 2026: 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC the day before.
    calendar = every_day("Australia/Lord_Howe", (90, 120))
    assert pairs(calendar, "2026-04-04T12:00", "2026-04-04T18:00") == [("04 14:30", "04 15:30")]
    # 4 October 2026: 02:00 becomes 02:30, so a span of 02:00 to 02:30 does not happen.
    assert pairs(every_day("Australia/Lord_Howe", (120, 150)), "2026-10-03T12:00", "2026-10-03T18:00") == []


def test_kathmandu_is_five_and_three_quarter_hours_ahead():
    assert pairs(every_day("Asia/Kathmandu", (600, 1020)), "2026-05-01T00:00", "2026-05-02T00:00") == [
        ("01 04:15", "01 11:15")
    ]


def test_samoa_had_no_30_december_2011():
    calendar = every_day("Pacific/Apia", (540, 600))
    days = [opens for opens, _closes in calendar.intervals_between(utc("2011-12-28T00:00"), utc("2012-01-01T00:00"))]
    assert [opens.astimezone(ZoneInfo("Pacific/Apia")).day for opens in days] == [28, 29, 31, 1]


def test_clock_turned_back_over_midnight_keeps_the_instants_in_order():
    # St John's, 7 November 2010: at 00:01 (02:31 UTC) it was 23:01 of the day before again.
    calendar = WorkingCalendar(
        "America/St_Johns",
        EVERY_DAY_ALL_DAY,
        overrides={date(2010, 11, 7): ((0, 1),), date(2010, 11, 6): ((1430, 1440),)},
    )
    assert pairs(calendar, "2010-11-07T00:00", "2010-11-07T06:00") == [
        ("07 02:20", "07 02:31"),
        ("07 03:20", "07 03:31"),
    ]


def test_leap_day_is_a_working_day_like_its_weekday():
    calendar = WorkingCalendar("Asia/Dhaka", ((), (OFFICE,), (), (), (), (), ()))
    assert date(2028, 2, 29).weekday() == 1
    assert pairs(calendar, "2028-02-28T00:00", "2028-03-02T00:00") == [("29 03:00", "29 12:00")]


def test_next_opening_and_is_working():
    calendar = WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY)
    assert calendar.next_opening(utc("2026-03-05T12:00")) == utc("2026-03-08T03:00")
    assert calendar.next_opening(utc("2026-03-05T05:00")) == utc("2026-03-05T05:00")
    assert calendar.is_working(utc("2026-03-05T03:00"))
    assert not calendar.is_working(utc("2026-03-05T12:00"))


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (((600, 540),), "bad_interval"),
        (((600, 600),), "bad_interval"),
        (((-1, 60),), "bad_interval"),
        (((0, 1441),), "bad_interval"),
        (((0, 60, 90),), "bad_interval"),
        ((("09:00", "18:00"),), "bad_interval"),
        (((540, 720), (700, 900)), "overlap"),
        (((720, 900), (540, 600)), "overlap"),
    ],
)
def test_bad_hours_are_refused_in_the_week_and_in_overrides(hours, code):
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar("Asia/Dhaka", (hours, (), (), (), (), (), ()))
    assert refused.value.code == code
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar("Asia/Dhaka", SUNDAY_TO_THURSDAY, overrides={date(2026, 1, 1): hours})
    assert refused.value.code == code


def test_touching_intervals_are_allowed():
    assert pairs(every_day("UTC", (0, 60), (60, 120)), "2026-01-01T00:00", "2026-01-02T00:00") == [
        ("01 00:00", "01 02:00")
    ]


@pytest.mark.parametrize("zone", ["Asia/Dacca2", "", "../etc/passwd", "Asia", "/etc/localtime", "UTC\0"])
def test_unknown_zone_is_refused(zone):
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar(zone, SUNDAY_TO_THURSDAY)
    assert refused.value.code == "unknown_zone"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"week": {"7": []}}, "bad_week"),
        ({"week": {"0": [["9:00", "18:00"]]}}, "bad_time"),
        ({"week": {"0": [["09:00", "24:01"]]}}, "bad_time"),
        ({"week": {"0": [["09:60", "18:00"]]}}, "bad_time"),
        ({"week": {"0": [["09:00"]]}}, "bad_interval"),
        ({"week": {"0": 5}}, "bad_interval"),
        ({"week": {"0": [["24:00", "24:00"]]}}, "bad_interval"),
        ({"holidays": ["2026-02-29"]}, "bad_date"),
        ({"overrides": {"yesterday": []}}, "bad_date"),
        ({"zone": "Mars/Base"}, "unknown_zone"),
    ],
)
def test_bad_written_calendar_is_refused_with_its_code(change, code):
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar.from_dict({"zone": "Asia/Dhaka", "week": {}} | change)
    assert refused.value.code == code


def test_week_of_six_days_and_datetime_as_holiday_are_refused():
    with pytest.raises(CalendarError):
        WorkingCalendar("UTC", SUNDAY_TO_THURSDAY[:6])
    with pytest.raises(CalendarError):
        WorkingCalendar("UTC", SUNDAY_TO_THURSDAY, holidays=frozenset({utc("2026-01-01T00:00")}))
    with pytest.raises(CalendarError):
        WorkingCalendar.from_dict({"week": {}})


def test_written_calendar_reads_back_equal_hashes_and_pickles():
    written = {
        "zone": "Asia/Dhaka",
        "week": {"3": [["09:00", "13:00"], ["14:00", "24:00"]], "6": [["00:00", "06:05"]]},
        "holidays": ["2026-03-26"],
        "overrides": {"2026-03-27": [["10:00", "11:00"]], "2026-03-28": []},
    }
    calendar = WorkingCalendar.from_dict({"name": "dealer"} | written)
    assert calendar.to_dict() == written
    again = WorkingCalendar.from_dict(calendar.to_dict())
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert pickle.loads(pickle.dumps(calendar)) == calendar
    assert WorkingCalendar("Asia/Dhaka", calendar.week) != calendar


def test_calendar_that_never_opens_says_so_quickly():
    closed = WorkingCalendar("Europe/Berlin", ((),) * 7, overrides={date(2020, 1, 1): ((0, 60),)})
    begun = perf_counter()
    with pytest.raises(CalendarError) as refused:
        closed.next_opening(utc("2026-01-01T00:00"))
    assert refused.value.code == "never_opens"
    assert perf_counter() - begun < 0.2
    assert list(closed.intervals_between(utc("2026-01-01T00:00"), utc("2040-01-01T00:00"))) == []


def test_calendar_that_opens_after_four_years_is_waited_for():
    late = WorkingCalendar("Asia/Dhaka", ((),) * 7, overrides={date(2030, 1, 1): ((0, 60),)})
    assert late.next_opening(utc("2026-01-02T00:00")) == utc("2029-12-31T18:00")


def test_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        next(WorkingCalendar.always_open().intervals_between(datetime(2026, 1, 1), utc("2026-01-02T00:00")))
