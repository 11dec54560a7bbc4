"""Addresses that mail cannot be handed to for the time being, and allowing one again (A52.6)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from halkhata.engines.messaging.models import Delivery, SoftBounce, Suppression
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.suppression import lift_suppression, suppress
from halkhata.engines.messaging.tests.mails import KARIM, bounce_mail, make_mailbox, raw_mail
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Activity, ContactPoint
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db


class Story:
    """Mails to one customer over some days, and what comes back. Hours count from the beginning."""

    def __init__(self, shop) -> None:
        self.shop, self.begin, self.bounces = shop, now() - timedelta(days=20), 0
        with moved_to(self.begin):
            self.item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)

    def sends(self, hour: float) -> Delivery:
        at = self.begin + timedelta(hours=hour)
        with moved_to(at):
            reply = send_reply(actor=self.shop.agent, item=self.item, text=f"Hello {hour}")
        Delivery.objects.filter(message=reply, state="queued").update(state="sent", sent_at=at)
        return Delivery.objects.get(message=reply)

    def comes_back(self, delivery: Delivery, hour: float, status: str = "4.2.2", action: str = "delayed") -> None:
        self.bounces += 1
        raw = bounce_mail(delivery.message.message_id, status=status, action=action, number=self.bounces)
        with moved_to(self.begin + timedelta(hours=hour)):
            assert ingest(raw).outcome == "bounce"


@pytest.fixture
def story(shop) -> Story:
    make_mailbox(shop)
    return Story(shop)


def test_three_mails_delayed_within_seven_days_mark_the_address(story):
    for day in (0, 2):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
        assert not Suppression.objects.exists()
    assert not Notification.objects.filter(verb="message.bounced").exists()
    story.comes_back(story.sends(4 * 24), 4 * 24 + 4)
    row = Suppression.objects.get()
    assert (row.address, row.kind) == (KARIM, "soft")
    assert "4.2.2" in row.reason
    point = ContactPoint.objects.get(value=KARIM)
    assert (point.is_reachable, "4.2.2" in point.unreachable_reason) == (False, True)
    assert Notification.objects.filter(verb="message.bounced", user=story.item.owner).count() == 1
    assert story.sends(5 * 24).block_reason == "suppressed"


def test_several_reports_on_one_mail_count_once(story):
    delivery = story.sends(0)
    for hour in (4, 24, 48, 72):
        story.comes_back(delivery, hour)
    assert SoftBounce.objects.count() == 1
    assert not Suppression.objects.exists()
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


def test_three_mails_over_more_than_seven_days_mark_nothing(story):
    for day in (0, 4, 8):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    assert not Suppression.objects.exists()


def test_mail_that_got_through_in_between_begins_the_count_anew(story):
    for day in (0, 1):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    story.sends(2 * 24)
    for day in (4, 5):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    assert not Suppression.objects.exists()
    story.comes_back(story.sends(6 * 24), 6 * 24 + 4)
    assert Suppression.objects.get().kind == "soft"


def test_mail_of_the_last_hours_is_not_yet_proof_that_the_address_works(story):
    """Its own warning may still be under way."""
    for day in (0, 1):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    third, _fourth = story.sends(48), story.sends(49)
    story.comes_back(third, 52)
    assert Suppression.objects.get().kind == "soft"


def test_mail_given_up_with_a_temporary_status_failed_and_the_owner_is_told(story):
    delivery = story.sends(0)
    story.comes_back(delivery, 96, status="4.4.7", action="failed")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "came_back")
    assert "4.4.7" in delivery.last_error
    assert Notification.objects.filter(verb="message.bounced").count() == 1
    assert not Suppression.objects.exists()


def test_temporary_failures_of_another_address_do_not_count(story):
    for day in (0, 1):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    other = story.sends(48)
    Delivery.objects.filter(pk=other.pk).update(to_address="rina@example.com")
    raw = bounce_mail(other.message.message_id, "rina@example.com", status="4.2.2", action="delayed", number=77)
    with moved_to(story.begin + timedelta(hours=52)):
        ingest(raw)
    assert SoftBounce.objects.filter(address="rina@example.com").count() == 1
    assert not Suppression.objects.exists()


@pytest.fixture
def marked(story):
    """Karim's address is marked after three mails came back."""
    for day in (0, 1, 2):
        story.comes_back(story.sends(day * 24), day * 24 + 4)
    return Suppression.objects.get()


