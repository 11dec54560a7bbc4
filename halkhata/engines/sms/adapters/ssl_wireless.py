"""SSL Wireless iSMS Plus: ``csms_id`` is ours and must be unique, so it keeps a text single."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters.base import Access, Asked, Order, Sent
from halkhata.engines.sms.adapters.talking import (
    Plain,
    Unanswered,
    accepted,
    by_status,
    object_of,
    place_in,
    post_json,
    refused,
)
from halkhata.engines.sms.choices import Fault

_FAULTS = {"4003": Fault.ADDRESS}
# How a second text with the same csms_id is refused is not documented: its words are looked at.
_REPEATED = ("unique", "duplicate", "already")


class SslWireless(Plain):
    """``POST …/api/v3/send-sms`` with api_token, sid, msisdn, sms, csms_id."""

    first_url = "https://smsplus.sslwireless.com/api/v3/send-sms"
    keeps_keys = True
    fields = (
        Asked(name="sid", label=_("SID (the name of the account's sender)")),
        Asked(name="api_token", label=_("API token"), secret=True),
    )

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        try:
            answer = post_json(access.url, {
                "api_token": access.secrets.get("api_token", ""), "sid": access.options.get("sid", ""),
                "msisdn": order.digits, "sms": order.text, "csms_id": order.key,
            })  # fmt: skip
        except Unanswered as silence:
            return silence.sent
        data = object_of(answer)
        code, words = place_in(data, "status_code"), place_in(data, "error_message")
        if not code:
            return by_status(answer)
        if code == "200":
            return accepted(place_in(data, "smsinfo.0.reference_id"), code, place_in(data, "status"))
        lower = words.lower()
        if "csms" in lower and any(sign in lower for sign in _REPEATED):
            return refused({code: Fault.REPEATED}, code, words)
        return refused(_FAULTS, code, words)
