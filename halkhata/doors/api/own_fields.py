"""The shop's own fields and tags in answers and bodies: a map by code of the field, and a list of words."""

from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from halkhata.doors.api.auth import KeyRequest
from halkhata.doors.api.problems import ApiProblem
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.foundation.fields.choices import FILTERABLE
from halkhata.foundation.fields.kinds import plain
from halkhata.foundation.fields.selectors.narrowing import Rows, narrow_by_field, narrow_by_tag
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.foundation.fields.selectors.values import read_tags, read_values, visible_values
from halkhata.records.customers.privacy import may_see_private

Code = Annotated[str, Field(max_length=40)]
Text = Annotated[StrictStr, Field(max_length=5_000)]
Entries = Annotated[list[Annotated[StrictStr, Field(max_length=120)]], Field(max_length=200)]
CustomIn = Annotated[
    dict[Code, Text | StrictBool | StrictInt | StrictFloat | Entries | None],
    Field(
        max_length=100,
        description="Fields of the shop's own by their code (GET /api/v1/custom-fields). Null empties a field; one "
        "that is left out stays.",
    ),
]
CustomOut = Annotated[
    dict[str, str | bool | list[str] | None],
    Field(description="Fields of the shop's own by code: numbers as text, dates in ISO 8601, null where nothing is."),
]
TagsIn = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]],
    Field(max_length=20, description="All tags that the record shall have; a new word becomes a new tag."),
]


TagFilter = (
    Annotated[str, Field(max_length=40, description="Only records with this tag, however it is spelled.")] | None
)
CustomFilter = Annotated[
    list[Annotated[str, Field(max_length=400)]],
    Field(
        max_length=10,
        description="Only records whose field of the shop's own holds this: `code:value`, such as `roof:tin`. Several "
        "narrow together.",
        examples=[["roof:tin"]],
    ),
]


def narrowed(request: KeyRequest, target: str, rows: Rows, *, tag: str | None, custom: list[str]) -> Rows:
    """``rows`` with that tag and those values. Raises ApiProblem "invalid_input" for a field the key cannot ask."""
    if not tag and not custom:
        return rows
    schema, whole = schema_of(target), may_see_private(request.user, request.auth)
    if tag:
        key = search_key(clean_text(tag).strip("#"))
        found = next((one.pk for one in schema.tags if one.key == key), None)
        rows = rows.none() if found is None else narrow_by_tag(rows, target, found)
    shown = {one.code: one for one in schema.shown_to(request.user)}
    for entry in custom:
        code, _colon, value = entry.partition(":")
        field = shown.get(code)
        is_hidden = field is not None and (field.is_private or field.kind == "phone") and not whole
        if field is None or is_hidden or field.kind not in FILTERABLE or not clean_text(value):
            raise ApiProblem("invalid_input", errors=[{"at": "query.custom", "message": "no such field, or no value"}])
        rows = narrow_by_field(rows, target, field, value)
    return rows


def with_own_fields(request: KeyRequest, target: str, page: dict[str, Any]) -> dict[str, Any]:
    """A page of records, each with its fields and tags: three statements for the whole page."""
    ids = [item["id"] for item in page["items"]]
    schema = schema_of(target)
    values = read_values(target, ids, schema=schema)
    tags = read_tags(target, ids, schema=schema)
    whole = may_see_private(request.user, request.auth)
    for item in page["items"]:
        seen = visible_values(target, request.user, values[item["id"]], schema=schema, whole=whole)
        item["custom"] = {code: plain(value) for code, value in seen.items()}
        item["tags"] = [tag.name for tag in tags[item["id"]]]
    return page


def own_fields_of(request: KeyRequest, target: str, item: dict[str, Any]) -> dict[str, Any]:
    """One record with its fields and tags."""
    page: dict[str, Any] = with_own_fields(request, target, {"items": [item]})["items"][0]
    return page
