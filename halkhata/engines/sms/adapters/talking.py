"""Calling a gateway and reading its answer: what all adapters share."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from halkhata.engines.sms.adapters.base import Access, Arrived, Asked, Balance, Report, Sent, Standing, Told, Verdict
from halkhata.engines.sms.choices import Fault, ReportSays
from halkhata.foundation.core import outbound_http
from halkhata.foundation.core.text import clean_text

MOST_SAID = 300
SECONDS = 15.0
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Unanswered(Exception):
    """The call ended in no answer that could be read. ``sent``: what that means for the text."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent.said)
        self.sent = sent


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None, query: str = ""
) -> outbound_http.Answer:
    """Call the gateway. Raises Unanswered, whose verdict is ``busy`` only where the text cannot have been taken."""
    try:
        return outbound_http.send(
            method, url, headers=headers, body=body, query=query, seconds=SECONDS, max_answer=32 * 1024
        )
    except outbound_http.AddressRefused as refusal:
        raise _unanswered(Verdict.BUSY, Fault.CONNECTION, refusal.code) from refusal
    except outbound_http.NoAnswer as silence:
        if silence.code == "no_connection" or "CERTIFICATE_VERIFY_FAILED" in silence.detail:
            raise _unanswered(Verdict.BUSY, Fault.CONNECTION, str(silence)) from silence
        # The request may have left: nobody knows whether it was taken.
        raise _unanswered(Verdict.UNKNOWN, Fault.NO_ANSWER, str(silence)) from silence


def post_json(url: str, data: Mapping[str, Any]) -> outbound_http.Answer:
    """POST an object as JSON."""
    return call("POST", url, headers={"Content-Type": JSON, "Accept": JSON}, body=json.dumps(data).encode())


def post_form(url: str, data: Mapping[str, str]) -> outbound_http.Answer:
    """POST fields as a web form does."""
    return call("POST", url, headers={"Content-Type": FORM, "Accept": JSON}, body=urlencode(data).encode())


def words_of(answer: outbound_http.Answer) -> str:
    """The body of an answer as text, whatever its bytes are."""
    return answer.body.decode("utf-8", "replace")


def object_of(answer: outbound_http.Answer) -> dict[str, Any]:
    """The body as a JSON object; {} when it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def place_in(data: Any, path: str) -> str:
    """The value at "data.request_id" or "smsinfo.0.reference_id", as text; "" when there is none."""
    for part in path.split("."):
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            return ""
    return clean_text(str(data), max_length=200) if isinstance(data, str | int | float) else ""


def said(*parts: str) -> str:
    """The gateway's code and words on one line, fit to keep."""
    return clean_text(" ".join(part for part in parts if part), max_length=MOST_SAID)


def accepted(provider_id: str, *words: str) -> Sent:
    """It was taken."""
    return Sent(verdict=Verdict.ACCEPTED, provider_id=provider_id[:80], said=said(*words))


def refused(faults: Mapping[str, str], code: str, words: str) -> Sent:
    """It was not taken, for the reason that ``faults`` gives the code; an unknown code is kept in words.

    What lies with the account and not with the text is tried again later.
    """
    fault = faults.get(code, Fault.OTHER)
    again = fault in {Fault.BALANCE, Fault.ACCESS, Fault.ADDRESS, Fault.SENDER, Fault.BUSY}
    verdict = Verdict.BUSY if again else Verdict.REFUSED
    return Sent(verdict=verdict, fault=fault, said=said(code, words))


def by_status(answer: outbound_http.Answer) -> Sent:
    """What an answer means that does not say in its own words whether the text was taken."""
    words = said(f"HTTP {answer.status}", words_of(answer))
    if answer.status in {429, 503}:
        return Sent(verdict=Verdict.BUSY, fault=Fault.BUSY, said=words)
    if answer.status in {401, 403}:
        return Sent(verdict=Verdict.BUSY, fault=Fault.ACCESS, said=words)
    if answer.status >= 500:
        return Sent(verdict=Verdict.UNKNOWN, fault=Fault.BROKEN, said=words)
    if answer.status >= 300:
        return Sent(verdict=Verdict.REFUSED, fault=Fault.OTHER, said=words)
    return Sent(verdict=Verdict.UNKNOWN, fault=Fault.UNREADABLE, said=words)


