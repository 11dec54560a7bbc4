"""Promises that ask who the customer is and what it is about (A51.1): exact policies, kept, and cheap."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.services.segments import delete_segment
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import SlaPolicy, WorkEvent, WorkItem
from halkhata.engines.work.selectors.explain import explained
from halkhata.engines.work.services.item_history import record_event
from halkhata.engines.work.services.ownership import change_priority
from halkhata.engines.work.services.policies import save_policy
from halkhata.engines.work.services.promises import choose_policy, recompute_unfinished
from halkhata.engines.work.tests.conftest import english, frozen
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.catalog.models import Brand, ProductKind, Unit, UnitIdentifier
from halkhata.records.catalog.services.defaults import create_all_kinds
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.customers.models import Address, Organization
from halkhata.records.customers.services.customers import create_customer

__all__ = ["english", "frozen"]
pytestmark = pytest.mark.django_db


def promise(name, **conditions):
    """A policy that promises an answer in a quarter of an hour."""
    targets = {
        (priority, metric): {Metric.FIRST_RESPONSE: 15, Metric.NEXT_RESPONSE: 15, Metric.RESOLUTION: 300}[metric]
        for priority in Priority.values
        for metric in Metric.values
    }
    return save_policy(
        actor=SYSTEM, policy=None, name_bn="", name_en=name, targets=targets, conditions=conditions
    )  # fmt: skip


@pytest.fixture
def gold(shop):
    return Segment.objects.create(name_en="Gold", conditions={}, state="ready")


@pytest.fixture
def people(shop, gold):
    """Two customers; the first is in the segment."""
    first, second = (
        create_customer(actor=shop.owner, name_en=name, phones=[f"0110000020{number}"])
        for number, name in enumerate(["Rahima Test", "Karim Test"])
    )
    SegmentMember.objects.create(segment=gold, customer=first, generation=1)
    return first, second


@pytest.fixture
def fridge(shop):
    """A unit of a product of a brand, with a serial number."""
    create_all_kinds()
    product = save_product(
        actor=SYSTEM, brand=save_brand(actor=SYSTEM, name_en="Testa"), kind=ProductKind.objects.get(code="appliance"),
        name_en="Fridge 220", model_code="F220",
    )  # fmt: skip
    unit = Unit.objects.create(number="U-901", product=product, branch=shop.branch)
    UnitIdentifier.objects.create(
        unit=unit, product=product, kind="serial", space="serial", value="SN-77", folded="SN77"
    )
    return product


def ticket(shop, customer=None, **more):
    """A complaint by phone."""
    return open_ticket(
        actor=shop.owner, subject="Does not cool", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, **more,
    )  # fmt: skip


def clock_policies(item):
    return set(item.clocks.values_list("policy__name_en", flat=True))


def fresh(item):
    return WorkItem.objects.get(pk=item.pk)


def test_segment_of_the_customer_chooses_the_promise(shop, gold, people):
    promise("Gold people", segment=[gold.pk])
    first, second = people
    assert clock_policies(ticket(shop, first)) == {"Gold people"}
    assert clock_policies(ticket(shop, second)) == {"Default"}
    assert clock_policies(ticket(shop)) == {"Default"}


def test_several_values_are_any_of_them_and_several_conditions_all(shop, gold, people):
    silver = Segment.objects.create(name_en="Silver", conditions={}, state="ready")
    promise("Both", segment=[silver.pk, gold.pk], channel=["phone"])
    promise("Mail", segment=[gold.pk], channel=["email"])
    assert clock_policies(ticket(shop, people[0])) == {"Both"}


def test_removed_segment_is_nobodys(shop, gold, people):
    promise("Gold people", segment=[gold.pk])
    Segment.objects.update(state="going")
    assert clock_policies(ticket(shop, people[0])) == {"Default"}


def test_organization_and_country_of_the_customer(shop, people):
    school = Organization.objects.create(name_en="Test School")
    first, second = people
    first.organization = school
    first.save(update_fields=["organization"])
    Address.objects.create(customer=second, line="Park Street 1", country="IN")
    promise("School", organization=[school.pk])
    promise("India", country=["IN"])
    promise("Home", country=["BD"])
    assert clock_policies(ticket(shop, first)) == {"School"}
    assert clock_policies(ticket(shop, second)) == {"India"}
    third = create_customer(actor=shop.owner, name_en="Salma Test", phones=["01100000209"])
    # Without an address: where the branch is.
    assert clock_policies(ticket(shop, third)) == {"Home"}
    assert clock_policies(ticket(shop)) == {"Default"}


@pytest.mark.parametrize("asked", ["product", "brand", "product_kind"])
def test_product_of_a_ticket_comes_from_its_serial_number(shop, fridge, asked):
    values = {"product": fridge.pk, "brand": fridge.brand_id, "product_kind": fridge.kind_id}
    promise("Fridges", **{asked: [values[asked]]})
    assert clock_policies(ticket(shop, serial="sn 77")) == {"Fridges"}
    assert clock_policies(ticket(shop, serial="SN-78")) == {"Default"}
    assert clock_policies(ticket(shop)) == {"Default"}


def test_number_that_two_products_bear_says_nothing(shop, fridge):
    other = save_product(actor=SYSTEM, brand=fridge.brand, kind=fridge.kind, name_en="Fridge 300", model_code="F300")
    unit = Unit.objects.create(number="U-902", product=other, branch=shop.branch)
    UnitIdentifier.objects.create(unit=unit, product=other, kind="serial", space="serial", value="SN77", folded="SN77")
    promise("Fridges", product=[fridge.pk])
    assert clock_policies(ticket(shop, serial="SN-77")) == {"Default"}


def test_product_of_job_return_claim_and_dispute_is_asked_of_their_desks(shop):
    from halkhata.engines.work.registry import item_kinds

    for code in ("complaint", "question", "request", "job", "return", "claim", "dispute"):
        kind = item_kinds.get(code)
        assert kind.products_of is not None, code
        assert kind.products_of([]) == {}


def test_another_serial_number_chooses_the_promise_anew(shop, fridge):
    promise("Fridges", product=[fridge.pk])
    item = ticket(shop, serial="SN-78")
    change_ticket(actor=shop.owner, ticket=item, serial="SN-77")
    assert clock_policies(item) == {"Fridges"}
    assert fresh(item).promise_facts["product"] == [fridge.pk]


def test_running_promise_stays_when_the_customer_leaves_or_joins_a_segment(shop, gold, people, frozen):
    promise("Gold people", segment=[gold.pk])
    inside, outside = ticket(shop, people[0]), ticket(shop, people[1])
    SegmentMember.objects.all().delete()
    SegmentMember.objects.create(segment=gold, customer=people[1], generation=1)
    for item in (inside, outside):
        record_event(actor=None, item=fresh(item), kind="customer_message")
    recompute_unfinished(reason="policy")
    assert clock_policies(inside) == {"Gold people"}
    assert clock_policies(outside) == {"Default"}
    assert not WorkEvent.objects.filter(kind="policy_changed").exists()


def test_another_priority_chooses_the_promise_anew(shop, gold, people, frozen):
    promise("Gold people", segment=[gold.pk])
    item = ticket(shop, people[1])
    SegmentMember.objects.create(segment=gold, customer=people[1], generation=1)
    change_priority(actor=shop.owner, item=fresh(item), priority="urgent")
    assert clock_policies(item) == {"Gold people"}


def test_another_customer_on_the_item_is_asked_about_anew(shop, gold, people, frozen):
    promise("Gold people", segment=[gold.pk])
    item = ticket(shop, people[1])
    WorkItem.objects.filter(pk=item.pk).update(customer=people[0])
    record_event(actor=None, item=fresh(item), kind="customer_message")
    assert clock_policies(item) == {"Gold people"}


def test_new_promise_is_made_for_running_items_by_what_is_true_then(shop, gold, people, frozen):
    items = [ticket(shop, people[number % 2]) for number in range(6)]
    assert {fresh(item).promise_facts for item in items} == {None}
    promise("Gold people", segment=[gold.pk])
    recompute_unfinished(reason="policy")
    assert [clock_policies(item) == {"Gold people"} for item in items] == [True, False] * 3
    assert fresh(items[0]).promise_facts == {"customer": people[0].pk, "segment": [gold.pk]}


def statements(act):
    """How many statements, without those that only begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_facts_of_many_items_cost_as_much_as_of_few(shop, gold, people, fridge):
    ask = {"segment": [gold.pk], "country": ["BD"], "product": [fridge.pk]}

    def cost(count):
        for number in range(count):
            ticket(shop, people[number % 2], serial="SN-77")
        SlaPolicy.objects.filter(is_default=False).delete()
        WorkItem.objects.update(promise_facts=None)
        promise("Asked", **ask)
        return statements(lambda: recompute_unfinished(reason="policy"))

    few = cost(3)
    assert cost(20) <= few + 3


