"""Filters above a list by the shop's own fields and by tags: what is offered to whom, and what a choice means."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.fields.forms import filter_field
from halkhata.foundation.fields.selectors.narrowing import condition_by_field, condition_by_tag
from halkhata.foundation.fields.selectors.schema import ASK, CustomField, Schema, schema_of
from halkhata.foundation.fields.services.values import PREFIX

TAG = "tag"
# So many tags are offered: more would make the page heavy, not the choice easier.
MOST_TAGS = 200


def is_own_filter(name: str) -> bool:
    """Whether a name in the address is one of these filters."""
    return name == TAG or name.startswith(PREFIX)


def fields_to_filter(schema: Schema, user: Any) -> dict[str, CustomField]:
    """The fields that the user may filter by, by name in the address. What is private is no filter for anybody."""
    return {
        f"{PREFIX}{one.code}": one
        for one in schema.shown_to(user)
        if one.is_filter and not (one.is_private or one.kind == "phone")
    }


def offered_filters(target: str, user: Any, stamp: str | None = ASK) -> Mapping[str, forms.Field]:
    """The form fields of these filters by name; tags first. No statement with the ``stamp`` of ``stamp_of``."""
    schema = schema_of(target, stamp)
    found: dict[str, forms.Field] = {}
    if tags := [(str(tag.pk), tag.name) for tag in schema.tags if tag.is_active][:MOST_TAGS]:
        found[TAG] = forms.ChoiceField(label=_("Tag"), required=False, choices=[("", _("All tags")), *tags])
    return {**found, **{name: filter_field(one) for name, one in fields_to_filter(schema, user).items()}}


def filter_condition(target: str, user: Any, pairs: Sequence[tuple[str, str]]) -> Q | None:
    """What names and choices mean together, as a condition on records; None where one of them means nothing."""
    schema, wanted = schema_of(target), Q()
    offered = fields_to_filter(schema, user)
    for name, text in pairs:
        if name == TAG:
            known = next((tag.pk for tag in schema.tags if str(tag.pk) == text), None)
            found = None if known is None else condition_by_tag(target, known)
        else:
            found = condition_by_field(target, offered[name], text) if name in offered else None
        if found is None:
            return None
        wanted &= found
    return wanted
