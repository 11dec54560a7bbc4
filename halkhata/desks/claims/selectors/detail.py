"""Everything the page of one claim shows."""

from dataclasses import dataclass

from django.urls import reverse

from halkhata.desks.claims.choices import GRANTED, OVER, Sort, Stage
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.policies import NOTHING_HERE
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text

_WITH = (
    "owner", "branch", "team", "brand", "about", "unit__product__brand", "unit__product__kind", "unit__owner",
    "submitted_by", "decided_by",
)  # fmt: skip


def claim_for(user: User, number: str) -> Claim:
    """The claim of this number, in any spelling. Raises NotFound, also for one outside the user's scope."""
    wanted = parse_ref(number) or clean_text(number).upper()
    rows = Claim.objects.visible_to(user).select_related(*_WITH)
    found = rows.prefetch_related("unit__identifiers").filter(number=wanted).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return found


@dataclass(frozen=True)
class ShownFile:
    """One photo or paper as the page shows it."""

    pk: int
    name: str
    kind: str
    label: str
    note: str
    url: str
    thumbnail: str


def files_of(claim: Claim) -> list[ShownFile]:
    """The photos and papers of a claim. One query."""
    return [
        ShownFile(
            pk=row.pk, name=row.file.original_name, kind=row.kind, label=row.get_kind_display(), note=row.note,
            url=reverse("files:download", args=[row.file_id, row.file.original_name.replace("/", "-") or "file"]),
            thumbnail=reverse("files:thumbnail", args=[row.file_id]) if row.file.is_image else "",
        )
        for row in claim.files.select_related("file")
    ]  # fmt: skip


def steps_open(user: User, claim: Claim) -> set[str]:
    """The steps that this person may take with this claim now: the page offers nothing that would be refused."""
    stage, writes, answers = claim.stage, user.may("claim.edit"), user.may("claim.decide")
    open_now = {
        "edit": stage == Stage.DRAFT and claim.sort == Sort.REPAIR and writes,
        "line": stage == Stage.DRAFT and claim.sort == Sort.REPAIR and writes,
        "photo": stage not in OVER and writes,
        "part": stage != Stage.WITHDRAWN and claim.sort == Sort.REPAIR and writes,
        "submit": stage == Stage.DRAFT and writes,
        "back": stage == Stage.SUBMITTED and writes,
        "number": stage not in OVER and stage != Stage.DRAFT and writes,
        "decide": stage == Stage.SUBMITTED and answers,
        "credit": stage in GRANTED and claim.shortfall > 0 and answers,
        "withdraw": stage in {Stage.DRAFT, Stage.SUBMITTED} and writes,
    }
    return {name for name, is_open in open_now.items() if is_open}
