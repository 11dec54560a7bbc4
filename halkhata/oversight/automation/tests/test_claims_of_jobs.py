"""A job card is ready with lines that the warranty pays: the claim to the company stands there as a draft, once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.verify import house_papers, verify
from halkhata.desks.claims.services import editing as claim_lines
from halkhata.desks.claims.services.filing import withdraw_claim
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line, remove_line
from halkhata.desks.service.services.states import take_step
from halkhata.desks.service.tests.conftest import bike, catalog, desk, english, fridge, job, make_job, rahima, tick_all
from halkhata.desks.service.tests.conftest import terms as terms
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.outbox import deliver_due
from halkhata.records.catalog.days import today
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.services.flags import look_for_flags

pytestmark = pytest.mark.django_db
__all__ = ["bike", "catalog", "desk", "english", "fridge", "job", "make_job", "rahima", "terms"]


def repair(desk, job, *lines):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Compressor is stuck")
    for line in lines:
        add_line(**{"actor": desk.advisor, "job": job, "kind": "part", "text": "Compressor", **line})
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    deliver_due()


WARRANTY = {"payer": "warranty", "rule": "Company said yes", "unit_price": Decimal(9000), "cost": Decimal(5000)}


def test_ready_job_makes_one_draft_with_lines_numbers_and_costs(desk, job):
    repair(
        desk, job,
        {**WARRANTY, "faulty_serial": "cmp-1", "replacement_serial": "cmp-2", "is_recoverable": True},
        {**WARRANTY, "kind": "visit", "text": "Visit", "cost": Decimal(300), "is_recoverable": False},
    )  # fmt: skip
    claim = Claim.objects.get()
    assert (claim.about_id, claim.unit_id, claim.stage, claim.owner_id) == (job.pk, job.unit_id, "draft", job.owner_id)
    assert (claim.faulty_serial, claim.replacement_serial) == ("CMP-1", "CMP-2")
    assert (claim.failed_on, claim.repaired_on, claim.deadline_on) == (
        today(), today(), today() + timedelta(days=30),
    )  # fmt: skip
    assert [(one.kind, one.cost, one.is_recoverable, one.claimed_amount) for one in claim.lines.all()] == [
        ("part", Decimal(5000), True, Decimal(5000)), ("visit", Decimal(300), False, Decimal(0)),
    ]  # fmt: skip
    assert claim.claimed_amount == Decimal(5000)
    assert [paper.name for paper in house_papers(claim)] == [f"{job.number}.pdf"]
    assert "job_card" not in {one.code for one in verify(claim).missing}
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
    deliver_due()
    assert Claim.objects.count() == 1


def test_job_without_lines_under_warranty_makes_no_claim(desk, job):
    repair(desk, job)
    assert not Claim.objects.exists()


def test_a_claim_that_was_taken_back_is_not_made_again_by_itself(desk, job):
    repair(desk, job, WARRANTY)
    withdraw_claim(actor=SYSTEM, claim=Claim.objects.get(), reason="Not worth it")
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
    deliver_due()
    assert [claim.stage for claim in Claim.objects.all()] == ["withdrawn"]


def test_draft_follows_the_card_and_keeps_what_was_written_by_hand(desk, job):
    repair(desk, job, WARRANTY)
    claim = Claim.objects.get()
    claim_lines.add_line(actor=SYSTEM, claim=claim, line=NewLine(kind="labour", text="Two hours", cost=Decimal(500)))
    take_step(actor=desk.advisor, job=job, state="working")
    remove_line(actor=desk.advisor, job=job, line_id=job.lines.get().pk)
    add_line(**{"actor": desk.advisor, "job": job, "kind": "part", "text": "Relay", **WARRANTY, "cost": Decimal(800)})
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    deliver_due()
    claim.refresh_from_db()
    assert sorted(line.text for line in claim.lines.all()) == ["Relay", "Two hours"]
    assert claim.claimed_amount == Decimal(1300)


def test_claims_without_a_card_count_as_claims_of_the_unit(desk, fridge):
    """The search for misuse (A53.16): more than the usual number within a year, and a part that came back."""
    from halkhata.desks.claims.services.opening import open_claim

    for place in range(5):
        with moved_to(now() - timedelta(hours=5 - place)):
            open_claim(
                actor=SYSTEM, unit=fridge, faulty_serial="old-9" if place == 0 else "",
                replacement_serial="old-9" if place == 4 else "",
            )  # fmt: skip
    assert look_for_flags() == 2
    assert {flag.kind for flag in Flag.objects.all()} == {"many_claims", "parts_back"}
