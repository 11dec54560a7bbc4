"""Under which keys somebody is found, and which keys a typed text asks for. Both sides must fold alike (A56.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import phonenumbers

from halkhata.foundation.core.phones import PhoneError, parse_phone, phone_search_digits
from halkhata.foundation.core.phonetic import phonetic_key
from halkhata.foundation.core.text import clean_text, search_key, search_words
from halkhata.foundation.core.trigrams import MIN_PART
from halkhata.records.customers.choices import ContactKind, SearchKind

KEY_LENGTH = 120
MAX_QUERY_LENGTH = 200
MAX_TOKENS = 5
MIN_TAIL_DIGITS = 4
MIN_DIGITS = 3
# From so many digits on, equal digits mean "this very number" and not a coincidence.
MIN_WHOLE_NUMBER = 7
# A national number with its trunk zero (Bangladesh: 01712345678) is not a tail of the E.164 form.
MIN_WITH_TRUNK_ZERO = 10

# The kind of a probe for any part of the text (models SearchText); no kind of key that is stored.
PART = "part"

# Plain text: an import makes ten million of them.
_CODE, _WORD, _SOUND = SearchKind.CODE.value, SearchKind.WORD.value, SearchKind.SOUND.value
_DIGITS, _TAIL, _EMAIL = SearchKind.DIGITS.value, SearchKind.TAIL.value, SearchKind.EMAIL.value

Key = tuple[str, str]


class Tier(IntEnum):
    """How well somebody was found; the smaller the better."""

    EXACT = 0
    TAIL = 1
    WORD = 2
    PREFIX = 3
    SOUND = 4
    PART = 5
    SOUND_PREFIX = 6


@dataclass(frozen=True, slots=True)
class Probe:
    """One look-up in the index: keys of ``kind`` equal to ``key``, or beginning with it."""

    kind: str
    key: str
    exact: bool
    tier: Tier

    def finds(self, kind: str, key: str) -> bool:
        """Whether a stored key answers this probe; for a part, ``key`` is the whole text."""
        if kind != self.kind:
            return False
        if kind == PART:
            return self.key in key
        return key == self.key if self.exact else key.startswith(self.key)


# One thing that was typed (a word, a number), with all the ways to look for it. All tokens of a reading must be found.
Token = tuple[Probe, ...]
Reading = tuple[Token, ...]


def keys_of(
    *, pk: int, names: Iterable[str], contacts: Iterable[tuple[str, str]], old_codes: Iterable[int] = ()
) -> set[Key]:
    """All keys of one person or organization, from its number, names and contact points (kind, value).

    ``names`` may hold former ones; ``old_codes`` are the numbers of those who were merged into it.
    """
    keys: set[Key] = {(_CODE, str(code)) for code in (pk, *old_codes)}
    for name in names:
        if name:
            keys.update([(_WORD, word[:KEY_LENGTH]) for word in search_words(name)])
            keys.update([(_SOUND, sound[:KEY_LENGTH]) for sound in phonetic_key(name).split()])
    for kind, value in contacts:
        if kind == ContactKind.EMAIL:
            keys.add((_EMAIL, value[:KEY_LENGTH]))
        else:
            keys.update(_phone_keys(value))
    return keys


def text_of(*, names: Iterable[str], contacts: Iterable[tuple[str, str]], ids: Iterable[str] = ()) -> str:
    """The folded text any part of which finds its holder: names, digits (E.164), addresses, ids, a line each.

    ``contacts`` may hold former ones: they find, but after whoever has the number now.
    """
    lines = [search_key(name) for name in names]
    # Sorted, not in the order in which a database reads rows: an unchanged customer keeps the same text.
    lines += [value.casefold() if kind == ContactKind.EMAIL else value.lstrip("+") for kind, value in sorted(contacts)]
    for value in ids:
        folded = search_key(value)
        # Both with and without what separates: "AB-0012" is asked for as 0012, ab 0012 and AB0012.
        lines += [folded, folded.replace(" ", "")]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _phone_keys(e164: str) -> set[Key]:
    digits = e164.lstrip("+")
    national = digits[3:] if digits.startswith("880") else ""
    if not national:
        try:
            national = str(phonenumbers.parse(e164, None).national_number)
        except phonenumbers.NumberParseException:
            national = digits
    return {(_DIGITS, digits), (_DIGITS, national), (_TAIL, digits[::-1])}


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, in all ways it can be read; ``fallback`` counts when no reading finds anybody."""

    readings: tuple[Reading, ...] = ()
    fallback: tuple[Reading, ...] = ()


