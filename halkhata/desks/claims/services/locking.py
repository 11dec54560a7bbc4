"""Taking hold of a claim, moving it from stage to stage, and saying in words what the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import FLAG_OF_STAGE, TRANSITIONS, Stage
from halkhata.desks.claims.events import ClaimMoved
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.policies import NOTHING_HERE
from halkhata.engines.work.services.items import change_state, lock_item, update_item
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.records.catalog.services.life import write_life

_WITH = ("customer", "owner", "branch", "team", "brand", "unit__product__brand", "unit__product__kind", "about")


def lock_claim(pk: int, *, version: int | None = None) -> Claim:
    """The claim with its row locked. Raises Conflict when ``version`` is no longer current, NotFound when gone."""
    lock_item(pk, version=version)
    claim = Claim.objects.select_related(*_WITH).filter(pk=pk).first()
    if claim is None:
        raise NotFound("not_found", NOTHING_HERE)
    return claim


def url_of(claim: Claim) -> str:
    """The page of a claim."""
    return f"/claims/{claim.number}/"


def require_draft(claim: Claim) -> None:
    """Raise Conflict ``sent_already`` for a claim that is not being written any more."""
    if claim.stage != Stage.DRAFT:
        raise Conflict(
            "sent_already", _("This claim is “%(stage)s”: nothing of it changes now.") % {"stage": claim.stage_label}
        )


def write_columns(claim: Claim, **columns: Any) -> None:
    """Write the desk's own columns of a held claim. What the database refuses is said in words."""
    with in_words():
        Claim.objects.filter(pk=claim.pk).update(**columns)
    for name, value in columns.items():
        setattr(claim, name, value)


def touched(claim: Claim) -> None:
    """Something of the claim changed: an older page cannot overwrite it. The sums are read again."""
    update_item(claim)
    fresh = Claim.objects.values("claimed_amount", "approved_amount", "credited_amount").get(pk=claim.pk)
    for name, value in fresh.items():
        setattr(claim, name, value)


def to_stage(*, actor: Actor | None, claim: Claim, stage: Stage, **columns: Any) -> None:
    """Move a held claim on, with the columns that go along: row, history, life, event.

    Raises Conflict ``step_not_allowed`` for a step the machine has not; the database refuses it, too.
    """
    before = Stage(claim.stage)
    if stage not in TRANSITIONS[before]:
        raise Conflict(
            "step_not_allowed",
            _("A claim that is “%(from)s” cannot become “%(to)s”.") % {"from": before.label, "to": stage.label},
            stage=before.value,
        )
    write_columns(claim, stage=stage, **columns)
    change_state(actor=actor, item=claim, state=stage, state_flag=FLAG_OF_STAGE[stage])
    write_line_of_life(actor, claim)
    publish(moved(claim, before))


def write_line_of_life(actor: Actor | None, claim: Claim, verb: str = "claim.moved") -> None:
    """One line in the life of the unit."""
    if claim.unit is not None:
        data = {"number": claim.number, "stage": str(claim.stage), "brand": claim.brand_id}
        write_life(actor=actor, unit=claim.unit, verb=verb, data=data, url=url_of(claim))


def moved(claim: Claim, before: str) -> ClaimMoved:
    """The event of a step."""
    return ClaimMoved(
        claim_id=claim.pk, number=claim.number, before=str(before), stage=str(claim.stage), brand_id=claim.brand_id,
        unit_id=claim.unit_id, about_id=claim.about_id, branch_id=claim.branch_id,
    )  # fmt: skip


_REFUSALS = {
    "claims_approved_of_claimed": ("approved_over_claimed", _("That is more than was claimed.")),
    "claims_line_approved": ("approved_over_claimed", _("That is more than was claimed.")),
    "claims_credited_of_approved": ("credited_over_approved", _("That is more than was approved.")),
    "claims_credit_sum": ("credited_over_approved", _("That is more than was approved.")),
    "claims_credit_after_approval": ("not_approved", _("The company has not approved this claim.")),
    "claims_credit_once": ("credit_known", _("This credit note is written down already.")),
    "claims_companycredit.claim_id": ("credit_known", _("This credit note is written down already.")),
    "claims_once_for_each_job": ("claimed_already", _("There is a claim for this already.")),
    "claims_claim.about_id": ("claimed_already", _("There is a claim for this already.")),
    "claims_coupon_once": ("claimed_already", _("One of these free services is claimed already.")),
    "claims_claimline.coupon_id": ("claimed_already", _("One of these free services is claimed already.")),
    "claims_line_new_in_draft": ("sent_already", _("This claim is sent: its lines do not change any more.")),
    "claims_line_stays": ("sent_already", _("This claim is sent: its lines do not change any more.")),
    "claims_line_kept": ("sent_already", _("This claim is sent: its lines do not change any more.")),
    "claims_line_recoverable": ("not_recoverable", _("What the company does not pay back cannot be claimed.")),
    "claims_step_exists": ("step_not_allowed", _("This step is not possible now.")),
}


@contextmanager
def in_words() -> Iterator[None]:
    """What the database refuses inside is raised as Conflict, in words; anything else goes through as it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        text = str(error)
        for sign, (code, words) in _REFUSALS.items():
            if sign in text:
                raise Conflict(code, words) from error
        raise


def audit(actor: Actor | None, claim: Claim, action: str, after: dict[str, Any], note: str = "") -> None:
    """One entry of the audit trail about a claim."""
    record(actor=actor, action=f"claim.{action}", record=claim, after=after, note=note)
