"""A real worker, a real receiver, SIGKILL in the middle of a call."""

import time

import pytest

from halkhata.foundation.core.clock import now
from halkhata.oversight.webhooks.models import WebhookDelivery
from tests.support.fixtures_process import wait_until


@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_mid_call_sends_again_under_the_same_id_and_loses_nothing(
    endpoint, a_ticket, receiver, worker_process
):
    hook = endpoint()
    receiver.before_answer = lambda call: time.sleep(8 if len(receiver.calls) == 1 else 0)
    for _ticket in range(3):
        a_ticket()
    env = {"HALKHATA_OUTBOUND_ALLOW": "127.0.0.1/32"}
    first = worker_process(**env)
    wait_until(lambda: receiver.calls, 60, first.said())
    first.kill()
    # What came after the first may still be an event that nobody has taken up.
    assert WebhookDelivery.objects.filter(state="pending").count() in {1, 2, 3}
    assert not WebhookDelivery.objects.exclude(state="pending").exists()
    # The dead worker's lease and the pause of its job, as if their time had passed.
    WebhookDelivery.objects.update(next_try_at=now(), first_due_at=now())
    from halkhata.oversight.webhooks.jobs import send_due_webhooks

    send_due_webhooks.enqueue()
    second = worker_process(**env)
    wait_until(lambda: WebhookDelivery.objects.filter(state="delivered").count() == 3, 60, second.said())
    ids = [call.headers["webhook-id"] for call in receiver.calls]
    assert set(ids) == set(WebhookDelivery.objects.values_list("webhook_id", flat=True))
    assert len(ids) == 4  # the one that was cut off, twice
    assert ids.count(ids[0]) == 2
    assert all(call.verify(hook.plain) for call in receiver.calls)


@pytest.mark.django_db(transaction=True)
def test_slow_receiver_holds_up_neither_the_others_nor_the_worker(endpoint, a_ticket, receiver, worker_process):
    from halkhata.oversight.webhooks.tests.receiver import Receiver

    slow = Receiver()
    slow.before_answer = lambda call: time.sleep(4)
    endpoint(url=slow.url)
    endpoint()
    for _ticket in range(4):
        a_ticket()
    worker = worker_process(HALKHATA_OUTBOUND_ALLOW="127.0.0.1/32")
    wait_until(lambda: len(receiver.calls) == 4, 60, worker.said())
    assert len(slow.calls) <= 2
    slow.close()
