"""What privacy gives to the house's registries. Called once, from AppConfig.ready()."""

from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.personal_data import (
    ERASED,
    PersonalData,
    PersonalTrace,
    register_personal_data,
    register_personal_traces,
)
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, after_restore, demo_clearers, settings_pages
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    customer_links,
    customer_panels,
    merge_participants,
    timeline_icons,
    timeline_sentences,
)
from halkhata.records.privacy.choices import ContactChannel, Purpose, RequestKind
from halkhata.records.privacy.merging import PARTICIPANT
from halkhata.records.privacy.models import ConsentEvent, DataRequest, DoNotContact
from halkhata.records.privacy.panels import consent_panel
from halkhata.records.privacy.policies import can_manage_privacy
from halkhata.records.privacy.registry import RetentionClass, retention_classes
from halkhata.records.privacy.services.replaying import replay_after_restore
from halkhata.records.privacy.services.retention import sweep_ended_requests, sweep_quiet_customers

_PROOF = _("Proof that the law was kept, without a word about the person.")


def register_all() -> None:
    """Fill the registries."""
    _register_pages()
    _register_timeline()
    # Stays with its row, too: the survivor's own counts first.
    customer_links.register(
        "privacy.ContactHours",
        CustomerLink(model_label="privacy.ContactHours", field="customer", on_merge="keep", personal_data="contact"),
    )
    for field, model in (("customer", "ConsentEvent"), ("customer", "DataRequest"), ("customer", "LegalHold")):
        # The ledger stays with the row it was written for: reading it for the survivor reads the aliases', too.
        customer_links.register(
            f"privacy.{model}",
            CustomerLink(model_label=f"privacy.{model}", field=field, on_merge="keep", personal_data="history"),
        )
    merge_participants.register("privacy", PARTICIPANT)
    _register_personal_data()
    after_restore.register("privacy.erased", replay_after_restore)
    retention_classes.register(
        "quiet_customers",
        RetentionClass(
            label=_("Customers of whom nothing was heard"),
            description=_("Erased when nothing happened with them for so long and nothing is open."),
            proposed_days=3650, order=10, sweep=sweep_quiet_customers,
        ),
    )  # fmt: skip
    retention_classes.register(
        "ended_requests",
        RetentionClass(
            label=_("Words of ended requests about data"),
            description=_("Number, kind and times stay as proof."),
            proposed_days=1095, order=20, sweep=sweep_ended_requests,
        ),
    )  # fmt: skip
    demo_clearers.register("privacy", DemoClearer(order=700, clear=clear_demo))


def _register_pages() -> None:
    customer_panels.register(
        "privacy.consents",
        CustomerPanel(order=60, template="privacy/panels/consents.html", context=consent_panel, column="side"),
    )
    pages = (
        (
            "requests",
            _("Requests about data"),
            _("Who asks for a copy, a correction or erasure, and by when"),
            "file-text",
        ),
        ("wordings", _("Consent"), _("The words that customers agree to"), "check"),
        ("stops", _("No contact"), _("Numbers and addresses that nothing goes to any more"), "ban"),
        ("retention", _("How long data are kept"), _("What goes by itself after which time"), "clock"),
        ("breaches", _("Data breaches"), _("What was lost or seen by others, and the 72 hours"), "alert-triangle"),
        ("activities", _("What data are used for"), _("The record that an authority may ask to see"), "checklist"),
        ("access_log", _("Looks at private data"), _("Who had hidden fields shown or took data out"), "eye"),
    )
    for place, (name, label, description, icon) in enumerate(pages):
        settings_pages.register(
            f"privacy.{name}",
            SettingsPage(
                label=label, description=description, url_name=f"privacy:{name}", icon=icon,
                permission="privacy.manage", order=80 + place, allowed=can_manage_privacy,
            ),
        )  # fmt: skip


def _register_timeline() -> None:
    timeline_icons.register("consent", "check")
    timeline_icons.register("privacy", "lock")
    timeline_sentences.register("consent.granted", _agreed)
    timeline_sentences.register("consent.withdrawn", _refused)
    timeline_sentences.register("consent.asked", _asked)
    timeline_sentences.register("privacy.request", _requested)
    timeline_sentences.register("privacy.exported", _exported)


def _named(text: Any, data: dict[str, Any]) -> Any:
    purposes, channels = dict(Purpose.choices), dict(ContactChannel.choices)
    return format_lazy(
        text,
        purpose=purposes.get(data.get("purpose", ""), data.get("purpose", "")),
        channel=channels.get(data.get("channel", ""), data.get("channel", "")),
    )


def _agreed(data: dict[str, Any]) -> Any:
    return _named(_("Agreed: {purpose}, {channel}"), data)


def _refused(data: dict[str, Any]) -> Any:
    return _named(_("Said no: {purpose}, {channel}"), data)


def _asked(data: dict[str, Any]) -> Any:
    return _named(_("Agreed, to be confirmed: {purpose}, {channel}"), data)


def _requested(data: dict[str, Any]) -> Any:
    kinds = dict(RequestKind.choices)
    return format_lazy(
        _("Asked about their data ({number}): {kind}"),
        number=data.get("number", ""), kind=kinds.get(data.get("kind", ""), ""),
    )  # fmt: skip


def _exported(data: dict[str, Any]) -> Any:
    return _("All data were taken out as a file")


def _register_personal_data() -> None:
    register_personal_data(
        PersonalData(
            model_label="privacy.ConsentEvent", paths=("customer",), on_erasure="blank", blank={"proof": ERASED},
            append_only=True, order=600, label=_("Consents"), why_kept=_PROOF,
        ),
        PersonalData(
            model_label="privacy.ContactHours", paths=("customer",), on_erasure="delete", order=600,
            label=_("Hours in which to be reached"),
        ),
        PersonalData(
            model_label="privacy.DataRequest", paths=("customer",), on_erasure="blank", order=600,
            blank={"what": "", "identity_check": "", "answer": ERASED}, label=_("Requests about data"), why_kept=_PROOF,
        ),
        PersonalData(
            model_label="privacy.LegalHold", paths=("customer",), on_erasure="blank", blank={"reason": ERASED},
            order=600, label=_("Legal holds"), why_kept=_PROOF,
        ),
        PersonalData(
            model_label="privacy.Erasure", paths=("request__customer",), on_erasure="keep", order=600,
            label=_("Erasures"), why_kept=_PROOF,
        ),
    )  # fmt: skip
    # Tables of the ground floor that know no customers, and may still hold their names.
    register_personal_traces(
        PersonalTrace(
            model_label="privacy.Breach", columns=("title", "description", "data_kinds", "consequences", "measures")
        ),
        PersonalTrace(model_label="core.OutboxEvent", columns=("payload",)),
        PersonalTrace(model_label="core.EventDelivery", columns=("last_error",)),
        PersonalTrace(model_label="core.Job", columns=("args", "kwargs", "result", "errors", "dedupe_key")),
        PersonalTrace(
            model_label="audit.AuditEntry", columns=("before", "after", "note", "record_label"), append_only=True
        ),
    )


@transaction.atomic
def clear_demo() -> int:
    """Remove invented consents, stops and requests, before the customers they hang on."""
    with suspended(ConsentEvent._meta.db_table):
        count = ConsentEvent.objects.filter(customer__is_demo=True).delete()[0]
    count += DoNotContact.objects.filter(is_demo=True).delete()[0]
    return count + DataRequest.objects.filter(customer__is_demo=True).delete()[0]
