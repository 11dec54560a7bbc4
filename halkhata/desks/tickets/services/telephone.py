"""What telephone systems tell us, and the shop's settings about the telephone (A52.21)."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.call_models import (
    Call,
    CallDirection,
    CallMessageSeen,
    CallState,
    Consent,
    Disposition,
    Extension,
    PhoneRules,
    PhoneSystem,
)
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.calling import RECORDABLE, call_state, checked_recording, log_call
from halkhata.desks.tickets.services.settings_guard import require_settings
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.policies import within_reach
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core import secret_box
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.customers import find_by_contact

# How secrets begin in the Standard Webhooks specification.
BEGINNING = "whsec_"
_PURPOSE = "halkhata.tickets.phone_systems"
STEPS = {"ringing": CallState.RINGING, "answered": CallState.TALKING, "ended": CallState.ENDED}
_ORDER = {CallState.RINGING: 0, CallState.TALKING: 1, CallState.ENDED: 2}
RINGING_VERB = "call.ringing"


@dataclass(frozen=True, kw_only=True)
class CallNews:
    """One message of a telephone system, checked. ``at``: when it happened, there; ``seconds``: of talking."""

    call_id: str
    step: str
    direction: str
    number: str
    extension: str = ""
    at: datetime
    seconds: int | None = None
    answered: bool | None = None
    recording_url: str = ""
    consent: str = Consent.NOT_ASKED
    ticket: str = ""


def take_news(*, system: PhoneSystem, webhook_id: str, news: CallNews) -> Call | None:
    """Put down what a telephone system says. None when this very message was taken before.

    Messages may come twice and out of order: each call is one row, its state only goes forward. A ringing call tells
    the person at the extension who it is. An ended one whose ``ticket`` is named is written down there.
    """
    with transaction.atomic():
        _seen, is_new = CallMessageSeen.objects.get_or_create(
            system=system, webhook_id=webhook_id[:120], defaults={"at": now()}
        )
        if not is_new:
            return None
        PhoneSystem.objects.filter(pk=system.pk).update(last_heard_at=now())
        call = _call_of(system, news)
        was = CallState(call.state)
        _bring_forward(call, news)
        call.save()
        if was == CallState.RINGING and news.step == "ringing" and call.user is not None:
            _tell(call)
        if call.state == CallState.ENDED and was != CallState.ENDED:
            record(actor=SYSTEM, action="call.told", record=call, after=call_state(call))
    if call.state == CallState.ENDED and news.ticket:
        _join(call, news.ticket)
    return call


def _call_of(system: PhoneSystem, news: CallNews) -> Call:
    calls = Call.objects.exclude(provider_id="").filter(system=system, provider_id=news.call_id)
    known = calls.select_for_update(of=("self",)).first()
    if known is not None:
        return known
    person = User.objects.filter(extension__number=news.extension, is_active=True).select_related("branch").first()
    branch = person.branch if person is not None else system.branch
    number = _e164(news.number, branch)
    try:
        with transaction.atomic():
            return Call.objects.create(
                system=system,
                provider_id=news.call_id,
                direction=news.direction,
                state=CallState.RINGING,
                number=number,
                user=person,
                branch=branch,
                customer=find_by_contact(ContactKind.PHONE, number, region=branch.country) if number else None,
                started_at=min(news.at, now()),
            )
    except IntegrityError:
        # The same call, told twice in the same moment.
        return calls.select_for_update(of=("self",)).get()


def _e164(number: str, branch: Branch) -> str:
    try:
        return parse_phone(number, region=branch.country).e164
    except PhoneError:
        return clean_text(number, max_length=40)


def _bring_forward(call: Call, news: CallNews) -> None:
    step = STEPS[news.step]
    if _ORDER[step] > _ORDER[CallState(call.state)]:
        call.state = step
    if step == CallState.RINGING:
        return
    if news.extension and (call.user is None or step == CallState.TALKING):
        # Whoever took it, not whoever it rang at first.
        call.user = User.objects.filter(extension__number=news.extension, is_active=True).first() or call.user
    if step == CallState.TALKING:
        call.answered = True
        return
    call.answered = call.answered or bool(news.answered if news.answered is not None else news.seconds)
    call.ended_at = max(news.at, call.started_at)
    call.seconds = news.seconds if call.answered else None
    if news.consent:
        call.consent = news.consent
    # Without consent nothing of a recording is kept, whoever sends it.
    if call.consent in RECORDABLE and news.recording_url:
        call.recording_url = checked_recording(news.recording_url, call.consent)
    elif call.consent not in RECORDABLE:
        call.recording_url = ""


def _tell(call: Call) -> None:
    person = call.user
    assert person is not None
    customer = call.customer
    if customer is not None and not Customer.objects.visible_to(person).filter(pk=customer.pk).exists():
        customer = None
    if customer is not None:
        url = f"/customers/{customer.pk}/"
    else:
        url = f"/tickets/new/?phone={call.number.replace('+', '%2B')}"
    notify(
        user=person,
        verb=RINGING_VERB,
        data={
            "customer": [customer.name_bn, customer.name_en] if customer is not None else [],
            "number": call.number,
            "outbound": call.direction == CallDirection.OUTBOUND,
            "url": url,
        },
        cause=f"call:{call.pk}",
    )


def _join(call: Call, typed: str) -> None:
    """Write the ended call down on the ticket it was made from; where that cannot be, it waits to be joined by hand."""
    people = User.objects.filter(is_active=True).select_related("role", "branch")
    person = people.filter(pk=call.user_id).first() if call.user_id is not None else None
    if person is None:
        return
    ticket = Ticket.objects.visible_to(person).filter(number=parse_ref(typed) or typed).first()
    if ticket is None or Call.objects.filter(pk=call.pk, message__isnull=False).exists():
        return
    try:
        log_call(
            actor=person,
            ticket=ticket,
            outbound=call.direction == CallDirection.OUTBOUND,
            answered=call.answered,
            text=str(_("Call by the telephone system.")) if call.answered else "",
            consent=call.consent,
            recording_url=call.recording_url,
            call=call,
        )
    except DomainError:
        return


# ---------------------------------------------------------------------------------------------------------- settings
@transaction.atomic
def add_system(*, actor: User, name: str, branch: Branch) -> tuple[PhoneSystem, str]:
    """A telephone system that may tell us of calls. Returns it with its secret, which is shown once.

    Raises PermissionRefused; DomainError ``no_name``.
    """
    require_settings(actor)
    if not within_reach(actor, branch):
        raise PermissionRefused("branch_out_of_reach", _("This branch is not in your reach."), field="branch")
    title = clean_text(name, max_length=80)
    if not title:
        raise DomainError("no_name", _("Give it a name."), field="name")
    secret = _new_secret()
    system = PhoneSystem.objects.create(
        name=title, key=secrets.token_hex(8), secret=secret_box.seal(secret, purpose=_PURPOSE), branch=branch,
        created_at=now(),
    )  # fmt: skip
    record(actor=actor, action="phone_system.add", record=system, after={"name": title, "branch": branch.code})
    return system, secret


@transaction.atomic
def new_secret_for(*, actor: User, system: PhoneSystem) -> str:
    """A fresh secret in the place of the old one, which opens nothing from now on. Raises PermissionRefused."""
    require_settings(actor)
    secret = _new_secret()
    system.secret, system.is_active = secret_box.seal(secret, purpose=_PURPOSE), True
    system.save(update_fields=["secret", "is_active"])
    record(actor=actor, action="phone_system.secret", record=system)
    return secret


@transaction.atomic
def switch_system(*, actor: User, system: PhoneSystem, is_active: bool) -> None:
    """Take a telephone system out of use, or back into it. Raises PermissionRefused."""
    require_settings(actor)
    before, system.is_active = system.is_active, is_active
    system.save(update_fields=["is_active"])
    record(
        actor=actor, action="phone_system.switch", record=system,
        before={"is_active": before}, after={"is_active": is_active},
    )  # fmt: skip


def secret_of(system: PhoneSystem) -> str:
    """The secret as the telephone system has it; "" when the install's own secret has changed since."""
    return secret_box.unseal(system.secret, purpose=_PURPOSE)


