"""Covers begin with a sale, end with its reversal, move to a replacement, and become void for a named reason."""

from datetime import date, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.services.life import write_life
from halkhata.records.warranty.choices import CoverSource, CoverState, PolicyKind, Replacement, StartRule, VoidReason
from halkhata.records.warranty.models import Cover, PolicyTerm, WarrantyPolicy
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.selectors.policies import policy_for
from halkhata.records.warranty.services.coupons import cancel_coupons, give_coupons
from halkhata.records.warranty.terms import end_of_term

How = Literal["inherit", "restart"]


def start_covers(
    *, actor: Actor | None, unit: Unit, starts_on: date, policy: WarrantyPolicy | None = None, begun: bool = False
) -> list[Cover]:
    """Freeze the terms in use on ``unit`` from ``starts_on``, with its free services; the covers that run now.

    Called again for a unit that is covered it changes nothing and returns what is there. Where the terms begin with
    installation or first use, the covers wait for that day (``begin_covers``) and count from the sale until then,
    unless ``begun`` says that this is the day. Without terms for the product the list is empty.
    """
    with transaction.atomic():
        locked = Unit.objects.select_for_update().select_related("product").get(pk=unit.pk)
        running = list(locked.covers.live().filter(source=CoverSource.BASE))
        if running:
            return running
        chosen = policy or policy_for(locked.product)
        if chosen is None:
            return []
        waits = chosen.start_rule != StartRule.INVOICE and not begun
        state = CoverState.PENDING if waits else CoverState.ACTIVE
        made = [
            Cover.objects.create(**frozen(term, chosen, starts_on), unit=locked, state=state, is_demo=locked.is_demo)
            for term in chosen.terms.all()
        ]
        give_coupons(unit=locked, policy=chosen, sold_on=starts_on)
        record(
            actor=actor, action="warranty.start", record=locked,
            after={"policy": chosen.code, "version": chosen.version, "starts_on": starts_on, "covers": len(made)},
        )  # fmt: skip
        if made:
            until = max(cover.ends_on for cover in made)
            write_life(
                actor=actor, unit=locked, verb="warranty.started",
                data={"policy": chosen.code, "version": chosen.version, "until": until.isoformat()},
            )  # fmt: skip
    return made


def frozen(term: PolicyTerm, policy: WarrantyPolicy, starts_on: date, source: str = CoverSource.BASE) -> dict[str, Any]:
    """The values of a cover that begins on ``starts_on`` by ``term``: a copy of the words of that day."""
    return {
        **{
            name: getattr(term, name)
            for name in (
                "component", "label_bn", "label_en", "covers_parts", "covers_labour", "covers_visit",
                "covers_exchange", "months", "usage_limit", "exclusions_bn", "exclusions_en",
            )
        },
        "source": source, "starts_on": starts_on, "ends_on": end_of_term(starts_on, term.months),
        "start_rule": policy.start_rule, "replacement": policy.replacement, "on_transfer": policy.on_transfer,
        "policy": policy, "policy_version": policy.version, "state_since": now(), "created_at": now(),
    }  # fmt: skip


def begin_covers(*, actor: Actor | None, unit: Unit, on: date) -> list[Cover]:
    """Installed, or used for the first time: covers that waited run from ``on``.

    Raises DomainError ``nothing_waits`` and ``before_sale``.
    """
    require(actor, "warranty.register", unit)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        waiting = list(unit.covers.filter(state=CoverState.PENDING))
        if not waiting:
            raise DomainError("nothing_waits", _("No warranty of this unit waits for its first day."))
        if on < min(cover.starts_on for cover in waiting):
            raise DomainError("before_sale", _("That is before the day of the sale."), field="on")
        if on > today():
            raise DomainError("in_future", _("That day has not come yet."), field="on")
        before = min(cover.starts_on for cover in waiting)
        for cover in waiting:
            cover.starts_on, cover.ends_on = on, end_of_term(on, cover.months)
            _to(cover, CoverState.ACTIVE)
        record(actor=actor, action="warranty.begin", record=unit, before={"starts_on": before}, after={"starts_on": on})
        write_life(actor=actor, unit=unit, verb="warranty.begun", data={"on": on.isoformat()})
    return waiting