def read_query(text: str | None, *, region: str = "BD") -> Query:
    """Read what was typed: as a number, an address, words. Empty when there is nothing to look for.

    ``region`` (ISO 3166) says how to read a phone number without a country code.
    """
    text = clean_text(text, max_length=MAX_QUERY_LENGTH)
    folded = search_key(text)
    if not folded:
        return Query()
    readings: list[Reading] = []
    number = _whole_number(text, region)
    if not any(character.isalpha() for character in folded):
        digits = folded.replace(" ", "")
        readings.append((_number_token(digits, phone_search_digits(text)),))
        return Query((*readings, *([(number,)] if number else [])))
    address = _address_token(text)
    if address:
        readings.append((address,))
    words = list(dict.fromkeys(folded.split()))[:MAX_TOKENS]
    readings.append(tuple(_word_token(word) for word in words))
    if len(words) > 1 and len(folded) >= MIN_PART:
        # All of it in one piece: "AB-0012" of an id, whose two letters alone find nobody.
        readings.append((tuple(_part_probe(folded)),))
    # "01712345678 (wife)": the words beside a number may be nobody's name.
    return Query(tuple(readings), ((number,),) if number else ())


def _whole_number(text: str, region: str) -> Token:
    try:
        e164 = parse_phone(text, region=region).e164
    except PhoneError:
        return ()
    return (Probe(SearchKind.DIGITS, e164.lstrip("+"), True, Tier.EXACT),)


def _number_token(digits: str, stripped: str) -> Token:
    """Probes for digits: ``digits`` as typed, ``stripped`` without trunk zero and 00."""
    probes = [
        Probe(SearchKind.WORD, digits[:KEY_LENGTH], True, Tier.WORD),
        Probe(SearchKind.WORD, digits[:KEY_LENGTH], False, Tier.PREFIX),
    ]
    if digits.strip("0"):
        probes.append(Probe(SearchKind.CODE, digits.lstrip("0")[:KEY_LENGTH], True, Tier.EXACT))
    tail = stripped if len(digits) >= MIN_WITH_TRUNK_ZERO else digits
    probes += _part_probe(tail)
    if len(tail) >= MIN_TAIL_DIGITS:
        probes.append(Probe(SearchKind.TAIL, tail[::-1][:KEY_LENGTH], False, Tier.TAIL))
    if len(stripped) >= MIN_WHOLE_NUMBER:
        probes.append(Probe(SearchKind.DIGITS, stripped[:KEY_LENGTH], True, Tier.EXACT))
    if len(stripped) >= MIN_DIGITS:
        probes.append(Probe(SearchKind.DIGITS, stripped[:KEY_LENGTH], False, Tier.PREFIX))
    return tuple(probes)


def _address_token(text: str) -> Token:
    """Probes for the beginning of an e-mail address; () when it cannot be one."""
    typed = text.casefold().removeprefix("mailto:").strip("<>")
    if " " in typed or len(typed) < MIN_DIGITS:
        return ()
    local, at, domain = typed.partition("@")
    try:
        # The stored domain is in ASCII; half a domain may not be encodable yet, and then stays as typed.
        folded = f"{local}{at}{domain.encode('idna').decode('ascii')}" if at and domain else typed
    except UnicodeError:
        folded = typed
    return (
        Probe(SearchKind.EMAIL, folded[:KEY_LENGTH], True, Tier.EXACT),
        Probe(SearchKind.EMAIL, folded[:KEY_LENGTH], False, Tier.PREFIX),
        # Letters alone are asked for as a word; a part with @ or a dot in it can only be of an address.
        *(_part_probe(folded) if folded != search_key(folded) else ()),
    )


def _part_probe(text: str) -> list[Probe]:
    return [Probe(PART, text[:KEY_LENGTH], False, Tier.PART)] if len(text) >= MIN_PART else []


def _word_token(word: str) -> Token:
    if word.isdigit():
        return _number_token(word, phone_search_digits(word))
    word = word[:KEY_LENGTH]
    probes = [Probe(SearchKind.WORD, word, True, Tier.WORD), Probe(SearchKind.WORD, word, False, Tier.PREFIX)]
    probes += _part_probe(word)
    sound = phonetic_key(word).replace(" ", "")[:KEY_LENGTH]
    if sound:
        probes.append(Probe(SearchKind.SOUND, sound, True, Tier.SOUND))
    if len(sound) > 1:
        # One consonant begins half of all names; two are a clue.
        probes.append(Probe(SearchKind.SOUND, sound, False, Tier.SOUND_PREFIX))
    return tuple(probes)