def _new_secret() -> str:
    return BEGINNING + base64.b64encode(secrets.token_bytes(32)).decode()


@transaction.atomic
def save_disposition(
    *, actor: User, row: Disposition | None, name_bn: str, name_en: str, is_active: bool = True
) -> Disposition:
    """Make or change a result that calls may have. Raises PermissionRefused; DomainError ``no_name``."""
    require_settings(actor)
    names = {"name_bn": clean_text(name_bn, max_length=120), "name_en": clean_text(name_en, max_length=120)}
    if not any(names.values()):
        raise DomainError("no_name", _("Write a name in at least one language."), field="name_bn")
    before = None if row is None else {"name": row.name_en or row.name_bn, "is_active": row.is_active}
    if row is None:
        count = Disposition.objects.count()
        code = slugify(names["name_en"])[:30] or "result"
        row = Disposition(code=f"{code}-{count + 1}-{secrets.token_hex(2)}", position=(count + 1) * 10)
    row.name_bn, row.name_en, row.is_active = names["name_bn"], names["name_en"], is_active
    row.save()
    after = {"name": row.name_en or row.name_bn, "is_active": row.is_active}
    record(actor=actor, action="disposition.save", record=row, before=before, after=after)
    return row


@transaction.atomic
def save_extensions(*, actor: User, numbers: Mapping[int, str]) -> None:
    """Set who sits at which extension, by user id; "" takes it away.

    Raises PermissionRefused; Conflict ``extension_taken`` when two would have the same.
    """
    require_settings(actor)
    wanted = {user_id: clean_text(number, max_length=20) for user_id, number in numbers.items()}
    rows = {row.user_id: row.number for row in Extension.objects.filter(user_id__in=wanted)}
    changed = {user_id: number for user_id, number in wanted.items() if rows.get(user_id, "") != number}
    Extension.objects.filter(user_id__in=changed).delete()
    try:
        with transaction.atomic():
            Extension.objects.bulk_create(
                Extension(user_id=user_id, number=number) for user_id, number in changed.items() if number
            )
    except IntegrityError as error:
        raise Conflict("extension_taken", _("Two people cannot have the same extension.")) from error
    for person in User.objects.filter(pk__in=changed):
        before, after = rows.get(person.pk, ""), changed[person.pk]
        record(actor=actor, action="extension.set", record=person,
               before={"extension": before}, after={"extension": after})  # fmt: skip


