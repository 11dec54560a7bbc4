"""Settings of the texts of automatic messages: the library, and the form with preview and test (B.1, B.2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.messaging.models import Template, TemplateProposal, TrialMail
from halkhata.engines.messaging.selectors.template_library import (
    library,
    rules,
    text_library,
    waiting_for,
    waiting_proposals,
)
from halkhata.engines.messaging.services.placeholders import PLACEHOLDERS
from halkhata.engines.messaging.services.template_values import checked_values, kept_documents
from halkhata.engines.messaging.services.templates import submit_text
from halkhata.engines.messaging.services.trials import send_me
from halkhata.engines.messaging.starting_texts import STARTING
from halkhata.engines.messaging.template_forms import TemplateForm, link_lines
from halkhata.engines.messaging.views.template_preview import Preview, preview_of
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.services.storing import store_file


@require_GET
@needs("settings.edit")
def listing(request: StaffRequest) -> HttpResponse:
    """Per department: which occasions have a text of their own, in which language; what waits for a second person."""
    chosen = request.GET.get("team", "")
    team = Team.objects.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
    teams = Team.objects.filter(is_active=True).select_related("branch")
    tabs = [{"label": _("Every department"), "url": "?", "active": team is None}]
    tabs += [{"label": one.name, "url": f"?team={one.pk}", "active": one == team} for one in teams]
    context = {
        "rows": library(team), "texts": text_library(team), "team": team, "tabs": tabs, "rules": rules(),
        "waiting": list(waiting_proposals()),
    }  # fmt: skip
    return render(request, "messaging/templates.html", context)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Write a text; with ``code``, ``language`` and ``team`` in the address the fallback is the beginning."""
    initial = {name: request.GET[name] for name in ("code", "language", "team", "channel") if name in request.GET}
    pattern = Template.objects.filter(
        code=initial.get("code", ""), language=initial.get("language", ""), team__isnull=True, channel=Channel.EMAIL
    ).first()
    if initial.get("channel") == Channel.SMS:
        words = STARTING.get(initial.get("code", ""), {}).get(initial.get("language", ""), "")
        initial = {"body": words, **initial}
    elif pattern is not None:
        initial = {
            "subject": pattern.subject, "body": pattern.body, "links": link_lines(pattern.links), **initial,
        }  # fmt: skip
    return _form_page(request, None, initial=initial)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a text, see it with the values of a real ticket, and have a test sent to oneself."""
    return _form_page(request, get_object_or_404(Template.objects.select_related("team", "current"), pk=pk))


def _form_page(request: StaffRequest, template: Template | None, initial: dict[str, str] | None = None) -> HttpResponse:
    waiting = waiting_for(template) if template is not None else None
    own = waiting if waiting is not None and waiting.author_id_then == request.user.pk else None
    form = TemplateForm(
        request.POST or None, request.FILES or None, instance=template, proposal=own, initial=initial or {}
    )
    status, preview = 200, preview_of(request, template) if template else None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "look" in request.POST:
                    preview, status = preview_of(request, Template(**checked_values(form.cleaned_data))), 200
                elif "try" in request.POST:
                    preview, status = _try(request, form, template), 200
                else:
                    return _saved(request, _keep(request, form, template))
            except DomainError as error:
                if isinstance(error, Conflict) and error.code == "changed_meanwhile":
                    raise
                form.take_error(error)
                status = status_of(error)
    context = {
        "form": form,
        "template": template,
        "waiting": waiting,
        "rules": rules(),
        "documents": template.documents.all() if template else [],
        "placeholders": [(f"{{{{ {name} }}}}", words) for name, words in PLACEHOLDERS.items()],
        "preview": preview,
        "trials": TrialMail.objects.filter(user=request.user, template=template)[:3] if template else [],
    }
    return render(request, "messaging/template_form.html", context, status=status)


def _keep(request: StaffRequest, form: TemplateForm, template: Template | None) -> Template | TemplateProposal:
    values: dict[str, Any] = dict(form.cleaned_data)
    upload = values["document"]
    return submit_text(
        actor=request.user,
        template=template,
        values=values,
        version=values["version"],
        add_documents=[store_file(name=upload.name, data=upload.read())] if upload else [],
        remove_documents=_removed(request),
        why=values["why"],
    )


def _saved(request: StaffRequest, saved: Template | TemplateProposal) -> HttpResponse:
    if isinstance(saved, TemplateProposal):
        messages.success(request, _("Written down. It is sent as soon as somebody else agrees."))
        return redirect("messaging:template_proposal", saved.pk)
    messages.success(request, _("Saved."))
    return redirect("messaging:template", saved.pk)


def _try(request: StaffRequest, form: TemplateForm, template: Template | None) -> Preview:
    """Send what stands in the form to whoever typed it. Nothing is saved."""
    preview = preview_of(request, Template(**checked_values(form.cleaned_data)))
    if preview.is_missing:
        return preview
    trial = send_me(
        actor=request.user,
        values=form.cleaned_data,
        template=template,
        item=preview.real_item,
        documents=kept_documents(template, remove=_removed(request)) if template is not None else [],
    )
    messages.success(request, _("The test is on its way to %(address)s.") % {"address": trial.to_address})
    return preview


def _removed(request: StaffRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("remove_document") if pk.isascii() and pk.isdigit()]
