"""Any service that takes a text by a web address: the shop writes down what goes where, and how answers are read.

{to} {text} {sender} {key} {secret} {password} are filled into the address behind its question mark, the body and the
header lines, each quoted as the place asks for.
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters.base import (
    Access,
    Arrived,
    Asked,
    Balance,
    Order,
    Report,
    Sent,
    Standing,
    Told,
    Verdict,
)
from halkhata.engines.sms.adapters.talking import (
    FORM,
    JSON,
    Plain,
    Unanswered,
    accepted,
    balance_at,
    by_status,
    call,
    first_of,
    object_of,
    place_in,
    said,
    words_of,
)
from halkhata.engines.sms.choices import Fault
from halkhata.foundation.core.outbound_http import Answer

GAPS = ("to", "text", "sender", "key", "id", "secret", "password")
_GAP = re.compile(r"\{(" + "|".join(GAPS) + r")\}")
_HEADER = re.compile(r"([A-Za-z0-9-]{1,60}):[ \t]*(.{1,300})")
_CONTENT = {"json": JSON, "form": FORM}
YES, NO = "yes", "no"


class HttpTemplate(Plain):
    """The shop's own description of a service."""

    first_url = ""
    knows_balance = True
    fields = (
        Asked(name="method", label=_("How it is called"), choices=(("POST", "POST"), ("GET", "GET")), initial="POST"),
        Asked(name="content", label=_("The body is"), choices=(("form", _("A web form")), ("json", "JSON")),
              initial="form"),
        Asked(name="body", label=_("Body"), required=False, lines=True,
              help=_("With {to}, {text}, {sender}, {key}, {secret} and {password} where they go. Empty for GET: then "
                     "they stand in the address.")),
        Asked(name="headers", label=_("Header lines"), required=False, lines=True,
              help=_("One on each line, as in Authorization: Bearer {secret}")),
        Asked(name="number_form", label=_("How it wants numbers"), initial="880", choices=(
            ("880", "8801…"), ("+880", "+8801…"), ("0", "01…"))),
        Asked(name="success", label=_("It was taken when the answer has in it"),
              help=_("For instance \"status\":\"success\". Spaces do not count.")),
        Asked(name="id_place", label=_("Where the answer has its own number"), required=False,
              help=_("For instance data.message_id. Empty: the reports come with our {key}.")),
        Asked(name="refusal", label=_("It was certainly not taken when the answer has in it"), required=False,
              help=_("Without it, an answer that is neither stays in doubt.")),
        Asked(name="keeps_keys", label=_("Is the same {key} sent only once?"), initial=NO,
              choices=((NO, _("No, or nobody knows")), (YES, _("Yes, the service promises that")))),
        Asked(name="ask_url", label=_("Address for asking about a text"), required=False,
              help=_("With {key} or {id}. Empty: it cannot be asked.")),
        Asked(name="ask_delivered", label=_("It was delivered when that answer has in it"), required=False),
        Asked(name="ask_failed", label=_("It failed when that answer has in it"), required=False),
        Asked(name="ask_never", label=_("The service never got it when that answer has in it"), required=False),
        Asked(name="balance_url", label=_("Address for asking about the balance"), required=False),
        Asked(name="balance_place", label=_("Where that answer has the amount"), required=False,
              help=_("For instance data.balance.")),
        Asked(name="report_id", label=_("Field of reports with the number of the text"), required=False,
              help=_("Its own number, or our {key}.")),
        Asked(name="report_word", label=_("Field of reports with the state"), required=False),
        Asked(name="report_delivered", label=_("Its word for delivered"), required=False),
        Asked(name="report_failed", label=_("Its words for failed, with commas between"), required=False),
        Asked(name="secret", label=_("Secret {secret}"), required=False, secret=True),
        Asked(name="password", label=_("Password {password}"), required=False, secret=True),
    )  # fmt: skip

    def keeps(self, access: Access) -> bool:
        """As the shop says."""
        return access.options.get("keeps_keys") == YES

    def asks(self, access: Access) -> str:
        """By what the address for asking names a text."""
        url = access.options.get("ask_url", "")
        return "key" if "{key}" in url else "id" if "{id}" in url else ""

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        options, values = access.options, _values(access, order)
        method, content = options.get("method") or "POST", options.get("content") or "form"
        body = _fill(options.get("body", ""), values, _json if content == "json" else _quoted).encode()
        headers = {"Content-Type": _CONTENT.get(content, FORM)} if method == "POST" else {}
        try:
            answer = _call(access, method, access.url, values, body if method == "POST" else None, headers)
        except Unanswered as silence:
            return silence.sent
        words = _bare(words_of(answer))
        if options.get("success") and _bare(options["success"]) in words and answer.status < 300:
            found = place_in(object_of(answer), options["id_place"]) if options.get("id_place") else ""
            return accepted(found, f"HTTP {answer.status}")
        if options.get("refusal") and _bare(options["refusal"]) in words:
            return Sent(
                verdict=Verdict.REFUSED, fault=Fault.OTHER, said=said(f"HTTP {answer.status}", words_of(answer))
            )
        return by_status(answer)

    def ask(self, access: Access, *, key: str, provider_id: str) -> Told:
        """What became of a text."""
        values = {**_values(access, Order(to="", text="", key=key)), "id": provider_id}
        try:
            answer = _call(access, "GET", access.options.get("ask_url", ""), values, None, {})
        except Unanswered as silence:
            return Told(standing=Standing.NO_ANSWER, said=silence.sent.said)
        words = _bare(words_of(answer))
        for name, standing in (
            ("ask_delivered", Standing.DELIVERED), ("ask_failed", Standing.FAILED), ("ask_never", Standing.NEVER_SEEN),
        ):  # fmt: skip
            sign = _bare(access.options.get(name, ""))
            if sign and sign in words:
                return Told(standing=standing, said=said(f"HTTP {answer.status}", words_of(answer)))
        known = answer.status < 300
        return Told(standing=Standing.TAKEN if known else Standing.NO_ANSWER, said=said(f"HTTP {answer.status}"))

    def balance(self, access: Access) -> Balance:
        """What is left; nothing where no address is given."""
        url = access.options.get("balance_url", "")
        if not url:
            return Balance()
        try:
            answer = _call(access, "GET", url, _values(access, Order(to="", text="", key="")), None, {})
        except Unanswered as silence:
            return Balance(fault=silence.sent.fault, said=silence.sent.said)
        return balance_at(answer, access.options.get("balance_place", ""))

    def read_report(self, access: Access, fields: Mapping[str, str]) -> Report:
        """By the names that the shop has written down, else by the common ones."""
        options = access.options
        named = options.get("report_id", "")
        found = first_of(fields, (named,)) if named else ""
        word = first_of(fields, (options["report_word"],)) if options.get("report_word") else ""
        if not found or not word:
            plain = super().read_report(access, fields)
            found, word = found or plain.provider_id or plain.key, word or plain.word
        folded, says = word.strip().lower(), self.says(word)
        if folded and folded in _words(options.get("report_delivered", "")):
            says = "delivered"
        elif folded and folded in _words(options.get("report_failed", "")):
            says = "failed"
        return Report(key=found[:20], provider_id=found[:80], says=says, word=word[:120])

    def read_text(self, access: Access, fields: Mapping[str, str]) -> Arrived:
        """By the common names."""
        return super().read_text(access, fields)


