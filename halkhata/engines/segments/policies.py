"""Who may see and make segments: whoever sees customers and reads reports about them."""

from collections.abc import Mapping
from typing import Any

from halkhata.engines.segments.registry import SegmentField, all_fields
from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.accounts.permissions import require
from halkhata.records.customers.privacy import may_see_private

RIGHTS = ("customer.view", "report.view")


def require_segments(actor: Any) -> None:
    """Raises PermissionRefused. The system itself may."""
    if isinstance(actor, User):
        for right in RIGHTS:
            require(actor, right)


def fields_open_to(reader: Any, token: ApiToken | None = None) -> Mapping[str, SegmentField]:
    """What ``reader`` may put into conditions. A count for each guess would tell what a masked field holds."""
    fields = all_fields()
    if may_see_private(reader, token):
        return fields
    return {code: field for code, field in fields.items() if not field.is_private}