def move_covers(*, actor: Actor | None, from_unit: Unit, to_unit: Unit, how: How | None, on: date) -> list[Cover]:
    """A replacement unit gets the cover of the faulty one: what was left, or anew, never both (R7).

    ``how`` None asks each component's frozen rule. Every cover of the old unit stops. Raises DomainError
    ``same_unit``; Conflict ``already_moved`` when the old unit's cover went to another, ``already_covered`` when the
    replacement has a cover of its own.
    """
    if from_unit.pk == to_unit.pk:
        raise DomainError("same_unit", _("A unit cannot replace itself."))
    with transaction.atomic():
        # In the order of their ids: two replacements at once never wait for each other.
        list(Unit.objects.select_for_update().filter(pk__in=[from_unit.pk, to_unit.pk]).order_by("pk"))
        if to_unit.covers.live().exists():
            raise Conflict("already_covered", _("The replacement has a warranty of its own already."))
        if from_unit.covers.filter(state=CoverState.MOVED, went_to__isnull=False).exists():
            raise Conflict("already_moved", _("The warranty of this unit went to another one already."))
        made: list[Cover] = []
        anew = restarted = False
        for cover in from_unit.covers.live().order_by("starts_on", "pk"):
            way = how or cover.replacement
            if way == Replacement.RESTART and cover.source == CoverSource.BASE:
                starts_on, ends_on, anew = on, end_of_term(on, cover.months), True
            else:
                starts_on, ends_on, anew = cover.starts_on, cover.ends_on, False
            restarted = restarted or anew
            _to(cover, CoverState.MOVED)
            made.append(
                Cover.objects.create(
                    **_copied(cover), unit=to_unit, starts_on=starts_on, ends_on=ends_on, came_from=cover,
                    is_demo=to_unit.is_demo,
                )
            )  # fmt: skip
        _move_coupons(from_unit, to_unit)
        shown = {"from": from_unit.number, "to": to_unit.number, "how": "restart" if restarted else "inherit"}
        record(actor=actor, action="warranty.move", record=to_unit, after={**shown, "covers": len(made)})
        write_life(actor=actor, unit=from_unit, verb="warranty.moved_away", data=shown)
        write_life(actor=actor, unit=to_unit, verb="warranty.moved_here", data=shown)
    return made


def _copied(cover: Cover) -> dict[str, Any]:
    return {
        **{
            name: getattr(cover, name)
            for name in (
                "component", "label_bn", "label_en", "source", "covers_parts", "covers_labour", "covers_visit",
                "covers_exchange", "months", "usage_limit", "exclusions_bn", "exclusions_en", "start_rule",
                "replacement", "on_transfer", "policy_id", "policy_version", "bill",
            )
        },
        "state": CoverState.ACTIVE, "state_since": now(), "created_at": now(),
    }  # fmt: skip


def _move_coupons(from_unit: Unit, to_unit: Unit) -> None:
    """Open free services go along with their windows; used ones stay where they were used."""
    for coupon in from_unit.coupons.filter(state="due"):
        to_unit.coupons.create(
            number=coupon.number, from_on=coupon.from_on, to_on=coupon.to_on, from_usage=coupon.from_usage,
            to_usage=coupon.to_usage, policy_code=coupon.policy_code, policy_version=coupon.policy_version,
            is_demo=to_unit.is_demo,
        )  # fmt: skip
    cancel_coupons(unit=from_unit)


