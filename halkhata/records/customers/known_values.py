"""The contact points and addresses of customers, found in any text however they are spelt there (US-22, A56.15).

``privacy.mask_text`` knows numbers and addresses by their form. Here the very values of known customers are looked for:
a phone with or without its country, in either script, with anything between its digits; an e-mail address written
"name at example dot com"; the line of a house address with other commas.
"""

import re
from collections.abc import Collection, Iterable

from halkhata.foundation.core.text import fold_digits, to_bengali_digits
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Address, ContactPoint
from halkhata.records.customers.privacy import DOTS, Keep, comparable, mask_email, mask_phone

_D = "0-9\u09e6-\u09ef"
# What people put between digits; a number is no number when another digit touches it.
_RUN = re.compile(rf"[+]?\(?[{_D}](?:[ \u00a0\u200b-\u200d\t()./_,*\u00b7\u2010-\u2015-]{{0,3}}[{_D}]){{5,400}}")
_SPELT = re.compile(
    r"[\w.%+'-]{1,64}\s{0,2}(?:@|[(\[]\s?at\s?[)\]]|\sat\s)\s{0,2}"
    r"[\w-]{1,63}(?:(?:\.|\s{0,2}[(\[]\s?dot\s?[)\]]\s{0,2}|\sdot\s)[\w-]{1,63}){1,6}",
    re.IGNORECASE,
)
_AT = re.compile(r"\s*(?:[(\[]\s?at\s?[)\]]|\sat\s|@)\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[]\s?dot\s?[)\]]\s*|\sdot\s", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# Country codes have up to three digits: what is left is the same in every spelling.
_COUNTRY = 3
_SHORTEST = 7


class KnownValues:
    """What is to be hidden of some customers; ``mask`` does it."""

    def __init__(self, points: Iterable[ContactPoint], addresses: Iterable[Address]) -> None:
        self._cores: dict[str, str] = {}
        self._emails: set[str] = set()
        for point in points:
            if point.kind == ContactKind.PHONE:
                digits = re.sub(r"\D", "", fold_digits(point.value))
                core = digits[_COUNTRY:] if len(digits) - _COUNTRY >= _SHORTEST else digits
                if len(core) >= _SHORTEST - 1:
                    self._cores[core] = digits[: len(digits) - len(core)]
            else:
                self._emails.add(point.value.lower())
        self._lines = [pattern for pattern in map(_line_pattern, addresses) if pattern is not None]

    def __bool__(self) -> bool:
        return bool(self._cores or self._emails or self._lines)

    def mask(self, text: str, *, keep: Keep | None = None, spared: Collection[str] = ()) -> str:
        """``text`` with the values hidden; ``keep`` as for ``mask_text``, ``spared`` are texts shown on purpose."""
        folded = fold_digits(text).casefold() if self._emails or self._lines else ""
        if self._cores:
            text = _RUN.sub(lambda match: self._run(match.group(0), keep), text)
        if any(email.partition("@")[0] in folded for email in self._emails):
            text = _SPELT.sub(lambda match: self._email(match.group(0), keep), text)
        for words, pattern in self._lines:
            if all(word in folded for word in words) and not any(pattern.search(one) for one in spared):
                text = pattern.sub(DOTS * 3, text)
        return text

    def _run(self, found: str, keep: Keep | None) -> str:
        places = [index for index, letter in enumerate(found) if letter.isdecimal()]
        digits = fold_digits("".join(found[index] for index in places))
        for core, country in self._cores.items():
            at = digits.find(core)
            while at >= 0:
                first = at - max((len(lead) for lead in _leads(country) if digits[:at].endswith(lead)), default=0)
                last = at + len(core) - 1
                if not _touches(places, first, last) and not (
                    keep is not None and keep(comparable(digits[first : last + 1]))
                ):
                    begin = 0 if first == 0 else places[first]
                    shown = mask_phone("".join(found[index] for index in places[first : last + 1]))
                    return f"{self._run(found[:begin], keep)}{shown}{self._run(found[places[last] + 1 :], keep)}"
                at = digits.find(core, at + 1)
        return found

    def _email(self, found: str, keep: Keep | None) -> str:
        plain = _DOT.sub(".", _AT.sub("@", found)).lower()
        for email in self._emails:
            if plain == email or plain.endswith((f" {email}", f".{email}")):
                return found if keep is not None and keep(email) else mask_email(email)
        return found


def _leads(country: str) -> set[str]:
    """What may stand before the digits that are the same in every spelling.

    Nobody knows how long the country's code is: of the first three digits one, two or three may be it. The rest of them
    belongs to the number, with or without the 0 of a call inside the country.
    """
    found = {country, f"00{country}", "0"}
    for length in range(1, len(country) + 1):
        code, rest = country[:length], country[length:]
        found |= {rest, f"0{rest}", f"{code}0{rest}", f"00{code}0{rest}"}
    return found - {""}


def _touches(places: list[int], first: int, last: int) -> bool:
    """Whether another digit stands directly beside, so that it is a longer number of another meaning."""
    before = first > 0 and places[first] - places[first - 1] == 1
    return before or (last + 1 < len(places) and places[last + 1] - places[last] == 1)


def _letter(letter: str) -> str:
    """A letter as a pattern: a digit stands for itself in either script."""
    return f"[{letter}{to_bengali_digits(letter)}]" if letter.isdecimal() else re.escape(letter)


def _line_pattern(address: Address) -> tuple[list[str], re.Pattern[str]] | None:
    """The line of a house address as its words, and a pattern for it with anything short between them."""
    words = _WORD.findall(fold_digits(address.line))
    if len("".join(words)) < _SHORTEST - 1:
        return None
    pattern = r"[\W_]{1,4}".join("".join(map(_letter, word)) for word in words)
    return [word.casefold() for word in words], re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)


def known_values(customer_ids: Collection[int]) -> KnownValues:
    """Those of these customers: two queries."""
    ids = sorted(customer_ids)
    return KnownValues(
        ContactPoint.objects.filter(customer_id__in=ids), Address.objects.filter(customer_id__in=ids).exclude(line="")
    )
