"""Short texts on the page of the item they are about: ``{% load short_texts %}{% item_texts ticket %}``."""

from typing import Any

from django import template

from halkhata.engines.messaging.selectors.texts import texts_of_item
from halkhata.engines.messaging.text_policies import can_handle_texts
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User

register = template.Library()


@register.inclusion_tag("messaging/_item_texts.html", takes_context=True)
def item_texts(context: dict[str, Any], item: WorkItem) -> dict[str, Any]:
    """Nothing at all for whoever may not tell a code: not even that one waits."""
    user = context["request"].user
    # Whoever loaded the item may have asked along the way whether it has any.
    if getattr(item, "hint_texts", True) is False:
        return {"texts": [], "csrf_token": context.get("csrf_token")}
    texts = texts_of_item(user, item) if isinstance(user, User) and can_handle_texts(user) else []
    return {"texts": texts, "csrf_token": context.get("csrf_token")}
