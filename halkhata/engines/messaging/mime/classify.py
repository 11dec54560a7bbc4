"""Which kind of mail it is, whether an automatic answer is allowed, and what a bounce says.

RFC 3834 (automatic responses), A52.4 (loop protection), A52.6 (bounces, out-of-office); RFC 3464 (delivery status).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from halkhata.engines.messaging.mime.headers import read_addresses, read_message_id
from halkhata.engines.messaging.mime.mail import ParsedMail

Kind = Literal["normal", "auto_reply", "bounce", "bulk", "own"]


@dataclass(frozen=True, slots=True)
class Classification:
    """The kind of a mail, a stable reason code, and whether our own automatic mail may answer it."""

    kind: Kind
    reason: str
    may_auto_reply: bool


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address that did not get a mail. ``permanent``: status class 5 (RFC 3463), so that trying again is useless.

    ``gave_up``: this mail will not arrive any more; else the other side goes on trying (``Action: delayed``).
    """

    address: str
    permanent: bool
    status: str
    diagnostic: str
    gave_up: bool = True


@dataclass(frozen=True, slots=True)
class BounceReport:
    """All failed or delayed recipients of a bounce, and the Message-ID of the mail that bounced."""

    recipients: tuple[BouncedRecipient, ...] = ()
    original_message_id: str | None = None


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(unicodedata.normalize("NFC", source), re.IGNORECASE)


# Only at the start of the subject and only in the form that mailers write, so that a complaint which merely mentions
# an office or a holiday stays a complaint.
_AWAY_SUBJECT = _pattern(
    r"\s*(?:(?:automatic|auto)[ -]?(?:reply|response|responder)\s*(?:[:\-\u2013\u2014(]|$)"
    r"|auto\s*:\s"
    r"|out of (?:the )?office(?:\s*(?:[:\-\u2013\u2014(,.]|$)|\s+(?:auto|reply|response|message|notice|until|from)\b)"
    r"|(?:i am|i'm) (?:currently )?(?:out of (?:the )?office|on (?:annual )?(?:leave|vacation|holiday))"
    r"|(?:on (?:annual )?leave|on vacation|vacation (?:reply|response|notice))\s*(?:[:\-\u2013\u2014(]|$)"
    r"|স্বয়ংক্রিয় ?(?:উত্তর|জবাব|প্রত্যুত্তর|ইমেইল|ই-মেইল)\s*(?:[:\-\u2013\u2014(।]|$)"
    r"|(?:অটো|অটোমেটিক)[ -]?(?:রিপ্লাই|উত্তর)\s*(?:[:\-\u2013\u2014(।]|$)"
    r"|অফিসের বাইরে\s*(?:[:\-\u2013\u2014(।]|$)"
    r"|(?:আমি )?(?:এখন |বর্তমানে )?(?:অফিসের বাইরে|ছুটিতে) (?:আছি|থাকব|থাকবো|রয়েছি))"
)
_SYSTEM_SENDERS = {"mailer-daemon", "mail-daemon", "maildaemon"}


def classify(parsed: ParsedMail, own_addresses: Iterable[str]) -> Classification:
    """Say what kind of mail this is. `own_addresses` are the addresses of our channels; plus tags are ignored.

    Order: delivery report, own address (loop), sender that is a mail system, automatic reply, bulk, normal. A normal
    mail may still forbid an automatic answer (`X-Auto-Response-Suppress`, postmaster, no sender).
    """
    own = {_bare(address) for address in own_addresses}
    sender_local = parsed.from_address.partition("@")[0].lower()
    report_type = parsed.delivery_report.report_type if parsed.delivery_report else None

    def no(kind: Kind, reason: str) -> Classification:
        return Classification(kind, reason, False)

    if parsed.delivery_report is not None:
        if report_type == "disposition-notification":
            return no("auto_reply", "read_receipt")
        if report_type == "feedback-report":
            return no("auto_reply", "abuse_report")
        return no("bounce", "delivery_report")
    if parsed.content_type == "multipart/report":
        return no("bounce", "multipart_report")
    if any(address and _bare(address) in own for address in (parsed.from_address, parsed.sender)):
        return no("own", "own_address")
    if sender_local in _SYSTEM_SENDERS:
        return no("bounce", "mailer_daemon")
    if parsed.failed_recipients:
        return no("bounce", "failed_recipients")
    if (parsed.return_path == "" or sender_local == "postmaster") and parse_bounce(parsed).recipients:
        return no("bounce", "bounce_text")
    submitted = parsed.auto_submitted.partition(";")[0].strip()
    if submitted.startswith("auto-replied"):
        return no("auto_reply", "auto_submitted_replied")
    if _AWAY_SUBJECT.match(unicodedata.normalize("NFC", parsed.subject)):
        return no("auto_reply", "away_subject")
    if parsed.precedence in ("auto_reply", "auto-reply"):
        return no("auto_reply", "precedence_auto_reply")
    if parsed.list_id:
        return no("bulk", "list_id")
    if parsed.list_unsubscribe:
        return no("bulk", "list_unsubscribe")
    if parsed.precedence in ("bulk", "list", "junk"):
        return no("bulk", f"precedence_{parsed.precedence}")
    if submitted and submitted != "no":
        return no("auto_reply", "auto_submitted_generated" if submitted == "auto-generated" else "auto_submitted")
    if parsed.return_path == "":
        return no("auto_reply", "empty_return_path")
    if parsed.x_auto_response_suppress and parsed.x_auto_response_suppress.lower() != "none":
        return no("normal", "auto_response_suppressed")
    if sender_local == "postmaster":
        return no("normal", "postmaster")
    if not parsed.from_address:
        return no("normal", "no_sender")
    return Classification("normal", "", True)


