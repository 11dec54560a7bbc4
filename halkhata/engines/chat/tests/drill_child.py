"""A process of its own that tests kill: ``python -m halkhata.engines.chat.tests.drill_child MODE``.

Modes: ``send-and-die`` sends what is queued and dies between Meta's answer and writing it down; ``resend-and-die`` does
so without the guard, as a sender would that takes whatever is "being sent" up again; ``process`` works on what is due.
"""

import os
import signal
import sys

import django


def send_and_die(guard: bool) -> None:
    """Send everything that is in line; die after the first answer."""
    from django.conf import settings

    from halkhata.engines.chat.models import ChatDelivery
    from halkhata.engines.chat.services import sending

    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    sending._settle = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
    if not guard:
        # The twin: whatever was being sent is simply sent once more.
        ChatDelivery.objects.filter(state="sending").update(state="queued", lease_until=None)
    for pk in ChatDelivery.objects.filter(state="queued").order_by("id").values_list("id", flat=True):
        sending.send_one(pk)


def process() -> None:
    """Work on what is due."""
    from halkhata.engines.chat.tests.hooks import work

    work()


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "process":
        process()
    else:
        send_and_die(guard=sys.argv[1] == "send-and-die")