@pytest.fixture
def road(request, shop, people):
    """``road()`` takes one complaint in, by the API or by mail."""
    from halkhata.doors.api.tests.conftest import Api
    from halkhata.engines.messaging.services.inbound import ingest
    from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
    from halkhata.foundation.accounts.services.tokens import create_token

    if request.param == "mail":
        make_mailbox(shop)
        # One mail from each: many from one address are taken for a loop.
        senders = [f"person{number}@example.com" for number in range(12)]
        for number, sender in enumerate(senders):
            create_customer(actor=shop.owner, name_en=f"Person {number}", emails=[sender])
        mails = iter(raw_mail("It is broken", number=100 + n, sender=sender) for n, sender in enumerate(senders))
        return lambda: ingest(next(mails))
    if request.param == "api":
        scopes = ["customer.view", "customer.see_private", "ticket.view", "ticket.create", "work.view"]
        api = Api(create_token(actor=shop.owner, name="test", scopes=scopes)[1])
        body = {"subject": "Fridge", "customer_id": people[0].pk, "serial": "SN-77"}
        return lambda: api.post("/tickets", body)
    return lambda: ticket(shop, people[0], serial="SN-77")


@pytest.mark.parametrize("road", ["service", "api", "mail"], indirect=True)
def test_complaint_costs_no_statement_more_unless_a_promise_asks(shop, gold, people, fridge, road):
    def cost():
        road()  # terms are read anew once after each edit
        count = Ticket.objects.count()
        found = statements(road)
        assert Ticket.objects.count() == count + 1
        return found

    plain = cost()
    # Conditions of the spine, and new ones for other work: nothing is asked about a complaint.
    promise("Web", channel=["web_form"])
    promise("Jobs", kind=["job"], segment=[gold.pk], brand=[fridge.brand_id], country=["IN"])
    assert cost() == plain
    for conditions in ({"segment": [gold.pk]}, {"country": ["IN"]}, {"product": [fridge.pk]}):
        policy = promise("Asked", **conditions)
        assert cost() <= plain + 1, conditions
        policy.delete()
    promise("Two", segment=[gold.pk], product=[fridge.pk])
    assert cost() <= plain + 2


