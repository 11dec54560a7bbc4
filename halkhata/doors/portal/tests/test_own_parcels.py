"""On its way, on the customer's own pages: plain words, only their own, nothing of what staff wrote (A56.21)."""

from datetime import timedelta

import pytest

from halkhata.doors.portal.selectors.parcels import parcels_to, words_of
from halkhata.engines.deliveries.models import Parcel
from halkhata.engines.deliveries.parcel_choices import ParcelState
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.engines.deliveries.tests.parcel_shop import (
    boss,
    catalog,
    clerk,
    courier,
    elsewhere,
    karim,
    parcel,
    promise,
    rahima,
)
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

__all__ = ["boss", "catalog", "clerk", "courier", "elsewhere", "karim", "parcel", "promise", "rahima"]
pytestmark = pytest.mark.django_db


def test_customer_reads_where_it_is_and_nobody_else_does(parcel, rahima, karim, clerk):
    take_event(
        actor=SYSTEM, parcel=parcel, kind="at_branch", happened_at=now() - timedelta(hours=3), place="Mirpur",
        source="webhook",
    )  # fmt: skip
    take_event(
        actor=clerk, parcel=parcel, kind="failed", happened_at=now() - timedelta(hours=1), place="his shop",
        reason="rude on the phone",
    )  # fmt: skip
    (shown,) = parcels_to(rahima)
    assert (shown.courier, shown.words, shown.is_over) == ("Swift", words_of("failed"), False)
    assert [(step.words, step.place) for step in shown.steps] == [
        (words_of("failed"), ""), (words_of("at_branch"), "Mirpur"),
    ]  # fmt: skip
    assert "rude" not in str(shown)
    assert parcels_to(karim) == []
    assert parcels_to(rahima, item_id=1) == []


def test_what_arrived_more_than_a_month_ago_is_shown_no_more(parcel, rahima):
    Parcel.objects.update(state="delivered", state_at=now() - timedelta(days=31))
    assert parcels_to(rahima) == []


def test_every_state_has_words():
    assert all(words_of(state) for state in ParcelState.values)
