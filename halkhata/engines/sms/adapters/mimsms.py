"""MiM SMS: T for a customer's own matter, P for an offer, which needs a campaign."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters.base import Access, Asked, Order, Sent, Verdict
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

_FAULTS = {"401": Fault.ACCESS}


class MimSms(Plain):
    """JSON with UserName, Apikey, MobileNumber, SenderName, TransactionType, CampaignId, Message."""

    first_url = "https://api.mimsms.com/api/SmsSending/SMS"
    fields = (
        Asked(name="username", label=_("User name")),
        Asked(name="campaign_id", label=_("Campaign for offers"), required=False,
              help=_("Without one, offers do not go by this gateway.")),
        Asked(name="api_key", label=_("API key"), secret=True),
    )  # fmt: skip

    def send(self, access: Access, order: Order) -> Sent:
        """Hand one text over."""
        campaign = access.options.get("campaign_id", "")
        if order.is_offer and not campaign:
            return Sent(verdict=Verdict.REFUSED, fault=Fault.CAMPAIGN)
        data = {
            "UserName": access.options.get("username", ""), "Apikey": access.secrets.get("api_key", ""),
            "MobileNumber": order.digits, "SenderName": access.sender,
            "TransactionType": "P" if order.is_offer else "T", "Message": order.text,
        }  # fmt: skip
        if order.is_offer:
            data["CampaignId"] = campaign
        try:
            answer = post_json(access.url, data)
        except Unanswered as silence:
            return silence.sent
        found = object_of(answer)
        code, words = place_in(found, "statusCode"), place_in(found, "responseResult")
        if not code:
            return by_status(answer)
        if code == "200":
            return accepted(place_in(found, "trxnId"), code, words)
        return refused(_FAULTS, code, words)
