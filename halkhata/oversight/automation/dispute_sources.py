"""What the other desks keep of a disputed item: for the evidence file, and for the rule of neutrality.

The dispute desk knows none of them; here, above all desks, their tables are named. Which columns point at people is
asked of the tables themselves, so a new one cannot be forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.disputes.choices import EvidenceKind, FactCode, Party
from halkhata.desks.disputes.registry import (
    EvidenceSource,
    Found,
    evidence_columns,
    evidence_sources,
    evidence_words,
    involvement_sources,
)
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.models import StoredFile
from halkhata.oversight.automation.dispute_words import COLUMNS

# Table, the way to its work item, and what stands there of its time; "" for the item itself.
TABLES: tuple[tuple[str, str, str], ...] = (
    ("tickets.Ticket", "pk", "opened_at"),
    ("tickets.Resolution", "ticket", "resolved_at"),
    ("tickets.Call", "item", "started_at"),
    ("service.ServiceJob", "pk", "opened_at"),
    ("service.JobPhoto", "job", "added_at"),
    ("service.PartRequest", "job", "asked_at"),
    ("service.JobLine", "job", "added_at"),
    ("service.Estimate", "job", "made_at"),
    ("service.Handover", "job", "at"),
    ("returns.ReturnRequest", "pk", "opened_at"),
    ("returns.ReturnFile", "request", "added_at"),
    ("returns.CreditNote", "request", "issued_at"),
    ("returns.Advance", "request", "handed_at"),
    ("returns.DepositEntry", "advance__request", "at"),
    ("claims.Claim", "pk", "opened_at"),
    ("claims.ClaimLine", "claim", "added_at"),
    ("claims.ClaimFile", "claim", "added_at"),
    ("claims.CompanyCredit", "claim", "recorded_at"),
    ("claims.OldPart", "claim", "tagged_at"),
    ("goodwill.Goodwill", "item", "asked_at"),
    ("deliveries.DeliveryPromise", "item", "created_at"),
    ("deliveries.DeliveryStep", "promise__item", "at"),
    ("deliveries.Parcel", "item", "created_at"),
    ("deliveries.ParcelEvent", "parcel__item", "happened_at"),
)
# Tables whose rows may hang on the unit alone: the way to what has a unit and a customer. Those of an earlier owner
# are no part of the case.
BY_UNIT = {"deliveries.Parcel": "", "deliveries.ParcelEvent": "parcel__"}
# What their lines are called in the file.
WORDS: dict[str, Any] = {
    "tickets.Ticket": gettext_lazy("Ticket"),
    "tickets.Resolution": gettext_lazy("How it was solved"),
    "tickets.Call": gettext_lazy("Phone call"),
    "service.ServiceJob": gettext_lazy("Job card"),
    "service.JobPhoto": gettext_lazy("Photo of the job card"),
    "service.PartRequest": gettext_lazy("Part that was asked for"),
    "service.JobLine": gettext_lazy("Line of the job card"),
    "service.Estimate": gettext_lazy("Estimate"),
    "service.Handover": gettext_lazy("Handed over"),
    "returns.ReturnRequest": gettext_lazy("Return"),
    "returns.ReturnFile": gettext_lazy("Photo of the return"),
    "returns.CreditNote": gettext_lazy("Credit note"),
    "returns.Advance": gettext_lazy("Replacement in advance"),
    "returns.DepositEntry": gettext_lazy("Line of the deposit"),
    "claims.Claim": gettext_lazy("Claim to the company"),
    "claims.ClaimLine": gettext_lazy("Line of the claim"),
    "claims.ClaimFile": gettext_lazy("Photo of the claim"),
    "claims.CompanyCredit": gettext_lazy("Credit note of the company"),
    "claims.OldPart": gettext_lazy("Old part"),
    "goodwill.Goodwill": gettext_lazy("Goodwill"),
    "deliveries.DeliveryPromise": gettext_lazy("Promised date"),
    "deliveries.DeliveryStep": gettext_lazy("Step of the promised date"),
    "deliveries.Parcel": gettext_lazy("Parcel"),
    "deliveries.ParcelEvent": gettext_lazy("News of the parcel"),
}
_SHEETS = ("service.", "returns.")
_MOST = 2000
# Columns that keep a member of staff by id, so that the line outlives the person.
_ACTORS = ("actor_id_then", "actor_id")
# Secrets, and what only the machine reads.
_SKIPPED = ("hash", "code_hash", "strokes", "version", "search_text", "is_demo")


def register() -> None:
    """Tell the dispute desk."""
    evidence_sources.register(
        "automation.desks", EvidenceSource(order=45, label=gettext_lazy("Sheets of the desks"), collect=sheets)
    )
    involvement_sources.register("automation.desks", handled_at_desks)
    for label, words in WORDS.items():
        evidence_words.register(label.lower(), words)
    for column, name in COLUMNS.items():
        evidence_columns.register(column, name)


def sheets(dispute: Any, items: Sequence[int]) -> Iterable[Found]:
    """Each row of the tables as a text of its columns, and each file."""
    for label, path, time in TABLES:
        model = apps.get_model(label)
        rows = model._base_manager.filter(_of_case(label, path, dispute, items)).order_by("pk")[:_MOST]
        for row in rows:
            yield _found(label, row, getattr(row, time, None))


def _of_case(label: str, path: str, dispute: Any, items: Sequence[int]) -> Q:
    found = Q(**{f"{path}__in": items})
    if label in BY_UNIT and dispute.unit_id is not None and dispute.customer_id is not None:
        way = BY_UNIT[label]
        found |= Q(**{f"{way}unit": dispute.unit_id, f"{way}customer": dispute.customer_id})
    return found


def handled_at_desks(dispute: Any, items: Sequence[int]) -> Mapping[int, Any]:
    """Everybody whom one of the tables names: technician, inspector, who priced a line, who handed over."""
    did: dict[int, Any] = {}
    for label, path, _time in TABLES:
        model = apps.get_model(label)
        columns = people_columns(model)
        if not columns:
            continue
        for values in model._base_manager.filter(_of_case(label, path, dispute, items)).values_list(*columns):
            for pk in values:
                if pk is not None:
                    did.setdefault(pk, _("worked on it"))
    return did


def people_columns(model: type[Model]) -> list[str]:
    """The model's own columns that point at a member of staff."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.name in _ACTORS or (isinstance(field, ForeignKey) and field.related_model is User)
    ]


def _found(label: str, row: Model, at: Any) -> Found:
    file = next(
        (
            getattr(row, field.name)
            for field in row._meta.local_concrete_fields
            if isinstance(field, ForeignKey) and field.related_model is StoredFile
        ),
        None,
    )
    is_sheet = label.startswith(_SHEETS) and isinstance(row, WorkItem)
    return Found(
        kind=EvidenceKind.FILE if file is not None else EvidenceKind.SHEET if is_sheet else EvidenceKind.RECORD,
        party=Party.HOUSE,
        origin=f"{label.lower()}:{row.pk}",
        title=f"{row._meta.verbose_name} {getattr(row, 'number', '') or row.pk}",
        text="" if file is not None else _columns(row),
        happened_at=at,
        file=file,
        fact=FactCode.JOB_CARDS if is_sheet else "",
    )


def _columns(row: Model) -> str:
    lines = []
    for field in row._meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if field.name in _SKIPPED or field.primary_key or value in (None, "", [], {}):
            continue
        lines.append(f"{field.name}={value}")
    return "\n".join(lines) or str(row.pk)