def test_customers_page_and_thread_say_why(story, marked, client_as):
    story.sends(72)
    client = client_as(story.shop.agent, "en")
    card = client.get(reverse("customers:detail", args=[story.item.customer_id])).content.decode()
    assert "Mail does not arrive" in card
    assert "Several mails to this address came back within a few days." in card
    assert reverse("messaging:suppression", args=[marked.pk]) in card
    page = client.get(reverse("tickets:detail", args=[story.item.number])).content.decode()
    assert "The address is undeliverable" in page
    assert f"{reverse('messaging:suppressions')}?q=karim%40example.com" in page


def test_card_of_a_customer_whose_mail_arrives_says_nothing(story, client_as):
    card = client_as(story.shop.agent, "en").get(reverse("customers:detail", args=[story.item.customer_id]))
    assert "Mail does not arrive" not in card.content.decode()


def test_lifting_asks_first_and_is_in_the_audit_trail(story, marked, client_as):
    client = client_as(story.shop.agent, "en")
    url = reverse("messaging:suppression", args=[marked.pk])
    listed = client.get(reverse("messaging:suppressions")).content.decode()
    assert KARIM in listed
    assert url in listed
    question = client.get(url).content.decode()
    assert "Write to it again?" in question
    assert Suppression.objects.filter(pk=marked.pk).exists(), "looking changes nothing"
    assert client.post(url).status_code == 302
    assert not Suppression.objects.exists()
    assert not SoftBounce.objects.exists(), "the count begins anew"
    point = ContactPoint.objects.get(value=KARIM)
    assert (point.is_reachable, point.unreachable_reason) == (True, "")
    entry = AuditEntry.objects.get(action="suppression.lift")
    assert (entry.actor_label, entry.before["address"], entry.before["kind"]) == (
        story.shop.agent.audit_label, KARIM, "soft",
    )  # fmt: skip
    assert Activity.objects.filter(verb="message.address_lifted").count() == 1
    assert client.post(url).status_code == 404, "somebody was faster"
    assert story.sends(480).block_reason == ""


def test_who_may_edit_neither_customers_nor_mailboxes_stays_outside(story, marked, client_as):
    role = Role.objects.create(code="reader", name_en="Reader", permissions=["customer.view", "ticket.view"])
    reader = make_user("reader", branch=story.shop.branch, role=role)
    client = client_as(reader, "en")
    assert client.get(reverse("messaging:suppressions")).status_code == 403
    assert client.get(reverse("messaging:suppression", args=[marked.pk])).status_code == 403
    assert client.post(reverse("messaging:suppression", args=[marked.pk])).status_code == 403
    with pytest.raises(PermissionRefused):
        lift_suppression(actor=reader, suppression=marked)
    assert Suppression.objects.filter(pk=marked.pk).exists()


def test_address_of_a_foreign_branch_is_not_there(story, marked, client_as):
    role = Role.objects.create(
        code="clerk", name_en="Clerk", permissions=["customer.edit", "settings.edit"], scope="branch"
    )
    stranger = make_user("stranger", branch=create_branch(actor=None, name_en="Elsewhere"), role=role)
    client = client_as(stranger, "en")
    assert KARIM not in client.get(reverse("messaging:suppressions")).content.decode()
    assert client.get(reverse("messaging:suppression", args=[marked.pk])).status_code == 404
    assert client.post(reverse("messaging:suppression", args=[marked.pk])).status_code == 404
    with pytest.raises(NotFound):
        lift_suppression(actor=stranger, suppression=marked)
    assert Suppression.objects.filter(pk=marked.pk).exists()


def test_list_is_searched_and_paged(shop, client_as):
    for number in range(55):
        suppress(address=f"a{number:02}@example.com", reason="550 gone")
    client = client_as(shop.owner, "en")
    first = client.get(reverse("messaging:suppressions"))
    assert len(first.context["rows"]) == 50
    second = client.get(reverse("messaging:suppressions") + first.context["older_url"])
    assert len(second.context["rows"]) == 5
    seen = {row.address for row in (*first.context["rows"], *second.context["rows"])}
    assert len(seen) == 55
    found = client.get(reverse("messaging:suppressions"), {"q": "A07@"})
    assert [row.address for row in found.context["rows"]] == ["a07@example.com"]
    none = client.get(reverse("messaging:suppressions"), {"q": "xyzzy"}).content.decode()
    assert "Mail is sent to this address" in none
