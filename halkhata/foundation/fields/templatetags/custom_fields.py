"""Template tags for cards of the shop's own fields."""

from typing import Any

from django import template

from halkhata.foundation.fields.cards import card_of

register = template.Library()


@register.inclusion_tag("fields/card.html", takes_context=True)
def fields_card(context: template.Context, target: str, record: Any, edit_url: str = "") -> dict[str, Any]:
    """``{% fields_card "ticket" ticket edit_url %}``: fields, tags and reminders of a record for the reader."""
    return {**card_of(context["request"].user, target, record), "edit_url": edit_url}
