"""Everything the page of one return shows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.models import ReturnFile, ReturnRequest
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text


def return_for(user: User, number: str) -> ReturnRequest:
    """The return of this number, in any spelling. Raises NotFound, also for one outside the user's scope."""
    wanted = parse_ref(number) or clean_text(number).upper()
    found = (
        ReturnRequest.objects.visible_to(user)
        .select_related(
            "customer", "owner", "branch", "team", "product__brand", "product__kind", "unit__product",
            "policy__advance_terms", "advance__handed_by",
            "purchase_line__purchase__branch", "purchase_line__purchase__customer", "replacement_unit", "credit_note",
            "approved_by", "rejected_by", "received_by", "inspected_by", "decided_by", "settled_by",
            "appeal_answered_by",
        )
        .filter(number=wanted)
        .first()
    )  # fmt: skip
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


@dataclass(frozen=True)
class ShownFile:
    """One photo as the page shows it."""

    name: str
    url: str
    thumbnail: str
    step: str


def files_of(request: ReturnRequest) -> list[ShownFile]:
    """The photos of a return. One query."""
    rows = ReturnFile.objects.filter(request=request).select_related("file")
    return [
        ShownFile(
            name=row.file.original_name, step=row.get_step_display(),
            url=reverse("files:download", args=[row.file_id, row.file.original_name.replace("/", "-") or "file"]),
            thumbnail=reverse("files:thumbnail", args=[row.file_id]) if row.file.is_image else "",
        )
        for row in rows
    ]  # fmt: skip
