"""What waits for a second person: looking at it, agreeing, refusing; and whether the shop asks for one at all (B.2)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.messaging.models import TemplateProposal
from halkhata.engines.messaging.selectors.template_library import compare, rules
from halkhata.engines.messaging.services.template_proposals import approve, refuse, take_back
from halkhata.engines.messaging.services.template_rules import ask_for_second, stop_asking
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.trials import send_me
from halkhata.engines.messaging.template_forms import RefuseForm, RulesForm
from halkhata.engines.messaging.views.template_preview import preview_of
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


@require_GET
@needs("settings.edit")
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """What changes, how it looks for a real ticket, and who may decide."""
    return _page(request, pk, RefuseForm(), 200)


@require_POST
@needs("settings.edit")
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    """Have it sent from now on."""
    saved = approve(actor=request.user, pk=pk)
    messages.success(request, _("Agreed. It is sent from now on."))
    return redirect("messaging:template", saved.pk)


@require_POST
@needs("settings.edit")
def say_no(request: StaffRequest, pk: int) -> HttpResponse:
    """Refuse it, with the reason."""
    form = RefuseForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            refuse(actor=request.user, pk=pk, answer=form.cleaned_data["answer"])
        except DomainError as error:
            if error.field not in form.fields:
                raise
            form.add_error(error.field, str(error.message))
            status = status_of(error)
        else:
            messages.success(request, _("Refused. What is sent stays as it is."))
            return redirect("messaging:templates")
    return _page(request, pk, form, status)


@require_POST
@needs("settings.edit")
def back(request: StaffRequest, pk: int) -> HttpResponse:
    """Its author takes it back."""
    take_back(actor=request.user, pk=pk)
    messages.success(request, _("Taken back. What is sent stays as it is."))
    return redirect("messaging:templates")


@require_POST
@needs("settings.edit")
def trial(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a test of it to whoever presses."""
    proposal = _found(pk)
    sent = send_me(
        actor=request.user,
        values={name: getattr(proposal, name) for name in FIELDS},
        template=proposal.template,
        item=preview_of(request, proposal).real_item,
        documents=list(proposal.documents.all()),
    )
    messages.success(request, _("The test is on its way to %(address)s.") % {"address": sent.to_address})
    return redirect("messaging:template_proposal", proposal.pk)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def approval(request: StaffRequest) -> HttpResponse:
    """Whether a second person agrees to changed texts."""
    # An unticked box alone is an empty form, and still an answer.
    typed = request.POST if request.method == "POST" else None
    form = RulesForm(typed, initial={"needs_second": rules().needs_second})
    status = 200
    if request.method == "POST":
        status = 422
        form.is_valid()
        try:
            if form.cleaned_data["needs_second"]:
                ask_for_second(actor=request.user)
                messages.success(request, _("From now on a second person agrees to changed texts."))
            elif stop_asking(actor=request.user).needs_second:
                messages.success(request, _("Somebody else must agree that it is switched off."))
            else:
                messages.success(request, _("Changed texts are sent at once."))
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
            status = status_of(error)
        else:
            return redirect("messaging:template_rules")
    return render(request, "messaging/template_rules.html", {"form": form, "rules": rules()}, status=status)


def _found(pk: int) -> TemplateProposal:
    return get_object_or_404(TemplateProposal.objects.select_related("team", "template__team"), pk=pk)


def _page(request: StaffRequest, pk: int, form: RefuseForm, status: int) -> HttpResponse:
    proposal = _found(pk)
    context = {
        "proposal": proposal,
        "parts": compare(proposal.template, proposal),
        "is_own": proposal.author_id_then == request.user.pk,
        "is_stale": proposal.template is not None and proposal.template.version != proposal.base_version,
        "documents": proposal.documents.all(),
        "preview": preview_of(request, proposal),
        "form": form,
    }
    return render(request, "messaging/template_proposal.html", context, status=status)
