"""Settings: the shop's own fields."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.models import FieldDefinition
from halkhata.foundation.fields.registry import field_targets, target_called
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.foundation.fields.services.definitions import delete_definition, save_definition
from halkhata.foundation.fields.settings_forms import DefinitionForm, write_options
from halkhata.foundation.fields.views.targets import known_target, shell

NEW = "new"


@needs("settings.edit")
@require_safe
def start(request: StaffRequest) -> HttpResponse:
    """The fields of the first kind of record."""
    first = min(field_targets.items(), key=lambda pair: pair[1].order)
    return redirect("fields:fields", first[0])


@needs("settings.edit")
@require_safe
def fields(request: StaffRequest, target: str) -> HttpResponse:
    """All fields of one kind of record."""
    known_target(target)
    schema = schema_of(target)
    context = {**shell(target, "fields"), "fields": schema.fields}
    return render(request, "fields/fields.html", context)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: StaffRequest, target: str, code: str) -> HttpResponse:
    """One field, or a new one under the code ``new``."""
    known_target(target)
    row = FieldDefinition.objects.filter(target=target, code=code).first() if code != NEW else None
    if row is None and code != NEW:
        raise Http404
    of = target_called(target)
    form = DefinitionForm(request.POST or None, initial=_initial(row), definition=row, has_doubles=of.has_doubles)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_definition(actor=request.user, target=target, definition=row, **form.values())
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("fields:fields", target)
    context = {**shell(target, "fields"), "form": form, "row": row}
    return render(request, "fields/field.html", context, status=status)


@needs("settings.edit")
@require_POST
def field_delete(request: StaffRequest, target: str, code: str) -> HttpResponse:
    """Remove a field in which nothing was ever filled in."""
    row = FieldDefinition.objects.filter(target=target, code=code).first()
    if row is None:
        raise Http404
    try:
        delete_definition(actor=request.user, definition=row)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("fields:field", target, code)
    messages.success(request, _("The field is gone."))
    return redirect("fields:fields", target)


def _initial(row: FieldDefinition | None) -> dict[str, Any]:
    if row is None:
        return {"is_active": True, "position": 100, "kind": "text"}
    names = ("name_bn", "name_en", "help_bn", "help_en", "is_filter", "is_private", "is_identity", "is_active")
    return {
        **{name: getattr(row, name) for name in names},
        "position": row.position,
        "options": write_options(row.options.filter(is_active=True)),
    }
