"""Following a complaint without an account: ticket number, phone number, one-time code, half an hour (A52.17)."""

import hmac
import math
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.secrets_of import OPEN_LIVES, hash_of, new_id
from halkhata.doors.portal.services.whose import is_shared
from halkhata.engines.messaging.services.texts import withdraw_texts
from halkhata.foundation.audit.trail import SystemActor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.phones import PhoneError, parse_phone
from halkhata.foundation.core.secret_box import seal
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values

CUSTOMER = SystemActor("customer's page")
CODE_LIVES = timedelta(minutes=10)
SESSION_LIVES = timedelta(seconds=OPEN_LIVES)
MOST_TRIES = 5
ASK_AGAIN_AFTER = timedelta(seconds=60)
WINDOW = timedelta(hours=1)
# Codes an hour for one number (B83), and askings an hour from one network address, behind which many people may sit.
MOST_PER_NUMBER = 3
MOST_PER_ADDRESS = 30
PHONE_PURPOSE = "portal.follow.phone"
LOOK_TASK = "halkhata.doors.portal.jobs.look_and_tell"
# Where a phone alone leads besides one's own data.
MINE = "mine"
_CODE_DIGITS = 6


class TooMany(Conflict):
    """Asked too often (HTTP 429); ``seconds`` until it works again."""

    def __init__(self, code: str, message: object, seconds: float, field: str | None = None) -> None:
        super().__init__(code, message, field=field)  # type: ignore[arg-type]
        self.seconds = max(1, math.ceil(seconds))


def read_number(typed: str) -> str:
    """The ticket's number in its one form. Bare digits are a ticket's. Raises DomainError at ``number``."""
    words = fold_digits(clean_text(typed))
    number = f"K-{int(words)}" if words.isascii() and words.isdigit() and len(words) <= 9 else parse_ref(words)
    if not number:
        raise DomainError("no_number", _("Write the number you were given, such as K-1001."), field="number")
    return number


def read_phone(typed: str) -> str:
    """The phone number in E.164. Raises DomainError at ``phone``."""
    try:
        return parse_phone(typed).e164
    except PhoneError as error:
        raise DomainError(error.code, error.message, field="phone") from error


def ask_for_code(*, number: str, phone: str, browser: str, address: str, language: str) -> FollowRequest:
    """Note that this browser wants to follow ``number`` with ``phone``; a job looks whether they belong together.

    Does exactly the same for a pair that exists and one that does not. ``address`` is the hash of the network address.
    Raises DomainError at the field for what is no number at all, and TooMany.
    """
    number, phone = read_number(number), read_phone(phone)
    return _ask(number, phone, hash_of(phone, "phone"), browser, address, language)


def ask_by_phone(*, phone: str, browser: str, address: str, language: str, wants: str = "") -> FollowRequest:
    """Note that this browser wants to see what belongs to whoever has this phone: what is kept about them, or with
    ``wants`` MINE their products and matters. Otherwise as ``ask_for_code``."""
    phone = read_phone(phone)
    return _ask("", phone, hash_of(phone, "phone"), browser, address, language, wants)


def ask_again(*, request: FollowRequest, phone: str, browser: str, address: str) -> FollowRequest:
    """Another code for the same ticket and number, at the earliest a minute after the last. Raises as above."""
    return _ask(
        request.number, phone, hash_of(phone, "phone"), browser, address, request.language, request.wants
    )  # fmt: skip


def _ask(
    number: str, phone: str, phone_hash: str, browser: str, address: str, language: str, wants: str = ""
) -> FollowRequest:
    at, browser_hash = now(), hash_of(browser, "browser")
    with transaction.atomic():
        # A hundred at once must not each count two and be the third.
        lock_values([f"follow:{phone_hash}", f"follow:{address}"])
        _refuse_too_many(number, phone_hash, browser_hash, address)
        # The newest code is the one that works.
        earlier = FollowRequest.objects.filter(browser_hash=browser_hash, used_at__isnull=True, ended_at__isnull=True)
        withdraw_texts(cause for pk in earlier.values_list("pk", flat=True) for cause in causes_of(pk))
        earlier.update(ended_at=at)
        request = FollowRequest.objects.create(
            number=number,
            phone_hash=phone_hash,
            sealed_phone=seal(phone, purpose=PHONE_PURPOSE),
            address_hash=address,
            browser_hash=browser_hash,
            language=language,
            wants=wants,
            requested_at=at,
            expires_at=at + CODE_LIVES,
        )
        enqueue_once(import_string(LOOK_TASK), f"follow:{request.pk}", request.pk)
    return request


