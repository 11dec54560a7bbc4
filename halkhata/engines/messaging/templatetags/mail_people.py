"""People of a conversation on a desk's page: ``{% load mail_people %}{% participants_card item may_change %}``."""

from typing import Any

from django import template

from halkhata.engines.messaging.selectors.people import CUSTOMER, participants_of, people_of
from halkhata.engines.work.models import WorkItem

register = template.Library()


@register.inclusion_tag("messaging/_participants.html", takes_context=True)
def participants_card(context: template.Context, item: WorkItem, may_change: bool) -> dict[str, Any]:
    """Who takes part beside the customer, in one query."""
    return {
        "people": participants_of(item),
        "number": item.number,
        "may_change": may_change,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("messaging/_recipients.html")
def reply_recipients(item: WorkItem, form: Any) -> dict[str, Any]:
    """To and copies of an answer. Who takes part gets a copy unless it is taken out; a sent form keeps its choice."""
    people = people_of(item)
    sent = form.data if form.is_bound else None
    to = sent.get("to", CUSTOMER) if sent is not None else CUSTOMER
    ticked = {one.key for one in people if not one.is_customer} if sent is None else set(sent.getlist("copy"))
    has_others = any(not one.is_customer for one in people)
    return {
        "choices": [(one.key, one.label, one.key == to) for one in people] if len(people) > 1 else [],
        "copies": [{"key": one.key, "label": one.label, "ticked": one.key in ticked} for one in people if has_others],
    }
