"""Ending one's own sessions from the list on the profile."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.sessions import end_other_sessions, end_session
from halkhata.foundation.core.formatting import format_number


@needs()
@require_POST
def end(request: StaffRequest) -> HttpResponse:
    """End one session by its handle, or with ``which=others`` all but this one."""
    if request.POST.get("which") == "others":
        count = end_other_sessions(request.user, keep=request.session.session_key)
        text = ngettext("%(count)s other session was ended.", "%(count)s other sessions were ended.", count)
        messages.success(request, text % {"count": format_number(count, digits=request.reader.digits)})
    elif end_session(request.user, request.POST.get("which", "")):
        messages.success(request, str(_("The session was ended.")))
    return redirect("accounts:profile")
