"""What goodwill tells the floors below about itself. Called once, when the apps are ready."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.models import Goodwill, GoodwillMonth
from halkhata.engines.goodwill.registry import GoodwillKind, goodwill_kinds
from halkhata.engines.goodwill.selectors.report import kind_label
from halkhata.engines.goodwill.services.limits import prepare_limits
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.foundation.core.templatetags.halkhata import money, ref
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    customer_links,
    customer_panels,
    timeline_icons,
    timeline_sentences,
)

SHOWN_ON_CUSTOMER_PAGE = 5

KINDS = (
    ("late_warranty", _("Repair after the warranty has ended"), 10),
    ("uncovered_part", _("Part that the warranty does not cover"), 20),
    ("coupon", _("Free service outside its time"), 30),
    ("visit", _("Visit without charge"), 40),
    ("return_window", _("Return after its time"), 50),
    ("replacement", _("Replacement instead of repair"), 60),
    ("price", _("Discount or gift as an apology"), 70),
    ("other", _("Another rule"), 90),
)


def register_all() -> None:
    """Fill the registries."""
    for code, label, order in KINDS:
        goodwill_kinds.register(code, GoodwillKind(code=code, label=label, order=order))
    navigation.register(
        "goodwill",
        NavItem(
            label=_("Goodwill"), url_name="goodwill:list", icon="heart-handshake", section="insight", order=70,
            permission="goodwill.grant",
        ),
    )  # fmt: skip
    settings_pages.register(
        "goodwill.limits",
        SettingsPage(
            label=_("Limits of goodwill"), description=_("How much each role may waive, and for whom"),
            icon="heart-handshake", url_name="goodwill:limits", order=84, permission="settings.edit",
        ),
    )  # fmt: skip
    for verb, sentence in (
        ("goodwill.asked", _asked), ("goodwill.granted", _granted), ("goodwill.refused", _refused),
    ):  # fmt: skip
        notification_sentences.register(verb, sentence)
    customer_links.register(
        "goodwill.Goodwill",
        CustomerLink(
            model_label="goodwill.Goodwill", field="customer", on_merge="move", personal_data="history",
            label=_("waived rules"),
        ),
    )  # fmt: skip
    customer_panels.register(
        "goodwill",
        CustomerPanel(
            order=60, template="goodwill/customer_panel.html", context=customer_panel, permission="goodwill.grant",
            column="side", later=True,
        ),
    )  # fmt: skip
    timeline_icons.register("goodwill", "heart-handshake")
    timeline_sentences.register("goodwill.granted", _timeline)
    setup_steps.register("goodwill", _set_up)
    demo_clearers.register("goodwill", DemoClearer(order=40, clear=clear_demo))


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """What was waived for the customer, and the way to more. One query."""
    rows = Goodwill.objects.visible_to(user).filter(customer=customer).select_related("item", "decided_by")
    found = list(rows.order_by("-asked_at", "-pk")[:SHOWN_ON_CUSTOMER_PAGE])
    return {"goodwill": found, "new_url": f"{reverse('goodwill:new')}?customer={customer.pk}"}


def clear_demo() -> int:
    """Remove invented goodwill, and what invented people have given in a month. Returns how many rows went."""
    gone = Goodwill.objects.filter(Q(is_demo=True) | Q(asked_by__is_demo=True)).delete()[0]
    return gone + GoodwillMonth.objects.filter(user__is_demo=True).delete()[0]


def _set_up(installation: Any, branch: Any, answers: Any) -> None:
    prepare_limits(currency=installation.currency)


def _about(data: dict[str, Any]) -> dict[str, str]:
    return {
        "kind": str(kind_label(data.get("kind", ""))), "cost": money(data.get("cost"), data.get("currency", "BDT")),
        "number": ref(str(data.get("number", ""))),
    }  # fmt: skip


def _asked(data: dict[str, Any]) -> str:
    return _("Goodwill is asked for: %(kind)s, %(cost)s. Please decide.") % _about(data)


def _granted(data: dict[str, Any]) -> str:
    return _("The goodwill you asked for is given: %(kind)s, %(cost)s.") % _about(data)


def _refused(data: dict[str, Any]) -> str:
    return _("The goodwill you asked for is not given: %(kind)s, %(cost)s.") % _about(data)


def _timeline(data: dict[str, Any]) -> str:
    return _("Goodwill: %(kind)s") % {"kind": kind_label(data.get("kind", ""))}
