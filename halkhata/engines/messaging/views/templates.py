"""Settings of the texts of automatic messages (B.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.forms import TemplateForm
from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.policies import items_visible_to
from halkhata.engines.messaging.services.placeholders import PLACEHOLDERS
from halkhata.engines.messaging.services.rendering import placeholder_values, render_template
from halkhata.engines.messaging.services.templates import save_template
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.files.services.storing import store_file


@require_GET
@needs("settings.edit")
def listing(request: StaffRequest) -> HttpResponse:
    """Per department: which occasions have a text of their own, in which language."""
    chosen = request.GET.get("team", "")
    team = Team.objects.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
    known = {
        (template.code, template.language, template.team_id): template
        for template in Template.objects.filter(channel=Channel.EMAIL).filter(team__in=[team] if team else [])
        | Template.objects.filter(channel=Channel.EMAIL, team__isnull=True)
    }
    rows = []
    for code in TemplateCode:
        for language in Language:
            own = known.get((code.value, language.value, team.pk if team else None))
            fallback = known.get((code.value, language.value, None)) if team else None
            rows.append({"code": code, "language": language, "own": own, "fallback": fallback})
    teams = Team.objects.filter(is_active=True).select_related("branch")
    tabs = [{"label": _("Every department"), "url": "?", "active": team is None}]
    tabs += [{"label": one.name, "url": f"?team={one.pk}", "active": one == team} for one in teams]
    return render(request, "messaging/templates.html", {"rows": rows, "team": team, "tabs": tabs})


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def new(request: StaffRequest) -> HttpResponse:
    """Write a text; with ``code``, ``language`` and ``team`` in the address the fallback is the beginning."""
    initial = {name: request.GET[name] for name in ("code", "language", "team") if name in request.GET}
    pattern = Template.objects.filter(
        code=initial.get("code", ""), language=initial.get("language", ""), team__isnull=True, channel=Channel.EMAIL
    ).first()
    if pattern is not None:
        initial = {
            "subject": pattern.subject,
            "body": pattern.body,
            "links": "\n".join(f"{link['label']} | {link['url']}" for link in pattern.links),
            **initial,
        }
    return _form_page(request, None, initial=initial)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a text, and see it with the values of a real ticket."""
    return _form_page(request, get_object_or_404(Template, pk=pk))


def _form_page(request: StaffRequest, template: Template | None, initial: dict[str, str] | None = None) -> HttpResponse:
    form = TemplateForm(request.POST or None, request.FILES or None, instance=template, initial=initial or {})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            upload = values["document"]
            saved = save_template(
                actor=request.user,
                template=template,
                values=values,
                version=values["version"],
                add_documents=[store_file(name=upload.name, data=upload.read())] if upload else [],
                remove_documents=[int(pk) for pk in request.POST.getlist("remove_document") if pk.isdigit()],
            )
        except DomainError as error:
            if error.field not in form.fields:
                raise
            form.add_error(error.field, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("messaging:template", saved.pk)
    context = {
        "form": form,
        "template": template,
        "documents": template.documents.all() if template else [],
        "placeholders": [(f"{{{{ {name} }}}}", words) for name, words in PLACEHOLDERS.items()],
        "preview": _preview(request, template) if template else None,
    }
    return render(request, "messaging/template_form.html", context, status=422 if form.errors else 200)


def _preview(request: StaffRequest, template: Template) -> dict[str, str]:
    """The saved text with the values of the ticket that was named, else of the newest one the user sees."""
    typed = request.GET.get("number", "")[:40]
    items = items_visible_to(request.user).filter(customer__isnull=False).select_related("customer", "branch", "owner")
    item = items.filter(number=parse_ref(typed) or "").first() if typed else items.order_by("-opened_at", "-id").first()
    if item is None:
        return {"typed": typed, "missing": "yes" if typed else "", "subject": "", "body": "", "number": ""}
    extra = {"text": _("(the text of the answer)"), "promise": _("(by when we answer)"), "link": _("(the link)")}
    subject, body = render_template(template, placeholder_values(item, language=template.language, extra=extra))
    return {"typed": typed, "missing": "", "subject": subject, "body": body, "number": item.number}
