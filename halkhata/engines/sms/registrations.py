"""What gateways tell the floors below about themselves. Called once, when the apps are ready."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.text_registry import GATEWAYS, text_carriers
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.services.balances import LOW
from halkhata.engines.sms.services.carrying import CARRIER
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, demo_clearers, settings_pages

ICON = "message"


def register_all() -> None:
    """Fill the registries."""
    text_carriers.register(GATEWAYS.format(channel="sms"), CARRIER)
    settings_pages.register(
        "sms.gateways",
        SettingsPage(
            label=_("SMS gateways"), description=_("Who carries the shop's SMS, whether it works, and what is left"),
            icon=ICON, url_name="sms:gateways", order=54,
        ),
    )  # fmt: skip
    notification_sentences.register(LOW, _low)
    demo_clearers.register("sms", DemoClearer(order=21, clear=clear_demo))


def clear_demo() -> int:
    """Remove invented gateways. Returns how many rows went."""
    return Gateway.objects.filter(is_demo=True, deliveries__isnull=True).delete()[0]


def _low(data: dict[str, Any]) -> str:
    try:
        amount = format_number(Decimal(str(data.get("amount", ""))), digits=current_reader().digits)
    except InvalidOperation:
        amount = ""
    text = _("The balance of the SMS gateway %(name)s is low: %(amount)s. Without one, no SMS goes.")
    return str(text % {"name": str(data.get("gateway", "")), "amount": amount})
