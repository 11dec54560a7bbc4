"""One lane for each endpoint: a slow receiver holds up its own calls and nobody else's, nor the worker's other jobs.

The lanes are threads of the worker and end with it, at any point: a lease in the database holds each delivery, so what
was under way is sent again.
"""

import logging
import threading

from django.db import connection

from halkhata.oversight.webhooks.services.sending import send_next

logger = logging.getLogger(__name__)

LANES = 8
# After so many calls a lane makes room for others; the timetable brings it back.
CALLS_A_TURN = 50

_busy: set[int] = set()
_guard = threading.Lock()


def start(endpoint_id: int) -> bool:
    """Begin to send for an endpoint, unless this process does already or all lanes are taken. Says whether it did."""
    with _guard:
        if endpoint_id in _busy or len(_busy) >= LANES:
            return False
        _busy.add(endpoint_id)
    # A daemon: a worker that is told to stop does not wait for a receiver.
    threading.Thread(target=_drive, args=(endpoint_id,), daemon=True, name=f"webhooks-{endpoint_id}").start()
    return True


def _drive(endpoint_id: int) -> None:
    try:
        run(endpoint_id)
    except Exception:
        logger.exception("webhooks of endpoint %s stopped", endpoint_id)
    finally:
        connection.close()
        with _guard:
            _busy.discard(endpoint_id)


def run(endpoint_id: int) -> int:
    """Send what is due for an endpoint, one after the other. Returns how many calls were made."""
    for made in range(CALLS_A_TURN):
        if not send_next(endpoint_id):
            return made
    return CALLS_A_TURN
