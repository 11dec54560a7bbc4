"""Alpha SMS (sms.net.bd): it can be asked about a text by its own number, and about the balance."""

from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters.base import Access, Asked, Balance, Order, Sent, Standing, Told
from halkhata.engines.sms.adapters.talking import (
    Plain,
    Unanswered,
    accepted,
    balance_at,
    by_status,
    call,
    object_of,
    place_in,
    post_form,
    refused,
    said,
)
from halkhata.engines.sms.choices import Fault, ReportSays

_FAULTS = {
    "403": Fault.ACCESS, "405": Fault.ACCESS, "410": Fault.ACCESS, "413": Fault.SENDER, "416": Fault.NUMBER,
    "417": Fault.BALANCE, "414": Fault.CONTENT, "415": Fault.CONTENT, "420": Fault.CONTENT, "421": Fault.NUMBER,
}  # fmt: skip


class SmsNetBd(Plain):
    """``/sendsms`` with api_key, msg, to, sender_id; ``/report/request/ID/``; ``/user/balance/``."""

    first_url = "https://api.sms.net.bd"
    asks_by = "id"
    knows_balance = True
    fields = (Asked(name="api_key", label=_("API key"), secret=True),)

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        data = {"api_key": access.secrets.get("api_key", ""), "msg": order.text, "to": order.digits}
        if access.sender:
            data["sender_id"] = access.sender
        try:
            answer = post_form(f"{access.url}/sendsms", data)
        except Unanswered as silence:
            return silence.sent
        found = object_of(answer)
        code, words = place_in(found, "error"), place_in(found, "msg")
        if not code:
            return by_status(answer)
        if code == "0":
            return accepted(place_in(found, "data.request_id"), words)
        return refused(_FAULTS, code, words)

    def ask(self, access: Access, *, key: str, provider_id: str) -> Told:
        """What became of the text that the gateway calls ``provider_id``."""
        if not provider_id:
            return Told(standing=Standing.NO_ANSWER)
        try:
            answer = call("GET", f"{access.url}/report/request/{quote(provider_id, safe='')}/", query=self._key(access))
        except Unanswered as silence:
            return Told(standing=Standing.NO_ANSWER, said=silence.sent.said)
        found = object_of(answer)
        if place_in(found, "error") != "0":
            return Told(standing=Standing.NO_ANSWER, said=said(place_in(found, "error"), place_in(found, "msg")))
        word = place_in(found, "data.recipients.0.status")
        standing = {ReportSays.DELIVERED: Standing.DELIVERED, ReportSays.FAILED: Standing.FAILED}
        return Told(standing=standing.get(ReportSays(self.says(word)), Standing.TAKEN), said=said(word))

    def balance(self, access: Access) -> Balance:
        """What is left."""
        try:
            answer = call("GET", f"{access.url}/user/balance/", query=self._key(access))
        except Unanswered as silence:
            return Balance(fault=silence.sent.fault, said=silence.sent.said)
        found = object_of(answer)
        if place_in(found, "error") not in {"", "0"}:
            fault = _FAULTS.get(place_in(found, "error"), Fault.OTHER)
            return Balance(fault=fault, said=said(place_in(found, "error"), place_in(found, "msg")))
        return balance_at(answer, "data.balance")

    def _key(self, access: Access) -> str:
        return urlencode({"api_key": access.secrets.get("api_key", "")})
