"""How many parts an SMS has (3GPP TS 23.038 alphabets, TS 23.040 concatenation).

The GSM 7-bit alphabet gives 160 septets, 153 in each part of several; one letter beyond it (any Bengali letter) makes
the whole text UCS-2: 70 units of 16 bits, 67 in each part. Neither an escape sequence nor a surrogate pair is cut.
"""

from dataclasses import dataclass

from halkhata.foundation.core.text import clean_text

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM7, UCS2 = "gsm7", "ucs2"
_WHOLE = {GSM7: 160, UCS2: 70}
_PART = {GSM7: 153, UCS2: 67}
# Stored text is NFC, which takes these three letters apart; sent in one piece each costs one unit instead of two.
_WHOLE_LETTERS = {"\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df"}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """``encoding`` is GSM7 or UCS2, ``units`` its septets or 16-bit units, ``segments`` the parts that are paid for."""

    encoding: str
    units: int
    segments: int


def sms_form(text: str) -> str:
    """``text`` as it is sent: through the text gate, then ড়, ঢ় and য় in one piece. Doing it twice changes nothing."""
    sent = clean_text(text, multiline=True)
    for apart, whole in _WHOLE_LETTERS.items():
        sent = sent.replace(apart, whole)
    return sent


def sms_size(text: str) -> SmsSize:
    """The size of ``text`` as an SMS. An empty text has no part."""
    encoding = GSM7 if all(letter in _BASIC or letter in _EXTENDED for letter in text) else UCS2
    widths = [_width(letter, encoding) for letter in text]
    units = sum(widths)
    if units <= _WHOLE[encoding]:
        return SmsSize(encoding, units, 1 if text else 0)
    segments, room = 1, _PART[encoding]
    for width in widths:
        if width > room:
            segments, room = segments + 1, _PART[encoding]
        room -= width
    return SmsSize(encoding, units, segments)


def room_left(size: SmsSize) -> int:
    """How many more units fit before another part is begun; of an empty text, what one part holds."""
    if size.segments <= 1:
        return _WHOLE[size.encoding] - size.units
    return max(0, size.segments * _PART[size.encoding] - size.units)


def _width(letter: str, encoding: str) -> int:
    if encoding == GSM7:
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
