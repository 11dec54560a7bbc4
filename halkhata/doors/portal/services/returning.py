"""Asking for a return without an account: serial number or memo, phone number, one-time code (A58.11)."""

import hmac
import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.returns.choices import OVER, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.approving import withdraw_return
from halkhata.desks.returns.services.requesting import request_return
from halkhata.doors.portal.models import FollowRequest, ReturnAsking
from halkhata.doors.portal.secrets_of import hash_of
from halkhata.doors.portal.services.following import (
    CODE_LIVES,
    CUSTOMER,
    MOST_PER_ADDRESS,
    MOST_PER_NUMBER,
    MOST_TRIES,
    WINDOW,
    TooMany,
    known_customer,
    new_code,
    read_phone,
)
from halkhata.doors.portal.services.telling import usable_address
from halkhata.engines.messaging.services.texts import can_go, prepare_text, withdraw_texts
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.engines.work.choices import Channel
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import format_ref, parse_ref, show_digits
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.secret_box import seal, unseal
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import PurchaseLine, Unit
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.locking import lock_values

FORM_PURPOSE = "portal.return.form"
LOOK_TASK = "halkhata.doors.portal.jobs.look_for_return"
_CODE_DIGITS = 6
# A return whose code nobody brought is withdrawn after this.
UNCONFIRMED = timedelta(hours=1)


def ask_to_return(*, form: dict[str, Any], browser: str, address: str, language: str) -> ReturnAsking:
    """Note what somebody wants to give back; a job looks whether number and phone belong together.

    Does exactly the same for a pair that exists and one that does not. Raises DomainError at ``number`` and ``phone``
    for what is no number at all, and TooMany.
    """
    phone = read_phone(str(form["phone"]))
    if not fold_identifier(str(form["number"])):
        raise DomainError("no_number", _("Write the serial number, or the number of the memo."), field="number")
    at, phone_hash, browser_hash = now(), hash_of(phone, "phone"), hash_of(browser, "browser")
    with transaction.atomic():
        lock_values([f"return-asking:{phone_hash}", f"return-asking:{address}"])
        recent = ReturnAsking.objects.filter(requested_at__gt=at - WINDOW)
        if recent.filter(address_hash=address).count() >= MOST_PER_ADDRESS:
            words = gettext_lazy("Too many codes were asked for from your network. Please try later, or call us.")
            raise TooMany("too_many", words, WINDOW.total_seconds())
        if recent.filter(phone_hash=phone_hash).count() >= MOST_PER_NUMBER:
            words = gettext_lazy("Three codes were asked for this number within an hour. Please try later, or call us.")
            raise TooMany("too_many", words, WINDOW.total_seconds(), field="phone")
        earlier = ReturnAsking.objects.filter(browser_hash=browser_hash, used_at__isnull=True, ended_at__isnull=True)
        withdraw_texts(cause for pk in earlier.values_list("pk", flat=True) for cause in _causes(pk))
        earlier.update(ended_at=at)
        asking = ReturnAsking.objects.create(
            sealed_form=seal(json.dumps({**form, "phone": phone}), purpose=FORM_PURPOSE), phone_hash=phone_hash,
            address_hash=address, browser_hash=browser_hash, language=language, requested_at=at,
            expires_at=at + CODE_LIVES,
        )  # fmt: skip
        enqueue_once(import_string(LOOK_TASK), f"return-asking:{asking.pk}", asking.pk)
    return asking


def look_for_return(asking_id: int) -> bool:
    """Take the return down and prepare the code if number and phone belong together. A second run changes nothing."""
    with transaction.atomic():
        asking = ReturnAsking.objects.select_for_update().filter(pk=asking_id, looked_at__isnull=True).first()
        if asking is None:
            return False
        form = json.loads(unseal(asking.sealed_form, purpose=FORM_PURPOSE) or "{}")
        asking.sealed_form, asking.looked_at = "", now()
        found = _find(form) if form and asking.ended_at is None and asking.expires_at > now() else None
        if found is not None:
            line, unit, contact = found
            asking.request, asking.is_new = _take_down(f"return-asking:{asking.pk}", form, line, unit)
            if asking.request is not None:
                code = new_code()
                asking.code_hash = _code_hash(asking.pk, code)
                _send(asking, asking.request, contact, code)
        asking.save(update_fields=["sealed_form", "looked_at", "request", "is_new", "code_hash"])
    return asking.request is not None


def return_in_session(*, session: FollowRequest, form: dict[str, Any]) -> ReturnRequest | None:
    """Take the return down for whoever has shown the code for this very phone. None when the number means nothing of
    theirs, the phone is another one, or the rules of returns refuse it outright: the usual way tells alike."""
    contact, phone = session.contact, read_phone(str(form["phone"]))
    if contact is None or contact.value != phone:
        return None
    found = _find({**form, "phone": phone})
    whose = known_customer(session)
    if found is None or whose is None:
        return None
    line, unit, _contact_row = found
    owner = unit.owner if unit is not None and unit.owner is not None else line.purchase.customer
    if (owner.merged_into_id or owner.pk) != whose.pk:
        return None
    with transaction.atomic():
        lock_values([f"return-session:{line.pk}"])
        number = ReturnRequest.objects.filter(purchase_line=line).count()
        return _take_down(f"return-session:{line.pk}:{number}", form, line, unit, tell=True)[0]