def test_page_says_why_this_promise(shop, gold, people, fridge, client_as):
    promise("Gold fridges", segment=[gold.pk], brand=[fridge.brand_id], kind=["complaint"])
    item = ticket(shop, people[0], serial="SN-77")
    told = explained(item)["policy"]
    assert [(one["code"], one["values"]) for one in told["conditions"]] == [
        ("kind", ["Complaint"]), ("segment", ["Gold"]), ("brand", ["Testa"]),
    ]  # fmt: skip
    page = client_as(shop.owner).get(reverse("work:explain", args=[item.number])).content.decode()
    assert "It is chosen because this fits:" in page
    assert "<li>Customer segments: Gold</li>" in page
    other = client_as(shop.owner).get(reverse("work:explain", args=[ticket(shop).number])).content.decode()
    assert "It is the promise for everything that no other one is made for." in other


def test_whoever_may_not_see_segments_reads_that_one_fits_and_not_which(shop, gold, people, client_as):
    promise("Gold people", segment=[gold.pk])
    item = ticket(shop, people[0], owner=shop.agent)
    assert not shop.agent.may("report.view")
    page = client_as(shop.agent).get(reverse("work:explain", args=[item.number])).content.decode()
    assert "<li>Customer segments</li>" in page
    assert "Gold</li>" not in page


def posted(form_page, **changes):
    """What a browser sends back from the page."""
    form = form_page.context["form"]
    data = {}
    for name in form.fields:
        value = form[name].value()
        if value in (None, False, ""):
            continue
        data[name] = value
    return {**data, **changes}


