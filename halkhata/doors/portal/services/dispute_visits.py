"""Opening the page of a dispute: the link, the phone number, a one-time code, half an hour.

As following a complaint (services/following.py), for whoever holds the link: a number that does not belong to the
dispute is answered exactly as one that does.
"""

import hmac

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.disputes.models import Dispute, Visit
from halkhata.doors.portal.secrets_of import hash_of, new_id
from halkhata.doors.portal.services.following import (
    CODE_LIVES,
    CUSTOMER,
    MOST_PER_ADDRESS,
    MOST_PER_NUMBER,
    MOST_TRIES,
    SESSION_LIVES,
    WINDOW,
    TooMany,
    new_code,
    read_phone,
)
from halkhata.engines.messaging.services.texts import prepare_text, withdraw_texts
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import Language, format_ref, show_digits
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.locking import lock_values


def ask_for_code(*, dispute: Dispute, phone: str, browser: str, address: str, language: str) -> Visit:
    """Note that this browser wants to see the dispute; a code goes to the phone if it is the customer's.

    Raises DomainError at ``phone`` for what is no number, and TooMany.
    """
    number = read_phone(phone)
    phone_hash, browser_hash, at = hash_of(number, "phone"), hash_of(browser, "browser"), now()
    with transaction.atomic():
        lock_values([f"follow:{phone_hash}", f"follow:{address}"])
        recent = Visit.objects.filter(requested_at__gt=at - WINDOW)
        if recent.filter(phone_hash=phone_hash).count() >= MOST_PER_NUMBER:
            raise TooMany(
                "too_many",
                gettext_lazy("Three codes were asked for this number within an hour. Please try later, or call us."),
                WINDOW.total_seconds(), field="phone",
            )  # fmt: skip
        if recent.filter(address_hash=address).count() >= MOST_PER_ADDRESS:
            raise TooMany(
                "too_many",
                gettext_lazy("Too many codes were asked for from your network. Please try later, or call us."),
                WINDOW.total_seconds(),
            )  # fmt: skip
        earlier = Visit.objects.filter(browser_hash=browser_hash, used_at__isnull=True, ended_at__isnull=True)
        withdraw_texts([_cause(pk) for pk in earlier.values_list("pk", flat=True)])
        earlier.update(ended_at=at)
        visit = Visit.objects.create(
            dispute=dispute, phone_hash=phone_hash, address_hash=address, browser_hash=browser_hash, requested_at=at,
            expires_at=at + CODE_LIVES,
        )  # fmt: skip
        contact = _contact(dispute.customer, number)
        if contact is not None:
            code = new_code()
            visit.contact, visit.code_hash = contact, _code_hash(visit.pk, code)
            visit.save(update_fields=["contact", "code_hash"])
            _send(visit, contact, code, language)
            record(actor=CUSTOMER, action="dispute.code", record=dispute)
    return visit


def use_code(*, dispute: Dispute, browser: str, typed: str) -> str:
    """Open the session. Returns its secret id. Every refusal reads alike; five tries, ten minutes, one use."""
    refused = DomainError(
        "wrong_code", gettext_lazy("This code is not right, or has run out. After five tries ask for another one."),
        field="code",
    )  # fmt: skip
    code = "".join(letter for letter in fold_digits(clean_text(typed)) if letter.isdigit())
    waiting = Visit.objects.filter(
        dispute=dispute, browser_hash=hash_of(browser, "browser"), used_at__isnull=True, ended_at__isnull=True,
        expires_at__gt=now(),
    )  # fmt: skip
    visit = waiting.order_by("-id").first() if browser else None
    if visit is None or len(code) != 6:
        raise refused
    # The try is taken before the code is looked at: of many at once, five are looked at.
    if not Visit.objects.filter(pk=visit.pk, tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise refused
    visit.refresh_from_db()
    expected = visit.code_hash or _code_hash(visit.pk, "no code")
    if not hmac.compare_digest(expected, _code_hash(visit.pk, code)) or not visit.code_hash:
        raise refused
    session = new_id()
    with transaction.atomic():
        unused = Visit.objects.filter(pk=visit.pk, used_at__isnull=True, ended_at__isnull=True)
        if not unused.update(used_at=now(), session_hash=hash_of(session, "session")):
            raise refused
        withdraw_texts([_cause(visit.pk)])
        record(actor=CUSTOMER, action="dispute.followed", record=dispute)
    return session


def open_visit(dispute: Dispute, session: str) -> Visit | None:
    """The session behind its secret id, as long as it lasts and its number is still the customer's."""
    if not session:
        return None
    return Visit.objects.filter(
        dispute=dispute, session_hash=hash_of(session, "session"), used_at__gt=now() - SESSION_LIVES,
        ended_at__isnull=True, contact__isnull=False,
    ).first()  # fmt: skip


def end_visit(dispute: Dispute, session: str) -> None:
    """The customer is done."""
    visit = open_visit(dispute, session)
    if visit is not None:
        Visit.objects.filter(pk=visit.pk).update(ended_at=now())


def belongs_to(dispute: Dispute, customer: Customer | None) -> bool:
    """Whether the dispute is this customer's, also after a merge."""
    mine = dispute.customer.merged_into or dispute.customer if dispute.customer is not None else None
    return customer is not None and mine is not None and (customer.merged_into or customer).pk == mine.pk


def _contact(customer: Customer | None, phone: str) -> ContactPoint | None:
    if customer is None:
        return None
    whole = customer.merged_into or customer
    return (
        ContactPoint.objects.filter(customer__in=[whole, *whole.aliases.all()], kind=ContactKind.PHONE, value=phone)
        .order_by("-customer_id")
        .first()
    )


def _cause(pk: int) -> str:
    return f"dispute-visit:{pk}:sms"


def _code_hash(pk: int, code: str) -> str:
    return hash_of(f"dispute:{pk}:{code}", "code")


def _send(visit: Visit, contact: ContactPoint, code: str, language: str) -> None:
    dispute = visit.dispute
    with translation.override(language):
        install = Installation.current()
        spoken: Language = "bn" if language == "bn" else "en"
        digits = install.digits_in(spoken)
        text = _("%(code)s is your code for %(number)s at %(shop)s. It works for 10 minutes. Give it to nobody.") % {
            "code": show_digits(code, digits=digits),
            "number": format_ref(dispute.number, language=spoken, digits=digits),
            "shop": install.name or dispute.branch.name,
        }
    prepare_text(
        item=dispute, channel=TextChannel.SMS, to_address=contact.value, text=text, cause=_cause(visit.pk),
        purpose=TextPurpose.CODE, language=language, expires_at=visit.expires_at,
    )  # fmt: skip
