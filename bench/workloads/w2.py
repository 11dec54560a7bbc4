"""W2: the ticket queue and the customer list, first page and a filtered page, as full HTML."""

from bench.case import Case, Facts, page
from bench.client import Request

TITLE = "Ticket queue and customer list, first page and a filtered page"
BAR = 4.0


def cases(facts: Facts) -> list[Case]:
    """Six pages."""
    queue, people = page("/work/"), page("/customers/")
    return [
        Case("queue, first page", [Request("/work/queue/")], BAR, wrong=queue, statements=12),
        Case("queue, first page, an agent's", [Request("/work/queue/")], BAR, "agent", queue, 12),
        Case(
            "queue, filtered by team and priority",
            [
                Request(f"/work/queue/?team={facts['team']}&priority={priority}")
                for priority in ("normal", "high", "low")
            ],
            BAR,
            wrong=queue,
            statements=12,
        ),
        Case("queue, what is done", [Request("/work/queue/?state=done")], BAR, wrong=queue, statements=12),
        Case("customers, first page", [Request("/customers/")], BAR, wrong=people, statements=12),
        Case(
            "customers, filtered by branch and language",
            [Request(f"/customers/?branch={facts['branch']}&language={language}") for language in ("bn", "en")],
            BAR,
            wrong=people,
            statements=12,
        ),
    ]
