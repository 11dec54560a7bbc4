"""What the product has to tell the reader. Mounted as ``web:notifications``."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from halkhata.engines.work.selectors.notices import notice_page
from halkhata.engines.work.selectors.rows import item_url
from halkhata.engines.work.services.notifications import mark_read
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound


@require_GET
@needs()
def notifications(request: StaffRequest) -> HttpResponse:
    """The reader's notices, newest first."""
    page = notice_page(request.user, before=request.GET.get("before", ""))
    return render(request, "work/notifications.html", {"page": page})


@require_POST
@needs()
def notifications_read(request: StaffRequest) -> HttpResponse:
    """Mark all notices as read."""
    mark_read(user=request.user)
    messages.success(request, _("All marked as read."))
    return redirect("web:notifications")


@require_POST
@needs()
def notification_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about."""
    notice = request.user.notifications.select_related("item").filter(pk=pk).first()
    if notice is None:
        raise NotFound("notice_not_found", _("There is no such notice."))
    mark_read(user=request.user, ids=[notice.pk])
    if notice.item is not None:
        return redirect(item_url(notice.item))
    url = str(notice.data.get("url", ""))
    return redirect(url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else "web:notifications")
