"""Which fields the shop has made for itself: what the maps `custom` of customers and tickets hold."""

from typing import Any, Literal

from ninja import Query, Router, Schema

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.shapes import listing
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.values import definitions_for

router = Router(tags=["custom fields"])


class OptionOut(Schema):
    """One entry of a list."""

    code: str
    name_bn: str
    name_en: str


class CustomFieldOut(Schema):
    """One field. `kind` says what it holds; `options` is empty but for lists."""

    code: str
    kind: Literal["text", "long_text", "number", "date", "yes_no", "choice", "several", "phone"]
    name_bn: str
    name_en: str
    is_private: bool
    options: list[OptionOut]


class CustomFields(Schema):
    """All fields in use, in their order."""

    items: list[CustomFieldOut]


class CustomFieldFilters(Schema):
    """Of which records."""

    of: Literal["customer", "ticket"] = "customer"


@router.get("", response=listing(CustomFields), summary="List custom fields")
def list_custom_fields(request: KeyRequest, filters: Query[CustomFieldFilters]) -> dict[str, Any]:
    """The fields in use on customers or on tickets. Asks for the right to see those records."""
    require_scope(request, target_called(filters.of).view_permission)
    names = ("code", "kind", "name_bn", "name_en", "is_private")
    return {
        "items": [
            {
                **{name: getattr(one, name) for name in names},
                "options": [
                    {"code": option.code, "name_bn": option.name_bn, "name_en": option.name_en}
                    for option in one.options
                    if option.is_active
                ],
            }
            for one in definitions_for(filters.of)
        ]
    }
