"""Two at once write down a credit note: what was approved is paid once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from halkhata.desks.claims import guards
from halkhata.desks.claims.models import Claim, CompanyCredit
from halkhata.desks.claims.services import answering
from halkhata.desks.claims.services.answering import decide_claim, record_credit
from halkhata.desks.claims.services.filing import submit_claim
from halkhata.desks.claims.services.opening import NewLine, open_claim
from halkhata.desks.claims.services.rules import save_rules
from halkhata.desks.claims.tests.conftest import CHIEF
from halkhata.desks.returns.tests.test_races import all_at_once
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.triggers import TriggerEditor
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from tests.support.fixtures_shop import make_role, make_shop, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    shop = make_shop()
    chief = make_user("cchief", branch=shop.branch, role=make_role("cc", level=3, scope="branch", permissions=CHIEF))
    kind = ProductKind.objects.create(
        code="pump", name_en="Pump", identifiers=[{"code": "serial", "label_en": "Serial", "required": True}]
    )
    brand = Brand.objects.create(code="brand", name_en="Brand")
    product = Product.objects.create(brand=brand, kind=kind, name_en="Pump", folded="PUMP")
    unit = Unit.objects.create(
        number="U-1", product=product, branch=shop.branch, state="sold", sold_on=date(2026, 1, 1)
    )
    save_rules(actor=SYSTEM, brand=brand, name_en="Brand", wants_old_parts=False)
    claim = open_claim(actor=chief, unit=unit, lines=[NewLine(kind="part", text="Seal", cost=Decimal(1000))])
    decide_claim(actor=chief, claim=submit_claim(actor=chief, claim=claim))
    return chief, claim


def credit(scene, number, amount="600"):
    chief, claim = scene
    return record_credit(
        actor=chief, claim=Claim.objects.get(pk=claim.pk), number=number, amount=Decimal(amount), on=date(2026, 11, 1)
    )


def test_two_people_write_down_money_and_only_what_was_approved_goes_in(scene):
    answers = all_at_once(8, lambda index: credit(scene, f"CN-{index}"), 8)
    assert answers.count(None) == 1
    assert set(answers) == {None, "credited_over_approved"}
    assert Claim.objects.get().credited_amount == sum(row.amount for row in CompanyCredit.objects.all()) == 600


def test_the_same_paper_goes_in_once_however_many_write_it(scene):
    answers = all_at_once(8, lambda _index: credit(scene, "CN-1", "100"), 8)
    assert answers.count(None) == 1
    assert set(answers) == {None, "credit_known"}


def test_without_the_guards_more_is_paid_than_was_approved(scene, monkeypatch):
    """The twin: looking first and writing afterwards is no guard."""
    chief, claim = scene
    seen = Claim.objects.get(pk=claim.pk)
    assert seen.credited_amount + 600 <= seen.approved_amount

    def act(index):
        with transaction.atomic():
            # As a service without lock, trigger and constraint would.
            assert seen.credited_amount + 600 <= seen.approved_amount
            CompanyCredit.objects.create(
                claim=claim, number=f"CN-{index}", amount=Decimal(600), on=date(2026, 11, 1), recorded_by=chief
            )

    guards.drop_all(TriggerEditor())
    try:
        assert all_at_once(4, act, 4) == [None] * 4
        assert sum(row.amount for row in CompanyCredit.objects.all()) == 2400
    finally:
        guards.create_all(TriggerEditor())
    assert Decimal("0.01") == answering.CENT
