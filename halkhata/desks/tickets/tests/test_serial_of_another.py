"""Somebody new names a serial number that is somebody's: asked about before a second customer is made (A56.5)."""

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.web_form import open_from_web_form
from halkhata.foundation.audit.models import AuditEntry
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit, UnitIdentifier
from halkhata.records.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def fridge(desk, rahima):
    """Rahima's fridge."""
    kind = ProductKind.objects.create(code="cooler", name_en="Cooler", identifiers=[{"code": "serial"}])
    brand = Brand.objects.create(code="testa", name_en="Testa")
    product = Product.objects.create(brand=brand, kind=kind, name_en="Fridge", model_code="F1", folded="FRIDGE")
    unit = Unit.objects.create(
        number="U-9001", product=product, branch=rahima.branch, owner=rahima, state="sold", sold_on=today()
    )
    UnitIdentifier.objects.create(
        unit=unit, product=product, kind="serial", space="serial", value="SN-10001", folded="SN10001"
    )
    return unit


def test_caller_with_a_new_number_and_a_known_serial_is_asked_about(desk, rahima, fridge, client_as):
    client, before = client_as(desk.agent), Customer.objects.count()
    typed = {
        "token": "t1", "phone": "01100000077", "caller_name": "Salma Test", "text": "It does not cool",
        "channel": "phone", "kind": "complaint", "impact": "medium", "urgency": "medium", "serial": "sn 10001",
    }  # fmt: skip
    answer = client.post("/tickets/new/", typed)
    page = answer.content.decode()
    assert (answer.status_code, Customer.objects.count(), Ticket.objects.count()) == (409, before, 0)
    assert "The serial number SN-10001 belongs to" in page
    assert f'value="{rahima.pk}"' in page
    assert client.post("/tickets/new/", {**typed, "who": "other"}).status_code == 302
    assert Customer.objects.count() == before + 1
    made = Customer.objects.latest("pk")
    note = AuditEntry.objects.get(action="customer.create", record_id=str(made.pk)).note
    assert note.startswith(f"known already as {rahima.pk}: caller says")


def test_web_form_keeps_who_the_owner_is_for_staff_only(desk, rahima, fridge):
    ticket = open_from_web_form(
        name="Salma Test", phone="01100000077", email="", text="It does not cool", serial="SN-10001", language="en",
        kind="complaint", category=None, files=[], token="w1",
    )  # fmt: skip
    assert ticket.customer != rahima
    note = AuditEntry.objects.get(action="customer.create", record_id=str(ticket.customer_id)).note
    assert note == f"known already as {rahima.pk}: web form: the sender is not verified"
