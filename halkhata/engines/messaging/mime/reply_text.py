"""The new words of a reply: without the quoted history, the signature and the phone's advertisement.

What is cut is only not shown first; the whole text is kept by the caller. All patterns are tried on single lines of at
most 1,000 characters, so the work is linear in the text. The package mail-parser-reply knows the reply headers of more
languages; it gets only the short text that is left, because its patterns are not linear.
"""

import re
import unicodedata

from mailparser_reply import EmailReplyParser

MAX_CHARS = 200_000
"""A reply is looked for in so much of the text; new words are at the top."""
_MAX_LINE = 1_000
_PACKAGE_CHARS = 2_000
_PACKAGE_LANGUAGES = ["en", "de", "cs", "da", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv", "zh"]


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(unicodedata.normalize("NFC", source), re.IGNORECASE)


# "On Mon, 3 Mar 2025 at 10:11, Shop <a@b> wrote:", also when the mailer broke it over up to four lines; Gmail and
# iPhone in Bengali: "... তারিখে ... লিখেছেন:", "... এ ... লিখেছে:".
_WROTE_END = _pattern(
    r"(?:.{0,900}\b(?:wrote|writes)|.{0,900}(?:লিখেছেন|লিখেছে|লিখেছিলেন|লেখেন|লিখলেন))\s{0,3}[:\uff1a]\s*$"
)
_WROTE_START = _pattern(
    r"[>\s*_]{0,10}(?:on\s.{0,40}\d|.{0,60}[0-9\u09e6-\u09ef]{4}.{0,40}(?:তারিখে|এ\b|,)"
    r"|[0-9\u09e6-\u09ef]{1,4}[\s./-]|(?:শনি|রবি|সোম|মঙ্গল|বুধ|বৃহস্পতি|বৃহঃ|শুক্র)|.{0,200}<[^<>\s]{1,200}@)"
)
_SEPARATOR = _pattern(
    r"\s{0,10}(?:-{2,}\s{0,5}(?:original message|forwarded message|original appointment|reply above this line"
    r"|মূল বার্তা|মূল মেসেজ|আসল বার্তা|ফরোয়ার্ড করা (?:বার্তা|মেসেজ))\s{0,5}-{2,}|_{20,}|begin forwarded message:)\s*$"
)
_HEADER_LINE = _pattern(
    r"[>\s*_]{0,10}(from|sent|date|to|cc|subject|reply-to|প্রেরক|থেকে|প্রেরিত|পাঠানো হয়েছে|পাঠানোর তারিখ|তারিখ|প্রতি|প্রাপক|"
    r"অনুলিপি|বিষয়)\s{0,3}\*{0,2}\s{0,3}[:\uff1a]"
)
_FIRST_HEADERS = {unicodedata.normalize("NFC", word) for word in ("from", "প্রেরক", "থেকে")}
_SIGNATURE_MARK = re.compile(r"\s{0,3}-- ?$|\s{0,3}—$")
_PHONE_LINE = _pattern(
    r"\s{0,10}(?:(?:sent|get|composed|written) (?:from|with|via|using) .{0,80}|get outlook for .{0,80}"
    r"|download .{0,20} for (?:ios|android).{0,60}"
    r"|আমার .{1,40} (?:থেকে|হতে) (?:পাঠানো|প্রেরিত|পাঠালাম|পাঠিয়েছি).{0,20}"
    r"|(?:আমার )?.{1,40} (?:থেকে|হতে|দিয়ে|এর মাধ্যমে) (?:পাঠানো|প্রেরিত)(?: হয়েছে| হলো)?\s?[।.]?)\s*$"
)
_PHONE_WORDS = _pattern(
    r"iphone|ipad|android|samsung|galaxy|xiaomi|redmi|realme|oppo|vivo|nokia|huawei|symphony|walton|outlook|yahoo|gmail"
    r"|mobile|phone|device|mail|আইফোন|আইপ্যাড|অ্যান্ড্রয়েড|এন্ড্রয়েড|স্যামসাং|মোবাইল|ফোন|ডিভাইস|আউটলুক|জিমেইল|ইমেইল|ইয়াহু"
)
_SOFTWARE_QUOTE = re.compile(r"\s{0,3}>")


def visible_reply(text: str) -> str:
    """Return what the sender newly wrote in `text`.

    Cut are: everything from the first reply header or Outlook header block on (English, Bengali, and by package twelve
    languages more), lines quoted with `>`, and a closing signature. New lines between or below `>` quotes stay.
    Never empty when `text` has words: then the whole text comes back. Only the first 200,000 characters are searched.
    """
    whole = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not whole:
        return ""
    lines = unicodedata.normalize("NFC", whole[:MAX_CHARS]).split("\n")
    kept = _without_signature(_without_history(lines))
    shown = _by_package("\n".join(kept).strip())
    return shown or whole


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if len(line) > _MAX_LINE:
            kept.append(line)
            number += 1
            continue
        if _SOFTWARE_QUOTE.match(line):
            number += 1
            continue
        if _SEPARATOR.match(line) or _starts_header_block(lines, number):
            break
        length = _reply_header_length(lines, number)
        if length:
            number += length
            if _is_quoted_next(lines, number):
                continue
            break
        kept.append(line)
        number += 1
    return kept


def _reply_header_length(lines: list[str], number: int) -> int:
    """Return how many lines, from this one on, are one "On ... wrote:" line; 0 if it begins none."""
    if not _WROTE_START.match(lines[number][:_MAX_LINE]):
        return 0
    joined = ""
    for length in range(1, 5):
        if number + length > len(lines):
            return 0
        line = lines[number + length - 1]
        if len(line) > _MAX_LINE or (length > 1 and not line.strip()):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _MAX_LINE:
            return 0
        if _WROTE_END.match(joined):
            # A person may write "he wrote:" too: a reply header names a time or an address.
            return length if re.search(r"[0-9\u09e6-\u09ef]|@", joined) else 0
    return 0


def _is_quoted_next(lines: list[str], number: int) -> bool:
    """True when the history below is marked with `>`, so that words after it are new."""
    for line in lines[number : number + 3]:
        if line.strip():
            return bool(_SOFTWARE_QUOTE.match(line))
    return False


def _starts_header_block(lines: list[str], number: int) -> bool:
    """True for Outlook's block: From (প্রেরক) and at least two more header lines within the next six lines."""
    first = _HEADER_LINE.match(lines[number][:_MAX_LINE])
    if not first or first.group(1).lower() not in _FIRST_HEADERS:
        return False
    others = {
        match.group(1).lower()
        for line in lines[number + 1 : number + 7]
        if (match := _HEADER_LINE.match(line[:_MAX_LINE]))
    }
    return len(others) >= 2


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if number and len(line) < 10 and _SIGNATURE_MARK.match(line):
            lines = lines[:number]
            break
    end = len(lines)
    for number in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        line = lines[number]
        if len(line) <= 200 and _PHONE_LINE.match(line) and _PHONE_WORDS.search(line):
            end = number
    return lines[:end]


def _by_package(text: str) -> str:
    if (
        not text
        or len(text) > _PACKAGE_CHARS
        or not re.search(r"[:\uff1a]\s*$|^[\s*]{0,5}\w{2,20}\s?:", text, re.MULTILINE)
    ):
        return text
    # Runs of empty lines make its patterns slow.
    probe = re.sub(r"[ \t]+(?=\n)", "", text)
    probe = re.sub(r"\n{3,}", "\n\n", probe)
    found = (EmailReplyParser(languages=_PACKAGE_LANGUAGES).parse_reply(probe) or "").strip()
    return found if found and len(found) < len(probe) else text
