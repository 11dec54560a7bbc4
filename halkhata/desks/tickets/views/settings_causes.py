"""Settings: the register of root causes (A52.22)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.tickets.cause_forms import RootCauseForm
from halkhata.desks.tickets.choices import RootCause
from halkhata.desks.tickets.models import Category, Resolution, RootCauseEntry
from halkhata.desks.tickets.selectors.root_causes import Cause, root_causes
from halkhata.desks.tickets.services.root_causes import save_root_cause
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of

NEW = "new"


@needs("settings.edit")
@require_safe
def causes(request: StaffRequest) -> HttpResponse:
    """All causes in their order, with how many solutions have each."""
    used = dict(Resolution.objects.order_by().values_list("root_cause").annotate(n=Count("pk")))
    names = {category.pk: category.name for category in Category.objects.all()}
    rows = [
        {
            "cause": cause,
            "used": used.get(cause.code, 0),
            "categories": ", ".join(sorted(names[pk] for pk in cause.category_ids if pk in names)),
        }
        for cause in root_causes(also_resting=True)
    ]
    return render(request, "tickets/settings/causes.html", {"rows": rows})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def cause(request: StaffRequest, code: str) -> HttpResponse:
    """One cause, or a new one under the code ``new``."""
    found = next((known for known in root_causes(also_resting=True) if known.code == code), None)
    if found is None and code != NEW:
        raise Http404
    form = RootCauseForm(request.POST or None, initial=_initial(found))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_root_cause(actor=request.user, code="" if found is None else code, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("tickets:causes")
    return render(request, "tickets/settings/cause.html", {"form": form, "cause": found}, status=status)


def _initial(cause: Cause | None) -> dict[str, Any]:
    if cause is None:
        return {"is_active": True, "position": 100}
    row = RootCauseEntry.objects.filter(code=cause.code).first()
    names = {"name_bn": row.name_bn, "name_en": row.name_en} if row is not None else _known_names(cause.code)
    return {
        **names, "position": cause.position, "is_active": cause.is_active, "categories": list(cause.category_ids),
    }  # fmt: skip


def _known_names(code: str) -> dict[str, str]:
    names = {}
    for language in ("bn", "en"):
        with translation.override(language):
            names[f"name_{language}"] = str(RootCause(code).label)
    return names