def amount_of(typed: str) -> Decimal | None:
    """An amount of money as a gateway writes it; None when it is none."""
    try:
        found = Decimal(typed.replace(",", "").strip())
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and abs(found) < 10**10 else None


def balance_at(answer: outbound_http.Answer, path: str, *words: str) -> Balance:
    """The amount that stands at ``path`` of an answer."""
    amount = amount_of(place_in(object_of(answer), path))
    if amount is not None and answer.status < 300:
        return Balance(amount=amount)
    fault = Fault.ACCESS if answer.status in {401, 403} else Fault.UNREADABLE
    return Balance(fault=fault, said=said(f"HTTP {answer.status}", *(words or (words_of(answer),))))


class Plain:
    """What an adapter answers that can only send; adapters with more say so."""

    first_url: str = ""
    fields: tuple[Asked, ...] = ()
    keeps_keys: bool = False
    asks_by: str = ""
    knows_balance: bool = False
    tried: bool = False
    # Where reports and arriving texts have what, by common names; adapters with others say so.
    report_ids = ("id", "message_id", "request_id", "msgid", "sms_id", "trxnId")
    report_words = ("status", "state", "dlr", "stat")
    delivered = frozenset({"delivered", "delivrd", "success", "delivery_success", "1"})
    failed = frozenset({
        "failed", "undelivered", "undeliv", "undeliverable", "rejected", "rejectd", "expired", "deleted", "2",
        "delivery_failure", "delivery_failed",
    })  # fmt: skip

    def ask(self, access: Access, *, key: str, provider_id: str) -> Told:
        """Nobody to ask."""
        return Told(standing=Standing.NO_ANSWER)

    def balance(self, access: Access) -> Balance:
        """Nobody to ask."""
        return Balance()

    def keeps(self, access: Access) -> bool:
        """Whether this account keeps keys."""
        return self.keeps_keys

    def asks(self, access: Access) -> str:
        """By what this account can be asked."""
        return self.asks_by

    def read_report(self, access: Access, fields: Mapping[str, str]) -> Report:
        """A report with the common names."""
        word = first_of(fields, self.report_words)
        return Report(
            key=first_of(fields, ("key", "csms_id"))[:20], provider_id=first_of(fields, self.report_ids)[:80],
            says=self.says(word), word=word[:120],
        )  # fmt: skip

    def says(self, word: str) -> str:
        """What a gateway's word for a state means."""
        folded = word.strip().lower()
        if not folded:
            return ReportSays.NOTHING
        if folded in self.delivered:
            return ReportSays.DELIVERED
        return ReportSays.FAILED if folded in self.failed else ReportSays.ON_ITS_WAY

    def read_text(self, access: Access, fields: Mapping[str, str]) -> Arrived:
        """An arriving text with the common names."""
        return Arrived(
            provider_id=first_of(fields, self.report_ids)[:80],
            from_number=first_of(fields, ("from", "sender", "msisdn", "number", "mobile")),
            to_number=first_of(fields, ("to", "receiver", "shortcode", "recipient")),
            text=first_of(fields, ("text", "message", "sms", "msg", "body", "content")),
            at=first_of(fields, ("at", "time", "date", "timestamp", "received_at")),
        )


def first_of(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these fields that has something in it, capitals or not."""
    lower = {name.lower(): value for name, value in fields.items()}
    return next((lower[name.lower()] for name in names if lower.get(name.lower())), "")


def _unanswered(verdict: Verdict, fault: str, words: str) -> Unanswered:
    return Unanswered(Sent(verdict=verdict, fault=fault, said=said(words)))
