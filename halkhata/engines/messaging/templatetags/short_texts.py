"""Short texts on the page of the item they are about, and the meter under a field whose text goes as SMS:
``{% load short_texts %}{% item_texts ticket %}``, ``{% sms_meter form.text %}``."""

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.context import Context

from halkhata.engines.messaging.selectors.texting import measure, texting_settings
from halkhata.engines.messaging.selectors.texts import texts_of_item
from halkhata.engines.messaging.text_policies import can_handle_texts
from halkhata.engines.messaging.texting.segments import room_left
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import format_money, format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import money

register = template.Library()


@register.inclusion_tag("messaging/_item_texts.html", takes_context=True)
def item_texts(context: dict[str, Any], item: WorkItem) -> dict[str, Any]:
    """Nothing at all for whoever may not tell a code: not even that one waits."""
    user = context["request"].user
    may = isinstance(user, User) and can_handle_texts(user)
    # Whoever loaded the item may have asked along the way whether it has any.
    none = not may or getattr(item, "hint_texts", True) is False
    texts = [] if none else texts_of_item(user, item)
    return {"texts": texts, "item": item, "may_write": may, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("messaging/_sms_meter.html", takes_context=True)
def sms_meter(context: Context, bound: BoundField, with_button: bool = True) -> dict[str, Any]:
    """Parts, room and price of what the field holds. The button counts without scripts: it posts ``count``."""
    return _meter(context, bound, bound.id_for_label, with_button)


@register.inclusion_tag("messaging/_sms_meter.html", takes_context=True)
def answer_meter(context: Context, form: BaseForm) -> dict[str, Any]:
    """The same under the composer of an answer, whose field has an id of its own; the button there would send."""
    return _meter(context, form["body"], "compose-reply-body", False)


def _meter(context: Context, bound: BoundField, field_id: str, with_button: bool) -> dict[str, Any]:
    settings = context.get("texting")
    if settings is None:
        # One question for all meters of a page.
        settings = texting_settings()
        context.dicts[0]["texting"] = settings
    measured = measure(str(bound.value() or ""), settings)
    reader = current_reader()
    # How an amount is written here, with {} where its digits stand: what the script fills in.
    sample = format_money(Decimal("1.11"), settings.currency, language=reader.language, digits=reader.digits)
    return {
        "field_id": field_id,
        "measured": measured,
        "left": room_left(measured.size),
        "price": str(settings.price),
        "pattern": sample.replace(format_number(Decimal("1.11"), digits=reader.digits), "{}"),
        "shown_price": "" if measured.price is None else money(measured.price, settings.currency),
        "with_button": with_button,
    }