def _bare(address: str) -> str:
    """Return the address in lower case without its plus tag."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_SMTP_CODE = re.compile(r"(?:^|[\s:#(-])([45])\d\d[\s-]")
_BELOW_IS_COPY = re.compile(
    r"^-{2,} ?(?:below this line is a copy|this is a copy of the message|original message|the header of the original"
    r"|returned message|undelivered message)[^\n]{0,200}",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_ID = re.compile(r"^[> \t]{0,10}Message-ID:[ \t]{0,10}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_TEXT_RECIPIENT = re.compile(
    r"^[ \t]{0,8}(?:<([^\s<>@]{1,128}@[^\s<>@]{1,255})>|([^\s<>@:;,()]{1,128}@[A-Za-z0-9.-]{1,255}))[ \t]{0,8}"
    r"(?:\([^()\n]{0,300}\))?[ \t]{0,8}(:[^\n]{0,1000})?$",
    re.MULTILINE,
)
_FAILURE_WORDS = re.compile(
    r"no mailbox|unknown|not exist|unavailable|undeliver|not found|no such|rejected|denied|quota|full|disabled"
    r"|timed out|couldn't|could not|cannot|fail|refused|error|invalid",
    re.IGNORECASE,
)
_TEMPORARY_WORDS = re.compile(r"delayed|will (?:be )?retr|still trying|temporar|not yet been delivered", re.IGNORECASE)
_MAX_BOUNCE_TEXT = 64 * 1024
_MAX_RECIPIENTS = 500


def parse_bounce(parsed: ParsedMail) -> BounceReport:
    """Return the failed and delayed recipients of a bounce.

    First from the delivery-status part (RFC 3464: `Action` failed or delayed; `Original-Recipient` before
    `Final-Recipient`), else from `X-Failed-Recipients` and the text (qmail, Exim and older Postfix). Text counts only
    above the copy of the returned mail.
    """
    report = parsed.delivery_report
    text = parsed.text[:_MAX_BOUNCE_TEXT]
    recipients: list[BouncedRecipient] = []
    if report is not None:
        recipients = _from_status(report.status_text)
    if not recipients and (report is None or not report.status_text):
        recipients = _from_text(text, parsed.failed_recipients)
    original = report.original_message_id if report else None
    if original is None and (quoted := _QUOTED_ID.search(parsed.text)):
        original = read_message_id(quoted.group(1))
    if original is None:
        original = parsed.in_reply_to or (parsed.references[-1] if parsed.references else None)
    return BounceReport(tuple(recipients), original)


def _from_status(status_text: str) -> list[BouncedRecipient]:
    found: dict[str, BouncedRecipient] = {}
    for block in re.split(r"\n[ \t]*\n", status_text):
        fields: dict[str, str] = {}
        name = ""
        for line in block.split("\n"):
            if line[:1] in (" ", "\t") and name:
                fields[name] += " " + line.strip()
                continue
            label, colon, value = line.partition(":")
            if colon:
                name = label.strip().lower()
                fields.setdefault(name, value.strip())
        address = _status_address(fields.get("original-recipient", "")) or _status_address(
            fields.get("final-recipient", "")
        )
        action = fields.get("action", "failed").partition(" ")[0].lower()
        if not address or action not in ("failed", "delayed"):
            continue
        diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
        status, permanent = _verdict(fields.get("status", ""), diagnostic)
        found.setdefault(
            address.lower(),
            BouncedRecipient(
                address, permanent and action == "failed", status, diagnostic[:1000], gave_up=action == "failed"
            ),
        )
        if len(found) >= _MAX_RECIPIENTS:
            break
    return list(found.values())


def _status_address(value: str) -> str:
    kind, _, address = value.partition(";")
    if kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    pairs, _ = read_addresses(address, 1)
    return pairs[0][1] if pairs else ""


def _verdict(status: str, diagnostic: str) -> tuple[str, bool]:
    """Return the enhanced status code ("" if none) and whether it is permanent."""
    match = _STATUS.search(status) or _STATUS.search(diagnostic)
    if match:
        return match.group(0), match.group(1) == "5"
    code = _SMTP_CODE.search(f" {diagnostic} ")
    return "", bool(code and code.group(1) == "5")


def _from_text(text: str, failed: tuple[str, ...]) -> list[BouncedRecipient]:
    if copy := _BELOW_IS_COPY.search(text):
        text = text[: copy.start()]
    matches = list(_TEXT_RECIPIENT.finditer(text))[:_MAX_RECIPIENTS]
    found: dict[str, BouncedRecipient] = {}
    temporary = bool(_TEMPORARY_WORDS.search(text))
    listed = {address.lower() for address in failed}
    for number, match in enumerate(matches):
        address = match.group(1) or match.group(2)
        stop = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        paragraph = text[match.end() : stop].lstrip("\n").split("\n\n", 1)[0][:1000]
        diagnostic = " ".join(f"{(match.group(3) or '').lstrip(': ')} {paragraph}".split())
        status, permanent = _verdict("", diagnostic)
        has_code = bool(status or _SMTP_CODE.search(f" {diagnostic} "))
        if not has_code and address.lower() not in listed and not _FAILURE_WORDS.search(diagnostic):
            continue
        if not has_code:
            permanent = not temporary
        found.setdefault(
            address.lower(), BouncedRecipient(address, permanent, status, diagnostic[:1000], not temporary)
        )
    for address in failed:
        found.setdefault(address.lower(), BouncedRecipient(address, not temporary, "", "", not temporary))
    return list(found.values())
