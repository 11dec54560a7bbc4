"""Many at once, in any order, and killed in the middle: each thing happens once (F13, B75)."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest
from django.db import connection

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.chat.models import ChatDelivery, ChatEvent, ChatIdentity
from halkhata.engines.chat.services.answering import answer_by_chat
from halkhata.engines.chat.services.receiving import take_hook
from halkhata.engines.chat.services.sending import put_abandoned_in_doubt, send_one
from halkhata.engines.chat.tests.hooks import told, wa_message, wa_status, work
from halkhata.engines.messaging.models import Message
from halkhata.foundation.core.clock import now
from tests.support.database import database_url
from tests.support.fixtures_process import ROOT, clean_environment

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES, NEWS, THREADS, TIMES = 250, 250, 8, 3
if os.environ.get("HALKHATA_DRILL"):
    MESSAGES, NEWS = 5_000, 1_667


def in_threads(jobs):
    """Run each list of calls in a thread of its own."""
    errors = []

    def run(calls):
        try:
            for call in calls:
                call()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(calls,)) for calls in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_hooks_three_times_shuffled_by_eight_at_once_have_one_effect_each(shop, whatsapp):
    told(whatsapp, wa_message(wamid="wamid.first", number="8801711000000"))
    person = ChatIdentity.objects.get()
    conversation = Ticket.objects.get().conversation
    ours = []
    for number in range(NEWS):
        message = Message.objects.create(
            conversation=conversation, direction="out", channel="whatsapp", at=now(), text=str(number)
        )
        ours.append(
            ChatDelivery(
                message=message, account=whatsapp, identity=person, key=f"key{number}", remote_id=f"wamid.OUT{number}",
                state="sent", sent_at=now(), queued_at=now(), next_try_at=now(),
            )
        )  # fmt: skip
    ChatDelivery.objects.bulk_create(ours)
    hooks = [
        wa_message(f"Text {number}", wamid=f"wamid.{number}", number=f"88017110000{number % 40:02}")
        for number in range(MESSAGES)
    ]
    for number in range(NEWS):
        hooks += [wa_status(f"wamid.OUT{number}", status) for status in ("sent", "delivered", "read")]
    bodies = [json.dumps(hook).encode() for hook in hooks]
    chance, jobs = random.Random(20261123), [[] for _thread in range(THREADS)]
    for _time in range(TIMES):
        chance.shuffle(bodies)
        for place, body in enumerate(bodies):
            jobs[place % THREADS].append(lambda body=body: take_hook(account=whatsapp, body=body))
    in_threads(jobs)
    in_threads([[work] * (2 + len(hooks) // 500) for _thread in range(4)])
    assert ChatEvent.objects.count() == 1 + MESSAGES + 3 * NEWS
    assert set(ChatEvent.objects.values_list("state", flat=True)) <= {"processed"}
    texts = Counter(Message.objects.filter(direction="in").values_list("text", flat=True))
    assert {texts[f"Text {number}"] for number in range(MESSAGES)} == {1}
    assert ChatIdentity.objects.count() == min(40, MESSAGES)
    assert Ticket.objects.count() == min(40, MESSAGES)
    assert Counter(ChatDelivery.objects.values_list("state", flat=True)) == {"read": NEWS}


@pytest.mark.parametrize(("mode", "times"), [("send-and-die", 1), ("resend-and-die", 2)])
def test_kill_after_metas_answer_needs_the_doubt(shop, whatsapp, meta, mode, times):
    """Twin: a sender that takes up again what was being sent sends the same words twice. So the drill can fail."""
    told(whatsapp, wa_message())
    ticket, person = Ticket.objects.get(), ChatIdentity.objects.get()
    answer_by_chat(actor=shop.agent, item=ticket, identity=person, text="আজ বিকেলে লোক যাবে।")
    for _try in range(2):
        child = subprocess.run(
            [sys.executable, "-m", "halkhata.engines.chat.tests.drill_child", mode], cwd=ROOT, check=False,
            capture_output=True, timeout=300,
            env=clean_environment(
                DJANGO_SETTINGS_MODULE="config.settings", HALKHATA_DATABASE_URL=database_url(),
                HALKHATA_DATA_DIR=os.environ["HALKHATA_DATA_DIR"],
                HALKHATA_SECRET_KEY=os.environ["HALKHATA_SECRET_KEY"],
            ),
        )  # fmt: skip
        assert child.returncode in (0, -signal.SIGKILL), child.stderr.decode()[-2000:]
    assert len(meta.posts) == times
    delivery = ChatDelivery.objects.get()
    assert delivery.state == "sending"
    ChatDelivery.objects.update(lease_until=now())
    assert put_abandoned_in_doubt() == 1
    assert send_one(delivery.pk) == ""
    assert len(meta.posts) == times
    # Meta's news settle what the dead sender could not write down.
    told(whatsapp, wa_status("wamid.OUT1", "delivered", key=delivery.key))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.remote_id) == ("delivered", "wamid.OUT1")
