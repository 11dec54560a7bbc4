"""W3: the ticket page and the customer's 360 page, as full HTML, a different record each time."""

from bench.case import Case, Facts, page
from bench.client import Request

TITLE = "Ticket page and customer 360 page"
BAR = 6.0


def cases(facts: Facts) -> list[Case]:
    """Two pages over sixty records each."""
    tickets = [Request(f"/tickets/{number}/") for number in facts["tickets"]]
    customers = [Request(f"/customers/{pk}/") for pk in facts["customers"]]
    return [
        Case("ticket page", tickets, BAR, wrong=page("K-"), statements=20),
        Case("customer 360 page", customers, BAR, wrong=page("K-"), statements=20),
    ]
