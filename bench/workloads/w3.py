"""W3: the ticket page and the customer's 360 page, as full HTML, a different record each time; and what comes after it.

The 360 page fetches some of its cards right after itself. Both columns of them are measured too, so that what the page
no longer does stays in sight.
"""

from bench.case import Case, Facts, page
from bench.client import Answer, Request

TITLE = "Ticket page and customer 360 page"
BAR = 6.0
AS_PART = {"HX-Request": "true"}


def no_cards(answer: Answer) -> str:
    """What is wrong with a part of a page: cards, without the page around them."""
    if answer.status != 200:
        return f"status {answer.status}, location {answer.headers.get('location', '-')}"
    if '<section class="card"' not in answer.text:
        return "without cards"
    return "a whole page" if "</html>" in answer.text else ""


def cases(facts: Facts) -> list[Case]:
    """Two pages over sixty records each, and the cards that come after the second."""
    tickets = [Request(f"/tickets/{number}/") for number in facts["tickets"]]
    customers = [Request(f"/customers/{pk}/") for pk in facts["customers"]]
    later = {
        column: [Request(f"/customers/{pk}/panels/{column}/", headers=AS_PART) for pk in facts["customers"]]
        for column in ("main", "side")
    }
    return [
        Case("ticket page", tickets, BAR, wrong=page("K-"), statements=20),
        Case("customer 360 page", customers, BAR, wrong=page("K-"), statements=20),
        *(
            Case(f"customer 360 page, later cards ({column})", requests, BAR, wrong=no_cards, statements=12)
            for column, requests in later.items()
        ),
    ]
