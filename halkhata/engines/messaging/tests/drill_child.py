"""A process of its own that tests kill: ``python -m halkhata.engines.messaging.tests.drill_child MODE …``.

Modes: ``receive FOLDER`` stores and processes the mails of a folder, as a fetching worker does; ``process [guard-off]``
processes what is stored and dies between the ticket and its mark; ``send`` sends what is queued; ``send-and-die`` dies
between the server's answer and writing it down.
"""

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path

import django


def receive(folder: Path) -> None:
    """Store each mail, then say that we have it (a file, as the server's flag), then process it."""
    from halkhata.engines.messaging.models import InboundRaw
    from halkhata.engines.messaging.services.inbound import process_raw, store_raw

    for pk in InboundRaw.objects.filter(state="stored").order_by("id").values_list("id", flat=True):
        process_raw(pk)
    for mail in sorted(folder.glob("*.eml")):
        had = mail.with_suffix(".had")
        if had.exists():
            continue
        row, _created = store_raw(mailbox=None, provider_id=f"1:{mail.stem}", raw=mail.read_bytes())
        had.touch()
        process_raw(row.pk)


def process(guard: bool) -> None:
    """Process what is stored; with the first mail, die after its ticket is made and before it is marked as done."""
    from halkhata.engines.messaging.mime.classify import classify
    from halkhata.engines.messaging.models import InboundRaw
    from halkhata.engines.messaging.services import inbound

    def die(*_arguments) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    inbound._mark = die
    if not guard:
        # The twin: no transaction around ticket and mark.
        def unguarded(raw_id, parsed):
            row = InboundRaw.objects.get(pk=raw_id)
            placement = inbound.place_mail(raw=row, parsed=parsed, classification=classify(parsed, []))
            inbound._mark(row, parsed, placement)

        class Off:
            atomic = staticmethod(nullcontext)

        inbound._process_locked = unguarded
        inbound.transaction = Off
        inbound.gathered_events = nullcontext  # it belongs inside a transaction
    for pk in InboundRaw.objects.filter(state="stored").values_list("id", flat=True):
        inbound.process_raw(pk)


def send(die: bool) -> None:
    """Send everything that is queued, in order."""
    from halkhata.engines.messaging.models import Delivery
    from halkhata.engines.messaging.services import sending

    if die:
        sending._settle_patiently = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
    sending.put_abandoned_in_doubt()
    for pk in Delivery.objects.filter(state="queued").order_by("id").values_list("id", flat=True):
        sending.send_one(pk)


if __name__ == "__main__":
    django.setup()
    mode, *rest = sys.argv[1:]
    if mode == "receive":
        receive(Path(rest[0]))
    elif mode == "process":
        process(guard="guard-off" not in rest)
    else:
        send(die=mode == "send-and-die")
