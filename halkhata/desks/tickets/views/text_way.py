"""Answering by SMS from the page of a ticket: which numbers are offered, and which one is chosen to begin with."""

from halkhata.desks.tickets.selectors.detail import CustomerCard
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.selectors.thread import ThreadEntry, ThreadPage
from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.templatetags.halkhata import phone


def answer_numbers(card: CustomerCard | None, thread: ThreadPage) -> list[tuple[str, str]]:
    """The customer's numbers as (value, shown): those that reach somebody, and all of them once the customer wrote by
    SMS. No question to the database."""
    if card is None:
        return []
    wrote = any(_is_text(entry) for entry in thread)
    points = [point for point in card.phones if point.is_reachable or wrote]
    return [(point.value, f"{phone(point.value)} {point.label}".strip()) for point in points]


def chosen_number(numbers: list[tuple[str, str]], thread: ThreadPage, typed: str | None) -> str:
    """What was chosen before; else the first number when the customer wrote by SMS last, or has no address."""
    values = [value for value, _shown in numbers]
    if typed is not None:
        return typed if typed in values else ""
    said = [entry for entry in thread if entry.side == Direction.INBOUND and not entry.is_automatic]
    by_text = bool(said) and _is_text(said[-1])
    return next(iter(values), "") if by_text or not thread.customer_address else ""


def _is_text(entry: ThreadEntry) -> bool:
    return entry.side == Direction.INBOUND and entry.way == Channel.SMS
