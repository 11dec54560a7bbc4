"""What the worker still does for each complaint of W4: the acknowledgement queued, the colleague told, hooks called."""

import json
import sys
import time


def main() -> None:
    """Work off what waits; print how long each complaint took, and check that each has its promises."""
    import django

    django.setup()
    from django.db import connection

    from halkhata.desks.tickets.models import Ticket
    from halkhata.engines.messaging.models import Delivery
    from halkhata.engines.work.models import SlaClock
    from halkhata.foundation.core.jobs.worker import Worker

    made = Ticket.objects.filter(channel="api", subject="Refrigerator does not cool")
    count = made.count()
    # Sending is another matter: there is no mail server here.
    worker, begun = Worker(queues=["default"]), time.perf_counter()
    while worker.work_once():
        pass
    seconds = time.perf_counter() - begun
    ids = list(made.values_list("pk", flat=True))
    with_clocks = SlaClock.objects.filter(item__in=ids).values("item").distinct().count()
    acknowledged = Delivery.objects.filter(message__conversation__item__in=ids, is_automatic=True).count()
    if with_clocks != count:
        raise SystemExit(f"{count - with_clocks} complaints have no promise")
    json.dump(
        {
            "complaints": count,
            "acknowledgements": acknowledged,
            "database": connection.vendor,
            "worker_ms_each": round(1000 * seconds / max(1, count), 2),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
