"""The versions of a text: which there were, what differs, and sending an old one again (B.2)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion
from halkhata.engines.messaging.selectors.template_library import compare, rules, versions_of
from halkhata.engines.messaging.services.templates import bring_back
from halkhata.engines.messaging.template_forms import BringBackForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@require_GET
@needs("settings.edit")
def listing(request: StaffRequest, pk: int) -> HttpResponse:
    """All versions of a text, newest first; two of them can be compared."""
    template = get_object_or_404(Template.objects.select_related("team"), pk=pk)
    context = {"template": template, "versions": versions_of(template)}
    return render(request, "messaging/template_versions.html", context)


@require_GET
@needs("settings.edit")
def pick(request: StaffRequest, pk: int) -> HttpResponse:
    """Two versions were chosen in the list: the newer one's page, compared with the older."""
    template = get_object_or_404(Template, pk=pk)
    chosen = [request.GET.get(name, "") for name in ("from", "to")]
    numbers = sorted(int(one) for one in chosen if one.isascii() and one.isdigit() and len(one) < 9)
    if len(numbers) != 2:
        return redirect("messaging:template_versions", template.pk)
    response = redirect("messaging:template_version", template.pk, numbers[1])
    response["Location"] += f"?with={numbers[0]}"
    return response


@require_GET
@needs("settings.edit")
def detail(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """One version beside another: beside the one before it, unless ``?with=`` names one."""
    return _page(request, pk, number, None, 200)


@require_POST
@needs("settings.edit")
def again(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Send the words of this version again, as a new version."""
    template, _version = _found(pk, number)
    form = BringBackForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            saved = bring_back(actor=request.user, template=template, number=number, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
            status = status_of(error)
        else:
            if isinstance(saved, TemplateProposal):
                messages.success(request, _("Written down. It is sent as soon as somebody else agrees."))
                return redirect("messaging:template_proposal", saved.pk)
            messages.success(request, _("It is sent again from now on."))
            return redirect("messaging:template", saved.pk)
    return _page(request, pk, number, form, status)


def _found(pk: int, number: int) -> tuple[Template, TemplateVersion]:
    template = get_object_or_404(Template.objects.select_related("team", "current"), pk=pk)
    return template, get_object_or_404(TemplateVersion, template=template, number=number)


def _page(request: StaffRequest, pk: int, number: int, form: BringBackForm | None, status: int) -> HttpResponse:
    template, version = _found(pk, number)
    asked = request.GET.get("with", "")
    earlier = TemplateVersion.objects.filter(template=template)
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
            raise Http404
        other: TemplateVersion | None = get_object_or_404(earlier, number=int(asked))
    else:
        other = earlier.filter(number__lt=number).order_by("-number").first()
    is_current = template.current_id == version.pk
    context = {
        "template": template,
        "version": version,
        "other": other,
        "is_current": is_current,
        "parts": compare(other, version),
        "documents": version.documents.all(),
        "rules": rules(),
        "form": None if is_current else form or BringBackForm(initial={"version": template.version}),
    }
    return render(request, "messaging/template_version.html", context, status=status)
