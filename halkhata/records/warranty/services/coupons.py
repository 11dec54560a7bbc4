"""Free services: given at the sale, used once, even from two tills at the same moment."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life
from halkhata.records.warranty.choices import CouponState
from halkhata.records.warranty.models import Coupon, WarrantyPolicy
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.words import day, number


def give_coupons(*, unit: Unit, policy: WarrantyPolicy, sold_on: date) -> list[Coupon]:
    """The free services of ``policy`` with their windows from ``sold_on``. Inside the caller's transaction."""
    round_before = unit.coupons.aggregate(last=Max("round"))["last"] or 0
    return Coupon.objects.bulk_create(
        Coupon(
            unit=unit, number=one.number, round=round_before + 1, from_on=sold_on + timedelta(days=one.from_days),
            to_on=sold_on + timedelta(days=one.to_days), from_usage=one.from_usage, to_usage=one.to_usage,
            policy_code=policy.code, policy_version=policy.version, is_demo=unit.is_demo,
        )
        for one in policy.coupons.all()
    )  # fmt: skip


def cancel_coupons(*, unit: Unit) -> int:
    """Nobody can use the open ones any more. Inside the caller's transaction; returns how many."""
    return unit.coupons.filter(state=CouponState.DUE).update(state=CouponState.CANCELLED)


def use_coupon(
    *,
    actor: Actor | None,
    coupon_id: int,
    on: date,
    reading: int | None = None,
    job_number: str = "",
    goodwill: str | None = None,
) -> Coupon:
    """Take a free service on ``on`` at ``reading``. It counts once, whoever else tries at the same moment.

    ``goodwill`` names the manager's grant that lets an early, late or lost one pass; a used one stays used. Raises
    Conflict ``coupon_used``, DomainError ``coupon_early``, ``coupon_expired``, ``coupon_cancelled``,
    ``reading_missing``; PermissionRefused, NotFound.
    """
    with transaction.atomic():
        coupon = Coupon.objects.select_for_update().select_related("unit").filter(pk=coupon_id).first()
        if coupon is None:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        require(actor, "coupon.use", coupon.unit)
        check_coupon(coupon, on=on, reading=reading, waived=bool(goodwill))
        # The condition is the guard: where rows cannot be locked, the second of two finds nothing to change.
        taken = Coupon.objects.filter(pk=coupon.pk, state=CouponState.DUE).update(
            state=CouponState.USED,
            used_on=on,
            used_at=now(),
            used_reading=reading,
            used_by=actor if isinstance(actor, User) else None,
            used_branch_id=actor.branch_id if isinstance(actor, User) else coupon.unit.branch_id,
            job_number=clean_text(job_number, max_length=24),
            goodwill=clean_text(goodwill or "", max_length=60),
        )
        coupon.refresh_from_db()
        if not taken:
            raise _used(coupon)
        record(
            actor=actor, action="coupon.use", record=coupon, before={"state": "due"},
            after={"state": "used", "on": on, "reading": reading, "job": job_number, "goodwill": goodwill or ""},
        )  # fmt: skip
        write_life(
            actor=actor, unit=coupon.unit, verb="coupon.used", data={"n": coupon.number, "job": coupon.job_number}
        )
    return coupon


def give_back_coupon(*, actor: Actor | None, coupon_id: int, job_number: str) -> Coupon | None:
    """The service it was used for on job ``job_number`` is not done: it is due again, once, in its old window.

    None when this job does not hold it (any more). Where the sale it came with stands no longer, it is cancelled
    instead. Inside the caller's transaction, whose act it follows from: the caller asks for the right.
    """
    with transaction.atomic():
        coupon = Coupon.objects.select_for_update().select_related("unit").filter(pk=coupon_id).first()
        if coupon is None or not job_number:
            return None
        # The condition is the guard, as in use_coupon.
        given_back = Coupon.objects.filter(pk=coupon.pk, state=CouponState.USED, job_number=job_number).update(
            state=CouponState.DUE if _stands(coupon) else CouponState.CANCELLED,
            used_on=None,
            used_at=None,
            used_reading=None,
            used_by=None,
            used_branch=None,
            job_number="",
            goodwill="",
        )
        if not given_back:
            return None
        before = {"state": "used", "on": coupon.used_on, "reading": coupon.used_reading, "job": job_number}
        coupon.refresh_from_db()
        record(actor=actor, action="coupon.give_back", record=coupon, before=before, after={"state": coupon.state})
        write_life(
            actor=actor, unit=coupon.unit, verb="coupon.given_back", data={"n": coupon.number, "job": job_number}
        )
    return coupon


def _stands(coupon: Coupon) -> bool:
    """Whether the sale that the coupon came with still holds: sold, and not sold anew since."""
    newer = Coupon.objects.filter(unit=coupon.unit_id, round__gt=coupon.round)
    return coupon.unit.state == UnitState.SOLD and not newer.exists()


def check_coupon(coupon: Coupon, *, on: date, reading: int | None = None, waived: bool = False) -> None:
    """Raise what ``use_coupon`` would for this day and reading; ``waived`` skips the windows."""
    if coupon.state == CouponState.USED:
        raise _used(coupon)
    if coupon.state == CouponState.CANCELLED:
        raise DomainError("coupon_cancelled", _("This free service was cancelled with the sale it came with."))
    if waived:
        return
    counted = coupon.from_usage is not None or coupon.to_usage is not None
    if counted and reading is None:
        raise DomainError(
            "reading_missing", _("Write what the meter shows: this free service also counts by use."), field="reading"
        )
    if on < coupon.from_on:
        raise DomainError(
            "coupon_early",
            _("Free service %(n)s begins on %(day)s. A manager may let it pass as goodwill.")
            % {"n": number(coupon.number), "day": day(coupon.from_on)},
            field="on",
        )
    if coupon.from_usage is not None and reading is not None and reading < coupon.from_usage:
        raise DomainError(
            "coupon_early",
            _("Free service %(n)s begins at %(usage)s. A manager may let it pass as goodwill.")
            % {"n": number(coupon.number), "usage": number(coupon.from_usage)},
            field="reading",
        )
    if on > coupon.to_on:
        raise DomainError(
            "coupon_expired",
            _("Free service %(n)s was good until %(day)s. A manager may let it pass as goodwill.")
            % {"n": number(coupon.number), "day": day(coupon.to_on)},
            field="on",
        )
    if coupon.to_usage is not None and reading is not None and reading > coupon.to_usage:
        raise DomainError(
            "coupon_expired",
            _("Free service %(n)s was good up to %(usage)s. A manager may let it pass as goodwill.")
            % {"n": number(coupon.number), "usage": number(coupon.to_usage)},
            field="reading",
        )


def _used(coupon: Coupon) -> Conflict:
    if coupon.used_on is None:
        return Conflict(
            "coupon_used",
            _("Somebody has just used this free service. Open the unit: it says when, and for which job card."),
        )
    return Conflict(
        "coupon_used",
        _("Free service %(n)s was used on %(day)s%(job)s and counts once. Take the next one, or let the customer pay.")
        % {
            "n": number(coupon.number),
            "day": day(coupon.used_on),
            "job": f" ({shown_ref(coupon.job_number)})" if coupon.job_number else "",
        },
        job_number=coupon.job_number,
    )
