"""Who saw, took out or erased what is private (N11): the lines of the audit trail that say so."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.names import names_of
from halkhata.foundation.audit.models import AuditEntry

# What counts as a look at private data, with the words for it.
LOOKS: dict[str, Any] = {
    "customer.unmask": _("Had a hidden field shown"),
    "privacy.export": _("Took a person's data out as a file"),
    "privacy.erase": _("Erased a person's data"),
    "privacy.stop_lifted": _("Allowed contact again"),
    "text.code_shown": _("Had a one-time code shown"),
    "export.end": _("Took a list of customers out as a file"),
    "report.export": _("Took a report out as a file"),
}
SIZE = 50


@dataclass(frozen=True, kw_only=True)
class AccessPage:
    """Lines with their words, latest first; ``older`` is the id to go on before, 0 at the end."""

    rows: list[dict[str, Any]]
    older: int


def access_page(*, before: int | None = None) -> AccessPage:
    """One page. Each kind of look has its own short walk along the index of actions; the ids merge them."""
    found: list[AuditEntry] = []
    for action in LOOKS:
        rows = AuditEntry.objects.filter(action=action)
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found += rows.order_by("-pk")[: SIZE + 1]
    found.sort(key=lambda entry: -entry.pk)
    shown = found[:SIZE]
    names = names_of(entry.actor_id for entry in shown)
    return AccessPage(
        rows=[{"entry": entry, "words": LOOKS[entry.action], "field": (entry.after or {}).get("field", ""),
               "who": names.get(entry.actor_id or 0, entry.actor_label)} for entry in shown],
        older=shown[-1].pk if len(found) > SIZE else 0,
    )  # fmt: skip
