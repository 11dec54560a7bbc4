"""Kannel, a gateway of one's own: ``sendsms`` of its smsbox, reports and arriving texts by the addresses we give it."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.texting.segments import sms_size
from halkhata.engines.sms.adapters.base import Access, Asked, Order, Report, Sent, Verdict
from halkhata.engines.sms.adapters.talking import Plain, Unanswered, by_status, call, refused, said, words_of
from halkhata.engines.sms.choices import Fault, ReportSays

_ANSWER = re.compile(r"([0-9]{1,3}): ([^\r\n]{1,200})")
# 1 delivered, 2 not delivered, 16 refused by the operator's centre: after these nothing more comes.
REPORTS_WANTED = 1 + 2 + 16
# Once more for the address a report calls: Kannel puts its own values for the letters after a percent sign.
_VALUES = "status=%d&word=%A"


class Kannel(Plain):
    """``/cgi-bin/sendsms`` with username, password, from, to, text, coding, charset, dlr-mask, dlr-url."""

    first_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
    tried = True
    fields = (
        Asked(name="username", label=_("User name"), help=_("Of the group sendsms-user in Kannel's settings.")),
        Asked(name="password", label=_("Password"), secret=True),
    )

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over. Kannel gives it no number of its own: reports come under our key."""
        coding = "0" if sms_size(order.text).encoding == "gsm7" else "2"
        data = {
            "username": access.options.get("username", ""), "password": access.secrets.get("password", ""),
            "from": access.sender, "to": order.to, "text": order.text, "coding": coding, "charset": "UTF-8",
        }  # fmt: skip
        if order.report_url:
            data["dlr-mask"] = str(REPORTS_WANTED)
            data["dlr-url"] = f"{order.report_url}?{urlencode({'key': order.key})}&{_VALUES}"
        try:
            answer = call("GET", access.url, query=urlencode(data))
        except Unanswered as silence:
            return silence.sent
        found = _ANSWER.match(words_of(answer))
        if answer.status == 202 and (found is None or found.group(1) in {"0", "3"}):
            return Sent(verdict=Verdict.ACCEPTED, said=said(words_of(answer)))
        if answer.status == 403:
            return refused({"403": Fault.ACCESS}, "403", words_of(answer))
        return by_status(answer)

    def read_report(self, access: Access, fields: Mapping[str, str]) -> Report:
        """``status`` is a sum of bits, ``word`` what the operator's centre said."""
        typed = fields.get("status", "")
        bits = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
        says = ReportSays.NOTHING
        if bits:
            says = ReportSays.ON_ITS_WAY
        if bits & 1:
            says = ReportSays.DELIVERED
        elif bits & (2 + 16):
            says = ReportSays.FAILED
        return Report(key=fields.get("key", "")[:20], says=says, word=said(typed, fields.get("word", ""))[:120])
