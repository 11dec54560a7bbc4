"""The page on which the shop's own fields and tags of one record are filled in; each app mounts it for its records."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.forms import RecordFieldsForm
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.foundation.fields.selectors.values import read_tags, read_values
from halkhata.foundation.fields.services.tags import hang_tags
from halkhata.foundation.fields.services.values import enforce, fill_in


def record_page(request: StaffRequest, target: str, record: Any) -> HttpResponse:
    """Form and saving for ``record``, which the caller has found inside the user's reach."""
    of = target_called(target)
    held = read_values(target, [record.pk])[record.pk]
    worn = read_tags(target, [record.pk])[record.pk]
    initial = {"tags": ", ".join(tag.name for tag in worn)}
    form = RecordFieldsForm(request.POST if request.method == "POST" else None, initial=initial)
    form.add_custom_fields(target, request.user, held)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reminders = _save(request, target, record.pk, form)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                for sentence in reminders:
                    messages.warning(request, sentence)
                return redirect(of.url(record))
    context = {
        "form": form,
        "record": record,
        "of": of,
        "target": target,
        "back": of.url(record),
        "known_tags": [tag.name for tag in schema_of(target).tags if tag.is_active][:200],
        "may_set_up": request.user.may("settings.edit"),
    }
    return render(request, "fields/record.html", context, status=status)


def _save(request: StaffRequest, target: str, pk: int, form: RecordFieldsForm) -> list[str]:
    of = target_called(target)
    with transaction.atomic():
        record = of.lock(request.user, pk)
        fill_in(actor=request.user, target=target, record=record, values=form.custom_values())
        hang_tags(actor=request.user, target=target, record=record, names=form.tag_names())
        verdict = enforce(actor=request.user, target=target, record=record)
    return [sentence for _at, sentence in verdict.reminded]
