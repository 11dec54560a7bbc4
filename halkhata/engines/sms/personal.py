"""Where gateways keep what they know about customers (foundation/core/personal_data.py)."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import (
    PersonalData,
    PersonalTrace,
    register_personal_data,
    register_personal_traces,
)


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="sms.SmsReport", order=130, on_erasure="delete", label=_("Delivery reports"),
            paths=("delivery__text__item__customer", "delivery__text__customer"),
        ),
        PersonalData(
            model_label="sms.SmsDelivery", order=135, on_erasure="delete", label=_("SMS with a gateway"),
            paths=("text__item__customer", "text__customer"), hidden=frozenset({"key"}),
        ),
    )  # fmt: skip
    # What a gateway says, and what it reports of a text that nobody knows, may have a number in it.
    register_personal_traces(
        PersonalTrace(model_label="sms.Gateway", columns=("last_said",)),
        PersonalTrace(model_label="sms.SmsReport", columns=("body", "word"), on_found="delete"),
    )
