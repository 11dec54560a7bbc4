"""An endpoint on a receiver of this machine, and a way to let what is due happen now."""

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.core import outbox
from halkhata.foundation.core.clock import now
from halkhata.oversight.webhooks import lanes
from halkhata.oversight.webhooks.services.endpoints import create_endpoint
from halkhata.oversight.webhooks.services.sending import due_endpoints
from halkhata.oversight.webhooks.tests.receiver import Receiver


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def endpoint(shop, receiver):
    """``endpoint(owner, events)``: an endpoint on the receiver; its secret is ``.plain``."""

    def make(owner=None, events=("ticket.opened",), **values):
        made, secret = create_endpoint(
            actor=owner or shop.owner, url=values.pop("url", receiver.url), events=list(events), **values
        )
        made.plain = secret
        return made

    return make


@pytest.fixture
def a_ticket(shop):
    """``a_ticket()``: opens one."""

    def make(**values):
        return open_ticket(
            **{"actor": shop.agent, "subject": "Fridge", "customer": None, "channel": "phone", "branch": shop.branch,
               "owner": shop.agent, **values}
        )  # fmt: skip

    return make


@pytest.fixture
def deliver():
    """``deliver()``: events reach their handlers, then what is due is sent. Returns how many calls were made."""

    def run():
        outbox.run_until_quiet()
        return sum(lanes.run(endpoint_id) for endpoint_id in due_endpoints(now()))

    return run
