"""One-time codes of a job: sent to the customer's phone, good once, for a while, for five tries."""

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.service import policies
from halkhata.desks.service.choices import CodePurpose
from halkhata.desks.service.models import JobCode, ServiceJob
from halkhata.desks.service.services.locking import lock_job
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.texts import prepare_text, withdraw_texts
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.secret_box import keyed_hash
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer

DIGITS = 6
MOST_TRIES = 5
LIVES = {CodePurpose.ESTIMATE: timedelta(minutes=10), CodePurpose.HANDOVER: timedelta(minutes=60)}
ASK_AGAIN_AFTER = timedelta(seconds=60)
MOST_AN_HOUR = 5


def send_code(*, actor: Actor | None, job: ServiceJob, purpose: str) -> JobCode:
    """Send the customer of the job a new code, to the phone and the e-mail address on the customer's card.

    The newest works, earlier ones end. Where nothing can carry a text, it waits for staff to read it out. Raises
    DomainError ``no_contact``, Conflict ``too_soon`` and ``too_many``; for staff PermissionRefused and NotFound.
    """
    policies.require(actor, policies.DELIVER if purpose == CodePurpose.HANDOVER else policies.VIEW, job)
    with transaction.atomic():
        held = lock_job(job.pk)
        phone, mail = phone_of(held.customer), customer_address(held.customer)
        if not phone and not mail:
            raise DomainError(
                "no_contact", gettext_lazy("There is no phone number to which a code could go. Take a signature.")
            )
        at = now()
        sent = held.codes.filter(purpose=purpose, asked_at__gt=at - timedelta(hours=1)).order_by("-asked_at")
        recent = list(sent[:MOST_AN_HOUR])
        if recent and recent[0].asked_at > at - ASK_AGAIN_AFTER and recent[0].used_at is None:
            raise Conflict("too_soon", gettext_lazy("A code was sent a moment ago. Please wait a minute."))
        if len(recent) >= MOST_AN_HOUR:
            raise Conflict("too_many", gettext_lazy("Too many codes within an hour. Please try later, or call us."))
        earlier = held.codes.filter(purpose=purpose, used_at__isnull=True, ended_at__isnull=True)
        withdraw_texts(cause for pk in earlier.values_list("pk", flat=True) for cause in _causes(pk))
        earlier.update(ended_at=at)
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        code = JobCode.objects.create(
            job=held, purpose=purpose, code_hash="-", asked_at=at, expires_at=at + LIVES[CodePurpose(purpose)]
        )
        code.code_hash = _hash(code.pk, digits)
        code.save(update_fields=["code_hash"])
        language = held.customer.language if held.customer is not None else "bn"
        words = _words(held, purpose, digits, language)
        for channel, address, cause in zip(
            (TextChannel.SMS, TextChannel.EMAIL), (phone, mail), _causes(code.pk), strict=True
        ):
            if address:
                prepare_text(
                    item=held, channel=channel, to_address=address, text=words, cause=cause, subject=_subject(language),
                    purpose=TextPurpose.CODE, language=language, expires_at=code.expires_at,
                )  # fmt: skip
        record(actor=actor, action="job.code_sent", record=held, after={"purpose": purpose})
    return code


def take_code(*, job: ServiceJob, purpose: str, typed: str) -> JobCode:
    """The code of the job that ``typed`` names, not used yet. Call ``spend_code`` inside the act it allows.

    The try is counted before the code is looked at, so call this outside the transaction of the act: of many at once,
    five are looked at. Every refusal reads alike. Raises DomainError ``wrong_code``.
    """
    refused = DomainError(
        "wrong_code", gettext_lazy("This code is not right, or has run out. Ask for another one."), field="code"
    )
    digits = "".join(letter for letter in fold_digits(clean_text(typed)) if letter.isdigit())
    waiting = JobCode.objects.filter(
        job_id=job.pk, purpose=purpose, used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now()
    )
    if len(digits) != DIGITS or not waiting.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise refused
    code = waiting.first()
    if code is None or not hmac.compare_digest(code.code_hash, _hash(code.pk, digits)):
        raise refused
    return code


def spend_code(code: JobCode) -> None:
    """Use it: one UPDATE, so of two who bring the right code at once one gets through. Raises ``wrong_code``."""
    if not JobCode.objects.filter(pk=code.pk, used_at__isnull=True, ended_at__isnull=True).update(used_at=now()):
        raise DomainError(
            "wrong_code", gettext_lazy("This code is not right, or has run out. Ask for another one."), field="code"
        )
    withdraw_texts(_causes(code.pk))


def phone_of(customer: Customer | None) -> str:
    """The customer's phone number for short texts; "" when there is none."""
    if customer is None:
        return ""
    points = [point for point in customer.contact_points.all() if point.kind == ContactKind.PHONE]
    points.sort(key=lambda point: (not point.is_reachable, not point.is_primary, point.pk))
    return points[0].value if points else ""


def _hash(pk: int, digits: str) -> str:
    return keyed_hash(f"{pk}:{digits}", purpose="service.code")


def _causes(pk: int) -> tuple[str, str]:
    return f"job-code:{pk}:sms", f"job-code:{pk}:email"


def _subject(language: str) -> str:
    with translation.override(language):
        return _("Your code")


def _words(job: ServiceJob, purpose: str, digits: str, language: str) -> str:
    with translation.override(language):
        install = Installation.current()
        number = format_ref(job.number, language="bn" if language == "bn" else "en", digits=install.digits_in(language))
        if purpose == CodePurpose.HANDOVER:
            text = _("%(code)s is your code for fetching %(number)s. Tell it only to whoever hands it to you. %(shop)s")
        else:
            text = _("%(code)s is your code to answer the estimate of %(number)s. Tell it to nobody. %(shop)s")
        return text % {"code": digits, "number": number, "shop": install.name}
