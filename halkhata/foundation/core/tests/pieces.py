"""An event and tasks that exist for tests only. A worker process finds the tasks by their dotted path."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.db import connection
from django.db.models import F

from halkhata.foundation.core.events import DomainEvent
from halkhata.foundation.core.jobs import task
from halkhata.foundation.core.models import NumberSequence


@dataclass(frozen=True, kw_only=True)
class BellRang(DomainEvent):
    """Somebody rang."""

    name: ClassVar[str] = "test.bell_rang"
    times: int


def count_up(key: str) -> None:
    """Leave a trace in the database: one more for ``key``."""
    NumberSequence.objects.get_or_create(prefix=key, defaults={"last_value": 0})
    NumberSequence.objects.filter(prefix=key).update(last_value=F("last_value") + 1)


def counted(key: str) -> int:
    """How often ``count_up`` ran for ``key`` and was committed."""
    return NumberSequence.objects.filter(prefix=key).values_list("last_value", flat=True).first() or 0


@task()
def count(key: str) -> int:
    """Count up and return the new count."""
    count_up(key)
    return counted(key)


@task()
def fail(key: str) -> None:
    """Count up, then fail."""
    count_up(key)
    raise RuntimeError("the bell is broken")


@task()
def wait_for_file(key: str, begun: str, goes_on: str) -> None:
    """Make the file ``begun``, wait until ``goes_on`` exists, count up."""
    with Path(begun).open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    deadline = time.monotonic() + 60
    while not Path(goes_on).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    count_up(key)


@task()
def break_a_statement() -> None:
    """Ask the database for what it has not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM core_job")
