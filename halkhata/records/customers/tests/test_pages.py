"""The customer pages: list, 360 page, forms."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Customer, Organization
from halkhata.records.customers.registry import CustomerPanel, customer_panels
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.services.organizations import create_organization


def make(shop, **values):
    return create_customer(actor=SYSTEM, branch=shop.branch, **values)


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_list_needs_a_sign_in_and_the_permission(shop, client, client_as):
    assert client.get("/customers/").status_code == 302
    shop.agent.role.permissions = []
    shop.agent.role.save()
    assert client_as(shop.agent).get("/customers/").status_code == 403


def test_list_escapes_what_people_wrote(shop, client_as):
    organization = create_organization(actor=SYSTEM, name_en="<b>Meghna</b> & Sons", branch=shop.branch)
    make(shop, name_en='"><script>x</script>', organization=organization, phones=("01100000123",))
    page = client_as(shop.agent).get("/customers/").content.decode()
    assert "&quot;&gt;&lt;script&gt;x&lt;/script&gt;" in page
    assert "&lt;b&gt;Meghna&lt;/b&gt; &amp; Sons" in page
    assert "<script>x" not in page
    assert 'href="tel:+8801100000123"' in page


def test_list_pages_through_all_customers_once_in_order(shop, client_as):
    made = [make(shop, name_en=f"Person {number:02d}").pk for number in range(60)]
    client = client_as(shop.agent)
    url, seen, pages = "/customers/", [], 0
    while url:
        response = client.get(url)
        seen += [customer.pk for customer in response.context["customers"]]
        url = response.context["older_url"] and "/customers/" + response.context["older_url"]
        pages += 1
    assert seen == made[::-1]
    assert pages == 3
    back = client.get("/customers/" + response.context["newer_url"])
    assert [customer.pk for customer in back.context["customers"]] == made[::-1][25:50]
    first = client.get("/customers/" + back.context["newer_url"])
    assert [customer.pk for customer in first.context["customers"]] == made[::-1][:25]
    assert first.context["newer_url"] == ""


@pytest.mark.parametrize("cursor", ["", "x", "-", "1-", "9" * 40 + "-1", "৯-৯", "1-1-1"])
def test_broken_cursor_shows_the_first_page(shop, client_as, cursor):
    make(shop, name_en="Somebody")
    response = client_as(shop.agent).get("/customers/", {"before": cursor})
    assert response.status_code == 200


def test_list_is_narrowed_by_branch_language_and_organization(shop, client_as):
    other = Branch.objects.create(code="other", name_en="Other branch", path="/99/")
    school = create_organization(actor=SYSTEM, name_en="Rupali School")
    english = make(shop, name_en="English", language="en")
    teacher = make(shop, name_en="Teacher", organization=school)
    foreign = create_customer(actor=SYSTEM, branch=other, name_en="Foreign")
    client = client_as(shop.owner)

    def listed(**filters):
        return {customer.pk for customer in client.get("/customers/", filters).context["customers"]}

    assert listed() == {english.pk, teacher.pk, foreign.pk}
    assert listed(language="en") == {english.pk}
    assert listed(branch=other.pk) == {foreign.pk}
    assert listed(organization=school.pk) == {teacher.pk}
    assert listed(language="xx", branch="abc", organization="…") == {english.pk, teacher.pk, foreign.pk}
    assert {customer.pk for customer in client_as(shop.agent).get("/customers/").context["customers"]} == {
        english.pk,
        teacher.pk,
    }


def test_list_and_360_page_use_the_same_few_queries_for_5_and_200_rows(shop, client_as):
    customer = make(shop, name_en="Watched", phones=["01100000000"], organization_name="School")
    client = client_as(shop.agent)
    client.get("/customers/")

    def fill(start, count):
        for number in range(start, start + count):
            make(shop, name_en=f"P {number}", phones=[f"0111{number:07d}"], organization_name=f"Org {number % 7}")
            record_activity(customer=customer, verb="customer.changed", data={"fields": ["note"]}, actor=shop.agent)

    pages = ("/customers/", "/customers/?language=bn", f"/customers/{customer.pk}/", "/customers/organizations/")
    pages += (f"/customers/organizations/{customer.organization_id}/",)
    fill(1, 5)
    few = {page: queries_of(client, page) for page in pages}
    fill(6, 195)
    many = {page: queries_of(client, page) for page in pages}
    assert many == few
    assert max(many["/customers/"], many["/customers/?language=bn"], many["/customers/organizations/"]) <= 12
    assert many[f"/customers/{customer.pk}/"] <= 20


def test_360_page_shows_the_card_with_links_to_call_and_write(shop, client_as):
    customer = make(
        shop,
        name_bn="রহিমা বেগম",
        name_en="Rahima Begum",
        honorific="begum",
        phones=["01112345678 (shop)"],
        emails=["rahima@example.com"],
        preferred_channel="phone",
        organization_name="Rupali School",
        address={"district": "Khulna", "post_code": "9100"},
        note="Rings twice",
    )
    page = client_as(shop.agent).get(f"/customers/{customer.pk}/")
    html = page.content.decode()
    assert 'href="tel:+8801112345678"' in html
    assert 'href="mailto:rahima@example.com"' in html
    assert f'href="/tickets/new/?customer={customer.pk}"' in html
    text = text_of(page)
    for words in (
        "Begum Rahima Begum",
        "রহিমা বেগম",
        "01112-345678",
        "shop",
        "Number block is closed",
        "Rupali School",
        "Khulna, 9100",
        "Rings twice",
        "Written down as a customer",
    ):
        assert words in text, words
    bengali = text_of(client_as(shop.agent, "bn").get(f"/customers/{customer.pk}/"))
    assert "০১১১২-৩৪৫৬৭৮" in bengali
    assert "খুলনা, ৯১০০" in bengali


def test_customer_of_a_foreign_branch_and_unknown_one_are_both_404(shop, client_as):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    foreign = create_customer(actor=SYSTEM, branch=other, name_en="Secret Name", phones=["01112345678"])
    school = create_organization(actor=SYSTEM, branch=other, name_en="Secret School")
    point = foreign.contact_points.get()
    client = client_as(shop.agent)
    for url in (
        f"/customers/{foreign.pk}/",
        "/customers/999999/",
        f"/customers/{foreign.pk}/edit/",
        f"/customers/{foreign.pk}/timeline/",
        f"/customers/{foreign.pk}/contacts/new/",
        f"/customers/organizations/{school.pk}/",
        f"/customers/organizations/{school.pk}/edit/",
    ):
        response = client.get(url)
        assert response.status_code == 404, url
        assert "Secret" not in response.content.decode()
    for action in ("remove", "primary"):
        assert client.post(f"/customers/{foreign.pk}/contacts/{point.pk}/{action}/").status_code == 404
    assert foreign.contact_points.count() == 1


def test_point_of_another_customer_cannot_be_removed_through_ones_own(shop, client_as):
    mine = make(shop, name_en="Mine")
    other = make(shop, name_en="Other", phones=["01112345678"])
    point = other.contact_points.get()
    assert client_as(shop.agent).post(f"/customers/{mine.pk}/contacts/{point.pk}/remove/").status_code == 404
    assert other.contact_points.count() == 1


def test_alias_leads_to_the_survivor(shop, client_as):
    survivor, alias = make(shop, name_en="Survivor"), make(shop, name_en="Alias")
    Customer.objects.filter(pk=alias.pk).update(merged_into=survivor)
    response = client_as(shop.agent).get(f"/customers/{alias.pk}/")
    assert response["Location"] == f"/customers/{survivor.pk}/"


def test_timeline_brings_older_lines_by_htmx_and_without(shop, client_as):
    customer = make(shop, name_en="Watched")
    for number in range(45):
        record_activity(customer=customer, verb="test.unknown", data={"n": number}, actor=shop.agent)
    client = client_as(shop.agent)
    first = client.get(f"/customers/{customer.pk}/").context["timeline"]
    assert len(first.entries) == 20
    partial = client.get(f"/customers/{customer.pk}/timeline/", {"before": first.older}, headers={"HX-Request": "true"})
    assert "<html" not in partial.content.decode()
    second = partial.context["timeline"]
    whole = client.get(f"/customers/{customer.pk}/", {"before": second.older})
    assert "<html" in whole.content.decode()
    third = whole.context["timeline"]
    assert [len(part.entries) for part in (first, second, third)] == [20, 20, 6]
    assert third.older == ""
    assert third.entries[-1].sentence == "Written down as a customer"
    assert first.entries[0].sentence == "Recorded: test.unknown"


def test_panels_follow_the_permission_of_the_reader(shop, client_as):
    customer = make(shop, name_en="Watched", note="only a note")
    panel = CustomerPanel(
        order=5, template="customers/panels/about.html", context=lambda user, customer: {}, permission="audit.view"
    )

    def shown(user):
        return len(client_as(user).get(f"/customers/{customer.pk}/").context["main_panels"])

    readers = (shop.agent, shop.owner)
    before = [shown(user) for user in readers]
    customer_panels.register("test_panel", panel)
    try:
        after = [shown(user) for user in readers]
    finally:
        customer_panels._entries.pop("test_panel")
    assert [now - then for now, then in zip(after, before, strict=True)] == [0, 1]


def test_form_writes_a_customer_down_with_two_fields(shop, client_as):
    client = client_as(shop.agent, "bn")
    response = client.post("/customers/new/", {"phone": "০১১১২-৩৪৫৬৭৮", "name_bn": "রহিমা", "language": "bn"})
    customer = Customer.objects.get()
    assert response["Location"] == f"/customers/{customer.pk}/"
    assert customer.contact_points.get().value == "+8801112345678"
    assert customer.branch == shop.branch


def test_form_asks_for_at_most_four_fields(shop, client_as):
    form = client_as(shop.agent).get("/customers/new/").context["form"]
    assert [name for name, field in form.fields.items() if field.required] == ["language"]
    assert all(getattr(field.widget, "input_type", "text") != "number" for field in form.fields.values())


def test_save_and_go_on_leads_to_the_new_complaint(shop, client_as):
    response = client_as(shop.agent).post(
        "/customers/new/", {"phone": "01112345678", "language": "bn", "then": "complaint"}
    )
    assert response["Location"] == f"/tickets/new/?customer={Customer.objects.get().pk}"


def test_wrong_number_is_told_at_its_field_and_nothing_is_lost(shop, client_as):
    values = {
        "phone": "01712",
        "name_bn": "রহিমা",
        "email": "nonsense",
        "language": "bn",
        "note": "ভাড়াটিয়া",
        "district": "খুলনা",
    }
    response = client_as(shop.agent, "en").post("/customers/new/", values)
    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors["phone"] == [
        "This phone number is too short. A mobile number in Bangladesh has 11 digits and begins with 01."
    ]
    assert list(form.errors) == ["phone", "email"]
    html = response.content.decode()
    for value in ("01712", "রহিমা", "nonsense", "খুলনা"):
        assert value in html
    assert Customer.objects.count() == OutboxEvent.objects.count() == 0


def test_known_number_is_shown_with_a_link_and_asked_about(shop, client_as):
    known = make(shop, name_en="Mother", phones=["01112345678"])
    client = client_as(shop.agent)
    values = {"phone": "01112345678", "name_en": "Son", "language": "bn"}
    asked = client.post("/customers/new/", values)
    html = asked.content.decode()
    assert asked.status_code == 422
    assert f'href="/customers/{known.pk}/"' in html
    assert "Son" in html
    assert f'name="duplicate_seen" value="{known.pk}"' in html
    # An answer given before the question was seen does not count.
    assert client.post("/customers/new/", {**values, "duplicate_choice": "family"}).status_code == 422
    answer = {**values, "duplicate_seen": str(known.pk)}
    reason = client.post("/customers/new/", {**answer, "duplicate_choice": "other"})
    assert list(reason.context["form"].errors) == ["duplicate_reason"]
    assert Customer.objects.count() == 1
    assert client.post("/customers/new/", {**answer, "duplicate_choice": "family"}).status_code == 302
    assert Customer.objects.get(name_en="Son").contact_points.get().value == "+8801112345678"


def test_second_press_of_the_button_makes_no_second_customer(shop, client_as):
    client = client_as(shop.agent)
    values = {"phone": "01112345678", "language": "bn"}
    assert client.post("/customers/new/", values).status_code == 302
    assert client.post("/customers/new/", values).status_code == 422
    assert Customer.objects.count() == 1


def test_known_customer_of_a_foreign_branch_is_not_named(shop, client_as):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    hidden = create_customer(actor=SYSTEM, branch=other, name_en="Secret Name", phones=["01112345678"])
    html = client_as(shop.agent).post("/customers/new/", {"phone": "01112345678", "language": "bn"}).content.decode()
    assert "A customer of another branch" in html
    assert "Secret" not in html
    assert f"/customers/{hidden.pk}/" not in html


def test_edit_changes_the_record(shop, client_as):
    customer = make(shop, name_en="Before", organization_name="Rupali School", address={"district": "Khulna"})
    client = client_as(shop.agent)
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    response = client.post(f"/customers/{customer.pk}/edit/", {**values, "name_en": "After", "post_code": "৯১০০"})
    assert response["Location"] == f"/customers/{customer.pk}/"
    customer = Customer.objects.get()
    assert (customer.name_en, customer.version, str(customer.organization)) == ("After", 2, "Rupali School")
    assert (customer.addresses.get().district, customer.addresses.get().post_code) == ("Khulna", "9100")
    assert Organization.objects.count() == 1


def test_conflict_keeps_what_was_typed_and_shows_what_is_there(shop, client_as):
    customer = make(shop, name_en="Before")
    client = client_as(shop.agent)
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    update_customer(actor=shop.agent2, customer=customer, version=1, name_en="By somebody else")
    mine = {**values, "name_en": "My long text", "note": "kept note"}
    response = client.post(f"/customers/{customer.pk}/edit/", mine)
    assert response.status_code == 409
    html = response.content.decode()
    assert 'value="My long text"' in html
    assert "kept note" in html
    assert "By somebody else" in html
    assert 'name="version" value="2"' in html
    assert Customer.objects.get().name_en == "By somebody else"
    assert client.post(f"/customers/{customer.pk}/edit/", {**mine, "version": "2"}).status_code == 302
    assert Customer.objects.get().name_en == "My long text"


def test_edit_without_permission_changes_nothing(shop, client_as):
    customer = make(shop, name_en="Before", phones=["01112345678"])
    shop.agent.role.permissions = ["customer.view"]
    shop.agent.role.save()
    client = client_as(shop.agent)
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert f"/customers/{customer.pk}/edit/" not in page
    point = customer.contact_points.get()
    for url in (
        "/customers/new/",
        f"/customers/{customer.pk}/edit/",
        f"/customers/{customer.pk}/contacts/new/",
        f"/customers/{customer.pk}/contacts/{point.pk}/remove/",
        "/customers/organizations/new/",
    ):
        assert client.post(url, {"name_en": "After", "language": "bn"}).status_code == 403, url
    customer.refresh_from_db()
    assert customer.name_en == "Before"
    assert Customer.objects.count() == customer.contact_points.count() == 1


def test_contact_point_is_added_used_first_and_removed(shop, client_as):
    customer = make(shop, name_en="X", phones=["01112345678"])
    client = client_as(shop.agent)
    url = f"/customers/{customer.pk}/contacts/"
    assert client.post(f"{url}new/", {"typed": "০১১৮৭৬৫৪৩২১", "label": "ভাই"}).status_code == 302
    assert client.post(f"{url}new/", {"typed": "x@example.com"}).status_code == 302
    wrong = client.post(f"{url}new/", {"typed": "12"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["typed"])
    again = client.post(f"{url}new/", {"typed": "01112345678"})
    assert list(again.context["form"].errors) == ["typed"]
    brother = customer.contact_points.get(label="ভাই")
    assert client.post(f"{url}{brother.pk}/primary/").status_code == 302
    first = customer.contact_points.get(value="+8801112345678")
    assert client.post(f"{url}{first.pk}/remove/").status_code == 302
    assert sorted(customer.contact_points.values_list("value", "is_primary")) == [
        ("+8801187654321", True),
        ("x@example.com", True),
    ]
    assert client.get(f"{url}{brother.pk}/remove/").status_code == 405


def test_organization_pages_show_people_and_take_changes(shop, client_as):
    client = client_as(shop.agent)
    response = client.post("/customers/organizations/new/", {"name_en": "Rupali School", "phone": "01112345678"})
    school = Organization.objects.get()
    assert response["Location"] == f"/customers/organizations/{school.pk}/"
    make(shop, name_en="Teacher One", organization=school, organization_role="Head teacher")
    page = text_of(client.get(f"/customers/organizations/{school.pk}/"))
    assert "Teacher One" in page
    assert "Head teacher" in page
    assert "Rupali School" in text_of(client.get("/customers/organizations/"))
    new = client.get(f"/customers/new/?organization={school.pk}")
    assert new.context["form"]["organization_name"].value() == "Rupali School"
    url = f"/customers/organizations/{school.pk}/edit/"
    stale = client.post(url, {"name_en": "Other", "version": "7"})
    assert stale.status_code == 409
    assert 'value="Other"' in stale.content.decode()
    assert client.post(url, {"name_en": "Rupali College", "version": "1"}).status_code == 302
    assert client.post("/customers/organizations/new/", {"name_en": ""}).status_code == 422


def test_bengali_pages_hold_no_untranslated_number(shop, client_as):
    customer = make(shop, name_bn="রহিমা", phones=["01112345678"])
    html = client_as(shop.agent, "bn").get(f"/customers/{customer.pk}/").content.decode()
    assert "০১১১২-৩৪৫৬৭৮" in html
    assert ">01112" not in html


def test_typed_markup_is_shown_as_text(shop, client_as):
    customer = make(shop, name_en="<script>alert(1)</script>", note="<b>bold</b>", phones=["01112345678"])
    html = client_as(shop.agent).get(f"/customers/{customer.pk}/").content.decode()
    assert "<script>alert(1)" not in html
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


def test_a_number_no_customer_can_have_is_not_found(shop, client_as):
    assert client_as(shop.agent).get(f"/customers/{10**25}/").status_code == 404