def _refuse_too_many(number: str, phone_hash: str, browser_hash: str, address: str) -> None:
    at = now()
    recent = FollowRequest.objects.filter(requested_at__gt=at - WINDOW).order_by("requested_at")
    from_here = recent.filter(address_hash=address).values_list("requested_at", flat=True)
    asked = list(from_here[: MOST_PER_ADDRESS + 1])
    if len(asked) >= MOST_PER_ADDRESS:
        raise TooMany(
            "too_many", _("Too many codes were asked for from your network. Please try later, or call us."),
            (asked[-MOST_PER_ADDRESS] + WINDOW - at).total_seconds(),
        )  # fmt: skip
    of_number = list(recent.filter(phone_hash=phone_hash).values_list("requested_at", "number", "browser_hash"))
    own = [when for when, which, whose in of_number if which == number and whose == browser_hash]
    if own and own[-1] > at - ASK_AGAIN_AFTER:
        raise TooMany(
            "too_soon", _("A code was asked for a moment ago. Please wait a minute before you ask for another."),
            (own[-1] + ASK_AGAIN_AFTER - at).total_seconds(),
        )  # fmt: skip
    if len(of_number) >= MOST_PER_NUMBER:
        raise TooMany(
            "too_many", _("Three codes were asked for this number within an hour. Please try later, or call us."),
            (of_number[-MOST_PER_NUMBER][0] + WINDOW - at).total_seconds(), field="phone",
        )  # fmt: skip


def causes_of(pk: int) -> tuple[str, str]:
    """The causes of a request's texts: by SMS, and by e-mail."""
    return f"follow:{pk}:sms", f"follow:{pk}:email"


def new_code() -> str:
    """Six digits from the system's random source."""
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"


def code_hash(request_id: int, code: str) -> str:
    """What is kept of a code: its keyed hash, bound to the asking it belongs to."""
    return hash_of(f"{request_id}:{code}", "code")


def waiting_request(browser: str) -> FollowRequest | None:
    """The asking of this browser that waits for its code; None for none and when it has run out."""
    if not browser:
        return None
    return (
        FollowRequest.objects.filter(
            browser_hash=hash_of(browser, "browser"), used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now()
        )
        .order_by("-id")
        .first()
    )


def use_code(*, browser: str, typed: str) -> tuple[FollowRequest, str]:
    """Open the session that the code opens. Returns the request and the session's secret id, which exists nowhere else.

    A code is good for one use, ten minutes and five tries, in the browser that asked. Every refusal reads alike: wrong,
    used, run out, tried too often, and a pair that does not belong together.
    """
    refused = DomainError(
        "wrong_code", _("This code is not right, or has run out. After five tries ask for another one."), field="code"
    )
    code = "".join(letter for letter in fold_digits(clean_text(typed)) if letter.isdigit())
    request = waiting_request(browser)
    if request is None or len(code) != _CODE_DIGITS:
        raise refused
    # The try is taken before the code is looked at: of many at once, five are looked at.
    if not _take_try(request.pk):
        raise refused
    request.refresh_from_db()
    expected = request.code_hash or code_hash(request.pk, "no code")
    if not hmac.compare_digest(expected, code_hash(request.pk, code)) or not request.code_hash:
        raise refused
    session = new_id()
    with transaction.atomic():
        if not _open_session(request.pk, session):
            raise refused
        request.refresh_from_db()
        withdraw_texts(causes_of(request.pk))
        if request.ticket is not None:
            record(actor=CUSTOMER, action="follow.open", record=request.ticket)
        elif (customer := customer_of(request)) is not None:
            record(actor=CUSTOMER, action="own_data.open", record=customer)
    return request, session


def _take_try(pk: int) -> bool:
    """One UPDATE: at most MOST_TRIES of those that come at once get through."""
    open_still = FollowRequest.objects.filter(pk=pk, used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now())
    return bool(open_still.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1))


def _open_session(pk: int, session: str) -> bool:
    """One UPDATE: of two who bring the right code at once, one gets the session."""
    unused = FollowRequest.objects.filter(pk=pk, used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now())
    return bool(unused.update(used_at=now(), session_hash=hash_of(session, "session")))


def open_request(session: str) -> FollowRequest | None:
    """The session behind its secret id, as long as it lasts and its phone number is still the customer's."""
    if not session:
        return None
    return (
        FollowRequest.objects.select_related("ticket__customer", "contact__customer")
        .filter(
            session_hash=hash_of(session, "session"),
            used_at__gt=now() - SESSION_LIVES,
            ended_at__isnull=True,
            contact__isnull=False,
        )
        .first()
    )


def end_session(request: FollowRequest) -> None:
    """The customer is done: the cookie is worth nothing from now on."""
    FollowRequest.objects.filter(pk=request.pk, ended_at__isnull=True).update(ended_at=now())


def customer_of(request: FollowRequest) -> Customer | None:
    """Whose pages the session opens. Somebody who was merged is the survivor."""
    customer = request.contact.customer if request.contact else None
    return customer.merged_into if customer is not None and customer.merged_into else customer


def known_customer(request: FollowRequest) -> Customer | None:
    """The one person whose pages this session opens.

    None where a phone alone was named that several people have: it says of none of them who is asking.
    """
    if request.contact is None or (not request.number and is_shared(request.contact)):
        return None
    return customer_of(request)


def tickets_of(request: FollowRequest) -> "list[Ticket]":
    """The tickets that the session opens, newest first: those of the customer who has this number, and no others'.

    None for whoever named a phone alone that others have, too.
    """
    customer = known_customer(request)
    if customer is None:
        return []
    return list(
        Ticket.objects.filter(customer__in=[customer, *customer.aliases.all()])
        .select_related("customer", "branch", "team", "category")
        .order_by("-opened_at", "-pk")[:50]
    )
