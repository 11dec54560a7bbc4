"""Ceilings on what is done without a person, and letting go what they held (A52.5, F27)."""

import pytest
from django.urls import reverse

from halkhata.engines.messaging.models import Conversation, Delivery, MailLimits
from halkhata.engines.messaging.selectors.limits import mail_limits
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.deciding import release_held
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.limits import BOUNDS, save_limits
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused

pytestmark = pytest.mark.django_db

VALUES = {"per_address": 5, "window_minutes": 120, "per_hour": 500, "reopenings": 3}


@pytest.fixture
def item(shop) -> WorkItem:
    make_mailbox(shop)
    create_default_templates()
    return WorkItem.objects.get(number=ingest(raw_mail()).ticket)


def _automatic(item, count: int, prefix="a") -> list[str]:
    return [send_automatic(item=item, code="assigned", cause=f"{prefix}{n}").block_reason for n in range(count)]


def test_starting_limits_are_those_of_the_reference(db):
    limits = mail_limits()
    assert (limits.per_address, limits.window_minutes, limits.reopenings) == (5, 120, 3)


def test_limit_of_the_address_is_the_shops_own(item, shop):
    save_limits(actor=shop.owner, **{**VALUES, "per_address": 2})
    assert _automatic(item, 4) == ["", "", "rate_limit", "rate_limit"]
    assert AuditEntry.objects.filter(action="mail_limits.save").count() == 1


def test_limit_of_the_whole_shop_counts_all_addresses(item, shop):
    save_limits(actor=shop.owner, **{**VALUES, "per_hour": 3})
    others = [
        WorkItem.objects.get(number=ingest(raw_mail(f"Matter {n}", sender=f"c{n}@example.com", number=n)).ticket)
        for n in range(10, 15)
    ]
    Delivery.objects.all().delete()
    reasons = [send_automatic(item=one, code="assigned", cause=f"x{one.pk}").block_reason for one in others]
    assert reasons == ["", "", "", "shop_limit", "shop_limit"]
    # What staff write is never held.
    assert send_reply(actor=shop.agent, item=item, text="We look at it.").delivery.block_reason == ""


def test_mail_of_an_hour_ago_counts_no_more(item, shop):
    from datetime import timedelta

    from halkhata.foundation.core.clock import now

    save_limits(actor=shop.owner, **{**VALUES, "per_hour": 1, "window_minutes": 10})
    Delivery.objects.all().delete()
    assert _automatic(item, 2) == ["", "shop_limit"]
    Delivery.objects.update(queued_at=now() - timedelta(minutes=61))
    assert _automatic(item, 1, "b") == [""]


def test_thread_reopened_too_often_follows_the_limit(item, shop):
    from halkhata.engines.messaging.services.loops import reopened_too_often
    from halkhata.engines.work.models import WorkEvent
    from halkhata.foundation.core.clock import now

    for _time in range(2):
        WorkEvent.objects.create(item=item, at=now(), kind="reopened")
    conversation = Conversation.objects.get(item=item)
    assert not reopened_too_often(conversation)
    save_limits(actor=shop.owner, **{**VALUES, "reopenings": 2})
    assert reopened_too_often(conversation)


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_are_told_at_the_field(shop, name):
    for value in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1):
        with pytest.raises(DomainError) as refused:
            save_limits(actor=shop.owner, **{**VALUES, name: value})
        assert refused.value.field == name
    assert not MailLimits.objects.exists()


def test_two_who_change_them_at_once_do_not_overwrite(shop):
    save_limits(actor=shop.owner, **VALUES, version=1)
    with pytest.raises(Conflict):
        save_limits(actor=shop.owner, **VALUES, version=1)
    with pytest.raises(PermissionRefused):
        save_limits(actor=shop.lead, **VALUES)


@pytest.mark.parametrize("language", ["bn", "en"])
def test_settings_page_takes_bengali_digits(shop, client_as, language):
    client = client_as(shop.owner, language)
    url = reverse("messaging:limits")
    assert client.get(url).status_code == 200
    data = {"per_address": "৭", "window_minutes": "60", "per_hour": "১০০", "reopenings": "2", "version": "1"}
    assert client.post(url, data).status_code == 302
    assert mail_limits().per_address == 7
    assert client.post(url, {**data, "version": "2", "per_address": "0"}).status_code in {400, 422}
    assert client_as(shop.lead).get(url).status_code == 403


def test_held_mail_is_listed_and_released_by_a_person(item, shop, client_as):
    save_limits(actor=shop.owner, **{**VALUES, "per_address": 1})
    Delivery.objects.all().delete()
    _automatic(item, 4)
    held = list(Delivery.objects.filter(block_reason="rate_limit").order_by("pk"))
    client = client_as(shop.lead)
    page = client.get(reverse("messaging:outbox") + "?box=held").content.decode()
    assert page.count('name="pick"') == 3
    url = reverse("messaging:outbox_release")
    assert client.post(url, {"pick": [held[0].pk, held[1].pk, "x"]}).status_code == 302
    for one in held:
        one.refresh_from_db()
    assert [one.state for one in held] == ["queued", "queued", "blocked"]
    assert release_held(actor=shop.lead, deliveries=Delivery.objects.filter(pk=held[0].pk)) == 0
    assert client_as(shop.agent).post(url, {"pick": [held[2].pk]}).status_code == 403


def test_release_lets_nothing_else_go(item, shop, client_as):
    from halkhata.engines.messaging.services.suppression import suppress

    Delivery.objects.all().delete()
    suppress(address="karim@example.com", reason="550")
    _automatic(item, 1)
    kept = Delivery.objects.get(block_reason="suppressed")
    client_as(shop.lead).post(reverse("messaging:outbox_release"), {"pick": [kept.pk]})
    kept.refresh_from_db()
    assert kept.state == "blocked"
