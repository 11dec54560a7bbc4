"""Background work of data quality."""

from datetime import date

from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.models import Installation
from halkhata.records.data_quality.services.looking import look_at_changed, refresh_heard, write_month
from halkhata.records.data_quality.services.picking import draw_month as draw


def _month() -> date:
    return day_at(Installation.current()).replace(day=1)


@task()
def look_at_customers() -> dict[str, int]:
    """The nightly look. Changes no customer."""
    done = look_at_changed()
    done["heard"] = refresh_heard()
    done["average"] = write_month(_month()).average
    return done


@task()
def draw_month() -> int:
    """Draw the month's customers."""
    return draw(_month())
