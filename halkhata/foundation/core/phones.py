"""Telephone numbers as people in Bangladesh write them, and the one form (E.164) in which they are compared.

Capability A56.2 and bangladesh.md C1. The prefix of a number says nothing about its operator (numbers move since
2018), so nothing here tries to know it.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text, fold_digits, to_bengali_digits

# Longer input is no phone field any more, and is refused before any pattern sees it.
MAX_TYPED_LENGTH = 200
MAX_LIST_LENGTH = 1000

# Most numbers arrive in one of these spellings; they need neither cleaning nor the library.
_PLAIN_BD_MOBILE = re.compile(r"(?:\+?880|0)?(1[13-9][0-9]{8})")
# With + or 00 and the country code, where a trunk zero may have strayed in (+880 0 17…).
_INTERNATIONAL_BD_MOBILE = re.compile(r"(?:\+|00)8800?(1[13-9][0-9]{8})")
# Without: with the trunk zero, without it (a spreadsheet ate it), or with a country code that lost its plus.
_NATIONAL_BD_MOBILE = re.compile(r"(?:0?8800?|\+?0)?(1[13-9][0-9]{8})")
_SHORT_BD_MOBILE = re.compile(r"(?:(?:\+|00)?8800?|0)1[13-9][0-9]{1,7}")
_MANY_BD_MOBILES = re.compile(r"(?:(?:\+?8800?|0)?1[3-9][0-9]{8}){2,}")
_BD_MOBILE_IN_TEXT = re.compile(r"(?:\+?880[\s().-]*0?|0)?[\s().-]*1[\s().-]*[3-9](?:[\s().-]*[0-9]){8}")
_BD_MOBILE_E164 = re.compile(r"\+880(1[0-9]{3})([0-9]{6})")

_CLOSED_BLOCK = "+88011"  # Citycell, closed in 2016: right in form, rings nowhere

_SPREADSHEET_POWER = re.compile(r"([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")
_SPREADSHEET_DECIMAL = re.compile(r"(\+?[0-9]{7,})\.0+")
_SPREADSHEET_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3}){2,}")

_BRACKETED_WORDS = re.compile(r"[(\[{]([^()\[\]{}]*[^\W\d_][^()\[\]{}]*)[)\]}]")
_EXTENSION = re.compile(r"[\s,;]*(?<![^\W\d_])(?:ext(?:n|ension)?\.?|x|#)\s*[:=]?\s*([0-9]{1,6})$", re.IGNORECASE)
# Words before or after the number, set off from it by a space or a colon ("wife 017…", "Mobile: 017…", "017… ভাই").
_NUMBER_AMONG_WORDS = re.compile(
    r"(?P<before>(?:[^0-9+]*[\s:.=-])?)(?P<number>[(+0-9].*[0-9])(?P<after>(?:[\s:,.=-][^0-9+]*)?)"
)
_LETTER = re.compile(r"[^\W\d_]")

_BETWEEN_NUMBERS = re.compile(
    r"(?P<kept>\([^)]*\)|\[[^\]]*\]|\{[^}]*\})|[,;/|&\n\u0964\u060c]+|(?<=\s)(?:or|and|ও|বা|অথবা|এবং)(?=\s)",
    re.IGNORECASE,
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d\u00b7\u2022_]")
_QUOTES = str.maketrans("", "", "'\"`=\u2018\u2019\u201c\u201d")
_FORMS = str.maketrans({"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0f": "/", "\uff0c": ",", "\uff0e": "."})
_SEPARATORS = re.compile(r"[\s().-]+")


class PhoneError(DomainError):
    """What was typed is no phone number. Codes: empty, not_a_number, several_numbers, too_short, invalid."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number someone typed.

    ``typed`` is what stood in the field (cleaned, else unchanged), ``e164`` the comparable form, ``label`` whose number
    it is when that was written beside it ("wife", "ভাই", else ""), ``reachable`` False for the closed block 011.
    """

    typed: str
    e164: str
    label: str = ""
    reachable: bool = True


def parse_phone(typed: str | None, *, region: str = "BD") -> Phone:
    """Read one phone number; ``region`` (ISO 3166) says how to read a number without a country code.

    Mobile, land line and IP telephony are all valid. Accepts Bengali and other digits, spaces, dashes, brackets, 00 or
    no prefix, a lost or a stray zero, words beside the number, and what spreadsheets make of it as long as no digit is
    lost. Raises ``PhoneError``; it never guesses a digit.
    """
    plain = _PLAIN_BD_MOBILE.fullmatch(typed) if typed and (region == "BD" or typed[0] == "+") else None
    if typed and plain:
        return _phone(typed, f"+880{plain.group(1)}", "")

    cleaned = clean_text(typed)
    if not cleaned:
        raise PhoneError("empty", _("Type a phone number."))
    if len(cleaned) > MAX_TYPED_LENGTH:
        raise _invalid()
    text = _mend_spreadsheet(_plain_forms(cleaned))
    number, label = _take_label(text)
    if len(split_phones(number)) > 1 or _digit_count(label) >= 7:
        raise PhoneError("several_numbers", _("There is more than one number here. Put each number in its own field."))
    return _phone(cleaned, _to_e164(_compact(number), region), label)


def split_phones(text: str | None) -> list[str]:
    """Split a field that holds several numbers into its parts, cleaned but else as typed; [] when there is nothing.

    Cuts at , ; / | & and "or", "and", "ও", "বা", "অথবা", "এবং", and between two mobile numbers of Bangladesh that stand
    side by side. Words in brackets stay with the number before them. Text over ``MAX_LIST_LENGTH`` is not split.
    """
    parts: list[str] = []
    start = 0
    cleaned = clean_text(text, multiline=True)
    if len(cleaned) > MAX_LIST_LENGTH or _SPREADSHEET_GROUPS.fullmatch(fold_digits(cleaned)):
        return [cleaned] if cleaned else []
    for match in _BETWEEN_NUMBERS.finditer(cleaned):
        if match.group("kept") is None:
            _add_part(parts, cleaned[start : match.start()])
            start = match.end()
        elif (  # "017… (own) 018… (wife)": the bracket itself ends a number
            _LETTER.search(match.group())
            and _digit_count(cleaned[start : match.start()]) >= 7
            and _digit_count(cleaned[match.end() :]) >= 7
        ):
            _add_part(parts, cleaned[start : match.end()])
            start = match.end()
    _add_part(parts, cleaned[start:])
    return parts


def format_phone(e164: str, *, bengali: bool = False) -> str:
    """Return the number as people read it: ``01712-345678`` in Bangladesh, ``+971 50 123 4567`` from elsewhere.

    With ``bengali`` in Bengali digits. Text that is no E.164 number comes back unchanged, so a list never breaks.
    """
    mobile = _BD_MOBILE_E164.fullmatch(e164)
    if mobile:
        shown = f"0{mobile.group(1)}-{mobile.group(2)}"
    else:
        try:
            number = phonenumbers.parse(e164, None)
        except phonenumbers.NumberParseException:
            return e164
        style = phonenumbers.PhoneNumberFormat
        shown = phonenumbers.format_number(
            number, style.NATIONAL if number.country_code == 880 else style.INTERNATIONAL
        )
    return to_bengali_digits(shown) if bengali else shown


def phone_search_digits(text: str | None) -> str:
    """Return the digits of a search such as "০১৭১২-৩৪৫", "+880 1712" or "345678"; "" when the text is no number.

    What comes back is a part of the digits of the E.164 form of every number that the text may begin or end, so
    "contains" finds it: the trunk zero and the 00 prefix are gone, for E.164 has neither.
    """
    cleaned = clean_text(text)
    if len(cleaned) > MAX_TYPED_LENGTH:
        return ""
    plain = _BRACKETED_WORDS.sub(" ", _plain_forms(cleaned))
    if _LETTER.search(plain):
        return ""
    digits = "".join(character for character in plain if character.isdecimal()).lstrip("0")
    if digits.startswith("8800") and len(digits) >= 13:
        digits = "880" + digits[4:]
    return digits


def _phone(typed: str, e164: str, label: str) -> Phone:
    return Phone(typed=typed, e164=e164, label=label, reachable=not e164.startswith(_CLOSED_BLOCK))


def _plain_forms(text: str) -> str:
    """One form for what looks alike: digits of every script, dashes, full-width signs; no quotes, no symbols."""
    characters = []
    for character in _DASHES.sub("-", text.translate(_FORMS).translate(_QUOTES)):
        category = unicodedata.category(character)
        if category == "Nd":
            characters.append(str(unicodedata.decimal(character)))
        elif category == "So":  # ☎ and its like
            characters.append(" ")
        elif category != "Cf" or _joins_letters(character):
            characters.append(character)
    return "".join(characters).strip()


def _joins_letters(character: str) -> bool:
    return character in "\u200c\u200d"


def _mend_spreadsheet(text: str) -> str:
    """Undo what spreadsheets do to numbers: 1.712345678E9, 1712345678.0 and 1,712,345,678."""
    power = _SPREADSHEET_POWER.fullmatch(text)
    if power:
        first, rest, exponent = power.group(1), power.group(2) or "", int(power.group(3))
        if len(rest) < exponent:
            raise PhoneError(
                "too_short", _("A spreadsheet has shortened this number and digits are missing. Type the whole number.")
            )
        return first + rest if len(rest) == exponent else first + rest[:exponent] + "." + rest[exponent:]
    decimal = _SPREADSHEET_DECIMAL.fullmatch(text)
    if decimal:
        return decimal.group(1)
    return text.replace(",", "") if _SPREADSHEET_GROUPS.fullmatch(text) else text


def _take_label(text: str) -> tuple[str, str]:
    """Split "01712345678 (wife)" into the number and "wife"; an extension of a desk phone is kept as "ext 12"."""
    labels = [clean_text(found) for found in _BRACKETED_WORDS.findall(text)]
    number = _BRACKETED_WORDS.sub(" ", text).strip()
    extension = _EXTENSION.search(number)
    if extension and _digit_count(number[: extension.start()]) >= 7:
        labels.append(f"ext {extension.group(1)}")
        number = number[: extension.start()]
    if _LETTER.search(number) and len(split_phones(number)) == 1:
        among_words = _NUMBER_AMONG_WORDS.fullmatch(number)
        if among_words and not _LETTER.search(among_words.group("number")):
            words = [clean_text(among_words.group(side).strip(" :,.=-")) for side in ("before", "after")]
            labels = [word for word in words if word] + labels
            number = among_words.group("number")
    return number, ", ".join(label for label in labels if label)


def _add_part(parts: list[str], part: str) -> None:
    part = clean_text(part)
    if not part:
        return
    if parts and not _digit_count(part):
        parts[-1] = f"{parts[-1]} {part}"  # a word after a comma belongs to the number before it
        return
    folded = _plain_forms(part)
    compact = _SEPARATORS.sub("", folded)
    mobiles = list(_BD_MOBILE_IN_TEXT.finditer(folded)) if _MANY_BD_MOBILES.fullmatch(compact) else []
    if len(mobiles) > 1 and len(folded) == len(part):
        ends = [mobile.start() for mobile in mobiles[1:]] + [len(part)]
        start = 0
        for end in ends:
            parts.append(part[start:end].strip(" -.()"))
            start = end
    else:
        parts.append(part)


def _compact(number: str) -> str:
    """Only the digits and one leading plus. Raises ``PhoneError`` when anything else is in the way."""
    compact = _SEPARATORS.sub("", number).strip(",;:/|\u0964")
    digits = compact.removeprefix("+")
    if not _digit_count(compact) or _LETTER.search(compact):
        raise PhoneError("not_a_number", _("This is not a phone number. A phone number has digits only, no letters."))
    if not (digits.isascii() and digits.isdigit()):
        raise _invalid()
    return compact


def _to_e164(compact: str, region: str) -> str:
    mobile = _INTERNATIONAL_BD_MOBILE.fullmatch(compact)
    if mobile is None and region == "BD":
        mobile = _NATIONAL_BD_MOBILE.fullmatch(compact)
    if mobile:
        return f"+880{mobile.group(1)}"
    if compact.startswith("00"):  # the way to dial abroad from Bangladesh and most of the world
        compact = "+" + compact[2:]
    elif compact.startswith("+0"):  # no country code begins with 0, so this is a national number
        compact = compact[1:]
    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException as error:
        if (
            error.error_type
            in (
                phonenumbers.NumberParseException.TOO_SHORT_NSN,
                phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
            )
            or len(compact) < 3
        ):
            raise _too_short() from None
        raise _invalid() from None
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    reason = phonenumbers.is_possible_number_with_reason(number)
    short_mobile = region == "BD" and _SHORT_BD_MOBILE.fullmatch(compact)
    if short_mobile or reason in (
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    ):
        raise _too_short()
    raise _invalid()


def _digit_count(text: str) -> int:
    return sum(character.isdecimal() for character in text)


def _too_short() -> PhoneError:
    message: Promise = _(
        "This phone number is too short. A mobile number in Bangladesh has 11 digits and begins with 01."
    )
    return PhoneError("too_short", message)


def _invalid() -> PhoneError:
    message: Promise = _(
        "There is no such phone number. Check the digits; a number from abroad begins with + and its country code."
    )
    return PhoneError("invalid", message)
