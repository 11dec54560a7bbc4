"""How a person stands to each purpose by each way: the last act of each of their rows, the stricter winning (N5)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.privacy.choices import ConsentAct, ConsentState, ContactChannel, Purpose
from halkhata.records.privacy.models import ConsentEvent, ConsentWording
from halkhata.records.privacy.selectors.family import family_of

# The stricter first: a "no" of any row is a "no" of the person (US-55: the strictest opt-out wins).
_STRICT = (ConsentState.WITHDRAWN, ConsentState.ASKED, ConsentState.GRANTED)
Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a person stands to one purpose by one way, and by which act."""

    state: ConsentState
    event: ConsentEvent | None = None


NOBODY_ASKED = Standing(state=ConsentState.NONE)


def standing_of(rows: Iterable[ConsentEvent], ids: Collection[int]) -> Standing:
    """Decide one (purpose, channel) from its events.

    The last act of each row of the person counts. An act whose ``covers`` names another row of them speaks for that
    row, too, as long as both are one person. Of the rows' last acts the strictest is the answer; a row that was never
    asked says nothing.
    """
    last: dict[int, ConsentEvent] = {}
    for event in rows:
        for pk in {event.customer_id, *event.covers} & set(ids):
            known = last.get(pk)
            if known is None or (event.at, event.pk) > (known.at, known.pk):
                last[pk] = event
    for state in _STRICT:
        found = [event for event in last.values() if event.act == state.value]
        if found:
            return Standing(state=state, event=max(found, key=lambda event: (event.at, event.pk)))
    return NOBODY_ASKED


def standings(customer_id: int, *, until: datetime | None = None) -> dict[Place, Standing]:
    """How the person stands to everything they were ever asked, by (purpose, channel); ``until``: as it was then."""
    return standings_of(family_of(customer_id), until=until)


def standings_of(ids: Collection[int], *, until: datetime | None = None) -> dict[Place, Standing]:
    """The same for somebody whose rows are known already."""
    by_place: dict[Place, list[ConsentEvent]] = defaultdict(list)
    if until is None and len(ids) == 1:
        # Nearly everybody is one row, and each customer's page asks this.
        rows = kept_objects("consents of one", lambda: _acts_of([SOME_ID]), {SOME_ID: next(iter(ids))})
    else:
        rows = list(_acts_of(ids) if until is None else _acts_of(ids).filter(at__lte=until))
    for event in rows:
        by_place[event.purpose, event.channel].append(event)
    return {place: standing_of(events, ids) for place, events in by_place.items()}


def _acts_of(ids: Collection[int]) -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(customer_id__in=ids).order_by("at", "id").select_related("wording")


def standing(customer_id: int, purpose: str, channel: str, *, until: datetime | None = None) -> Standing:
    """How the person stands to one purpose by one way."""
    ids = family_of(customer_id)
    rows = ConsentEvent.objects.filter(customer_id__in=ids, purpose=purpose, channel=channel)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return standing_of(rows, ids)


def current_wording(purpose: str) -> ConsentWording | None:
    """The words that hold now, or None while there are none."""
    return ConsentWording.objects.filter(purpose=purpose).order_by("-number").first()


def table_of(ids: Collection[int], purposes: Collection[Purpose]) -> list[dict[str, object]]:
    """Rows for a page: each purpose with its standing by each way, in order. ``ids``: all rows of the person."""
    known = standings_of(ids)
    return [
        {
            "purpose": purpose,
            "cells": [
                {"channel": channel, "standing": known.get((purpose.value, channel.value), NOBODY_ASKED)}
                for channel in ContactChannel
            ],
        }
        for purpose in purposes
    ]


def history_of(customer_id: int, limit: int = 100) -> list[ConsentEvent]:
    """The acts of a person, latest first."""
    rows = ConsentEvent.objects.filter(customer_id__in=family_of(customer_id))
    return list(rows.select_related("wording").order_by("-at", "-id")[:limit])


def is_yes(act: str) -> bool:
    """Whether the act is one that needs words to agree to."""
    return act != ConsentAct.WITHDRAWN
