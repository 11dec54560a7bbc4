"""Where the API touches customers: answers kept for repeated requests (foundation/core/personal_data.py)."""

from halkhata.foundation.core.personal_data import PersonalTrace, register_personal_traces


def register() -> None:
    """Tell the registry."""
    register_personal_traces(PersonalTrace(model_label="api.IdempotentRequest", columns=("body",), on_found="delete"))
