"""Settings of chat: accounts, their templates, what could not be worked on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.chat.choices import ChatKind, EventState
from halkhata.engines.chat.forms import AccountForm, TemplateForm
from halkhata.engines.chat.models import ChatAccount, ChatTemplate
from halkhata.engines.chat.policies import accounts_visible_to, events_visible_to
from halkhata.engines.chat.selectors.lights import light_of
from halkhata.engines.chat.services.accounts import FIELDS, account_for, save_account
from halkhata.engines.chat.services.health import check_account
from halkhata.engines.chat.services.processing import try_again
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.services.templates import save_template, sync_templates
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.reader import current_reader

SHOWN_EVENTS = 50


@needs("settings.edit")
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """The numbers and pages in reach with their lights."""
    rows = [{"account": one, "light": light_of(one)} for one in accounts_visible_to(request.user)]
    waiting = events_visible_to(request.user).filter(state=EventState.WAITING)[:1].exists()
    return render(request, "chat/accounts.html", {"rows": rows, "waiting": waiting})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def account_new(request: StaffRequest) -> HttpResponse:
    """Add one."""
    return _account_page(request, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _account_page(request, account_for(request.user, pk))


@needs("settings.edit")
@require_POST
def account_test(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask Meta now."""
    row = account_for(request.user, pk)
    if row.is_demo:
        raise DomainError("demo_account", _("This account is invented and connects to nothing."))
    if check_account(row):
        messages.success(request, _("It works: Meta knows the account and takes the token."))
    else:
        messages.warning(request, _("It does not work. The light says why."))
    return redirect("chat:account", row.pk)


@needs("settings.edit")
@require_POST
def account_word(request: StaffRequest, pk: int) -> HttpResponse:
    """The address and the word that Meta's settings ask for: the word is no secret of Meta's, but of this page."""
    row = account_for(request.user, pk)
    address = request.build_absolute_uri(reverse("chat:hook", args=[row.key]))
    context = {"account": row, "address": address, "word": secret_of(row, "verify_token")}
    return render(request, "chat/account_word.html", context)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: StaffRequest, pk: int) -> HttpResponse:
    """The texts of one number; a new one is typed in below."""
    return _template_page(request, account_for(request.user, pk), None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def template_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One text."""
    rows = ChatTemplate.objects.filter(account__in=accounts_visible_to(request.user))
    row = rows.select_related("account").filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return _template_page(request, row.account, row)


@needs("settings.edit")
@require_POST
def templates_sync(request: StaffRequest, pk: int) -> HttpResponse:
    """Read them from Meta now."""
    row = account_for(request.user, pk)
    count = sync_templates(row)
    if count < 0:
        messages.warning(request, _("Meta did not give them. Look at the token and the id of the business account."))
    else:
        said = _("%(count)s texts were read.") % {"count": format_number(count, digits=current_reader().digits)}
        messages.success(request, said)
    return redirect("chat:templates", row.pk)


@needs("settings.edit")
@require_safe
def events(request: StaffRequest) -> HttpResponse:
    """What was told and could not be worked on: nothing of it is lost."""
    rows = events_visible_to(request.user).filter(state=EventState.WAITING).order_by("-id")[:SHOWN_EVENTS]
    return render(request, "chat/events.html", {"events": rows, "reasons": REASONS})


@needs("settings.edit")
@require_POST
def event_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Try one again."""
    event = events_visible_to(request.user).filter(pk=pk).first()
    if event is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if try_again(actor=request.user, event=event) == EventState.WAITING:
        messages.warning(request, _("It still does not work."))
    else:
        messages.success(request, _("Done."))
    return redirect("chat:events")


REASONS = ("no_sender", "not_set_up", "failed_often")


def _account_page(request: StaffRequest, row: ChatAccount | None) -> HttpResponse:
    initial = {name: getattr(row, name) for name in FIELDS} if row is not None else {}
    form = AccountForm(
        request.POST if request.method == "POST" else None, user=request.user, account=row, initial=initial
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save_account(actor=request.user, account=row, values=dict(form.cleaned_data))
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. Try the connection now."))
                return redirect("chat:account", saved.pk)
    context = {"form": form, "account": row, "light": light_of(row) if row is not None else None,
               "has_templates": row is not None and row.kind == ChatKind.WHATSAPP}  # fmt: skip
    return render(request, "chat/account.html", context, status=status)


def _template_page(request: StaffRequest, row: ChatAccount, template: ChatTemplate | None) -> HttpResponse:
    if row.kind != ChatKind.WHATSAPP:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    names = ("name", "language", "body", "state")
    initial = {name: getattr(template, name) for name in names} if template is not None else {}
    form = TemplateForm(request.POST if request.method == "POST" else None, template=template, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_template(actor=request.user, account=row, template=template, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("chat:templates", row.pk)
    rows = list(row.templates.all()[:500]) if template is None else []
    context = {"account": row, "template": template, "templates": rows, "form": form}
    return render(request, "chat/templates.html", context, status=status)
