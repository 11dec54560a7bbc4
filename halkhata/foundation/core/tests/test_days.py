"""The day on the wall of a place, which is not the day in Greenwich."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.days import day_at, day_in

# One in the morning of the second in Dhaka.
NIGHT = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
DHAKA = SimpleNamespace(time_zone="Asia/Dhaka")


def test_after_midnight_in_the_branch_it_is_the_next_day():
    assert day_at(DHAKA, NIGHT) == date(2026, 3, 2)
    assert day_at(SimpleNamespace(time_zone="UTC"), NIGHT) == date(2026, 3, 1)


def test_without_an_instant_it_is_the_day_of_now():
    with moved_to(NIGHT):
        assert day_at(DHAKA) == date(2026, 3, 2)
        assert day_in("America/New_York") == date(2026, 3, 1)
