"""Free services: windows by day and use, one use whatever happens (US-16)."""

import threading
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from halkhata.engines.goodwill.models import Goodwill
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.selectors.coupons import about_to_be_lost, coupons_of, used_in
from halkhata.records.warranty.services import coupons as service
from halkhata.records.warranty.services.coupon_goodwill import use_as_goodwill
from halkhata.records.warranty.services.coupons import use_coupon
from halkhata.records.warranty.sheets import sheet_headings, sheet_rows
from halkhata.records.warranty.tests.conftest import digest, sell_unit

WITHIN = date(2026, 4, 10)


def first(unit):
    return Coupon.objects.get(unit=unit, number=1)


@pytest.mark.django_db
def test_sale_gives_coupons_with_windows_by_day_and_use(bike):
    rows = [(one.number, one.from_on, one.to_on, one.from_usage, one.to_usage) for one in Coupon.objects.all()]
    assert rows == [
        (1, date(2026, 4, 1), date(2026, 4, 26), 400, 1000),
        (2, date(2026, 5, 11), date(2026, 7, 10), 2000, 3500),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "reading", "code", "words"),
    [
        (date(2026, 3, 31), 500, "coupon_early", "begins on 1 Apr 2026"),
        (WITHIN, 399, "coupon_early", "begins at 400"),
        (date(2026, 4, 27), 500, "coupon_expired", "good until 26 Apr 2026"),
        (WITHIN, 1001, "coupon_expired", "good up to 1,000"),
        (WITHIN, None, "reading_missing", "Write what the meter shows"),
    ],
)
def test_outside_its_windows_it_is_refused_with_the_way_out(bike, catalog, on, reading, code, words):
    before = digest()
    with pytest.raises(DomainError) as refused:
        use_coupon(actor=catalog.counter, coupon_id=first(bike).pk, on=on, reading=reading)
    assert refused.value.code == code
    assert words in str(refused.value.message)
    if code != "reading_missing":
        assert "A manager may let it pass as goodwill." in str(refused.value.message)
    assert digest() == before


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "reading"), [(date(2026, 4, 1), 400), (date(2026, 4, 26), 1000)])
def test_edges_of_both_windows_are_inside(bike, catalog, on, reading):
    assert use_coupon(actor=catalog.counter, coupon_id=first(bike).pk, on=on, reading=reading).state == "used"


@pytest.mark.django_db
def test_used_once_says_where_it_went(bike, catalog):
    coupon = use_coupon(actor=catalog.counter, coupon_id=first(bike).pk, on=WITHIN, reading=500, job_number="J-1001")
    assert (coupon.used_by, coupon.used_branch, coupon.used_reading) == (catalog.counter, catalog.branch, 500)
    before = digest()
    with pytest.raises(Conflict) as refused:
        use_coupon(actor=catalog.counter, coupon_id=coupon.pk, on=WITHIN, reading=500)
    assert str(refused.value.message) == (
        "Free service 1 was used on 10 Apr 2026 (J-1001) and counts once. Take the next one, or let the customer pay."
    )
    with pytest.raises(Conflict, match="coupon_used"):
        use_as_goodwill(actor=catalog.manager, coupon=coupon, reason="again", on=WITHIN, reading=500)
    assert digest() == before


@pytest.mark.django_db
def test_page_of_a_used_one_says_so_and_asks_for_nothing(bike, catalog, client_as):
    page = client_as(catalog.counter)
    coupon = first(bike)
    address = f"/warranty/coupons/{coupon.pk}/use/"
    assert b'name="reading"' in page.get(address).content
    use_coupon(actor=catalog.counter, coupon_id=coupon.pk, on=WITHIN, reading=500)
    shown = page.get(address)
    assert b'name="reading"' not in shown.content
    assert b"and counts once" in shown.content
    # Two tills had the form open: the second hears it, too.
    before = digest()
    sent = page.post(address, {"on": WITHIN.isoformat(), "reading": "500"})
    assert (sent.status_code, b"and counts once" in sent.content, digest() == before) == (409, True, True)


@pytest.mark.django_db
def test_goodwill_lets_a_late_one_pass_for_a_manager_with_a_reason(bike, catalog):
    late = {"on": date(2026, 6, 1), "reading": 4000}
    before = digest()
    with pytest.raises(PermissionRefused):
        use_as_goodwill(actor=catalog.counter, coupon=first(bike), reason="flood", **late)
    with pytest.raises(DomainError, match="no_reason"):
        use_as_goodwill(actor=catalog.manager, coupon=first(bike), reason=" ", **late)
    assert digest() == before
    with pytest.raises(DomainError, match="goodwill_over_limit"):
        use_as_goodwill(actor=catalog.manager, coupon=first(bike), reason="flood", cost=Decimal(501), **late)
    assert digest() == before
    used = use_as_goodwill(actor=catalog.manager, coupon=first(bike), reason="flood", cost=Decimal(300), **late)
    given = Goodwill.objects.get()
    assert (given.kind, given.cost, given.reason) == ("coupon", Decimal(300), "flood")
    assert (used.state, used.goodwill) == ("used", f"{given.pk}: flood")
    assert AuditEntry.objects.get(action="coupon.use").after["goodwill"] == f"{given.pk}: flood"


