"""What the chat engine tells the floors below about itself. Called once, when the apps are ready."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat import demo, sentences
from halkhata.engines.chat.choices import ChatKind
from halkhata.engines.chat.selectors.extras import extras_of
from halkhata.engines.chat.selectors.lights import channels_for
from halkhata.engines.chat.services.sending import put_unsent_in_doubt
from halkhata.engines.chat.services.windows import FREE, last_by_whatsapp
from halkhata.engines.messaging.registry import ChannelWindow, channel_windows, message_extras, other_channels
from halkhata.engines.work.registry import ItemPart, item_parts, notification_sentences
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, after_restore, demo_clearers, settings_pages
from halkhata.records.customers.registry import CustomerLink, CustomerTrace, customer_links, customer_traces
from halkhata.records.privacy.choices import ContactChannel


def register_all() -> None:
    """Fill the registries."""
    settings_pages.register(
        "chat.accounts",
        SettingsPage(
            label=_("WhatsApp and Messenger"),
            description=_("Numbers and pages by which customers write, their tokens, and approved texts"),
            icon="message-circle", url_name="chat:accounts", order=55, permission="settings.edit",
        ),
    )  # fmt: skip
    item_parts.register(
        "chat.compose",
        ItemPart(
            order=5, label=_("Answer by chat"), icon="message-circle", url_name="chat:about", permission="ticket.reply",
        ),
    )  # fmt: skip
    for kind in ChatKind.values:
        message_extras.register(kind, extras_of)
    other_channels.register("chat", channels_for)
    channel_windows.register(ContactChannel.WHATSAPP, ChannelWindow(length=FREE, last_from=last_by_whatsapp))
    notification_sentences.register("chat.failed", sentences.failed)
    notification_sentences.register("chat.in_doubt", sentences.in_doubt)
    notification_sentences.register("chat.account_fails", sentences.account_fails)
    customer_links.register(
        "chat.identity",
        CustomerLink(
            model_label="chat.ChatIdentity", field="customer", on_merge="move", personal_data="contact",
            label=_("ways of chat"),
        ),
    )  # fmt: skip
    customer_links.register(
        "chat.join",
        CustomerLink(model_label="chat.ChatJoin", field="from_customer", on_merge="move", personal_data="history"),
    )
    # After an unmerge, chat from an own number since goes along.
    customer_traces.register(
        "chat.identity", CustomerTrace(model_label="chat.ChatIdentity", field="customer", path="number")
    )
    after_restore.register("chat.deliveries", put_unsent_in_doubt)
    demo_clearers.register("chat", DemoClearer(order=15, clear=demo.clear_demo))
