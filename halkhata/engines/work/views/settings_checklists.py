"""Templates of checklists (A52.15)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.work.forms.promises import ChecklistForm
from halkhata.engines.work.models import ChecklistTemplate
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.services.checklists import save_template
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound


@require_GET
@needs("settings.edit")
def checklists(request: StaffRequest) -> HttpResponse:
    """All checklists."""
    rows = []
    for template in ChecklistTemplate.objects.order_by("kind", "category", "pk").prefetch_related("lines"):
        kind = item_kinds.find(template.kind)
        rows.append(
            {"template": template, "kind": kind.label if kind else template.kind, "lines": list(template.lines.all())}
        )
    return render(request, "work/settings/checklists.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def checklist_new(request: StaffRequest) -> HttpResponse:
    """A new checklist."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def checklist_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a checklist; work that has its lines already keeps them."""
    template = ChecklistTemplate.objects.prefetch_related("lines").filter(pk=pk).first()
    if template is None:
        raise NotFound("checklist_not_found", _("There is no such checklist."))
    return _edit(request, template)


def _edit(request: StaffRequest, template: ChecklistTemplate | None) -> HttpResponse:
    form = ChecklistForm(request.POST or None, initial=ChecklistForm.initial_of(template) if template else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_template(actor=request.user, template=template, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("work:checklists")
    context = {"template": template, "form": form}
    return render(request, "work/settings/checklist.html", context, status=422 if form.errors else 200)
