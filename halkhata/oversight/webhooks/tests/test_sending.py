"""From the event to the receiver: signed, at least once, further and further apart, then given up and sent again."""

import json
from datetime import timedelta

import pytest

from halkhata.engines.work.models import Notification
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core import outbox
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.models import EventDelivery, OutboxEvent
from halkhata.oversight.webhooks.jobs import prune_webhooks
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.services import sending
from halkhata.oversight.webhooks.services.endpoints import change_endpoint, rotate_secret
from halkhata.oversight.webhooks.services.replaying import replay_all, replay_one


def test_event_reaches_the_receiver_signed_and_holds_only_what_is_public(
    endpoint, a_ticket, deliver, receiver, settings
):
    hook = endpoint()
    ticket = a_ticket(subject="Very private subject", caller_name="Private Person")
    assert deliver() == 1
    (call,) = receiver.calls
    assert call.verify(hook.plain)
    assert not call.verify("whsec_" + "QUFB" * 8)
    assert call.headers["content-type"] == "application/json"
    body = json.loads(call.body)
    event = OutboxEvent.objects.get(name="ticket.opened")
    assert body == {
        "id": f"evt_{event.pk}",
        "type": "ticket.opened",
        "created_at": event.occurred_at.isoformat(),
        "data": {
            "ticket_id": ticket.pk, "number": ticket.number, "kind": "complaint", "channel": "phone",
            "customer_id": None, "owner_id": ticket.owner_id, "team_id": ticket.team_id,
            "branch_id": ticket.branch_id, "href": f"{settings.BASE_URL}/api/v1/tickets/{ticket.number}",
        },
    }  # fmt: skip
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.last_status, row.webhook_id) == (
        "delivered", 1, 200, call.headers["webhook-id"],
    )  # fmt: skip
    assert WebhookEndpoint.objects.get().last_success_at is not None


def test_body_changed_by_one_byte_has_no_valid_signature(endpoint, a_ticket, deliver, receiver):
    hook = endpoint()
    a_ticket()
    deliver()
    (call,) = receiver.calls
    call.body = call.body.replace(b"complaint", b"Complaint")
    assert not call.verify(hook.plain)


def test_only_chosen_events_are_told(endpoint, a_ticket, deliver, receiver):
    endpoint(events=["customer.created"])
    a_ticket()
    assert deliver() == 0
    assert receiver.calls == []
    assert WebhookDelivery.objects.count() == 0


def test_event_delivered_twice_to_its_handler_makes_one_call(endpoint, a_ticket, deliver, receiver):
    endpoint()
    a_ticket()
    deliver()
    EventDelivery.objects.filter(handler__contains="webhooks").update(
        state=EventDelivery.PENDING, finished_at=None, next_try_at=now()
    )
    assert outbox.run_until_quiet() >= 1
    assert deliver() == 0
    assert len(receiver.calls) == 1


def test_failure_is_tried_again_under_the_same_id_with_the_same_body(endpoint, a_ticket, deliver, receiver):
    hook = endpoint()
    receiver.statuses = [500, 302, 404, 204]
    a_ticket()
    at = now()
    for _try in range(4):
        with moved_to(at):
            deliver()
        at += timedelta(hours=3)
    ids = {call.headers["webhook-id"] for call in receiver.calls}
    assert (len(receiver.calls), len(ids), len({call.body for call in receiver.calls})) == (4, 1, 1)
    assert WebhookDelivery.objects.get().state == "delivered"
    assert WebhookEndpoint.objects.get(pk=hook.pk).failing_since is None


def test_tries_lie_further_and_further_apart_and_end_after_a_day(endpoint, a_ticket, deliver, receiver, shop):
    endpoint()
    receiver.statuses = [404]
    a_ticket()
    begin = at = now()
    gaps = []
    for _try in range(40):
        with moved_to(at):
            deliver()
        row = WebhookDelivery.objects.get()
        if row.state != "pending":
            break
        gaps.append((row.next_try_at - at).total_seconds())
        at = row.next_try_at
    assert len(gaps) == len(sending.BACK_OFF)
    for gap, wanted in zip(gaps, sending.BACK_OFF, strict=True):
        assert wanted * 0.8 <= gap <= wanted * 1.2
    assert timedelta(hours=16) <= at - begin <= timedelta(hours=30)
    assert (row.state, row.last_status, row.last_error, row.attempts) == ("dead", 404, "http_404", 9)
    notice = Notification.objects.get(user=shop.owner, verb="webhook.given_up")
    assert receiver.url in str(notice.data)