@transaction.atomic
def save_phone_rules(*, actor: User, repeat_contacts: int, repeat_days: int) -> PhoneRules:
    """When a caller counts as a repeated one. Raises PermissionRefused; DomainError ``out_of_bounds``."""
    require_settings(actor)
    if not 2 <= repeat_contacts <= 50:
        raise DomainError("out_of_bounds", _("From 2 to 50 contacts."), field="repeat_contacts")
    if not 1 <= repeat_days <= 90:
        raise DomainError("out_of_bounds", _("From 1 to 90 days."), field="repeat_days")
    known = PhoneRules.objects.filter(pk=1).first() or PhoneRules()
    before: dict[str, Any] = {"contacts": known.repeat_contacts, "days": known.repeat_days}
    row, _made = PhoneRules.objects.update_or_create(
        pk=1, defaults={"repeat_contacts": repeat_contacts, "repeat_days": repeat_days}
    )
    record(actor=actor, action="phone_rules.save", record=row, before=before,
           after={"contacts": repeat_contacts, "days": repeat_days})  # fmt: skip
    return row


def system_of(key: str) -> PhoneSystem:
    """The telephone system in use that has this key. Raises NotFound."""
    found = PhoneSystem.objects.filter(key=key, is_active=True).select_related("branch").first()
    if found is None:
        raise NotFound("phone_system_not_found", _("There is no such telephone system."))
    return found


def forget_old_messages(at: datetime) -> int:
    """Remove ids of messages that could not be sent again any more. Returns how many."""
    return CallMessageSeen.objects.filter(at__lt=at - timedelta(days=7)).delete()[0]
