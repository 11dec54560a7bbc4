"""What this app tells the registries: navigation, settings, sentences, links to customers, files, set-up, demo."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    StaffMailer,
    after_restore,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
    staff_mailers,
)


def register_all() -> None:
    """Fill the registries; called when the app is ready."""
    from halkhata.engines.messaging import demo, panels, sentences
    from halkhata.engines.messaging.selectors import files, trouble
    from halkhata.engines.messaging.services import staff_mail
    from halkhata.engines.messaging.services.after_restore import put_unsent_in_doubt
    from halkhata.engines.messaging.services.defaults import at_set_up
    from halkhata.engines.messaging.services.text_sending import BY_MAIL, hold_texts_after_restore
    from halkhata.engines.messaging.text_choices import TextChannel
    from halkhata.engines.messaging.text_registry import text_carriers
    from halkhata.engines.work.registry import notification_sentences
    from halkhata.foundation.files.registry import file_guards, file_locks
    from halkhata.records.customers.registry import (
        CustomerLink,
        CustomerPanel,
        CustomerTrace,
        customer_links,
        customer_panels,
        customer_traces,
        timeline_icons,
        timeline_sentences,
    )

    navigation.register(
        "messaging.quarantine",
        NavItem(
            label=_("Unprocessed mail"),
            url_name="messaging:quarantine",
            icon="mail-question",
            section="messages",
            order=60,
            permission="messaging.quarantine",
            count=trouble.waiting_count,
        ),
    )
    navigation.register(
        "messaging.outbox",
        NavItem(
            label=_("Outbox"),
            url_name="messaging:outbox",
            icon="send",
            section="messages",
            order=61,
            permission="messaging.quarantine",
            count=trouble.stuck_count,
        ),
    )
    navigation.register(
        "messaging.texts",
        NavItem(
            label=_("Codes and short texts"),
            url_name="messaging:texts",
            icon="message",
            section="messages",
            order=62,
            permission="ticket.reply",
        ),
    )
    navigation.register(
        "messaging.channels",
        NavItem(
            label=_("Mail channels"),
            url_name="messaging:channels",
            icon="activity",
            section="messages",
            order=62,
            permission="messaging.quarantine",
            count=trouble.red_channel_count,
        ),
    )
    settings_pages.register(
        "messaging.limits",
        SettingsPage(
            label=_("Limits of automatic mail"),
            description=_("How much is sent and opened again without a person"),
            url_name="messaging:limits",
            icon="gauge",
            order=53,
        ),
    )
    settings_pages.register(
        "messaging.contact_rules",
        SettingsPage(
            label=_("Advertising and questions"),
            description=_("How often and at what hours customers hear from us without a matter of their own"),
            url_name="messaging:contact_rules",
            icon="clock",
            order=53,
        ),
    )
    settings_pages.register(
        "messaging.texting",
        SettingsPage(
            label=_("SMS"),
            description=_("Price, sender, the hours for offers, ready texts, and trying a text"),
            url_name="messaging:texting",
            icon="message",
            order=54,
        ),
    )
    settings_pages.register(
        "messaging.mailboxes",
        SettingsPage(
            label=_("Mailboxes"),
            description=_("The shop's e-mail addresses: how mail comes in and goes out"),
            url_name="messaging:mailboxes",
            icon="mail-cog",
            order=50,
        ),
    )
    settings_pages.register(
        "messaging.templates",
        SettingsPage(
            label=_("Message texts"),
            description=_("What customers read automatically, for each department and language"),
            url_name="messaging:templates",
            icon="template",
            order=51,
        ),
    )
    settings_pages.register(
        "messaging.suppressions",
        SettingsPage(
            label=_("Undeliverable addresses"),
            description=_("E-mail addresses that mail came back from, and why"),
            url_name="messaging:suppressions",
            icon="mail-off",
            order=52,
        ),
    )
    customer_panels.register(
        "messaging.undeliverable",
        CustomerPanel(order=6, template="messaging/customer_panel.html", context=panels.undeliverable_panel),
    )
    for verb, sentence in sentences.NOTICES.items():
        notification_sentences.register(verb, sentence)
    for verb, sentence in sentences.TIMELINE.items():
        timeline_sentences.register(verb, sentence)
    timeline_icons.register("message", "mail")
    customer_links.register(
        "messaging.message",
        CustomerLink(
            model_label="messaging.Message",
            field="customer",
            on_merge="move",
            personal_data="content",
            label=_("messages"),
        ),
    )
    customer_links.register(
        "messaging.TextMessage",
        CustomerLink(
            model_label="messaging.TextMessage",
            field="customer",
            on_merge="move",
            personal_data="content",
            label=_("short texts"),
        ),
    )
    # After an unmerge, what went to an own number since goes along.
    customer_traces.register(
        "messaging.text", CustomerTrace(model_label="messaging.TextMessage", field="customer", path="to_address")
    )
    # After an unmerge, what somebody wrote from an own address since goes along, and the ticket it opened.
    customer_traces.register(
        "messaging.message", CustomerTrace(model_label="messaging.Message", field="customer", path="from_address")
    )
    customer_traces.register(
        "messaging.ticket",
        CustomerTrace(model_label="work.WorkItem", field="customer", path="conversation__customer_address"),
    )
    file_guards.register("messaging.message", files.may_see_attachment)
    file_guards.register("messaging.template", files.may_see_document)
    file_locks.register("messaging.message", files.asked_at)
    setup_steps.register("messaging.templates", at_set_up)
    staff_mailers.register("mail", StaffMailer(can_send=staff_mail.can_send, send=staff_mail.send))
    after_restore.register("messaging.deliveries", put_unsent_in_doubt)
    text_carriers.register(TextChannel.EMAIL, BY_MAIL)
    after_restore.register("messaging.texts", hold_texts_after_restore)
    demo_clearers.register("messaging", DemoClearer(order=20, clear=demo.clear_demo))