def test_server_in_trouble_is_left_alone_whatever_waits_and_asked_again_later(endpoint, a_ticket, deliver, receiver):
    endpoint()
    receiver.statuses = [503]
    for _ticket in range(5):
        a_ticket()
    at = now()
    with moved_to(at):
        deliver()
    assert len(receiver.calls) == 1  # one knock at a closed door
    with moved_to(at + timedelta(seconds=14)):
        deliver()
    assert len(receiver.calls) == 1
    receiver.statuses = [200]
    with moved_to(at + timedelta(seconds=40)):
        deliver()
    assert len(receiver.calls) == 6
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_dead_receiver_does_not_delay_another(endpoint, a_ticket, deliver, receiver, settings):
    endpoint(url="http://127.0.0.1:1/closed".replace(":1/", ":59999/"))
    endpoint()
    a_ticket()
    deliver()
    assert len(receiver.calls) == 1
    assert sorted(WebhookDelivery.objects.values_list("state", "last_error")) == [
        ("delivered", ""), ("pending", "no_connection"),
    ]  # fmt: skip


def test_retry_after_is_kept(endpoint, a_ticket, deliver, receiver):
    endpoint()
    receiver.statuses, receiver.headers = [429], {"Retry-After": "1200"}
    a_ticket()
    at = now()
    with moved_to(at):
        deliver()
    assert WebhookDelivery.objects.get().next_try_at - at >= timedelta(seconds=1200)
    assert WebhookEndpoint.objects.get().paused_until - at >= timedelta(seconds=1200)


def test_endpoint_that_fails_for_days_is_switched_off_its_owner_told_and_all_can_be_sent_again(
    endpoint, a_ticket, deliver, receiver, shop
):
    hook = endpoint()
    receiver.statuses = [500]
    at = now()
    for day in range(4):
        with moved_to(at + timedelta(days=day, hours=1)):
            a_ticket()
            deliver()
    hook.refresh_from_db()
    assert (hook.is_active, hook.off_reason) == (False, "failures")
    notice = Notification.objects.get(user=shop.owner, verb="webhook.switched_off")
    assert notice.data["reason"] == "failures"
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"dead"}
    with pytest.raises(Conflict):
        replay_all(actor=shop.owner, endpoint=hook)
    receiver.statuses, receiver.calls[:] = [200], []
    with moved_to(at + timedelta(days=5)):
        hook = change_endpoint(actor=shop.owner, endpoint=hook, is_active=True)
        count = replay_all(actor=shop.owner, endpoint=hook)
        assert count == WebhookDelivery.objects.count() == 4
        deliver()
    assert len(receiver.calls) == 4
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_gone_for_good_switches_off_at_once(endpoint, a_ticket, deliver, receiver):
    hook = endpoint()
    receiver.statuses = [410]
    a_ticket()
    deliver()
    hook.refresh_from_db()
    assert (hook.is_active, hook.off_reason) == (False, "gone")


def test_one_given_up_call_is_sent_again_under_its_old_id(endpoint, a_ticket, deliver, receiver, shop):
    endpoint()
    a_ticket()
    deliver()
    row = WebhookDelivery.objects.select_related("endpoint").get()
    with pytest.raises(Conflict):
        replay_one(actor=shop.owner, delivery=row)
    WebhookDelivery.objects.update(state="dead", attempts=9)
    replay_one(actor=shop.owner, delivery=row)
    deliver()
    assert [call.headers["webhook-id"] for call in receiver.calls] == [row.webhook_id] * 2


def test_after_a_rotation_both_secrets_sign_until_the_old_one_is_over(endpoint, a_ticket, deliver, receiver, shop):
    hook = endpoint()
    _hook, fresh = rotate_secret(actor=shop.owner, endpoint=hook)
    a_ticket()
    deliver()
    assert receiver.calls[0].verify(hook.plain)
    assert receiver.calls[0].verify(fresh)
    WebhookEndpoint.objects.update(previous_secret_until=now() - timedelta(seconds=1))
    a_ticket()
    deliver()
    assert not receiver.calls[1].verify(hook.plain)
    assert receiver.calls[1].verify(fresh)


def test_secrets_are_sealed_in_the_database(endpoint):
    hook = endpoint()
    assert hook.plain[6:] not in hook.secret
    assert "whsec" not in hook.secret