@pytest.mark.django_db
def test_without_the_right_or_outside_the_branch_nothing_is_used(bike, catalog, elsewhere):
    elsewhere.seller.role = catalog.counter.role
    elsewhere.seller.save()
    before = digest()
    with pytest.raises(PermissionRefused):
        use_coupon(actor=catalog.looker, coupon_id=first(bike).pk, on=WITHIN, reading=500)
    with pytest.raises(NotFound):
        use_coupon(actor=elsewhere.seller, coupon_id=first(bike).pk, on=WITHIN, reading=500)
    with pytest.raises(NotFound):
        use_coupon(actor=catalog.counter, coupon_id=999_999, on=WITHIN, reading=500)
    assert digest() == before


@pytest.mark.django_db
def test_standing_of_each_coupon_is_told(bike):
    assert [one.standing for one in coupons_of(bike, on=WITHIN, reading=500)] == ["open", "early"]
    assert [one.standing for one in coupons_of(bike, on=date(2026, 6, 1), reading=5000)] == ["expired", "expired"]


@pytest.mark.django_db
def test_customers_about_to_lose_one_come_soonest_first(bike, catalog, time_machine):
    time_machine.move_to("2026-04-20T10:00:00Z")
    assert [one.number for one in about_to_be_lost(catalog.counter, days=14)] == [1]
    assert list(about_to_be_lost(catalog.counter, days=5)) == []
    use_coupon(actor=catalog.counter, coupon_id=first(bike).pk, on=WITHIN, reading=500)
    assert list(about_to_be_lost(catalog.counter, days=14)) == []


@pytest.mark.django_db
def test_month_s_sheet_names_numbers_and_no_customer_and_runs_no_formula(bike, catalog):
    use_coupon(actor=catalog.counter, coupon_id=first(bike).pk, on=WITHIN, reading=500, job_number="=1+1")
    found = used_in(catalog.counter, first=date(2026, 4, 1), last=date(2026, 4, 30))
    (row,) = sheet_rows(found)
    assert len(row) == len(sheet_headings())
    assert row[:5] == ["2026-04-10", "Testa Motorcycle 150 (M150)", "PSU1-CHASSIS, PSU1-ENGINE", 1, 500]
    assert "Rahima" not in str(row)
    assert list(used_in(catalog.counter, first=date(2026, 5, 1), last=date(2026, 5, 31))) == []


# ------------------------------------------------------------------------------------------------ two tills at once
TILLS = 100


def at_once(coupon_id, actor, most=TILLS):
    """So many tills use the same coupon at the same moment. Returns how many succeeded."""
    start, done, failed = threading.Barrier(10), [], []

    def till():
        try:
            start.wait(30)
            for _try in range(most // 10):
                try:
                    done.append(use_coupon(actor=actor, coupon_id=coupon_id, on=WITHIN, reading=500).pk)
                except Conflict as error:
                    failed.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=till) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return len(done), set(failed)


@pytest.mark.django_db(transaction=True)
def test_hundred_uses_at_once_count_one(catalog, terms, rahima):
    bike = sell_unit(catalog, rahima, catalog.bike, serial="PSU1")
    assert at_once(first(bike).pk, catalog.counter) == (1, {"coupon_used"})
    assert AuditEntry.objects.filter(action="coupon.use").count() == 1
    assert Coupon.objects.filter(unit=bike, state="used").count() == 1


@contextmanager
def unguarded(monkeypatch):
    """The condition of the update gone, and no row held: what a careless rewrite would look like."""

    def careless(self, **values):
        if values.get("state") == "used":
            return QuerySet.update(Coupon.objects.filter(pk__in=list(Coupon.objects.values_list("pk", flat=True))[:1]),
                                   **values)  # fmt: skip
        return QuerySet.update(self, **values)

    monkeypatch.setattr(type(Coupon.objects.all()), "update", careless, raising=False)
    monkeypatch.setattr(type(Coupon.objects.all()), "select_for_update", lambda self, **_options: self, raising=False)
    monkeypatch.setattr(service, "check_coupon", lambda *_args, **_options: None)
    yield


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_guard_counts_many(catalog, terms, rahima, monkeypatch):
    bike = sell_unit(catalog, rahima, catalog.bike, serial="PSU1")
    with unguarded(monkeypatch):
        succeeded, _codes = at_once(first(bike).pk, catalog.counter, most=20)
    assert succeeded > 1
    assert connection.vendor
