"""W7: inbound mail, from raw bytes to a ticket with promises and a queued acknowledgement, beside a bare loop.

python -m bench.workloads.w7 COUNT    (on the database of the environment; prints JSON)
"""

import json
import sys
import time
import uuid
from email.message import EmailMessage
from typing import Any

TITLE = "Inbound mail, from raw bytes to a ticket with promises and acknowledgement"
BAR = 0.30
BLOCKS = 4


def mails(count: int, run: str) -> list[bytes]:
    """Mails as customers write them: half in Bengali, a third with a small picture, each from somebody else."""
    made = []
    for number in range(count):
        mail = EmailMessage()
        mail["From"] = f"Invented Writer <writer.{run}.{number}@example.com>"
        mail["To"] = "help@padma.example.com"
        mail["Message-ID"] = f"<{run}.{number}@example.com>"
        mail["Date"] = "Sun, 15 Nov 2026 14:00:00 +0600"
        bengali = number % 2 == 0
        mail["Subject"] = f"ফ্রিজ ঠান্ডা হয় না {number}" if bengali else f"Refrigerator does not cool {number}"
        text = "তিন দিন ধরে ফ্রিজ চলছে কিন্তু ঠান্ডা হচ্ছে না।\n" if bengali else "It runs all day and the milk is warm.\n"
        mail.set_content(text * 6)
        mail.add_alternative(f"<html><body><p>{text * 6}</p></body></html>", subtype="html")
        if number % 3 == 0:
            mail.add_attachment(_PIXEL, maintype="image", subtype="png", filename="memo.png")
        made.append(mail.as_bytes())
    return made


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff89993d1d0000000049454e44ae426082"
)


def measure(count: int) -> dict[str, Any]:
    """The whole path and the bare loop in turn, in blocks; then what the worker adds for the acknowledgement."""
    from django.db import connection

    from bench.baselines.mail import parse_and_insert
    from halkhata.engines.messaging.models import Delivery, Mailbox
    from halkhata.engines.messaging.services.inbound import ingest
    from halkhata.foundation.core.jobs.worker import Worker

    mailbox = Mailbox.objects.get(address="help@padma.example.com")
    worker = Worker(queues=["default"])
    while worker.work_once():
        pass
    run = uuid.uuid4().hex[:8]
    each = max(1, count // BLOCKS)
    ours = bare = working = 0.0
    outcomes: dict[str, int] = {}
    for block in range(BLOCKS):
        raws = mails(each, f"{run}{block}")
        begun = time.perf_counter()
        for raw in raws:
            result = ingest(raw, mailbox=mailbox)
            outcomes[result.outcome] = outcomes.get(result.outcome, 0) + 1
        ours += time.perf_counter() - begun
        begun = time.perf_counter()
        while worker.work_once():
            pass
        working += time.perf_counter() - begun
        bare += parse_and_insert(connection, raws)
    done = each * BLOCKS
    acknowledged = Delivery.objects.filter(to_address__startswith=f"writer.{run}", is_automatic=True).count()
    share = bare / ours
    return {
        "title": TITLE,
        "mails": done,
        "outcomes": outcomes,
        "acknowledgements": acknowledged,
        "per_second": round(done / ours, 1),
        "bare_per_second": round(done / bare, 1),
        "share_of_bare": round(share, 4),
        "worker_ms_each": round(1000 * working / done, 2),
        "bar": BAR,
        "met": share >= BAR,
    }


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(measure(int(sys.argv[1])), sys.stdout)