def void_cover(*, actor: Actor | None, cover: Cover, reason_code: str, note: str) -> Cover:
    """Make a cover void. Needs the manager's right, a named reason, and for "another reason" the words.

    Raises PermissionRefused, NotFound; DomainError ``no_reason``, ``no_note``; Conflict ``cover_over``.
    """
    require(actor, "warranty.void", cover.unit)
    if reason_code not in VoidReason.values:
        raise DomainError("no_reason", _("Choose why the warranty is void."), field="reason_code")
    words = clean_text(note, max_length=500)
    if reason_code == VoidReason.OTHER and not words:
        raise DomainError("no_note", _("Write the reason: the customer may ask for it."), field="note")
    with transaction.atomic():
        locked = Cover.objects.select_for_update().get(pk=cover.pk)
        if locked.state not in (CoverState.PENDING, CoverState.ACTIVE):
            raise Conflict("cover_over", _("This warranty does not run any more."))
        locked.void_reason, locked.state_note = reason_code, words
        _to(locked, CoverState.VOID)
        record(
            actor=actor, action="warranty.void", record=locked, before={"state": "active"},
            after={"state": "void", "reason": reason_code}, note=words,
        )  # fmt: skip
        write_life(
            actor=actor, unit=locked.unit, verb="warranty.voided",
            data={"component": locked.component, "reason": reason_code},
        )  # fmt: skip
    return locked


def end_covers(*, actor: Actor | None, unit: Unit, reason: str) -> int:
    """End everything that covers ``unit`` and cancel its open free services: sale reversed, unit scrapped.

    Returns how many covers ended.
    """
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        running = list(unit.covers.live())
        for cover in running:
            cover.state_note = clean_text(reason, max_length=500)
            _to(cover, CoverState.ENDED)
        cancelled = cancel_coupons(unit=unit)
        if running or cancelled:
            record(
                actor=actor, action="warranty.end", record=unit, after={"covers": len(running), "coupons": cancelled},
                note=reason,
            )  # fmt: skip
            write_life(actor=actor, unit=unit, verb="warranty.ended", data={})
    return len(running)


def extend_covers(
    *, actor: Actor | None, unit: Unit, policy: WarrantyPolicy, sold_on: date, bill: str = ""
) -> list[Cover]:
    """A warranty bought on top: each component goes on the day after its base ends, or on ``sold_on`` when it has none.

    Raises DomainError ``not_an_extension``, ``extended_already``; PermissionRefused, NotFound.
    """
    require(actor, "warranty.register", unit)
    if policy.kind != PolicyKind.EXTENDED or not policy.is_active:
        raise DomainError("not_an_extension", _("These terms are not sold on top of a warranty."), field="policy")
    try:
        with transaction.atomic():
            locked = Unit.objects.select_for_update().get(pk=unit.pk)
            ends: dict[str, date] = {}
            for cover in locked.covers.live():
                ends[cover.component] = max(cover.ends_on, ends.get(cover.component, cover.ends_on))
            latest = max(ends.values(), default=None)
            made = []
            for term in policy.terms.all():
                base_end = ends.get(term.component, latest if term.component == "all" else None)
                starts_on = sold_on if base_end is None else max(sold_on, base_end + timedelta(days=1))
                values = frozen(term, policy, starts_on, CoverSource.EXTENDED)
                made.append(Cover.objects.create(**values, unit=locked, bill=bill, is_demo=locked.is_demo))
            record(
                actor=actor, action="warranty.extend", record=locked,
                after={"policy": policy.code, "version": policy.version, "sold_on": sold_on, "bill": bill},
            )  # fmt: skip
            until = max(cover.ends_on for cover in made) if made else sold_on
            write_life(
                actor=actor, unit=locked, verb="warranty.extended",
                data={"policy": policy.code, "until": until.isoformat()},
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("extended_already", _("This extension is on the unit already.")) from error
    return made


def _to(cover: Cover, state: str) -> None:
    cover.state, cover.state_since = state, now()
    cover.version += 1
    cover.save()
