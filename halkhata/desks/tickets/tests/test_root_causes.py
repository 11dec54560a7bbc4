"""The register of root causes: closed, in two languages, by category (A52.22)."""

import pytest
from django.urls import reverse

from halkhata.desks.tickets.choices import RootCause
from halkhata.desks.tickets.models import Category, RootCauseEntry
from halkhata.desks.tickets.selectors.root_causes import cause_labels, causes_for, root_causes
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.root_causes import save_root_cause
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError, PermissionRefused


@pytest.fixture
def fridge(db):
    return Category.objects.create(code="fridge-y", name_en="Fridge", name_bn="ফ্রিজ")


@pytest.fixture
def bike(db):
    return Category.objects.create(code="bike-y", name_en="Bike", name_bn="বাইক")


@pytest.fixture
def ticket(shop, fridge):
    return open_ticket(
        actor=shop.agent, subject="Does not cool", description="", customer=None, channel="phone",
        branch=shop.branch, team=shop.team, owner=shop.agent, category=fridge, acknowledge=False,
    )  # fmt: skip


def solve(shop, ticket, cause, **more):
    return resolve_ticket(
        actor=shop.agent, ticket=ticket, root_cause=cause, action="Gas filled", remedy="repaired", **more
    )


def test_without_a_row_the_register_is_what_the_product_knows(db):
    assert [cause.code for cause in root_causes()] == RootCause.values


def test_cause_of_the_shop_is_offered_for_its_categories_only(shop, ticket, fridge, bike):
    own = save_root_cause(actor=shop.owner, name_bn="গ্যাস লিক", name_en="Gas leak", categories=[fridge])
    assert own.code == "gas_leak"
    assert own.code in [cause.code for cause in causes_for(fridge)]
    assert own.code not in [cause.code for cause in causes_for(bike)]
    with pytest.raises(DomainError) as refusal:
        solve(shop, ticket, own.code, category=bike)
    assert refusal.value.field == "root_cause"
    solution = solve(shop, ticket, own.code)
    assert solution.root_cause_label == "Gas leak"


def test_known_cause_is_renamed_and_switched_off_and_old_solutions_keep_their_words(shop, ticket):
    solution = solve(shop, ticket, "delivery")
    save_root_cause(actor=shop.owner, code="delivery", name_bn="পৌঁছানো", name_en="Bringing it", is_active=False)
    assert "delivery" not in [cause.code for cause in root_causes()]
    assert cause_labels()["delivery"] == solution.root_cause_label == "Bringing it"


def test_other_is_always_there(shop, fridge):
    for change in ({"is_active": False}, {"categories": [fridge]}):
        with pytest.raises(DomainError, match="Other"):
            save_root_cause(actor=shop.owner, code="other", name_bn="অন্য", name_en="Other", **change)
    assert RootCauseEntry.objects.count() == 0


def test_two_causes_of_one_name_have_codes_of_their_own(shop):
    codes = [save_root_cause(actor=shop.owner, name_bn="ক", name_en="Delivery").code for _number in (1, 2)]
    assert codes == ["delivery_2", "delivery_3"]
    assert save_root_cause(actor=shop.owner, name_bn="শুধু বাংলা", name_en="").code == "cause"


def test_only_who_may_change_settings_keeps_the_register(shop, client_as):
    with pytest.raises(PermissionRefused):
        save_root_cause(actor=shop.agent, name_bn="ক", name_en="A")
    client = client_as(shop.agent)
    assert client.get(reverse("tickets:causes")).status_code == 403
    assert client.post(reverse("tickets:cause", args=["new"]), {"name_en": "A"}).status_code == 403
    assert RootCauseEntry.objects.count() == 0


def test_owner_adds_and_changes_on_the_page(shop, fridge, client_as):
    client = client_as(shop.owner)
    values = {"name_bn": "গ্যাস", "name_en": "Gas", "position": "৫", "categories": [fridge.pk], "is_active": "on"}
    assert client.post(reverse("tickets:cause", args=["new"]), values).status_code == 302
    page = client.get(reverse("tickets:causes")).content.decode()
    assert page.index("Gas") < page.index("Fault in the product")
    assert "Fridge" in page
    assert client.post(reverse("tickets:cause", args=["gas"]), {"position": "5"}).status_code == 422
    assert 'value="Delivery"' in client.get(reverse("tickets:cause", args=["delivery"])).content.decode()
    assert client.get(reverse("tickets:cause", args=["nothing-such"])).status_code == 404
    assert AuditEntry.objects.filter(action="root_cause.save").count() == 1


def test_page_of_a_ticket_offers_the_causes_of_its_category(shop, ticket, fridge, bike, client_as):
    save_root_cause(actor=shop.owner, name_bn="গ্যাস", name_en="Gas leak", categories=[fridge])
    save_root_cause(actor=shop.owner, name_bn="চেইন", name_en="Chain torn", categories=[bike])
    page = client_as(shop.agent).get(reverse("tickets:detail", args=[ticket.number])).content.decode()
    assert "Gas leak" in page
    assert "Chain torn" not in page
