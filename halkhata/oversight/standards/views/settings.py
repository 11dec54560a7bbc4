"""Writing, looking at and publishing the service standards."""

from django.conf import settings as conf
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.reader import current_reader, default_reader, reader_context
from halkhata.oversight.standards.document import document
from halkhata.oversight.standards.forms import DraftForm, PublishForm
from halkhata.oversight.standards.models import StandardsVersion
from halkhata.oversight.standards.policies import can_publish_standards
from halkhata.oversight.standards.selectors.facts import current_facts
from halkhata.oversight.standards.selectors.versions import (
    PARTS,
    disagreements,
    draft,
    today_in_shop,
    version_in_force,
)
from halkhata.oversight.standards.services.publishing import publish_standards, save_draft


@require_http_methods(["GET", "HEAD", "POST"])
@needs("settings.edit")
def settings(request: StaffRequest) -> HttpResponse:
    """The draft, the versions, and whether they agree with the settings."""
    _let_in(request)
    form = DraftForm(request.POST or None, draft=draft())
    if request.method == "POST" and form.is_valid():
        try:
            save_draft(actor=request.user, texts=form.texts(), version=form.cleaned_data["version"])
        except DomainError as error:
            form.take_error(error)
            return _page(request, form, _publish_form(), status_of(error))
        messages.success(request, _("The draft is saved."))
        return redirect("standards:settings")
    return _page(request, form, _publish_form(), 422 if form.errors else 200)


@require_POST
@needs("settings.edit")
def publish(request: StaffRequest) -> HttpResponse:
    """Publish the saved draft."""
    _let_in(request)
    form = PublishForm(request.POST, auto_id="publish_%s")
    status = 422
    if form.is_valid():
        try:
            published = publish_standards(
                actor=request.user,
                effective_on=form.cleaned_data["effective_on"],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            day = format_date(
                published.effective_on, language=current_reader().language, digits=current_reader().digits
            )
            messages.success(request, _("Published. It holds from %(day)s.") % {"day": day})
            return redirect("standards:settings")
    return _page(request, DraftForm(draft=draft()), form, status)


@require_safe
@needs("settings.edit")
def preview(request: StaffRequest) -> HttpResponse:
    """The draft as customers would read it, with the facts of now; ``?lang=`` in either language."""
    _let_in(request)
    asked = request.GET.get("lang", "")
    language = asked if asked in {"bn", "en"} else current_reader().language
    with translation.override(language), reader_context(default_reader()):
        context = {
            "doc": document(draft().texts, current_facts(today_in_shop())),
            "is_preview": True,
            "hide_language": True,
            "page_language": language,
            "page_languages": (("bn", "বাংলা"), ("en", "English")),
        }
        return render(request, "standards/public.html", context)


def _let_in(request: StaffRequest) -> None:
    if not can_publish_standards(request.user):
        raise PermissionRefused(
            "permission_refused", _("Only whoever sets up the whole shop may write its service standards.")
        )


def _publish_form() -> PublishForm:
    today = format_date(today_in_shop(), digits=current_reader().digits, style="numeric")
    found = draft()
    version = None if found._state.adding else found.version
    return PublishForm(initial={"effective_on": today, "version": version}, auto_id="publish_%s")


def _page(request: StaffRequest, form: DraftForm, publish_form: PublishForm, status: int) -> HttpResponse:
    today = today_in_shop()
    current = version_in_force(today)
    address = reverse("portal:standards")
    rows = [
        {
            "version": version,
            "url": f"{address}{version.number}/",
            "is_in_force": current is not None and version.pk == current.pk,
            "is_future": version.effective_on > today,
        }
        for version in StandardsVersion.objects.defer("texts", "facts")[:50]
    ]
    context = {
        "form": form,
        "publish_form": publish_form,
        "versions": rows,
        "disagreements": [PARTS[part] for part in disagreements(today)],
        "public_url": f"{conf.BASE_URL.rstrip('/')}{address}",
    }
    return render(request, "standards/settings.html", context, status=status)
