"""The state machine of a job card: the services' table, and the database's own (US-14)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halkhata.desks.service.choices import FLAG_OF_STATE, TRANSITIONS, JobState
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.states import allowed_states, cancel_job, take_step
from halkhata.desks.service.tests.conftest import tick_all
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.models import UnitLife

pytestmark = pytest.mark.django_db


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (ServiceJob, WorkEvent, AuditEntry, UnitLife))


def test_intake_writes_number_verdict_checklist_and_life(job, desk, fridge):
    assert job.number.startswith("J-")
    assert (job.state, job.state_flag, job.category_code) == ("in", "open", fridge.product.kind.code)
    assert job.verdict["state"] in {"green", "amber"}
    assert job.checklist.count() == 6
    assert list(UnitLife.objects.filter(unit=fridge, verb="job.in").values_list("url", flat=True)) == [
        f"/jobs/{job.number}/"
    ]


def test_intake_without_complaint_changes_nothing(make_job, fridge):
    before = counts()
    with pytest.raises(DomainError) as refused:
        make_job(fridge, complaint="  ")
    assert refused.value.code == "complaint_missing"
    assert counts() == before


def test_intake_of_a_unit_that_is_here_names_the_card(make_job, fridge, job):
    before = counts()
    with pytest.raises(Conflict) as refused:
        make_job(fridge)
    assert (refused.value.code, refused.value.data["number"]) == ("unit_is_here", job.number)
    assert counts() == before


def test_same_cause_opens_one_card(make_job, fridge):
    first = make_job(fridge, cause="form:1")
    assert make_job(fridge, cause="form:1").pk == first.pk
    assert ServiceJob.objects.count() == 1


def test_intake_without_right_or_out_of_scope_is_refused(make_job, fridge, desk, elsewhere):
    before = counts()
    with pytest.raises(PermissionRefused):
        make_job(fridge, actor=desk.onlooker)
    stranger = elsewhere.seller
    stranger.role = desk.role
    stranger.save()
    with pytest.raises(NotFound):
        make_job(fridge, actor=stranger)
    assert counts() == before


def test_diagnosed_needs_words(job, desk):
    with pytest.raises(DomainError) as refused:
        take_step(actor=desk.advisor, job=job, state="diagnosed")
    assert refused.value.code == "diagnosis_missing"
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Gas has leaked")
    assert (job.state, job.diagnosis) == ("diagnosed", "Gas has leaked")


def test_step_that_the_table_lacks_changes_nothing(job, desk):
    before = counts()
    for state in ("ready", "delivered", "working", "nonsense", "cancelled", "waiting_approval"):
        with pytest.raises(Conflict) as refused:
            take_step(actor=desk.advisor, job=job, state=state)
        assert refused.value.code == "step_not_allowed"
    assert counts() == before


def test_tested_needs_the_bench_checklist(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Loose wire")
    take_step(actor=desk.advisor, job=job, state="working")
    with pytest.raises(DomainError) as refused:
        take_step(actor=desk.advisor, job=job, state="tested")
    assert refused.value.code == "checklist_open"
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    assert (job.state, job.state_flag) == ("ready", "resolved")
    assert job.resolved_at is not None


def test_working_on_what_nobody_approved_is_refused(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Door is bent")
    add_line(
        actor=desk.advisor, job=job, kind="part", text="Door", unit_price=Decimal(900), payer="customer",
        rule="Broken by a fall",
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        take_step(actor=desk.advisor, job=job, state="working")
    assert refused.value.code == "approval_missing"
    assert job.state == "diagnosed"


def test_cancelled_needs_a_reason_and_is_final(job, desk):
    with pytest.raises(DomainError):
        cancel_job(actor=desk.advisor, job=job, reason="")
    cancel_job(actor=desk.advisor, job=job, reason="withdrawn", note="Sold it")
    assert (job.state, job.cancel_reason, job.state_flag) == ("cancelled", "withdrawn", "resolved")
    assert allowed_states(job) == []
    with pytest.raises(Conflict):
        cancel_job(actor=desk.advisor, job=job, reason="mistake")


def test_stale_page_overwrites_nothing(job, desk):
    seen = job.version
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Loose wire", version=seen)
    with pytest.raises(Conflict) as refused:
        take_step(actor=desk.technician, job=job, state="working", version=seen)
    assert refused.value.code == "changed_meanwhile"
    assert ServiceJob.objects.get(pk=job.pk).state == "diagnosed"


@pytest.mark.parametrize("before", JobState)
def test_database_refuses_every_step_outside_the_table(before: JobState, job):
    with triggers_off():
        WorkItem.objects.filter(pk=job.pk).update(state=before)
    for after in JobState:
        allowed = after == before or after in TRANSITIONS[before]
        if allowed:
            with transaction.atomic():
                assert WorkItem.objects.filter(pk=job.pk).update(state=after) == 1
                transaction.set_rollback(True)
        else:
            with pytest.raises(DatabaseError, match="service_job_steps"), transaction.atomic():
                WorkItem.objects.filter(pk=job.pk).update(state=after)
        assert WorkItem.objects.get(pk=job.pk).state == before


def test_database_refuses_a_card_that_begins_in_the_middle(job):
    values = {
        field.attname: getattr(job, field.attname) for field in WorkItem._meta.concrete_fields if field.name != "id"
    }
    with pytest.raises(DatabaseError, match="service_job_steps"), transaction.atomic():
        WorkItem.objects.create(**{**values, "number": "J-9999", "state": "ready"})
    assert not WorkItem.objects.filter(number="J-9999").exists()


def test_guard_off_lets_the_step_pass(job):
    with triggers_off(), transaction.atomic():
        assert WorkItem.objects.filter(pk=job.pk).update(state="delivered") == 1
        transaction.set_rollback(True)


def test_every_state_has_a_flag_and_the_first_is_in():
    assert set(FLAG_OF_STATE) == set(JobState)
    assert all(JobState.IN not in after for after in TRANSITIONS.values())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presses=st.lists(st.sampled_from([*JobState.values, "cancel"]), max_size=9))
def test_any_presses_keep_to_the_table(presses: list[str], desk: Any, rahima: Any, fridge: Any):
    """A model of the machine beside the real one: what the table allows happens, everything else changes nothing."""
    with transaction.atomic():
        job = open_job(
            actor=desk.advisor, unit=fridge, customer=rahima, branch=desk.branch, complaint="Noise", cause=""
        )
        tick_all(job, desk.advisor)
        job.refresh_from_db()
        expected = JobState.IN
        by_hand = {JobState.DIAGNOSED, JobState.WORKING, JobState.TESTED, JobState.READY}
        for press in presses:
            goes = JobState.CANCELLED if press == "cancel" else JobState(press)
            may = goes in TRANSITIONS[expected] and (goes in by_hand or press == "cancel")
            try:
                if press == "cancel":
                    cancel_job(actor=desk.advisor, job=job, reason="withdrawn")
                else:
                    take_step(actor=desk.advisor, job=job, state=press, diagnosis="Loose wire")
            except DomainError:
                assert not may, (expected, press)
            else:
                assert may, (expected, press)
                expected = goes
            job = ServiceJob.objects.get(pk=job.pk)
            assert job.state == expected
            assert job.state_flag == FLAG_OF_STATE[expected]
            last = WorkEvent.objects.filter(item=job.pk).exclude(state_flag="").order_by("pk").last()
            assert last is not None
            assert last.data.get("to", last.data.get("state")) == expected
        transaction.set_rollback(True)


class triggers_off:  # noqa: N801 - reads like the context it is
    """The database without its guard: what the guard alone keeps out."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._nothing_pending(cursor)
                cursor.execute("ALTER TABLE work_workitem DISABLE TRIGGER service_job_steps_update")
                return
            cursor.execute("SELECT sql FROM sqlite_master WHERE type='trigger' AND name='service_job_steps_update'")
            self.sql = cursor.fetchone()[0]
            cursor.execute("DROP TRIGGER service_job_steps_update")

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._nothing_pending(cursor)
                cursor.execute("ALTER TABLE work_workitem ENABLE TRIGGER service_job_steps_update")
            else:
                cursor.execute(self.sql)

    @staticmethod
    def _nothing_pending(cursor: Any) -> None:
        """What waits for the end of the transaction is checked now: a table with pending checks cannot be altered."""
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
