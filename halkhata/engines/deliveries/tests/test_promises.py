"""Promised dates: the buffer, the warning before, the move with its reason (C.3, A56.21)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from halkhata.engines.deliveries.models import DeliveryPromise, DeliveryStep
from halkhata.engines.deliveries.selectors.promises import promise_list
from halkhata.engines.deliveries.services.promising import keep_promise, promise_delivery, reschedule
from halkhata.engines.deliveries.services.watching import tell_of_risks, warn_of_promises
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.tests.conftest import catalog, elsewhere, karim, rahima
from halkhata.records.customers.models import Activity
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["catalog", "elsewhere", "karim", "rahima"]
pytestmark = pytest.mark.django_db
SUNDAY = "2026-11-22 10:00+06:00"


@pytest.fixture
def clerk(catalog: Any) -> Any:
    role = make_role("clerk", level=1, scope="branch", permissions=(*AGENT_PERMISSIONS, "promise.edit"))
    return make_user("clerk", branch=catalog.branch, role=role)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(SUNDAY, tick=False) as moved:
        yield moved


@pytest.fixture
def promise(clerk: Any, rahima: Any, clock: Any) -> DeliveryPromise:
    return promise_delivery(
        actor=clerk, item=None, purchase_ref="M-17", customer=rahima, branch=clerk.branch, what="Fridge 220",
        promised_for=now() + timedelta(days=2), buffer=timedelta(hours=6),
    )  # fmt: skip


def test_we_work_towards_the_buffer_before(promise):
    assert promise.promised_for - promise.ready_by == timedelta(hours=6)
    assert list(promise.steps.values_list("kind", flat=True)) == ["promised"]


def test_buffer_takes_never_more_than_half_of_the_time(clerk, rahima, clock):
    soon = promise_delivery(
        actor=clerk, item=None, purchase_ref="M-18", customer=rahima, branch=clerk.branch, what="Delivery",
        promised_for=now() + timedelta(hours=2), buffer=timedelta(hours=6),
    )  # fmt: skip
    assert soon.promised_for - soon.ready_by == timedelta(hours=1)


def test_staff_are_warned_then_the_customer_told_before_it_slips(promise, clock):
    assert (warn_of_promises(), tell_of_risks()) == (0, 0)
    clock.move_to(promise.ready_by)
    assert (warn_of_promises(), warn_of_promises(), tell_of_risks()) == (1, 0, 0)
    assert Notification.objects.filter(user=promise.owner, verb="delivery.warned").count() == 1
    clock.move_to(promise.promised_for - timedelta(hours=3))
    assert (tell_of_risks(), tell_of_risks()) == (1, 0)
    event = OutboxEvent.objects.get(name="delivery.at_risk")
    assert event.occurred_at < promise.promised_for
    assert Activity.objects.filter(customer=promise.customer, verb="delivery.told").count() == 1


def test_what_is_kept_in_time_is_warned_of_no_more(promise, clock, clerk):
    keep_promise(actor=clerk, promise=promise)
    clock.move_to(promise.promised_for)
    assert (warn_of_promises(), tell_of_risks()) == (0, 0)
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_done_after_the_time_is_late(promise, clock, clerk):
    clock.move_to(promise.promised_for + timedelta(minutes=1))
    assert keep_promise(actor=clerk, promise=promise).state == "late"


def test_move_needs_a_reason_and_starts_the_warning_anew(promise, clock, clerk):
    with pytest.raises(DomainError) as refused:
        reschedule(actor=clerk, promise=promise, to=promise.promised_for + timedelta(days=1), reason="")
    assert refused.value.code == "reason_missing"
    clock.move_to(promise.ready_by)
    warn_of_promises()
    before = promise.promised_for
    moved = reschedule(actor=clerk, promise=promise, to=before + timedelta(days=1), reason="part", note="Port")
    assert (moved.moves, moved.warned_at, moved.first_promised_for) == (1, None, before)
    step = moved.steps.get(kind="moved")
    assert (step.moved_from, step.promised_for, step.reason) == (before, before + timedelta(days=1), "part")
    assert OutboxEvent.objects.filter(name="delivery.moved").count() == 1


@pytest.mark.parametrize("days", [-3, 3000])
def test_time_that_makes_no_sense_is_refused(promise, clerk, days):
    with pytest.raises(DomainError):
        reschedule(actor=clerk, promise=promise, to=now() + timedelta(days=days), reason="part")
    assert DeliveryStep.objects.count() == 1


def test_stale_ended_foreign_and_unentitled_moves_are_refused(promise, clerk, catalog, elsewhere):
    later = promise.promised_for + timedelta(days=1)
    with pytest.raises(Conflict):
        reschedule(actor=clerk, promise=promise, to=later, reason="part", version=99)
    with pytest.raises(PermissionRefused):
        reschedule(actor=catalog.seller, promise=promise, to=later, reason="part")
    stranger = make_user("stranger", branch=elsewhere.branch, role=clerk.role)
    with pytest.raises(NotFound):
        reschedule(actor=stranger, promise=promise, to=later, reason="part")
    keep_promise(actor=clerk, promise=promise)
    with pytest.raises(Conflict):
        reschedule(actor=clerk, promise=promise, to=later, reason="part")
    promise.refresh_from_db()
    assert promise.moves == 0


def test_history_of_a_promise_only_grows(promise):
    with pytest.raises(DatabaseError), transaction.atomic():
        DeliveryStep.objects.update(note="changed")


def test_database_refuses_a_buffer_after_the_promise_and_a_second_open_one(promise):
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryPromise.objects.update(ready_by=promise.promised_for + timedelta(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryPromise.objects.update(state="kept")


def test_list_counts_are_of_its_rows(promise, clerk, clock):
    found = promise_list(clerk, "week")
    assert [row.pk for row in found.rows] == [promise.pk]
    assert found.counts == {"today": 0, "late": 0, "week": 1, "later": 0}
    clock.shift(timedelta(days=3))
    assert promise_list(clerk, "late").counts["late"] == 1


def test_pages_move_it_by_one_tap(promise, clerk, client_as, clock):
    client = client_as(clerk)
    assert client.get("/promised/?view=week").status_code == 200
    assert client.get(f"/promised/{promise.pk}/").status_code == 200
    sent = {"days": "1", "reason": "workload", "note": "", "version": promise.version}
    assert client.post(f"/promised/{promise.pk}/move/", {**sent, "reason": ""}).status_code == 422
    assert client.post(f"/promised/{promise.pk}/move/", sent).status_code == 302
    before = promise.promised_for
    promise.refresh_from_db()
    assert promise.promised_for == before + timedelta(days=1)


def test_sale_is_promised_on_a_page(clerk, rahima, client_as, clock):
    client = client_as(clerk)
    assert client.get("/promised/new/").status_code == 404
    sent = {"customer": rahima.pk, "purchase_ref": "M-20", "what": "Bike", "promised_for": "2026-11-25T18:00",
            "buffer_hours": "৪"}  # fmt: skip
    assert client.post("/promised/new/", sent).status_code == 302
    assert DeliveryPromise.objects.get().purchase_ref == "M-20"