def _values(access: Access, order: Order) -> dict[str, str]:
    form = access.options.get("number_form", "880")
    to = {"+880": order.to, "0": "0" + order.digits.removeprefix("880")}.get(form, order.digits)
    return {
        "to": to, "text": order.text, "sender": access.sender, "key": order.key, "id": "",
        "secret": access.secrets.get("secret", ""), "password": access.secrets.get("password", ""),
    }  # fmt: skip


def _call(
    access: Access, method: str, url: str, values: Mapping[str, str], body: bytes | None, headers: Mapping[str, str]
) -> Answer:
    base, _mark, query = url.partition("?")
    lines = dict(headers)
    for line in access.options.get("headers", "").splitlines():
        found = _HEADER.fullmatch(line.strip())
        if found:
            value = _fill(found.group(2), values, _one_line)
            lines[found.group(1)] = value
    # In the path only what cannot lead elsewhere: a number or a key.
    path = _fill(base, {name: values[name] for name in ("key", "id", "to")}, _quoted)
    return call(method, path, headers=lines, body=body, query=_fill(query, values, _quoted))


def _fill(template: str, values: Mapping[str, str], quoted: Callable[[str], str]) -> str:
    return _GAP.sub(lambda gap: quoted(values.get(gap.group(1), "")), template)


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _one_line(value: str) -> str:
    return "".join(sign for sign in value if sign.isprintable() and sign.isascii())


def _bare(text: str) -> str:
    return "".join(text.split()).lower()


def _words(typed: str) -> set[str]:
    return {word.strip().lower() for word in typed.split(",") if word.strip()}
