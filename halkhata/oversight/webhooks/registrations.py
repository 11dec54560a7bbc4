"""What this app tells the registries: its handlers, its settings page, its notices."""

from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, demo_clearers, settings_pages
from halkhata.oversight.webhooks.choices import OffReason


def _sentence(text: Promise) -> Any:
    return lambda data: (
        text
        % {
            "url": data.get("url", ""),
            "reason": OffReason(data["reason"]).label if data.get("reason") in OffReason.values else "",
        }
    )


def _clear_demo() -> int:
    """Endpoints that somebody set up while signed in as an invented person, or for an invented branch."""
    from halkhata.oversight.webhooks.models import WebhookEndpoint

    return WebhookEndpoint.objects.filter(Q(owner__is_demo=True) | Q(branch__is_demo=True)).delete()[0]


def register_all() -> None:
    """Fill the registries; called when the app is ready."""
    from halkhata.oversight.webhooks import handlers

    assert callable(handlers.tell_endpoints)  # importing them registers them
    settings_pages.register(
        "webhooks.endpoints",
        SettingsPage(
            label=_("Webhooks"),
            description=_("Other programs that hear at once what happens here"),
            url_name="webhooks:endpoints",
            icon="webhook",
            permission="webhook.edit",
            order=91,
        ),
    )
    # Before the invented people and branches, which they hold fast.
    demo_clearers.register("webhooks", DemoClearer(order=10, clear=_clear_demo))
    notification_sentences.register(
        "webhook.switched_off", _sentence(_("The webhook to %(url)s was switched off: %(reason)s"))
    )
    notification_sentences.register(
        "webhook.given_up", _sentence(_("Calls of the webhook to %(url)s were given up after a day of tries"))
    )
