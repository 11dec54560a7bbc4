"""Asking to give something back: at the counter, by phone, on the web, by the API (A58.2, A58.3)."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import WISHES, FileStep, PayMethod, Reason, Stage
from halkhata.desks.returns.events import ReturnMoved
from halkhata.desks.returns.models import ReturnFile, ReturnRequest
from halkhata.desks.returns.rule_words import first_refusal
from halkhata.desks.returns.services.eligibility import Eligibility, look
from halkhata.desks.returns.services.locking import in_words, url_of
from halkhata.engines.work.choices import Priority, StateFlag
from halkhata.engines.work.services.items import new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog import policies as catalog_policies
from halkhata.records.catalog.models import PurchaseLine, Unit
from halkhata.records.catalog.services.life import write_life

KIND, PREFIX = "return", "E"


def request_return(
    *,
    actor: Any,
    purchase_line: PurchaseLine,
    unit: Unit | None,
    reason_code: str,
    note: str,
    wish: str,
    channel: str,
    quantity: int = 1,
    has_accessories: bool = True,
    paid_method: str = "",
    against_rules: bool = False,
    branch: Branch | None = None,
    team: Team | None = None,
    owner: User | None = None,
    files: Sequence[StoredFile] = (),
    cause: str = "",
    is_demo: bool = False,
    tell: bool = True,
) -> ReturnRequest:
    """Take down that somebody wants to give something back; the rules are looked at and kept with it.

    ``against_rules``: take it down although a rule stands against it; a manager may grant it as goodwill. Without, such
    a request is refused and nothing is written. The same ``cause`` twice returns the first. Raises PermissionRefused,
    NotFound, what ``eligibility.look`` raises, Conflict ``already_open`` and ``nothing_left`` also when somebody else
    was faster, and DomainError ``not_by_policy`` (with ``rule`` and ``way_out``), ``unknown_wish``.
    """
    policies.require(actor, policies.CREATE)
    catalog_policies.require_purchase(actor, purchase_line.purchase)
    if wish and wish not in {one.value for one in WISHES}:
        raise DomainError("unknown_wish", _("Choose what the customer would like."), field="wish")
    if paid_method and paid_method not in PayMethod.values:
        raise DomainError("unknown_method", _("Choose how it was paid."), field="paid_method")
    words = clean_text(note, multiline=True, max_length=4000)
    if isinstance(actor, User) and team is None and owner is None:
        # Whoever takes it down goes on seeing it: it goes to the own team, without one it is one's own.
        team = actor.teams.filter(is_active=True).order_by("pk").first()
        owner = None if team is not None else actor
    with transaction.atomic():
        if cause:
            known = ReturnRequest.objects.filter(cause=cause).first()
            if known is not None:
                return known
        seen = look(
            line=purchase_line, unit=unit, quantity=quantity, reason_code=reason_code, has_accessories=has_accessories
        )
        if not seen.is_eligible and not against_rules:
            raise _not_by_policy(seen)
        request = _create(
            actor, purchase_line, unit, seen, branch or purchase_line.purchase.branch,
            {"channel": channel, "team": team, "owner": owner, "cause": cause, "is_demo": is_demo},
            {"reason_code": reason_code, "note": words, "wish": wish, "quantity": quantity,
             "held_quantity": quantity, "paid_method": paid_method},
        )  # fmt: skip
        open_item(actor=actor, item=request)
        add_files(actor=actor, request=request, files=files, step=FileStep.REQUEST)
        if unit is not None:
            data = {"number": request.number, "stage": Stage.REQUESTED.value, "reason": reason_code}
            write_life(actor=actor, unit=unit, verb="return.moved", data=data, url=url_of(request))
        publish(
            ReturnMoved(
                request_id=request.pk, number=request.number, before="", stage=Stage.REQUESTED,
                customer_id=request.customer_id, branch_id=request.branch_id, tell=tell and not is_demo,
            )
        )  # fmt: skip
    return request


def _create(
    actor: Any,
    line: PurchaseLine,
    unit: Unit | None,
    seen: Eligibility,
    branch: Branch,
    work: dict[str, Any],
    own: dict[str, Any],
) -> ReturnRequest:
    customer = unit.owner if unit is not None and unit.owner is not None else line.purchase.customer
    values = new_item_values(
        actor=actor, kind=KIND, subject=f"{line.product.name}: {Reason(own['reason_code']).label}"[:200],
        customer=customer, branch=branch, priority=Priority.NORMAL, state=Stage.REQUESTED,
        state_flag=StateFlag.OPEN, category=line.product.kind.code, **work,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return ReturnRequest.objects.create(
                **values, **own, stage=Stage.REQUESTED, purchase_line=line, product=line.product, unit=unit,
                line_price=seen.price, fee_amount=seen.fee, currency=line.purchase.currency, policy=seen.policy,
                rules=seen.rules, is_eligible=seen.is_eligible,
            )  # fmt: skip
    except IntegrityError as error:
        raise in_words(error) from error


def _not_by_policy(seen: Eligibility) -> DomainError:
    rule = first_refusal(seen.rules)
    assert rule is not None
    return DomainError("not_by_policy", f"{rule.text} {rule.way_out}", rule=rule.code, way_out=rule.way_out)


def add_files(*, actor: Any, request: ReturnRequest, files: Sequence[StoredFile], step: str) -> None:
    """Hang photos on a return."""
    at = now()
    person = actor if isinstance(actor, User) else None
    for file in files:
        ReturnFile.objects.create(request=request, file=file, step=step, added_by=person, added_at=at)