# ---------------------------------------------------------------- whose records
def test_endpoint_hears_only_what_its_owner_may_see(endpoint, a_ticket, deliver, receiver, shop):
    from halkhata.foundation.accounts.services.branches import create_branch

    far = create_branch(actor=None, name_en="Far")
    role = shop.agent.role
    role.permissions = [*role.permissions, "webhook.edit"]
    role.save(update_fields=["permissions"])
    shop.agent.refresh_from_db()
    endpoint(owner=User.objects.get(pk=shop.agent.pk))
    a_ticket(branch=far, owner=shop.owner, actor=None)
    a_ticket()
    assert deliver() == 1


def test_endpoint_of_one_branch_hears_nothing_of_another(endpoint, a_ticket, deliver, receiver, shop):
    from halkhata.foundation.accounts.services.branches import create_branch

    far = create_branch(actor=None, name_en="Far")
    endpoint(branch=far)
    a_ticket()
    assert deliver() == 0
    a_ticket(branch=far)
    assert deliver() == 1


def test_invented_data_is_never_told(endpoint, a_ticket, deliver, receiver):
    endpoint()
    a_ticket(is_demo=True)
    assert deliver() == 0


@pytest.mark.parametrize("how", ["owner is switched off", "right is taken"])
def test_owner_who_may_no_longer_is_told_nothing_more(endpoint, a_ticket, deliver, receiver, shop, how):
    hook = endpoint()
    a_ticket()
    outbox.run_until_quiet()
    if how == "owner is switched off":
        User.objects.filter(pk=shop.owner.pk).update(is_active=False)
    else:
        shop.owner.role.permissions = [p for p in shop.owner.role.permissions if p != "webhook.edit"]
        shop.owner.role.save(update_fields=["permissions"])
    deliver()
    assert receiver.calls == []
    hook.refresh_from_db()
    assert (hook.is_active, hook.off_reason) == (False, "owner")


def test_record_that_moved_out_of_reach_before_the_call_is_withheld(endpoint, a_ticket, deliver, receiver, shop):
    from halkhata.engines.work.models import WorkItem
    from halkhata.foundation.accounts.services.branches import create_branch

    far = create_branch(actor=None, name_en="Far")
    endpoint(branch=shop.branch)
    ticket = a_ticket()
    outbox.run_until_quiet()
    WorkItem.objects.filter(pk=ticket.pk).update(branch=far)
    deliver()
    assert receiver.calls == []
    assert WebhookDelivery.objects.get().state == "withheld"


def test_address_that_became_private_is_not_called(endpoint, a_ticket, deliver, receiver, settings):
    endpoint()
    a_ticket()
    settings.OUTBOUND_ALLOW = []  # as if the name now led inside
    deliver()
    assert receiver.calls == []
    row = WebhookDelivery.objects.get()
    assert (row.state, row.last_error) == ("pending", "address_scheme")


# ---------------------------------------------------------------- killed in between
class _Died(BaseException):
    """The process is gone after the call and before its mark."""


def _die(*args, **kwargs):
    raise _Died


def test_killed_between_call_and_mark_is_sent_again_with_the_same_id(
    endpoint, a_ticket, deliver, receiver, monkeypatch
):
    hook = endpoint()
    a_ticket()
    with monkeypatch.context() as patched:
        patched.setattr(sending, "_settle", _die)
        with pytest.raises(_Died):
            deliver()
    assert len(receiver.calls) == 1
    deliver()
    assert len(receiver.calls) == 1  # its lease still lasts
    with moved_to(now() + sending.LEASE + timedelta(seconds=1)):
        deliver()
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len(receiver.calls) == 2
    assert all(call.verify(hook.plain) for call in receiver.calls)
    assert WebhookDelivery.objects.get().state == "delivered"


def test_twin_that_marks_before_it_calls_loses_the_event(endpoint, a_ticket, deliver, receiver, monkeypatch):
    """The guard off: marked first, killed before the call."""
    endpoint()
    a_ticket()

    def marked_first(delivery_id):
        WebhookDelivery.objects.filter(pk=delivery_id).update(state="delivered", finished_at=now())
        return WebhookDelivery.objects.get(pk=delivery_id)

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_take", marked_first)
        patched.setattr(sending, "_call", _die)
        with pytest.raises(_Died):
            deliver()
    with moved_to(now() + timedelta(days=1)):
        deliver()
    assert receiver.calls == []


def test_old_rows_go(endpoint, a_ticket, deliver):
    endpoint()
    a_ticket()
    deliver()
    with moved_to(now() + timedelta(days=29)):
        assert prune_webhooks.func() == 0
    with moved_to(now() + timedelta(days=31)):
        assert prune_webhooks.func() == 1