def test_form_takes_every_condition_and_shows_it_again(shop, gold, people, fridge, client_as):
    school = Organization.objects.create(name_en="Test School")
    client = client_as(shop.owner)
    url = reverse("work:policy_new")
    page = client.get(url)
    targets = {f"target_{p}_{m}": "1" for p in Priority.values for m in Metric.values}
    answer = client.post(
        url,
        posted(
            page, name_en="All", if_segment=[str(gold.pk)], if_brand=[str(fridge.brand_id)],
            if_product_kind=[str(fridge.kind_id)], if_country="India\nbd", if_organization="test school",
            if_product="F220\n", ceiling_hours="", **targets,
        ),
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    policy = SlaPolicy.objects.get(name_en="All")
    assert policy.conditions == {
        "segment": [gold.pk], "brand": [fridge.brand_id], "product_kind": [fridge.kind_id], "country": ["IN", "BD"],
        "organization": [school.pk], "product": [fridge.pk],
    }  # fmt: skip
    assert policy.ceiling_hours is None
    again = client.get(reverse("work:policy_edit", args=[policy.pk]))
    form = again.context["form"]
    assert form["if_product"].value() == "Testa Fridge 220 (F220)"
    assert form["if_country"].value() == "India\nBangladesh"
    saved = client.post(reverse("work:policy_edit", args=[policy.pk]), posted(again))
    assert saved.status_code == 302, saved.context["form"].errors
    before = policy.conditions
    policy.refresh_from_db()
    assert policy.conditions == before
    listed = client.get(reverse("work:policies")).content.decode()
    assert "Countries of the customer: India, Bangladesh" in listed


def test_line_that_names_nothing_is_refused_and_nothing_is_saved(shop, client_as):
    client = client_as(shop.owner)
    url = reverse("work:policy_new")
    targets = {f"target_{p}_{m}": "1" for p in Priority.values for m in Metric.values}
    answer = client.post(url, posted(client.get(url), name_en="All", if_product="Moon rocket", **targets))
    assert answer.status_code == 422
    assert "Nothing is called “Moon rocket”." in answer.content.decode()
    assert SlaPolicy.objects.count() == 1


def test_value_nobody_may_choose_any_more_stays_until_it_is_taken_out(shop, fridge, client_as):
    # Else saving another thing would make a promise for one brand a promise for all.
    policy = promise("Testa", brand=[fridge.brand_id])
    Brand.objects.update(is_active=False)
    client = client_as(shop.owner)
    page = client.get(reverse("work:policy_edit", args=[policy.pk]))
    assert "Testa (not in use)" in page.content.decode()
    client.post(reverse("work:policy_edit", args=[policy.pk]), posted(page, name_en="Testa again"))
    policy.refresh_from_db()
    assert (policy.name_en, policy.conditions) == ("Testa again", {"brand": [fridge.brand_id]})


def test_default_promise_asks_nothing_whatever_is_sent(shop, gold):
    targets = {(p, m): 60 for p in Priority.values for m in Metric.values}
    saved = save_policy(
        actor=SYSTEM, policy=shop.policy, name_bn="", name_en="Default", targets=targets,
        conditions={"segment": [gold.pk]},
    )  # fmt: skip
    assert saved.is_default
    assert saved.conditions == {}
    assert SlaPolicy.objects.filter(is_default=True).count() == 1


def test_condition_nobody_knows_is_refused(shop):
    with pytest.raises(DomainError, match="bad_condition"):
        promise("Moon", phase=["full"])
    assert SlaPolicy.objects.count() == 1


def test_segment_that_a_promise_asks_for_cannot_be_removed(shop, gold, people, client_as):
    promise("Gold people", segment=[gold.pk])
    with pytest.raises(Conflict, match="segment_in_use"):
        delete_segment(actor=shop.owner, segment=gold)
    gold.refresh_from_db()
    assert gold.state == "ready"
    SlaPolicy.objects.filter(is_default=False).delete()
    delete_segment(actor=shop.owner, segment=gold)
    gold.refresh_from_db()
    assert gold.state == "going"


def test_pages_cost_the_same_however_many_promises(shop, gold, fridge, client_as):
    client = client_as(shop.owner)

    def cost(count):
        for number in range(count):
            promise(f"P{number}", segment=[gold.pk], brand=[fridge.brand_id], product=[fridge.pk], country=["BD"])
        client.get(reverse("work:policies"))
        return statements(lambda: client.get(reverse("work:policies")))

    few = cost(2)
    assert cost(8) == few


def test_policy_is_chosen_without_writing(shop, gold, people):
    promise("Gold people", segment=[gold.pk])
    item = ticket(shop, people[0])
    WorkItem.objects.update(promise_facts=None)
    assert choose_policy(fresh(item)).name_en == "Gold people"
    assert fresh(item).promise_facts is None
