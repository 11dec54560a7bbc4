"""The nightly look scores and proposes; only people change records (E.2)."""

from datetime import date, timedelta

import pytest

from halkhata.foundation.core import clock
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.data_quality.cleaning import in_small_letters, right_host, without_spaces, without_title
from halkhata.records.data_quality.models import AuditPick, CustomerScore, Proposal
from halkhata.records.data_quality.scoring import PARTS, Facts, score_of
from halkhata.records.data_quality.services.looking import look_at_changed, refresh_heard, write_month
from halkhata.records.data_quality.services.picking import draw_month, end_pick
from halkhata.records.data_quality.services.proposals import leave_proposal, take_proposal

EVERYTHING = {
    "has_name": True, "has_phone": True, "is_reachable": True, "has_email": True, "has_district": True,
    "has_address": True, "was_asked": True,
}  # fmt: skip


def test_weights_add_up():
    assert sum(weight for weight, _words in PARTS.values()) == 100
    assert score_of(Facts(**EVERYTHING)) == (100, [])
    assert score_of(Facts(**dict.fromkeys(EVERYTHING, False)))[0] == 0
    assert score_of(Facts(**{**EVERYTHING, "has_phone": False, "has_email": False})) == (70, ["phone", "email"])


@pytest.mark.parametrize(
    ("rule", "value", "better"),
    [(without_spaces, "Rahima  Test", "Rahima Test"), (without_spaces, "Rahima Test", ""),
     (without_title, "Mr. Karim Test", "Karim Test"), (without_title, "জনাব করিম", "করিম"),
     (without_title, "Mr.", ""), (without_title, "Drishti Test", ""),
     (in_small_letters, "KARIM TEST", "Karim Test"), (in_small_letters, "MD KARIM", "MD Karim"),
     (in_small_letters, "Karim", ""), (right_host, "karim@gamil.com", "karim@gmail.com"),
     (right_host, "karim@example.com", "")],
)  # fmt: skip
def test_rules(rule, value, better):
    assert rule(value) == better


@pytest.fixture
def karim(shop):
    return create_customer(actor=shop.agent, name_en="MR KARIM TEST", phones=["01100000001"], emails=["k@gamil.com"])


@pytest.mark.django_db
def test_look_proposes_and_changes_nothing(shop, karim):
    before = Customer.objects.filter(pk=karim.pk).values().get()
    assert look_at_changed() == {"scored": 1, "proposed": 3}
    assert Customer.objects.filter(pk=karim.pk).values().get() == before
    assert set(Proposal.objects.values_list("rule", "after")) == {
        ("title", "KARIM TEST"), ("capitals", "MR Karim Test"), ("host", "k@gmail.com"),
    }  # fmt: skip
    assert look_at_changed() == {"scored": 0, "proposed": 0}


@pytest.mark.django_db
def test_taking_over_goes_by_the_services_and_the_other_proposal_is_overtaken(shop, karim):
    look_at_changed()
    title, capitals = Proposal.objects.get(rule="title"), Proposal.objects.get(rule="capitals")
    assert take_proposal(actor=shop.agent, proposal=title).state == "taken"
    karim.refresh_from_db()
    assert (karim.name_en, karim.honorific) == ("KARIM TEST", "mr")
    assert take_proposal(actor=shop.agent, proposal=capitals).state == "overtaken"
    karim.refresh_from_db()
    assert karim.name_en == "KARIM TEST"
    with pytest.raises(Conflict, match="not_open"):
        take_proposal(actor=shop.agent, proposal=title)


@pytest.mark.django_db
def test_misspelt_host_becomes_the_right_address(shop, karim):
    look_at_changed()
    take_proposal(actor=shop.agent, proposal=Proposal.objects.get(rule="host"))
    assert set(karim.contact_points.values_list("value", flat=True)) == {"+8801100000001", "k@gmail.com"}


@pytest.mark.django_db
def test_what_was_left_is_not_proposed_again(shop, karim):
    look_at_changed()
    leave_proposal(actor=shop.agent, proposal=Proposal.objects.get(rule="capitals"))
    karim.refresh_from_db()
    update_customer(actor=shop.agent, customer=karim, version=karim.version, note="seen")
    assert look_at_changed() == {"scored": 1, "proposed": 0}


@pytest.mark.django_db
def test_score_follows_the_record_and_the_month_keeps_it(shop, karim):
    look_at_changed()
    score = CustomerScore.objects.get(customer=karim)
    assert "district" in score.gaps
    first = score.score
    karim.refresh_from_db()
    update_customer(
        actor=shop.agent, customer=karim, version=karim.version, address={"line": "House 5", "district": "Dhaka"}
    )
    look_at_changed()
    score.refresh_from_db()
    assert score.score == first + 20
    month = write_month(date(2026, 11, 1))
    assert (month.customers, month.average, month.gaps["district"], month.stale) == (1, score.score, 0, 0)
    with clock.moved_to(clock.now() + timedelta(days=600)):
        assert write_month(date(2026, 11, 1)).stale == 1
    assert refresh_heard() == 0


@pytest.mark.django_db
def test_draw_is_the_same_for_everybody_and_once_a_month(shop):
    for place in range(15):
        create_customer(actor=shop.agent, name_en=f"Person Number{place}")
    assert draw_month(date(2026, 11, 1)) == 10
    assert draw_month(date(2026, 11, 1)) == 0
    picks = list(AuditPick.objects.values_list("customer_id", flat=True))
    AuditPick.objects.all().delete()
    draw_month(date(2026, 11, 1))
    assert list(AuditPick.objects.values_list("customer_id", flat=True)) == picks
    pick = AuditPick.objects.first()
    assert end_pick(actor=shop.agent, pick=pick, state="right").state == "right"
    with pytest.raises(Conflict, match="not_open"):
        end_pick(actor=shop.agent, pick=pick, state="mended")


@pytest.mark.django_db
def test_stranger_s_customers_are_out_of_reach(shop, karim):
    from halkhata.foundation.accounts.services.branches import create_branch
    from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

    there = create_branch(actor=None, name_en="There")
    stranger = make_user(
        "stranger", branch=there, role=make_role("far", level=1, scope="branch", permissions=AGENT_PERMISSIONS)
    )
    look_at_changed()
    with pytest.raises(NotFound):
        take_proposal(actor=stranger, proposal=Proposal.objects.first())


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["overview", "gaps", "stale", "proposals", "audit"])
def test_pages_open_within_their_statements(shop, karim, client_as, django_assert_max_num_queries, name):
    from django.urls import reverse

    look_at_changed()
    write_month(date(2026, 11, 1))
    draw_month(date(2026, 11, 1))
    client = client_as(shop.agent)
    client.get(reverse(f"data_quality:{name}"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse(f"data_quality:{name}")).status_code == 200
