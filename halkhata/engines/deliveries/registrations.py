"""What promised dates tell the floors below about themselves. Called once, when the apps are ready."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import MoveReason
from halkhata.engines.deliveries.models import DeliveryPromise, DeliveryStep
from halkhata.engines.deliveries.selectors.promises import promises_of
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import DemoClearer, NavItem, demo_clearers, navigation
from halkhata.foundation.core.templatetags.halkhata import localdt, ref
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerAction,
    CustomerLink,
    CustomerPanel,
    customer_actions,
    customer_links,
    customer_panels,
    timeline_icons,
    timeline_sentences,
)


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "deliveries",
        NavItem(
            label=_("Promised dates"), url_name="deliveries:list", icon="calendar-check", section="after_sale",
            order=35, permission="work.view",
        ),
    )  # fmt: skip
    notification_sentences.register("delivery.warned", _warned)
    customer_links.register(
        "deliveries.DeliveryPromise",
        CustomerLink(
            model_label="deliveries.DeliveryPromise", field="customer", on_merge="move", personal_data="history",
            label=_("promised dates"),
        ),
    )  # fmt: skip
    customer_panels.register(
        "deliveries",
        CustomerPanel(
            order=15, template="deliveries/customer_panel.html", context=customer_panel, permission="work.view",
            column="side", later=True,
        ),
    )  # fmt: skip
    customer_actions.register(
        "deliveries",
        CustomerAction(
            order=60, label=_("Promise a date"), icon="calendar-check", url_name="deliveries:new",
            permission="promise.edit",
        ),
    )  # fmt: skip
    timeline_icons.register("delivery", "calendar-check")
    for verb, sentence in (
        ("delivery.promised", _("%(what)s (%(number)s) is promised for %(at)s")),
        ("delivery.told", _("We told the customer that %(what)s (%(number)s) may be late")),
        ("delivery.kept", _("%(what)s (%(number)s) was done in time")),
        ("delivery.late", _("%(what)s (%(number)s) was done late")),
        ("delivery.cancelled", _("%(what)s (%(number)s): the promised date is not needed any more")),
    ):
        timeline_sentences.register(verb, _sentence(sentence))
    timeline_sentences.register("delivery.moved", _moved)
    demo_clearers.register("deliveries", DemoClearer(order=20, clear=clear_demo))


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """What the customer waits for. One query."""
    return {"promises": list(promises_of(user, customer)[:5])}


def clear_demo() -> int:
    """Remove invented promises with their history. Returns how many rows went."""
    invented = Q(is_demo=True) | Q(item__is_demo=True) | Q(customer__is_demo=True)
    with transaction.atomic():
        ids = list(DeliveryPromise.objects.filter(invented).values_list("pk", flat=True))
        with suspended("deliveries_deliverystep"):
            gone = DeliveryStep.objects.filter(promise__in=ids).delete()[0]
        return gone + DeliveryPromise.objects.filter(pk__in=ids).delete()[0]


def _values(data: dict[str, Any]) -> dict[str, str]:
    reason = str(data.get("reason", ""))
    return {
        "number": ref(str(data.get("number", ""))), "what": str(data.get("what", "")),
        "at": localdt(datetime.fromisoformat(data["for"]), "short") if data.get("for") else "",
        "reason": str(MoveReason(reason).label) if reason in MoveReason.values else "",
    }  # fmt: skip


def _sentence(text: Any) -> Any:
    return lambda data: text % _values(data)


def _moved(data: dict[str, Any]) -> str:
    return _("%(what)s (%(number)s) was moved to %(at)s: %(reason)s") % _values(data)


def _warned(data: dict[str, Any]) -> str:
    due = datetime.fromisoformat(data["due_at"])
    return _("%(what)s %(number)s should be ready by now: it is promised for %(at)s. Finish it, or move the date.") % {
        "what": data.get("what", ""), "number": ref(str(data.get("number", ""))), "at": localdt(due, "short"),
    }  # fmt: skip
