"""Where money is lost at this desk: lines never claimed, claimed too low, refused, paid short, taken back (A53.10)."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from halkhata.desks.claims.choices import FILED, GRANTED, LossReason, Sort, Stage
from halkhata.desks.claims.models import Claim, ClaimLine, ClaimQuerySet
from halkhata.desks.claims.models.claims import HALF_A_CENT
from halkhata.desks.claims.registry import LossSource, loss_sources
from halkhata.foundation.accounts.models import User

# Lines that came from a job card are counted there: the card says itself what is not paid back.
_OF_A_CARD = "service.JobLine:"


def register() -> None:
    """Tell the registry."""
    for reason, rows in (
        (LossReason.OURS, lines_not_paid_back), (LossReason.UNDER, lines_claimed_too_low),
        (LossReason.REFUSED, refused), (LossReason.SHORT, paid_short), (LossReason.WITHDRAWN, taken_back),
    ):  # fmt: skip
        loss_sources.register(f"claims.{reason.value}", LossSource(reason=reason, rows=rows))


def lines_not_paid_back(user: User) -> QuerySet[Any, Any]:
    """Lines of claims that say the company does not pay them back; from the day the claim was begun."""
    claims = _seen(user).filter(sort=Sort.REPAIR).exclude(stage=Stage.WITHDRAWN)
    lines = _lines(claims).filter(is_recoverable=False, cost__gt=0).exclude(origin__startswith=_OF_A_CARD)
    return _of_lines(lines, amount=F("cost"), at="claim__opened_at")


def lines_claimed_too_low(user: User) -> QuerySet[Any, Any]:
    """Lines sent to the company for less than they cost, by its rates; from the day the claim was sent."""
    claims = _seen(user).filter(sort=Sort.REPAIR, stage__in=FILED)
    lines = _lines(claims).filter(is_recoverable=True, cost__gt=F("claimed_amount") + HALF_A_CENT)
    return _of_lines(lines, amount=F("cost") - F("claimed_amount"), at="claim__submitted_at")


def refused(user: User) -> QuerySet[Any, Any]:
    """What was claimed and is not granted; from the day of the company's answer."""
    claims = _seen(user).filter(
        stage__in=[*GRANTED, Stage.REJECTED], claimed_amount__gt=F("approved_amount") + HALF_A_CENT
    )
    return _of_claims(claims, amount=F("claimed_amount") - F("approved_amount"), at="decided_at", what="answer")


def paid_short(user: User) -> QuerySet[Any, Any]:
    """What was granted, did not come, and is given up; from the day it was."""
    claims = _seen(user).filter(stage=Stage.CREDITED, approved_amount__gt=F("credited_amount") + HALF_A_CENT)
    amount = F("approved_amount") - F("credited_amount")
    return _of_claims(claims, amount=amount, at="resolved_at", what="short_reason")


def taken_back(user: User) -> QuerySet[Any, Any]:
    """What claims that were taken back had cost, unless another one took their place. Free services wait for the next
    sheet of their month instead.
    """
    other = Claim.objects.filter(pk__gt=OuterRef("pk")).exclude(stage=Stage.WITHDRAWN)
    claims = (
        _seen(user)
        .filter(stage=Stage.WITHDRAWN, sort=Sort.REPAIR)
        .exclude(Q(about__isnull=False) & Exists(other.filter(about=OuterRef("about"))))
        .exclude(Q(about__isnull=True) & Exists(other.filter(unit=OuterRef("unit"))))
    )
    lines = _lines(claims).filter(cost__gt=0).exclude(is_recoverable=False, origin__startswith=_OF_A_CARD)
    return _of_lines(lines, amount=F("cost"), at="claim__resolved_at")


def _seen(user: User) -> ClaimQuerySet:
    return Claim.objects.visible_to(user).order_by()


def _lines(claims: ClaimQuerySet) -> QuerySet[ClaimLine]:
    return ClaimLine.objects.filter(claim__in=claims.values("pk")).order_by()


def _of_lines(lines: QuerySet[ClaimLine], *, amount: Any, at: str) -> QuerySet[Any, Any]:
    return lines.values(
        loss_brand=F("claim__brand"), loss_at=F(at), loss_currency=F("claim__currency"), loss_amount=amount,
        loss_item=F("claim__pk"), loss_number=F("claim__number"), loss_kind=F("claim__kind"),
        loss_branch=F("claim__branch"), loss_what=F("text"),
    )  # fmt: skip


def _of_claims(claims: ClaimQuerySet, *, amount: Any, at: str, what: str) -> QuerySet[Any, Any]:
    return claims.values(
        loss_brand=F("brand"), loss_at=F(at), loss_currency=F("currency"), loss_amount=amount, loss_item=F("pk"),
        loss_number=F("number"), loss_kind=F("kind"), loss_branch=F("branch"), loss_what=F(what),
    )  # fmt: skip
