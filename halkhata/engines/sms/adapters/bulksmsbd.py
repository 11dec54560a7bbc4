"""BulkSMSBD: it has neither a key of ours nor a way to ask about a text, so a broken answer stays in doubt."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters.base import Access, Asked, Balance, Order, Sent
from halkhata.engines.sms.adapters.talking import (
    Plain,
    Unanswered,
    accepted,
    balance_at,
    by_status,
    object_of,
    place_in,
    post_form,
    refused,
)
from halkhata.engines.sms.choices import Fault

_FAULTS = {
    "1001": Fault.NUMBER, "1002": Fault.SENDER, "1007": Fault.BALANCE, "1011": Fault.ACCESS, "1012": Fault.MASKING,
    "1032": Fault.ADDRESS,
}  # fmt: skip


class BulkSmsBd(Plain):
    """``…/api/smsapi`` with api_key, type, number, senderid, message; ``…/api/getBalanceApi``."""

    first_url = "https://bulksmsbd.net/api/smsapi"
    knows_balance = True
    fields = (Asked(name="api_key", label=_("API key"), secret=True),)

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        try:
            answer = post_form(access.url, {
                "api_key": access.secrets.get("api_key", ""), "type": "text", "number": order.digits,
                "senderid": access.sender, "message": order.text,
            })  # fmt: skip
        except Unanswered as silence:
            return silence.sent
        data = object_of(answer)
        code = place_in(data, "response_code")
        if not code:
            return by_status(answer)
        if code == "202":
            return accepted(place_in(data, "message_id"), code, place_in(data, "success_message"))
        return refused(_FAULTS, code, place_in(data, "error_message"))

    def balance(self, access: Access) -> Balance:
        """What is left."""
        url = access.url.rpartition("/")[0] + "/getBalanceApi"
        try:
            answer = post_form(url, {"api_key": access.secrets.get("api_key", "")})
        except Unanswered as silence:
            return Balance(fault=silence.sent.fault, said=silence.sent.said)
        return balance_at(answer, "balance")
