"""What the service standards tell the floors below about themselves. Called once, when the apps are ready."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, demo_clearers, settings_pages
from halkhata.oversight.standards.models import StandardsDraft, StandardsVersion
from halkhata.oversight.standards.policies import can_publish_standards
from halkhata.oversight.standards.texts import first_texts


def register_all() -> None:
    """Fill the registries."""
    settings_pages.register(
        "standards.settings",
        SettingsPage(
            label=_("Published service standards"),
            description=_("What the shop promises its customers, on a page that everybody can read"),
            url_name="standards:settings",
            icon="file-text",
            order=46,
            allowed=can_publish_standards,
        ),
    )
    demo_clearers.register("standards", DemoClearer(order=10, clear=clear_demo))


def clear_demo() -> int:
    """What invented people published goes with them; a draft that nobody has written in, too. Returns the versions."""
    with transaction.atomic(), suspended(StandardsVersion._meta.db_table):
        invented = User.objects.filter(is_demo=True).values("pk")
        gone, _kinds = StandardsVersion.objects.filter(publisher_id_then__in=invented).delete()
        with suspended(AuditEntry._meta.db_table):
            AuditEntry.objects.filter(record_type__startswith="standards.", actor_id__in=invented).delete()
        StandardsDraft.objects.filter(texts=first_texts()).delete()
    return gone
