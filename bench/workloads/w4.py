"""W4: a complaint through the API, each with an idempotency key; what the worker does with it then is timed, too."""

import itertools
import json
import uuid
from collections.abc import Callable

from bench.case import Case, Facts
from bench.client import Answer, Request

TITLE = "Create a complaint through the API"
BAR = 8.0


def cases(facts: Facts) -> list[Case]:
    """One call, for another customer each time."""
    customers = itertools.cycle(facts["agent_customers"])

    def body() -> tuple[bytes, dict[str, str]]:
        ticket = {
            "subject": "Refrigerator does not cool",
            "description": "It runs all day and the milk is warm in the evening.",
            "customer_id": next(customers),
            "impact": "high",
            "urgency": "medium",
        }
        return json.dumps(ticket).encode(), {"Idempotency-Key": uuid.uuid4().hex}

    headers = {"Authorization": f"Bearer {facts['key']}", "Content-Type": "application/json"}
    call = Request("/api/v1/tickets", "POST", headers, body)
    return [Case("complaint through the API", [call], BAR, "", _wrong(), None, is_reading=False)]


def _wrong() -> Callable[[Answer], str]:
    def wrong(answer: Answer) -> str:
        if answer.status != 201:
            return f"status {answer.status}: {answer.text[:300]}"
        ticket = json.loads(answer.text)
        return "" if ticket["owner_id"] and ticket["next_due_at"] else "no owner or no promise"

    return wrong
