"""Changing the SMS channel, a branch's prayer times and the ready texts."""

import re
from datetime import time
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import PrayerTimes, ShortText, TextingSettings
from halkhata.engines.messaging.news_choices import NewsBySms
from halkhata.engines.messaging.policies import mailbox_branches
from halkhata.engines.messaging.services.text_gate import written_as_asked
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.days import today
from halkhata.records.customers.country_packs.texting import texting_rules

MOST_LETTERS = 1000
_CURRENCY = re.compile(r"[A-Z]{3}")


def save_texting(
    *,
    actor: User,
    price: Decimal | None,
    currency: str = "",
    sender_name: str = "",
    opens: time | None = None,
    closes: time | None = None,
    a_day: int | None = None,
    a_week: int | None = None,
    news: str = NewsBySms.NO_MAIL,
    version: int | None = None,
) -> TextingSettings:
    """Set the channel: price of one part, its currency, the sender's name, the hours for offers, how many a day.

    Raises PermissionRefused, DomainError ``bad_price``, ``bad_currency``, ``sender_too_long``, ``no_span``,
    ``out_of_bounds`` at their fields, Conflict ``changed_meanwhile``.
    """
    require(actor, "settings.edit")
    values: dict[str, Any] = {
        "price": price,
        "currency": currency.strip().upper(),
        "sender_name": clean_text(sender_name),
        "opens": opens,
        "closes": closes,
        "a_day": a_day,
        "a_week": a_week,
        "news": str(news),
    }
    _check(values)
    with transaction.atomic():
        TextingSettings.objects.get_or_create(pk=1)
        row = TextingSettings.objects.select_for_update().get(pk=1)
        if version is not None and row.version != version:
            raise _changed()
        before = {name: _written(getattr(row, name)) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        after = {name: _written(value) for name, value in values.items()}
        record(actor=actor, action="texting.save", record=row, before=before, after=after)
    return row


def _check(values: dict[str, Any]) -> None:
    price, opens, closes = values["price"], values["opens"], values["closes"]
    if price is not None and not 0 <= price < 1000:
        raise DomainError("bad_price", _("Write what one part costs, from 0 to 999."), field="price")
    if values["currency"] and not _CURRENCY.fullmatch(values["currency"]):
        raise DomainError("bad_currency", _("Write the three letters of the currency, such as BDT."), field="currency")
    country = Installation.current().country
    most = texting_rules(country, today()).sender_most
    if len(values["sender_name"]) > most:
        digits = current_reader().digits
        words = _("The name of the sender may have %(most)s letters at most.") % {
            "most": show_digits(str(most), digits=digits)
        }
        raise DomainError("sender_too_long", words, field="sender_name")
    if (opens is None) != (closes is None):
        field = "closes" if closes is None else "opens"
        raise DomainError("no_span", _("Write both times, or none."), field=field)
    if opens is not None and opens == closes:
        raise DomainError("no_span", _("The two times must differ."), field="closes")
    if values["news"] not in NewsBySms.values:
        raise DomainError("unknown", _("Please choose from the list."), field="news")
    for field in ("a_day", "a_week"):
        if values[field] is not None and not 1 <= values[field] <= 50:
            raise DomainError("out_of_bounds", _("Write a number from 1 to 50, or nothing."), field=field)


def save_prayer_times(
    *, actor: User, branch: Branch, months: list[str], friday: str, version: int | None = None
) -> PrayerTimes:
    """Set a branch's prayer times, each month as "13:00-13:45, 16:00-16:30"; they hold for the branches under it.

    Raises PermissionRefused, NotFound, DomainError ``bad_times`` at "month_1" to "month_12" or "friday", Conflict.
    """
    require(actor, "settings.edit")
    if not mailbox_branches(actor).filter(pk=branch.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    read = [read_times(text, field=f"month_{number}") for number, text in enumerate(months, start=1)]
    on_friday = read_times(friday, field="friday")
    with transaction.atomic():
        Branch.objects.select_for_update().get(pk=branch.pk)
        row = PrayerTimes.objects.filter(branch=branch).first() or PrayerTimes(branch=branch, version=0)
        if version is not None and row.version != version:
            raise _changed()
        before = {"months": row.months, "friday": row.friday}
        row.months, row.friday = read, on_friday
        row.version += 1
        row.save()
        after = {"months": read, "friday": on_friday}
        record(actor=actor, action="prayer_times.save", record=row, before=before, after=after)
    return row


def read_times(text: str, *, field: str) -> list[list[str]]:
    """ "13:00-13:45, 16:00-16:30" as pairs, in Latin or Bengali digits. Raises DomainError ``bad_times``."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", fold_digits(text)))):
        ends = [end.strip() for end in re.split(r"[-–—]", part)]
        try:
            start, end = (time.fromisoformat(one.zfill(5)) for one in ends)
        except ValueError as error:
            raise _bad_times(field) from error
        if start == end:
            raise _bad_times(field)
        found.append([f"{start:%H:%M}", f"{end:%H:%M}"])
    if len(found) > 10:
        raise _bad_times(field)
    return found


def _bad_times(field: str) -> DomainError:
    return DomainError("bad_times", _("Write times like 13:00-13:45, 16:00-16:30."), field=field)


def save_short_text(
    *,
    actor: User,
    row: ShortText | None,
    name: str,
    purpose: str,
    language: str,
    text: str,
    is_active: bool = True,
    version: int | None = None,
) -> ShortText:
    """Add or change a ready text.

    Raises PermissionRefused, DomainError ``empty``, ``unknown``, ``too_long``, ``not_bengali``, ``taken`` at their
    fields, Conflict ``changed_meanwhile``.
    """
    require(actor, "settings.edit")
    values = {
        "name": clean_text(name, max_length=80),
        "purpose": purpose,
        "language": language,
        "text": clean_text(text, multiline=True),
        "is_active": is_active,
    }
    for field in ("name", "text"):
        if not values[field]:
            raise DomainError("empty", _("Please fill this in."), field=field)
    if purpose not in {TextPurpose.NOTICE, TextPurpose.OFFER} or language not in Language.values:
        raise DomainError("unknown", _("Please choose from the list."), field="purpose")
    refuse_words(text=str(values["text"]), purpose=purpose, country=Installation.current().country)
    with transaction.atomic():
        kept = ShortText() if row is None else ShortText.objects.select_for_update().get(pk=row.pk)
        if row is not None and version is not None and kept.version != version:
            raise _changed()
        before = {field: getattr(kept, field) for field in values} if row else None
        for field, value in values.items():
            setattr(kept, field, value)
        kept.version += row is not None
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError as error:
            raise DomainError(
                "taken", _("There is a text of this name in this language already."), field="name"
            ) from error
        record(actor=actor, action="short_text.save", record=kept, before=before, after=values)
    return kept


def refuse_words(*, text: str, purpose: str, country: str) -> None:
    """Refuse at the field "text" what is too long, or an offer that is not in the letters the country asks for."""
    if len(text) > MOST_LETTERS:
        raise DomainError("too_long", _("This is too long for an SMS."), field="text")
    if purpose == TextPurpose.OFFER and not written_as_asked(text, texting_rules(country, today())):
        raise not_bengali()


def not_bengali() -> DomainError:
    """What the person reads at the field."""
    return DomainError(
        "not_bengali",
        _(
            "An offer to Bangladesh must be in Bengali letters. Links, digits and the shop's name may be others; "
            "news about the customer's own matter may be in any letters."
        ),
        field="text",
    )


def _changed() -> Conflict:
    return Conflict("changed_meanwhile", _("Somebody else changed this meanwhile. Please look at it again."))


def _written(value: Any) -> Any:
    return None if value is None else f"{value:%H:%M}" if isinstance(value, time) else str(value)
