"""Parts that are not here, promised times, the gate (US-34, C.3, A53.7)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from halkhata.desks.service.models import Handover, PartRequest
from halkhata.desks.service.services.codes import send_code
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.parts import ask_for_part, move_eta, part_arrived, tell_of_late_parts
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.desks.service.tests.conftest import tick_all
from halkhata.engines.deliveries.selectors.promises import open_promise
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.engines.work.choices import Side
from halkhata.engines.work.models import Notification
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.days import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(job: Any, desk: Any) -> Any:
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Fan broken")
    return job


@pytest.fixture
def ready(found: Any, desk: Any) -> Any:
    take_step(actor=desk.advisor, job=found, state="working")
    tick_all(found, desk.advisor)
    take_step(actor=desk.advisor, job=found, state="tested")
    take_step(actor=desk.advisor, job=found, state="ready")
    return found


def _ask(desk: Any, job: Any, **values: Any) -> PartRequest:
    asked = {"actor": desk.advisor, "job": job, "name": "Fan motor", "eta_on": today() + timedelta(days=3)}
    return ask_for_part(**{**asked, **values})


def test_missing_part_waits_on_the_manufacturer_until_it_arrives(found, desk):
    first, second = _ask(desk, found), _ask(desk, found, name="Fan blade")
    assert (found.state, found.state_flag) == ("waiting_part", "paused")
    part_arrived(actor=desk.advisor, part=first)
    found.refresh_from_db()
    assert found.state == "waiting_part"
    part_arrived(actor=desk.advisor, part=second)
    found.refresh_from_db()
    assert found.state == "diagnosed"
    assert Notification.objects.filter(verb="job.can_start", item=found).count() == 1
    with pytest.raises(Conflict):
        part_arrived(actor=desk.advisor, part=second)


def test_waiting_time_stands_apart_by_side(make_job, fridge, desk):
    start = time_machine.travel("2026-06-07 10:00+06:00", tick=False)
    with start as clock:
        job = make_job(fridge)
        clock.shift(timedelta(hours=1))
        take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Fan")
        part = _ask(desk, job, eta_on=date(2026, 6, 9))
        clock.shift(timedelta(hours=2))
        part_arrived(actor=desk.advisor, part=part)
        times = stage_times([job.pk])[job.pk]
    assert times.sides[Side.OURS].working == timedelta(hours=1)
    assert times.sides[Side.MANUFACTURER].working == timedelta(hours=2)


def test_late_part_is_told_once_for_each_day(found, desk):
    part = _ask(desk, found)
    assert tell_of_late_parts() == 0
    with time_machine.travel(now() + timedelta(days=4)):
        assert (tell_of_late_parts(), tell_of_late_parts()) == (1, 0)
        move_eta(actor=desk.advisor, part=part, eta_on=today() + timedelta(days=1))
        assert tell_of_late_parts() == 0
    with time_machine.travel(now() + timedelta(days=6)):
        assert tell_of_late_parts() == 1
    assert Notification.objects.filter(verb="job.part_late", item=found).count() == 2
    assert OutboxEvent.objects.filter(name="job.part_late").count() == 2


@pytest.mark.parametrize("days", [-1, 400])
def test_part_expected_on_an_impossible_day_is_refused(found, desk, days):
    with pytest.raises(DomainError) as refused:
        _ask(desk, found, eta_on=today() + timedelta(days=days))
    assert refused.value.field == "eta_on"
    assert PartRequest.objects.count() == 0


def test_promised_time_ends_when_the_unit_is_ready(make_job, fridge, desk):
    job = make_job(fridge, promised_for=now() + timedelta(days=2))
    promise = open_promise(job)
    assert promise is not None
    assert promise.ready_by == promise.promised_for - timedelta(hours=4)
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Fan")
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_handed_over_by_signature_with_a_gate_pass(ready, desk):
    given = hand_over(actor=desk.advisor, job=ready, how="signature", taken_by="Rahima", typed_name="Rahima Test")
    assert (ready.state, given.gate_pass[:2]) == ("delivered", "G-")
    with pytest.raises(Conflict) as refused:
        hand_over(actor=desk.advisor, job=ready, how="signature", taken_by="Rahima", typed_name="Rahima")
    assert refused.value.code == "handed_already"
    assert Handover.objects.count() == 1


def test_handed_over_by_code_only_with_the_right_one(ready, desk):
    sent = send_code(actor=desk.advisor, job=ready, purpose="handover")
    code = words_of(TextMessage.objects.get(cause=f"job-code:{sent.pk}:sms")).split()[0]
    with pytest.raises(DomainError):
        hand_over(
            actor=desk.advisor, job=ready, how="code", taken_by="Son", typed_code="000000" if code != "000000" else "1"
        )
    assert ready.state == "ready"
    hand_over(actor=desk.advisor, job=ready, how="code", taken_by="Son", relation="Son", typed_code=code)
    assert ready.state == "delivered"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"taken_by": " "}, "taken_by_missing"),
        ({"typed_name": "", "strokes": [[[1, 2]]]}, "signature_missing"),
        ({"accessories_back": False}, "accessories_note"),
        ({"how": "wink"}, "how_missing"),
    ],
)
def test_hand_over_without_proof_changes_nothing(ready, desk, values, code):
    given = {"actor": desk.advisor, "job": ready, "how": "signature", "taken_by": "R", "typed_name": "R", **values}
    with pytest.raises(DomainError) as refused:
        hand_over(**given)
    assert refused.value.code == code
    ready.refresh_from_db()
    assert (ready.state, Handover.objects.count()) == ("ready", 0)


def test_hand_over_before_ready_or_without_right_is_refused(found, ready, desk, make_job, bike):
    other = make_job(bike)
    with pytest.raises(Conflict):
        hand_over(actor=desk.advisor, job=other, how="signature", taken_by="R", typed_name="R")
    with pytest.raises(PermissionRefused):
        hand_over(actor=desk.onlooker, job=ready, how="signature", taken_by="R", typed_name="R")
    assert Handover.objects.count() == 0


def test_cancelled_unit_goes_back_with_a_gate_pass(found, desk):
    cancel_job(actor=desk.advisor, job=found, reason="refused")
    hand_over(actor=desk.advisor, job=found, how="signature", taken_by="Rahima", strokes=[[[1, 2], [500, 2000]]])
    assert found.state == "cancelled"
    assert found.handover.strokes == [[[1, 2], [500, 1000]]]


def test_database_refuses_a_hand_over_without_proof(ready, desk):
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(
            job=ready, gate_pass="G-1", at=now(), how="signature", taken_by="R", handed_by=desk.advisor
        )


def test_finding_the_fault_keeps_the_promise_of_a_first_look(job, desk):
    from halkhata.engines.work.models import SlaClock

    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Fan")
    assert SlaClock.objects.get(item=job.pk, metric="first").state == "met"
    assert SlaClock.objects.get(item=job.pk, metric="resolution").state == "running"


def test_job_is_promised_by_the_policy_of_its_kind(make_job, fridge, desk, catalog):
    from halkhata.engines.work.models import SlaClock, SlaPolicy
    from halkhata.engines.work.services.policies import move_policy, save_policy
    from halkhata.foundation.audit.trail import SYSTEM

    targets = {(priority, metric): minutes for priority in ("urgent", "high", "normal", "low")
               for metric, minutes in (("first", 30), ("resolution", 90))}  # fmt: skip
    own = save_policy(
        actor=SYSTEM, policy=None, name_bn="", name_en="Fridges", targets=targets,
        conditions={"kind": ["job"], "category": [fridge.product.kind.code]},
    )  # fmt: skip
    while SlaPolicy.objects.filter(is_default=False).order_by("position").first() != own:
        move_policy(actor=SYSTEM, policy=SlaPolicy.objects.get(pk=own.pk), up=True)
    job = make_job(fridge)
    clock = SlaClock.objects.get(item=job.pk, metric="resolution")
    assert (clock.policy_id, clock.target_minutes) == (own.pk, 90)


def test_job_without_a_date_is_promised_one_once(job, desk):
    from halkhata.desks.service.services.promising import promise_ready

    promise_ready(actor=desk.advisor, job=job, promised_for=now() + timedelta(days=1))
    with pytest.raises(Conflict) as refused:
        promise_ready(actor=desk.advisor, job=job, promised_for=now() + timedelta(days=2))
    assert refused.value.code == "promised_already"
    with pytest.raises(PermissionRefused):
        promise_ready(actor=desk.onlooker, job=job, promised_for=now() + timedelta(days=2))
    assert job.delivery_promises.count() == 1
