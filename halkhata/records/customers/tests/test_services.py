"""Writing down, changing, reaching customers."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils import translation

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, Organization, SearchKey
from halkhata.records.customers.registrations import clear_demo
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.contacts import make_primary, mark_unreachable
from halkhata.records.customers.services.customers import (
    add_contact_point,
    create_customer,
    find_by_contact,
    find_or_create_sender,
    remove_contact_point,
    update_customer,
)
from halkhata.records.customers.services.organizations import (
    create_organization,
    find_or_create_organization,
    update_organization,
)


def test_new_customer_has_everything_in_one_transaction(shop):
    customer = create_customer(
        actor=shop.agent,
        name_bn="রহিমা বেগম",
        name_en="Rahima Begum",
        phones=["০১১১২-৩৪৫৬৭৮ (স্বামী), 01187654321"],
        emails=["Rahima@Example.COM"],
        honorific="begum",
        organization_name="Rupali School",
        organization_role="Teacher",
        address={"line": "House 7, Road 3", "district": "ঢাকা", "post_code": "১২০৭"},
        note="Line one\r\nLine two",
    )
    customer.refresh_from_db()
    assert (customer.name_bn, customer.name_en) == ("রহিমা বেগম", "Rahima Begum")
    assert customer.branch == shop.branch
    assert customer.created_by == shop.agent
    assert customer.note == "Line one\nLine two"
    assert customer.organization.name_en == "Rupali School"
    points = customer.contact_points.order_by("id").values_list(
        "kind", "typed", "value", "label", "is_primary", "is_reachable"
    )
    assert list(points) == [
        ("phone", "০১১১২-৩৪৫৬৭৮ (স্বামী)", "+8801112345678", "স্বামী", True, False),
        ("phone", "01187654321", "+8801187654321", "", False, False),
        ("email", "Rahima@Example.COM", "rahima@example.com", "", True, True),
    ]
    assert Address.objects.get(customer=customer).post_code == "1207"
    entry = AuditEntry.objects.get(action="customer.create")
    assert (entry.actor_id, entry.record_id) == (shop.agent.pk, str(customer.pk))
    assert entry.after["contacts"] == ["+8801112345678", "+8801187654321", "rahima@example.com"]
    assert Activity.objects.get(customer=customer, verb="customer.created").actor_label == shop.agent.audit_label
    event = OutboxEvent.objects.get(name="customer.created")
    assert event.payload["customer_id"] == customer.pk
    assert event.payload["branch_id"] == shop.branch.pk


def test_number_of_the_closed_block_is_kept_but_marked_unreachable(shop):
    closed = create_customer(actor=shop.agent, phones=["01112345678"]).contact_points.get()
    open_one = create_customer(actor=shop.agent, phones=["+8801712345678"]).contact_points.get()
    assert (closed.is_reachable, closed.unreachable_reason) == (False, "closed_block")
    assert (open_one.is_reachable, open_one.unreachable_reason) == (True, "")


def test_caller_with_nothing_but_a_number_is_a_customer(shop):
    customer = create_customer(actor=shop.agent, phones=["01112345678"])
    with translation.override("en"):
        assert str(customer) == "Customer without a name"


def test_nothing_at_all_is_no_customer(shop):
    with pytest.raises(DomainError) as error:
        create_customer(actor=shop.agent, name_bn=" \u200b ", phones=[""], emails=[" "])
    assert error.value.code == "nothing_known"
    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"phones": ["01712"]}, "phone", "too_short"),
        ({"phones": ["not a number"]}, "phone", "not_a_number"),
        ({"emails": ["no at sign"]}, "email", "invalid_email"),
        ({"emails": ["a b@example.com"]}, "email", "invalid_email"),
        ({"name_en": "x", "language": "fr"}, "language", "unknown_choice"),
        ({"name_en": "x", "honorific": "king"}, "honorific", "unknown_choice"),
    ],
)
def test_wrong_input_names_its_field_and_changes_nothing(shop, values, field, code):
    with pytest.raises(DomainError) as error:
        create_customer(actor=shop.agent, **values)
    assert (error.value.field, error.value.code) == (field, code)
    assert Customer.objects.count() == SearchKey.objects.count() == OutboxEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "value", "label"),
    [
        ("Rahim@EXAMPLE.com (office)", "rahim@example.com", "office"),
        ("Rahim Mia <rahim@example.com>", "rahim@example.com", "Rahim Mia"),
        ("mailto:rahim@example.com", "rahim@example.com", ""),
        ("রহিম@উদাহরণ.test", "রহিম@" + "উদাহরণ".encode("idna").decode() + ".test", ""),
        ("a..b@example.com", "a..b@example.com", ""),
        ("x@example.com.", "x@example.com", ""),
    ],
)
def test_email_is_stored_in_one_comparable_form(shop, typed, value, label):
    point = create_customer(actor=shop.agent, emails=[typed]).contact_points.get()
    assert (point.value, point.label) == (value, label)


def test_name_typed_in_the_other_field_goes_to_its_own(shop):
    latin = create_customer(actor=shop.agent, name_bn="Karim Mia")
    bengali = create_customer(actor=shop.agent, name_en="করিম মিয়া")
    assert (latin.name_bn, latin.name_en) == ("", "Karim Mia")
    assert (bengali.name_bn, bengali.name_en) == ("করিম মিয\u09bcা", "")


def test_known_number_is_shown_before_saving_and_a_reason_lets_it_pass(shop):
    known = create_customer(actor=shop.agent, name_en="Known", phones=["01112345678"], emails=["k@example.com"])
    for values in ({"phones": ["+880 1112 345678"]}, {"emails": ["K@EXAMPLE.COM"]}):
        with pytest.raises(DomainError) as error:
            create_customer(actor=shop.agent, name_en="New", **values)
        assert error.value.code == "possible_duplicate"
        assert [match.customer for match in error.value.data["matches"]] == [known]
    assert Customer.objects.count() == 1
    created = create_customer(
        actor=shop.agent, name_en="Son", phones=["01112345678"], confirm_duplicate="family member"
    )
    assert created.contact_points.get().value == "+8801112345678"
    note = AuditEntry.objects.get(action="customer.create", record_id=str(created.pk)).note
    assert note == f"known already as {known.pk}: family member"


def test_known_number_of_a_foreign_branch_is_not_given_away(shop):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    create_customer(actor=SYSTEM, branch=other, name_en="Hidden", phones=["01112345678"])
    with pytest.raises(DomainError) as error:
        create_customer(actor=shop.agent, phones=["01112345678"])
    assert [match.is_hidden for match in error.value.data["matches"]] == [True]


def test_without_permission_nothing_is_changed(shop):
    customer = create_customer(actor=SYSTEM, branch=shop.branch, name_en="Before", phones=["01112345678"])
    point = customer.contact_points.get()
    shop.agent.role.permissions = ["customer.view"]
    before = (AuditEntry.objects.count(), OutboxEvent.objects.count())
    for act in (
        lambda: create_customer(actor=shop.agent, name_en="New"),
        lambda: update_customer(actor=shop.agent, customer=customer, version=1, name_en="After"),
        lambda: add_contact_point(actor=shop.agent, customer=customer, kind="email", typed="a@example.com"),
        lambda: remove_contact_point(actor=shop.agent, point=point),
        lambda: make_primary(actor=shop.agent, point=point),
        lambda: create_organization(actor=shop.agent, name_en="New"),
    ):
        with pytest.raises(PermissionRefused):
            act()
    customer.refresh_from_db()
    assert customer.name_en == "Before"
    assert ContactPoint.objects.count() == 1
    assert Customer.objects.count() == 1
    assert Organization.objects.count() == 0
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before


def test_customer_of_a_foreign_branch_does_not_exist_for_the_actor(shop):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    customer = create_customer(actor=SYSTEM, branch=other, name_en="Foreign", phones=["01112345678"])
    for act in (
        lambda: update_customer(actor=shop.agent, customer=customer, version=1, name_en="Mine"),
        lambda: add_contact_point(actor=shop.agent, customer=customer, kind="email", typed="a@example.com"),
        lambda: remove_contact_point(actor=shop.agent, point=customer.contact_points.get()),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(DomainError) as error:
        create_customer(actor=shop.agent, name_en="Into foreign", branch=other)
    assert (error.value.code, error.value.field) == ("branch_not_yours", "branch")
    customer.refresh_from_db()
    assert customer.name_en == "Foreign"
    update_customer(actor=shop.owner, customer=customer, version=1, name_en="Seen by the owner")


def test_owner_sees_customers_of_all_branches_and_of_none(shop):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    foreign = create_customer(actor=SYSTEM, branch=other, name_en="Foreign")
    everybodys = create_customer(actor=SYSTEM, name_en="Everybody's")
    own = create_customer(actor=SYSTEM, branch=shop.branch, name_en="Own")
    assert set(Customer.objects.visible_to(shop.owner)) == {foreign, everybodys, own}
    assert set(Customer.objects.visible_to(shop.agent)) == {everybodys, own}
    shop.owner.is_active = False
    assert set(Customer.objects.visible_to(shop.owner)) == set()


def test_change_writes_what_changed_and_nothing_else(shop):
    customer = create_customer(actor=shop.agent, name_en="Before", note="stays")
    changed = update_customer(
        actor=shop.agent2, customer=customer, version=1, name_en="After", note="stays", address={"district": "Khulna"}
    )
    assert (changed.version, changed.name_en) == (2, "After")
    entry = AuditEntry.objects.get(action="customer.update")
    assert entry.before == {"name_en": "Before", "address.district": ""}
    assert entry.after == {"name_en": "After", "address.district": "Khulna"}
    assert OutboxEvent.objects.get(name="customer.changed").payload["fields"] == ["name_en", "address.district"]
    same = update_customer(actor=shop.agent2, customer=customer, version=2, name_en="After")
    assert same.version == 2
    assert AuditEntry.objects.filter(action="customer.update").count() == 1
    update_customer(actor=shop.agent2, customer=customer, version=2, address={"district": ""})
    assert not Address.objects.filter(customer=customer).exists()


def test_change_of_an_older_version_is_a_conflict_and_changes_nothing(shop):
    customer = create_customer(actor=shop.agent, name_en="One")
    update_customer(actor=shop.agent, customer=customer, version=1, name_en="Two")
    with pytest.raises(Conflict) as error:
        update_customer(actor=shop.agent2, customer=customer, version=1, name_en="Three")
    assert error.value.code == "changed_meanwhile"
    assert error.value.data["current"].name_en == "Two"
    customer.refresh_from_db()
    assert (customer.name_en, customer.version) == ("Two", 2)


def test_unknown_field_is_a_mistake_of_the_caller(shop):
    customer = create_customer(actor=shop.agent, name_en="One")
    with pytest.raises(TypeError, match="is_demo"):
        update_customer(actor=shop.agent, customer=customer, version=1, is_demo=True)
    with pytest.raises(TypeError, match="planet"):
        update_customer(actor=shop.agent, customer=customer, version=1, address={"planet": "Mars"})


def test_last_name_cannot_go_while_there_is_no_number(shop):
    customer = create_customer(actor=shop.agent, name_en="Only a name")
    with pytest.raises(DomainError) as error:
        update_customer(actor=shop.agent, customer=customer, version=1, name_en="")
    assert error.value.code == "nothing_known"
    add_contact_point(actor=shop.agent, customer=customer, kind="phone", typed="01112345678")
    assert update_customer(actor=shop.agent, customer=customer, version=1, name_en="").name_en == ""


def test_contact_points_keep_one_primary_of_each_kind(shop):
    customer = create_customer(actor=shop.agent, name_en="X", phones=["01112345678"])
    first = customer.contact_points.get()
    second = add_contact_point(
        actor=shop.agent, customer=customer, kind="phone", typed="01187654321 (wife)", primary=True
    )
    assert second.label == "wife"
    mail = add_contact_point(actor=shop.agent, customer=customer, kind="email", typed="x@example.com")

    def primary():
        return set(customer.contact_points.filter(is_primary=True).values_list("pk", flat=True))

    assert primary() == {second.pk, mail.pk}
    make_primary(actor=shop.agent, point=first)
    assert primary() == {first.pk, mail.pk}
    remove_contact_point(actor=shop.agent, point=first)
    assert primary() == {second.pk, mail.pk}
    assert AuditEntry.objects.get(action="customer.remove_contact").before["value"] == "+8801112345678"
    with pytest.raises(NotFound):
        remove_contact_point(actor=shop.agent, point=ContactPoint(pk=999999, customer=customer))
    customer.refresh_from_db()
    assert customer.version == 1  # whoever edits the name meanwhile has no conflict


def test_same_number_twice_for_one_customer_is_refused(shop):
    customer = create_customer(actor=shop.agent, name_en="X", phones=["01112345678"])
    with pytest.raises(DomainError) as error:
        add_contact_point(actor=shop.agent, customer=customer, kind="phone", typed="+880 1112-345678")
    assert (error.value.code, error.value.field) == ("contact_known", "typed")
    other = create_customer(actor=shop.agent, name_en="Y")
    with pytest.raises(DomainError) as error:
        add_contact_point(actor=shop.agent, customer=other, kind="phone", typed="01112345678")
    assert error.value.code == "possible_duplicate"
    add_contact_point(
        actor=shop.agent, customer=other, kind="phone", typed="01112345678", confirm_duplicate="they share it"
    )
    assert find_by_contact("phone", "০১১১২৩৪৫৬৭৮") == customer


def test_sender_is_found_or_written_down_once(shop):
    first = find_or_create_sender(
        actor=SYSTEM, address="Somebody@Example.com", name="somebody@example.com", language="en", branch=shop.branch
    )
    assert (first.name, first.language, first.branch) == ("", "en", shop.branch)
    again = find_or_create_sender(
        actor=SYSTEM, address="somebody@EXAMPLE.com", name="Somebody", language="bn", branch=None
    )
    assert again == first
    named = find_or_create_sender(actor=SYSTEM, address="n@example.com", name="সালমা", language="bn", branch=shop.branch)
    assert named.name_bn == "সালমা"
    assert find_by_contact("email", "nobody@example.com") is None
    assert find_by_contact("email", "no address") is None


def test_merged_customer_answers_as_the_survivor(shop):
    survivor = create_customer(actor=shop.agent, name_en="Survivor")
    alias = create_customer(actor=shop.agent, name_en="Alias", emails=["alias@example.com"])
    Customer.objects.filter(pk=alias.pk).update(merged_into=survivor)
    assert find_by_contact("email", "alias@example.com") == survivor


def test_bounced_address_is_marked_once_wherever_it_is_known(shop):
    customer = create_customer(actor=shop.agent, name_en="X", emails=["x@example.com"])
    assert mark_unreachable(address="X@example.com", reason="550 no such user") == 1
    point = customer.contact_points.get()
    assert (point.is_reachable, point.unreachable_reason) == (False, "550 no such user")
    assert mark_unreachable(address="x@example.com", reason="again") == 0
    assert mark_unreachable(address="nonsense", reason="again") == 0
    assert Activity.objects.filter(customer=customer, verb="customer.contact_unreachable").count() == 1
    assert OutboxEvent.objects.get(name="customer.contact_unreachable").payload["reason"] == "550 no such user"


def test_activity_without_a_customer_is_not_written(db):
    assert record_activity(customer=None, verb="ticket.opened") is None
    assert Activity.objects.count() == 0


def test_organization_is_found_by_its_name_however_it_is_typed(shop):
    school = create_organization(actor=shop.agent, name_bn="রূপালী বিদ্যালয়", name_en="Rupali School")
    with transaction.atomic():
        for name in ("rupali  SCHOOL", "রূপালী বিদ্যাল\u09df", "Rupali-School"):
            assert find_or_create_organization(actor=shop.agent, name=name) == school
        assert find_or_create_organization(actor=shop.agent, name="Rupali") != school
        assert find_or_create_organization(actor=shop.agent, name="  ") is None


def test_organization_changes_with_version_and_contacts(shop):
    school = create_organization(actor=shop.agent, name_en="Rupali School", phones=["01112345678"])
    changed = update_organization(
        actor=shop.agent, organization=school, version=1, name_en="Rupali College", phone="01187654321", email=""
    )
    assert (changed.name_en, changed.version) == ("Rupali College", 2)
    assert list(changed.contact_points.values_list("value", flat=True)) == ["+8801187654321"]
    with pytest.raises(Conflict):
        update_organization(actor=shop.agent, organization=school, version=1, name_en="Late")
    entry = AuditEntry.objects.get(action="organization.update")
    assert entry.before == {"name_en": "Rupali School", "phone": "+8801112345678"}
    assert entry.after == {"name_en": "Rupali College", "phone": "+8801187654321"}
    with pytest.raises(DomainError) as error:
        create_organization(actor=shop.agent, name_en=" ")
    assert error.value.field == "name_bn"


def test_demo_customers_can_be_back_dated_and_cleared(shop):
    at = datetime(2025, 12, 1, 9, tzinfo=UTC)
    demo = create_customer(
        actor=SYSTEM,
        name_en="Demo",
        branch=shop.branch,
        is_demo=True,
        created_at=at,
        phones=["01112345678"],
        organization_name="Demo School",
    )
    real = create_customer(actor=SYSTEM, name_en="Real", branch=shop.branch)
    demo.refresh_from_db()
    assert (demo.created_at, demo.updated_at) == (at, at)
    assert Activity.objects.get(customer=demo).at == at
    assert demo.contact_points.get().is_demo
    assert clear_demo() == 2
    assert list(Customer.objects.all()) == [real]
    assert Organization.objects.count() == 0
    assert ContactPoint.objects.count() == 0
