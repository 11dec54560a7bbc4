"""A job card is ready with lines that the warranty pays: the claim to the company stands there as a draft, once."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.losses import Narrowed, loss_rows, losses
from halkhata.desks.claims.selectors.report import Span
from halkhata.desks.claims.selectors.verify import house_papers, verify
from halkhata.desks.claims.services import editing as claim_lines
from halkhata.desks.claims.services.filing import withdraw_claim
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.settling import settle_return
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line, remove_line
from halkhata.desks.service.services.states import take_step
from halkhata.desks.service.tests.conftest import (
    WORKSHOP,
    bike,
    catalog,
    desk,
    english,
    fridge,
    job,
    make_job,
    rahima,
    tick_all,
)
from halkhata.desks.service.tests.conftest import terms as terms
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.models import EventDelivery
from halkhata.foundation.core.outbox import deliver_due
from halkhata.oversight.automation.return_claims import proposal_of_return
from halkhata.records.catalog.days import today
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.services.flags import look_for_flags
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
__all__ = ["bike", "catalog", "desk", "english", "fridge", "job", "make_job", "rahima", "terms"]


def deliver_all():
    """Every event reaches its handlers, and none of them fails."""
    while deliver_due(limit=200):
        pass
    assert list(EventDelivery.objects.exclude(last_error="").values_list("last_error", flat=True)) == []


def repair(desk, job, *lines):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Compressor is stuck")
    for line in lines:
        add_line(**{"actor": desk.advisor, "job": job, "kind": "part", "text": "Compressor", **line})
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    deliver_all()


def claimer(desk):
    """Somebody of the branch who writes claims and opens disputes."""
    rights = (*WORKSHOP, "claim.view", "claim.edit", "dispute.view", "dispute.open", "return.view")
    return make_user("claimer", branch=desk.branch, role=make_role("cl", level=1, scope="branch", permissions=rights))


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
        ("part", Decimal(5000), True, Decimal(5000)),
    ]
    assert claim.claimed_amount == Decimal(5000)
    assert [paper.name for paper in house_papers(claim)] == [f"{job.number}.pdf"]
    assert "job_card" not in {one.code for one in verify(claim).missing}
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
    deliver_all()
    assert Claim.objects.count() == 1


def test_page_of_the_job_brings_its_claim_and_the_way_to_one(desk, job, client_as):
    page = client_as(claimer(desk))
    shown = page.get(f"/jobs/{job.number}/").content.decode()
    assert f"/claims/new/?about={job.number}" in shown
    assert f"/claims/about/?about={job.number}" in shown
    assert page.get(f"/claims/about/?about={job.number}&part=1").content.strip() == b""
    assert page.get(f"/claims/new/?about={job.number}").status_code == 200
    repair(desk, job, WARRANTY)
    claim = Claim.objects.get()
    assert claim.number in page.get(f"/claims/about/?about={job.number}&part=1").content.decode()
    assert page.get(f"/claims/about/?about={job.number}")["Location"] == f"/claims/{claim.number}/"
    assert f"/disputes/new/?about={claim.number}&amp;customer={job.customer_id}" in (
        page.get(f"/claims/{claim.number}/").content.decode()
    )
    again = page.post("/claims/new/", {"about": job.number, "token": "x"})
    assert (again.status_code, "There is a claim for this already" in again.content.decode()) == (409, True)


def test_replaced_unit_gives_both_numbers_to_a_claim(catalog, rahima, terms, desk):
    from halkhata.desks.returns.services.defaults import create_first_policy
    from halkhata.desks.returns.tests.conftest import graded
    from halkhata.records.catalog.services.units import create_unit
    from halkhata.records.warranty.tests.conftest import sell_unit

    create_first_policy()
    unit = sell_unit(catalog, rahima, serial="SN-OLD", on=today())
    line = unit.lines.select_related("purchase__branch", "product__kind").get()
    boss = catalog.shop.owner
    request = graded(SimpleNamespace(owner=boss), line)
    decide_return(actor=boss, request=request, result="replacement")
    new = create_unit(actor=boss, product=unit.product, identifiers={"serial": "SN-NEW"}, branch=unit.branch)
    settle_return(actor=boss, request=request, replacement_unit=new)
    found = proposal_of_return(request)
    assert (found.unit, found.values["faulty_serial"], found.values["replacement_serial"]) == (
        unit, "SN-OLD", "SN-NEW",
    )  # fmt: skip
    assert (found.values["repaired_on"], len(found.lines)) == (today(), 1)


def test_job_without_lines_under_warranty_makes_no_claim(desk, job):
    repair(desk, job)
    assert not Claim.objects.exists()


def test_lines_that_the_company_does_not_pay_back_make_no_claim(desk, job):
    repair(desk, job, {**WARRANTY, "is_recoverable": False, "faulty_serial": "cmp-1", "replacement_serial": "cmp-2"})
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
    deliver_all()
    assert not Claim.objects.exists()


def test_part_that_is_not_paid_back_gives_no_numbers_to_the_draft(desk, job):
    repair(
        desk, job,
        {**WARRANTY, "is_recoverable": False, "faulty_serial": "cmp-1", "replacement_serial": "cmp-2"},
        {**WARRANTY, "text": "Relay", "faulty_serial": "rel-1", "replacement_serial": "rel-2"},
    )  # fmt: skip
    claim = Claim.objects.get()
    assert (claim.faulty_serial, claim.replacement_serial) == ("REL-1", "REL-2")
    assert [line.text for line in claim.lines.all()] == ["Relay"]


def test_a_claim_that_was_taken_back_is_not_made_again_by_itself(desk, job):
    repair(desk, job, WARRANTY)
    withdraw_claim(actor=SYSTEM, claim=Claim.objects.get(), reason="Not worth it")
    hand_over(actor=desk.advisor, job=job, how="signature", taken_by="R", typed_name="R")
    deliver_all()
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
    deliver_all()
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


def test_line_that_no_company_pays_back_is_counted_as_lost_for_whoever_sees_jobs(desk, job):
    add_line(
        actor=desk.advisor, job=job, kind="labour", text="Long way", payer="warranty", rule="Promised",
        unit_price=Decimal(150), is_recoverable=False,
    )  # fmt: skip
    add_line(
        actor=desk.advisor, job=job, kind="part", text="Valve", payer="warranty", rule="Promised",
        unit_price=Decimal(900), cost=Decimal("640.50"), is_recoverable=False,
    )  # fmt: skip
    add_line(actor=desk.advisor, job=job, kind="part", text="Tube", unit_price=Decimal(70), cost=Decimal(60))
    claims = ("customer.view", "claim.view")
    far = make_user("onlyclaims", branch=desk.branch, role=make_role("oc", level=1, scope="branch", permissions=claims))
    both = make_user(
        "both", branch=desk.branch, role=make_role("bo", level=1, scope="branch", permissions=(*claims, "job.view"))
    )
    wanted = Narrowed(Span(today() - timedelta(days=1), today()))
    assert losses(far, wanted) == []
    (line,) = losses(both, wanted)
    # Where nobody wrote what it cost, the price stands for it.
    assert (line.amounts, line.counts) == ({"ours": Decimal("790.50")}, {"ours": 1})
    rows, _has_more = loss_rows(both, wanted)
    assert sorted((row.number, row.url_name, row.what, row.amount) for row in rows) == [
        (job.number, "service:detail", "Long way", Decimal("150.00")),
        (job.number, "service:detail", "Valve", Decimal("640.50")),
    ]
