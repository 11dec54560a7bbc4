"""The reactions start from a ticket of the complaint desk."""

from halkhata.desks.tickets.tests.conftest import desk as desk
from halkhata.desks.tickets.tests.conftest import rahima as rahima
from halkhata.desks.tickets.tests.conftest import ticket as ticket
