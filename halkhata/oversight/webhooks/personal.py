"""Where calls to other programs touch customers (foundation/core/personal_data.py)."""

from halkhata.foundation.core.personal_data import PersonalTrace, register_personal_traces


def register() -> None:
    """Tell the registry."""
    register_personal_traces(
        PersonalTrace(model_label="webhooks.WebhookDelivery", columns=("body", "last_error")),
        PersonalTrace(model_label="webhooks.WebhookEndpoint", columns=("last_error",)),
    )