def _find(form: dict[str, Any]) -> tuple[PurchaseLine, Unit | None, ContactPoint] | None:
    """The one line that this number means and whose customer has this phone."""
    number, phone = str(form["number"]), str(form["phone"])
    lines = PurchaseLine.objects.filter(purchase__reversed_at__isnull=True).select_related(
        "purchase__branch", "purchase__customer", "product__kind", "unit__owner", "unit__product"
    )
    unit = Unit.objects.filter(identifiers__folded=fold_identifier(number), state="sold").order_by("pk").first()
    if unit is not None:
        given = ReturnRequest.objects.filter(replacement_unit=unit).values("purchase_line_id")
        line = lines.filter(unit=unit, stands=True).first() or lines.filter(pk__in=given).first()
    else:
        memo = parse_ref(number) or clean_text(number).upper()
        found = list(lines.filter(purchase__number=memo)[:2])
        line = found[0] if len(found) == 1 else None
        unit = line.unit if line is not None else None
    if line is None:
        return None
    customer = unit.owner if unit is not None and unit.owner is not None else line.purchase.customer
    contact = _contact(customer, phone)
    return (line, unit, contact) if contact is not None else None


def _contact(customer: Customer, phone: str) -> ContactPoint | None:
    whole = customer.merged_into or customer
    rows = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=phone)
    return rows.filter(customer__in=[whole, *whole.aliases.all()]).order_by("-customer_id").first()


def _take_down(
    cause: str, form: dict[str, Any], line: PurchaseLine, unit: Unit | None, *, tell: bool = False
) -> tuple[ReturnRequest | None, bool]:
    """The return, and whether it is new. What is open already is shown instead of a second one."""
    already = ReturnRequest.objects.filter(purchase_line=line, unit=unit).exclude(stage__in=OVER).first()
    if already is not None:
        return already, False
    try:
        made = request_return(
            actor=CUSTOMER, purchase_line=line, unit=unit, reason_code=str(form["reason_code"]),
            note=str(form.get("note", "")), wish=str(form.get("wish", "")), channel=Channel.WEB_FORM,
            has_accessories=bool(form.get("has_accessories")), against_rules=True,
            cause=cause, tell=tell,
        )  # fmt: skip
    except DomainError:
        return None, False
    return made, True


def _send(asking: ReturnAsking, request: ReturnRequest, contact: ContactPoint, code: str) -> None:
    with translation.override(asking.language):
        install = Installation.current()
        digits = install.digits_in(asking.language)
        language = "en" if asking.language == "en" else "bn"
        values = {
            "code": show_digits(code, digits=digits),
            "number": format_ref(request.number, language=language, digits=digits),  # type: ignore[arg-type]
            "shop": install.name or request.branch.name,
        }
        text = (
            _("%(code)s is your code for %(number)s at %(shop)s. It works for 10 minutes. Give it to nobody.") % values
        )
        subject = _("Your code for %(number)s") % values
    by_sms, by_mail = _causes(asking.pk)
    shared: dict[str, Any] = {"item": request, "text": text, "purpose": TextPurpose.CODE, "language": asking.language,
              "expires_at": asking.expires_at}  # fmt: skip
    prepare_text(channel=TextChannel.SMS, to_address=contact.value, cause=by_sms, **shared)
    address = usable_address(request.customer)
    if address and can_go(item=request, channel=TextChannel.EMAIL, to_address=address):
        prepare_text(channel=TextChannel.EMAIL, to_address=address, subject=subject, cause=by_mail, **shared)


def _causes(pk: int) -> tuple[str, str]:
    return f"return-asking:{pk}:sms", f"return-asking:{pk}:email"


def _code_hash(pk: int, code: str) -> str:
    return hash_of(f"return:{pk}:{code}", "code")


def use_return_code(*, browser: str, typed: str) -> ReturnRequest:
    """The return that the code opens: good for one use, ten minutes and five tries, in the browser that asked.

    Every refusal reads alike. Raises DomainError ``wrong_code``.
    """
    refused = DomainError(
        "wrong_code", _("This code is not right, or has run out. After five tries ask for another one."), field="code"
    )
    code = "".join(letter for letter in fold_digits(clean_text(typed)) if letter.isdigit())
    open_still = ReturnAsking.objects.filter(
        browser_hash=hash_of(browser, "browser"), used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now()
    )
    asking = open_still.order_by("-pk").first() if browser else None
    if asking is None or len(code) != _CODE_DIGITS:
        raise refused
    # The try is taken before the code is looked at: of many at once, five are looked at.
    if not open_still.filter(pk=asking.pk, tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise refused
    asking.refresh_from_db()
    expected = asking.code_hash or _code_hash(asking.pk, "no code")
    if not hmac.compare_digest(expected, _code_hash(asking.pk, code)) or not asking.code_hash:
        raise refused
    with transaction.atomic():
        if not open_still.filter(pk=asking.pk).update(used_at=now()) or asking.request is None:
            raise refused
        withdraw_texts(_causes(asking.pk))
        record(actor=CUSTOMER, action="return.confirmed", record=asking.request)
    return asking.request


def drop_unconfirmed() -> int:
    """Withdraw returns whose code nobody brought, and forget old askings. Returns how many rows it touched."""
    at = now()
    done = 0
    waiting = ReturnAsking.objects.filter(is_new=True, used_at__isnull=True, requested_at__lt=at - UNCONFIRMED)
    for asking in waiting.select_related("request")[:500]:
        request = asking.request
        confirmed = ReturnAsking.objects.filter(request=request, used_at__isnull=False).exists()
        if request is not None and request.stage == Stage.REQUESTED and not confirmed:
            withdraw_return(actor=CUSTOMER, request=request, note=str(_("Not confirmed by the code.")), tell=False)
            done += 1
        ReturnAsking.objects.filter(pk=asking.pk).update(is_new=False)
    return done + ReturnAsking.objects.filter(requested_at__lt=at - timedelta(days=1)).delete()[0]
