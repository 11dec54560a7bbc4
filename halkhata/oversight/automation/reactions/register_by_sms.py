"""A keyword by SMS -> a registration that staff check, and an answer that says so or why not (A53.2)."""

import re
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.arriving_registry import ArrivedText, TakenText, TextTaker, text_takers
from halkhata.engines.messaging.services.arriving import language_of
from halkhata.engines.messaging.services.text_caps import answer_text
from halkhata.engines.messaging.texting.keywords import keyword_and_rest
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.text import fold_digits, search_key
from halkhata.records.catalog.days import today
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import UnitIdentifier
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.warranty.choices import Channel
from halkhata.records.warranty.services.registering import note_registration

SMS = SystemActor("SMS")
WORDS = frozenset(search_key(word) for word in ("war", "warranty", "ওয়ারেন্টি", "ওয়ারেন্টি"))
_DAY = re.compile(r"(?P<day>[0-9]{1,2})[-./](?P<month>[0-9]{1,2})[-./](?P<year>[0-9]{2}|[0-9]{4})")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
# A question begins with the word, too: "Warranty when?" has no digit in it.
_LIKE_A_SERIAL = re.compile(r"(?=[^ ]*[0-9])[A-Za-z0-9./-]{4,64}")


def take_keyword(arrived: ArrivedText) -> TakenText | None:
    """Write the registration down, unchecked; None for a text without the keyword, or without a number behind it.

    Whatever is wrong is told back, with the way out: nobody waits for a registration that is not there.
    """
    rest = keyword_and_rest(arrived.words, WORDS)
    if rest is None:
        return None
    serial, said = serial_and_day(rest)
    if not serial:
        return None
    person = arrived.people[0] if arrived.people else _newcomer(arrived)
    language = person.language
    with translation.override(language):
        words, outcome = _register(arrived, person, serial, said)
    answer_text(
        customer=person, number=arrived.number, words=words, language=language,
        cause=f"registration-text:{arrived.row.pk}",
    )  # fmt: skip
    return TakenText(outcome=outcome, customer=person)


def serial_and_day(rest: str) -> tuple[str, date | str | None]:
    """The serial number, and the day behind it: None without one, the words as they stand when they are no day."""
    head, _space, tail = fold_digits(rest).partition(" ")
    if not _LIKE_A_SERIAL.fullmatch(head):
        return "", None
    tail = tail.strip()
    return head, (read_day(tail) or tail) if tail else None


def read_day(text: str) -> date | None:
    """ "22/11/2026", "22.11.26" or "2026-11-22" as a day; None for anything else."""
    match = _ISO.fullmatch(text) or _DAY.fullmatch(text)
    if match is None:
        return None
    year = int(match.group("year"))
    try:
        return date(year + 2000 if year < 100 else year, int(match.group("month")), int(match.group("day")))
    except ValueError:
        return None


def _register(arrived: ArrivedText, person: Customer, serial: str, said: date | str | None) -> tuple[str, TextOutcome]:
    phone = Installation.current().phone
    if isinstance(said, str):
        words = _("We could not read the day “%(day)s”. Write: WAR %(serial)s 22-11-2026. Or call %(phone)s.")
        return words % {"day": said[:20], "serial": serial, "phone": phone}, TextOutcome.NOT_REGISTERED
    if not UnitIdentifier.objects.filter(folded=fold_identifier(serial)[:64]).exists():
        words = _("We do not know the serial number %(serial)s. Look at the sticker and write again, or call %(phone)s")
        return words % {"serial": serial, "phone": phone}, TextOutcome.NOT_REGISTERED
    branch = person.branch or _top_branch()
    if branch is None:
        return _("We cannot register now. Please call %(phone)s.") % {"phone": phone}, TextOutcome.NOT_REGISTERED
    try:
        row = note_registration(
            actor=SMS, serial=serial, bought_on=said or today(), channel=Channel.SMS, branch=branch,
            phone=arrived.number, person_name=person.name, customer=person, key=f"sms:{arrived.row.pk}",
            is_demo=person.is_demo,
        )  # fmt: skip
    except DomainError as error:
        return f"{error.message} {phone}".strip(), TextOutcome.NOT_REGISTERED
    words = _("Registration %(number)s is written down. We check it with your bill; keep the bill. %(phone)s")
    return words % {"number": row.number, "phone": phone}, TextOutcome.REGISTERED


def _newcomer(arrived: ArrivedText) -> Customer:
    return create_customer(
        actor=SMS, phones=[arrived.number], branch=_top_branch(), preferred_channel="sms",
        language=language_of(arrived.words), confirm_duplicate="SMS: the number is nobody's yet",
    )  # fmt: skip


def _top_branch() -> Branch | None:
    return Branch.objects.filter(parent__isnull=True, is_active=True).order_by("is_demo", "path").first()


text_takers.register("warranty.keyword", TextTaker(order=20, take=take_keyword))
