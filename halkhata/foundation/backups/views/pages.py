"""The page of the backups: settings, what was made, the key."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.backups.forms import BackupSettingsForm
from halkhata.foundation.backups.models import BackupRun
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.backups.selectors.standing import backup_settings
from halkhata.foundation.backups.services.back_up import folder_for
from halkhata.foundation.backups.services.keeping import begin_by_hand, change_settings
from halkhata.foundation.backups.services.key_store import key_for_people, key_is_kept, note_key_kept
from halkhata.foundation.backups.words import trouble_words
from halkhata.foundation.core.errors import DomainError

SHOWN = 20


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def settings(request: StaffRequest) -> HttpResponse:
    """Show and change."""
    require_keeper(request.user)
    row = backup_settings()
    form = BackupSettingsForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            if error.field is None:
                raise
            form.add_error(error.field, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("backups:settings")
    return render(
        request, "backups/settings.html",
        {
            "form": form, "row": row, "folder": folder_for(row), "key_is_kept": key_is_kept(row),
            "runs": [{"run": run, "trouble": trouble_words(run)} for run in BackupRun.objects.order_by("-id")[:SHOWN]],
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


@require_POST
@needs("settings.edit")
def begin(request: StaffRequest) -> HttpResponse:
    """Make one now."""
    begin_by_hand(actor=request.user)
    messages.success(request, _("The backup has begun. Its line stands below in a moment."))
    return redirect("backups:settings")


@require_POST
@needs("settings.edit")
def key(request: StaffRequest) -> HttpResponse:
    """Show the key once more, to be written down: a POST, so that it stands in no history and no log."""
    shown = key_for_people(request.user)
    return render(request, "backups/key.html", {"groups": shown.split("-")})


@require_POST
@needs("settings.edit")
def key_kept(request: StaffRequest) -> HttpResponse:
    """Somebody has it elsewhere now."""
    note_key_kept(request.user)
    messages.success(request, _("Noted. Keep it well: without it no backup can be opened."))
    return redirect("backups:settings")
