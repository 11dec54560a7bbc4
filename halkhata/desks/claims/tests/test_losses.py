"""What no company ever pays back: exact sums by company, month and reason, and exactly their rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.losses import Narrowed, loss_rows, losses, totals
from halkhata.desks.claims.selectors.report import Span
from halkhata.desks.claims.services.answering import decide_claim
from halkhata.desks.claims.services.editing import add_line
from halkhata.desks.claims.services.filing import submit_claim, withdraw_claim
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.claims.tests.conftest import complete, draft, granted, pay, sent
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.days import today
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


def wanted(**more):
    return Narrowed(Span(today() - timedelta(days=400), today()), **more)


def lost(desk, fridge):
    """One claim for each way to lose money; returned by the reason."""
    ours = draft(desk, fridge, "1000")
    add_line(
        actor=desk.writer, claim=ours,
        line=NewLine(kind="travel", text="Van", cost=Decimal("300.10"), is_recoverable=False),
    )  # fmt: skip
    low = draft(desk, fridge, "50")
    add_line(
        actor=desk.writer, claim=low,
        line=NewLine(kind="labour", text="Bench", cost=Decimal(700), claimed=Decimal(500)),
    )  # fmt: skip
    submit_claim(actor=desk.writer, claim=complete(desk, low))
    no = sent(desk, fridge, "400")
    decide_claim(actor=desk.chief, claim=no, granted={}, answer="Out of time")
    part = sent(desk, fridge, "90.25")
    decide_claim(actor=desk.chief, claim=part, granted={part.lines.get().pk: Decimal(80)}, answer="Our rate")
    short = granted(desk, fridge, "1000")
    pay(desk, short, "900", "A", short_reason="Fee")
    back = sent(desk, fridge, "60")
    return {"ours": ours, "under": low, "refused": no, "partly": part, "short": short, "withdrawn": back}


def test_every_way_to_lose_money_is_in_the_month_and_in_its_rows(desk, fridge):
    made = lost(desk, fridge)
    withdraw_claim(actor=desk.writer, claim=made["withdrawn"], reason="Company is closed")
    (line,) = losses(desk.chief, wanted())
    assert (line.month, line.label, line.currency) == (today().replace(day=1), "Testa", "BDT")
    assert line.amounts == {
        "ours": Decimal("300.10"), "under": Decimal(200), "refused": Decimal("410.25"), "short": Decimal(100),
        "withdrawn": Decimal(60),
    }  # fmt: skip
    assert line.counts == {"ours": 1, "under": 1, "refused": 2, "short": 1, "withdrawn": 1}
    assert line.total == Decimal("1070.35")
    assert [(one.currency, one.total) for one in totals([line, line])] == [("BDT", Decimal("2140.70"))]
    for reason, amount in line.amounts.items():
        rows, has_more = loss_rows(desk.chief, wanted(reason=reason, month=line.month, brand=desk.brand.pk))
        assert (sum(row.amount for row in rows), has_more) == (amount, False)
        assert {row.reason for row in rows} == {reason}
    (row,) = loss_rows(desk.chief, wanted(reason="short"))[0]
    assert (row.number, row.what, row.url_name, row.branch) == (
        made["short"].number, "Fee", "claims:detail", desk.branch.name,
    )  # fmt: skip
    assert [row.what for row in loss_rows(desk.chief, wanted(reason="ours"))[0]] == ["Van"]


def test_what_may_still_come_is_not_lost(desk, fridge):
    draft(desk, fridge, "10")
    sent(desk, fridge, "20")
    half = granted(desk, fridge, "30")
    pay(desk, half, "10", "H")
    assert losses(desk.chief, wanted()) == []
    assert loss_rows(desk.chief, wanted()) == ([], False)


def test_claim_that_took_the_place_of_a_withdrawn_one_is_not_lost_twice(desk, fridge):
    first = sent(desk, fridge, "60")
    withdraw_claim(actor=desk.writer, claim=first, reason="Wrong rate")
    assert losses(desk.chief, wanted())[0].amounts == {"withdrawn": Decimal(60)}
    draft(desk, fridge, "60")
    assert losses(desk.chief, wanted()) == []


def test_month_begins_at_midnight_in_the_shop(desk, fridge):
    for at in (datetime(2026, 4, 30, 17, 59, tzinfo=UTC), datetime(2026, 4, 30, 18, 0, tzinfo=UTC)):
        claim = sent(desk, fridge, "400")
        decide_claim(actor=desk.chief, claim=claim, granted={}, answer="No")
        Claim.objects.filter(pk=claim.pk).update(decided_at=at)
    year = Narrowed(Span(date(2026, 1, 1), date(2026, 12, 31)))
    assert [(line.month, line.total) for line in losses(desk.chief, year)] == [
        (date(2026, 5, 1), Decimal(400)), (date(2026, 4, 1), Decimal(400)),
    ]  # fmt: skip
    april = Narrowed(year.span, month=date(2026, 4, 1))
    assert len(loss_rows(desk.chief, april)[0]) == 1
    assert april.days == Span(date(2026, 4, 1), date(2026, 4, 30))
    assert losses(desk.chief, Narrowed(Span(date(2026, 5, 1), date(2026, 5, 1))))[0].total == Decimal(400)


def test_who_sees_another_branch_sees_nothing_of_this_one(desk, fridge, elsewhere):
    lost(desk, fridge)
    role = make_role("far", level=1, scope="branch", permissions=("claim.view",))
    far = make_user("far", branch=elsewhere.branch, role=role)
    assert losses(far, wanted()) == []
    assert loss_rows(far, wanted()) == ([], False)
    assert losses(desk.chief, wanted(branch=elsewhere.branch.pk)) == []
    assert losses(desk.chief, wanted(brand=0)) == []


def test_number_of_queries_does_not_grow_with_the_claims(desk, fridge):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            losses(desk.chief, wanted())
            loss_rows(desk.chief, wanted())
        return len(seen)

    lost(desk, fridge)
    one = queries()
    lost(desk, fridge)
    assert queries() == one


@pytest.mark.parametrize("language", ["bn", "en"])
def test_pages_lead_from_the_month_to_the_claim(desk, client_as, language, fridge):
    made = lost(desk, fridge)
    page = client_as(desk.chief, language)
    numbers = page.get("/claims/numbers/").content.decode()
    assert "/claims/losses/?since=" in numbers
    months = page.get("/claims/losses/").content.decode()
    shown = {"en": "410.25", "bn": "৳৪১০.২৫"}[language]
    assert shown in months
    query = f"reason=refused&month={today():%Y-%m}&brand={desk.brand.pk}"
    rows = page.get(f"/claims/losses/rows/?{query}").content.decode()
    assert f"/claims/{made['refused'].number}/" in rows
    assert f"/claims/{made['partly'].number}/" in rows
    assert f"/claims/{made['short'].number}/" not in rows
    words = {"en": "Refused by the company", "bn": "কোম্পানি নামঞ্জুর করেছে"}[language]
    assert words in rows
    empty = page.get("/claims/losses/rows/?month=1999-01").content.decode()
    assert {"en": "Nothing was lost in these days", "bn": "এই দিনগুলোতে কোনো লোকসান হয়নি"}[language] in empty
    for odd in ("?month=x&brand=x&branch=-1&reason=x&currency=%27", "?since=9&until=%00", "?month=2026-13"):
        assert page.get(f"/claims/losses/{odd}").status_code == 200, odd
        assert page.get(f"/claims/losses/rows/{odd}").status_code == 200, odd


def test_file_holds_the_rows_and_is_written_down(desk, client_as, fridge):
    made = lost(desk, fridge)
    answer = client_as(desk.chief, "en").get("/claims/losses/file/?reason=short")
    head, row, last = answer.content.decode("utf-8-sig").split("\r\n")
    assert head == "Day,Company,Branch,Number,Why nobody pays it,What,Amount,Currency"
    day = f"{today():%Y-%m-%d}"
    assert row == f"{day},Testa,{desk.branch.name},{made['short'].number},Paid short,Fee,100.00,BDT"
    assert last == ""
    entry = AuditEntry.objects.get(action="claim.losses_export")
    assert (entry.actor_id, entry.after["rows"]) == (desk.chief.pk, 1)
    assert now() - entry.at < timedelta(minutes=5)


def test_whoever_may_not_see_claims_gets_nothing(desk, client_as):
    role = make_role("nobody", level=1, scope="branch", permissions=("customer.view", "job.view"))
    page = client_as(make_user("nobody", branch=desk.branch, role=role))
    for address in ("", "rows/", "file/"):
        assert page.get(f"/claims/losses/{address}").status_code == 403
    assert not AuditEntry.objects.filter(action="claim.losses_export").exists()
