"""kill -9 at any moment: no mail lost, none doubled, and what nobody can know stands on a screen (F01, F02)."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message
from halkhata.engines.messaging.selectors.trouble import outbox_page
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.inbound import ingest, process_raw, store_raw
from halkhata.engines.messaging.services.sending import put_abandoned_in_doubt, send_one
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.foundation.core.clock import now
from tests.support.database import database_url
from tests.support.fixtures_process import ROOT, clean_environment

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = 5 if os.environ.get("HALKHATA_DRILL") else 1
MAILS, KILLS = 2_000 * SCALE, 10 * SCALE
REPLIES, SEND_KILLS = 300 * SCALE, 5 * SCALE


def _say(line: str) -> None:
    """For who runs the drills with ``-s``, and for docs/measured.md."""
    sys.stdout.write(f"\n{line}\n")


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "halkhata.engines.messaging.tests.drill_child", *arguments],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=clean_environment(
            DJANGO_SETTINGS_MODULE="config.settings",
            HALKHATA_DATA_DIR=os.environ["HALKHATA_DATA_DIR"],
            HALKHATA_SECRET_KEY=os.environ["HALKHATA_SECRET_KEY"],
            HALKHATA_DATABASE_URL=database_url(),
            HALKHATA_MAIL_PRIVATE_HOSTS=os.environ["HALKHATA_MAIL_PRIVATE_HOSTS"],
        ),
    )  # fmt: skip


def _run(*arguments: str) -> int:
    child = _child(*arguments)
    _out, errors = child.communicate(timeout=900)
    assert child.returncode in (0, -signal.SIGKILL), errors.decode()[-3000:]
    return child.returncode


def _kill_when(child: subprocess.Popen[bytes], reached, chance: random.Random) -> bool:
    """Kill the child a moment after ``reached()``. False when it had ended by itself."""
    deadline = time.monotonic() + 300
    while not reached():
        if child.poll() is not None:
            _out, errors = child.communicate()
            assert child.returncode == 0, errors.decode()[-3000:]
            return False
        assert time.monotonic() < deadline, "the child does not get on"
        time.sleep(0.05)
    time.sleep(chance.uniform(0, 0.05))
    if child.poll() is not None:
        return False
    child.kill()
    child.communicate()
    return True


def test_inbound_under_kills_loses_and_doubles_nothing(shop, tmp_path):
    make_mailbox(shop)
    # A quarter are new matters, the rest answers to them: what a shop's mailbox looks like.
    threads = MAILS // 4
    for number in range(MAILS):
        thread = number % threads
        answers = {} if number < threads else {"in_reply_to": f"<mail-{thread}@example.com>"}
        (tmp_path / f"{number:06}.eml").write_bytes(
            raw_mail(
                f"Matter {number}", sender=f"customer{thread % 200}@example.com", subject=f"Matter {number}",
                number=number, **answers,
            )
        )  # fmt: skip
    chance = random.Random(20261122)
    begun = time.monotonic()
    kills = 0
    for number in range(1, KILLS + 1):
        child = _child("receive", str(tmp_path))
        goal = number * MAILS // (KILLS + 1)
        kills += _kill_when(child, lambda goal=goal: Message.objects.count() >= goal, chance)
    assert _run("receive", str(tmp_path)) == 0
    seconds = time.monotonic() - begun
    assert kills == KILLS
    _say(f"inbound drill: {MAILS} mails, {kills} kills, {seconds:.1f} s, {MAILS / seconds:.0f} mails/s")
    assert InboundRaw.objects.count() == MAILS
    assert Counter(InboundRaw.objects.values_list("state", "outcome")) == {
        ("processed", "ticket_opened"): threads,
        ("processed", "reply_added"): MAILS - threads,
    }
    assert Ticket.objects.count() == threads
    ids = Counter(Message.objects.filter(direction="in").values_list("message_id", flat=True))
    assert ids == {f"<mail-{number}@example.com>": 1 for number in range(MAILS)}
    counts = Message.objects.values("conversation__item").annotate(n=Count("id")).values_list("n", flat=True)
    assert set(counts) == {4}
    kinds = Counter(WorkEvent.objects.values_list("kind", flat=True))
    assert (kinds["opened"], kinds["customer_message"]) == (threads, MAILS - threads)


@pytest.mark.parametrize(("guard", "tickets"), [("guard-on", 1), ("guard-off", 2)])
def test_kill_between_ticket_and_mark_needs_the_transaction(shop, guard, tickets):
    """Twin: without the one transaction the same kill makes two tickets of one mail. So the drill can fail."""
    make_mailbox(shop)
    row, _created = store_raw(mailbox=None, provider_id="1:1", raw=raw_mail(message_id=None))
    assert _run("process", guard) == -signal.SIGKILL
    assert Ticket.objects.count() == tickets - 1
    if guard == "guard-off":
        # The constraint "one message for each raw mail" would stop the second ticket; the twin goes without it, too.
        Message.objects.filter(raw=row).update(raw=None)
    process_raw(row.pk)
    assert Ticket.objects.count() == tickets


def _queue_replies(shop, smtp_server, count: int) -> list[Delivery]:
    make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port)
    for number in range(count):
        if number % 10 == 0:
            ticket = ingest(raw_mail(f"Matter {number}", subject=f"Matter {number}", number=number)).ticket
            item = WorkItem.objects.get(number=ticket)
        send_reply(actor=shop.agent, item=item, text=f"Answer {number}")
    return list(Delivery.objects.order_by("id"))


def _let_leases_end() -> None:
    Delivery.objects.filter(state="sending").update(lease_until=now() - timedelta(seconds=1))


def _arrived(smtp_server) -> Counter[str]:
    return Counter(str(received.message["Message-ID"]) for received in smtp_server.messages)


def test_outbound_under_kills_is_never_silent(shop, smtp_server):
    """Each mail arrives exactly once, or it is in doubt and on the screen; nothing else is left."""
    _queue_replies(shop, smtp_server, REPLIES)
    chance = random.Random(52)
    kills, begun = 0, time.monotonic()
    for number in range(1, SEND_KILLS + 1):
        _let_leases_end()
        child = _child("send")
        goal = number * REPLIES // (SEND_KILLS + 1)
        kills += _kill_when(child, lambda goal=goal: len(smtp_server.messages) >= goal, chance)
    _let_leases_end()
    assert _run("send") == 0
    seconds = time.monotonic() - begun
    assert kills == SEND_KILLS
    arrived = _arrived(smtp_server)
    states = dict(Delivery.objects.values_list("message__message_id", "state"))
    assert len(states) == REPLIES
    assert set(states.values()) <= {"sent", "in_doubt"}
    assert [one for one, count in arrived.items() if count > 1] == []
    assert {one for one, state in states.items() if state == "sent"} <= set(arrived)
    doubtful = {one for one, state in states.items() if state == "in_doubt"}
    assert len(doubtful) <= kills
    page = outbox_page(shop.owner, "in_doubt")
    assert {row.message.message_id for row in page.rows} == doubtful
    _say(f"outbound drill: {REPLIES} mails, {kills} kills, {len(doubtful)} in doubt, {seconds:.1f} s")


@pytest.mark.parametrize(("guard", "times"), [(True, 1), (False, 2)])
def test_kill_after_the_server_took_it_needs_the_doubt(shop, smtp_server, guard, times):
    """Twin: who simply puts an abandoned mail back in line sends it twice."""
    [delivery] = _queue_replies(shop, smtp_server, 1)
    assert _run("send-and-die") == -signal.SIGKILL
    assert sum(_arrived(smtp_server).values()) == 1
    delivery.refresh_from_db()
    assert delivery.state == "sending"
    _let_leases_end()
    if guard:
        assert put_abandoned_in_doubt() == 1
        assert put_abandoned_in_doubt() == 0
    else:
        Delivery.objects.update(state="queued", lease_until=None)
    send_one(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == ("in_doubt" if guard else "sent")
    assert list(_arrived(smtp_server).values()) == [times]


def test_worker_killed_while_sending_leaves_it_in_doubt_and_tells_the_owner(shop, smtp_server):
    from halkhata.engines.work.models import Notification

    smtp_server.delay = 30
    [delivery] = _queue_replies(shop, smtp_server, 1)
    child = _child("send")
    assert _kill_when(child, lambda: Delivery.objects.filter(state="sending").exists(), random.Random(1))
    assert put_abandoned_in_doubt() == 0, "the lease has not ended yet"
    _let_leases_end()
    assert put_abandoned_in_doubt() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.locked_by != "") == ("in_doubt", True)
    assert (
        Notification.objects.filter(verb="message.in_doubt", user=delivery.message.conversation.item.owner).count() == 1
    )
    assert Mailbox.objects.get().last_send_error == ""
    connection.close()
