"""Settings: what each role sees of the fields, and what it must fill in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.foundation.fields.services.layouts import save_layout
from halkhata.foundation.fields.settings_forms import LayoutForm
from halkhata.foundation.fields.views.targets import known_target, shell


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def layout(request: StaffRequest, target: str) -> HttpResponse:
    """The layout of everybody, or of one role (``?role=3``)."""
    known_target(target)
    role = _role(request.GET.get("role", ""))
    role_id = role.pk if role else None
    schema = schema_of(target)
    form = LayoutForm(request.POST or None, target=target, role_id=role_id)
    status = 200
    here = reverse("fields:layout", args=[target]) + (f"?role={role.pk}" if role else "")
    if request.method == "POST":
        status = 422
        drop = role is not None and request.POST.get("drop") == "1"
        if drop or form.is_valid():
            try:
                save_layout(actor=request.user, target=target, role=role, places={} if drop else form.places())
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect(here)
    roles = [{"label": _("Everybody"), "url": reverse("fields:layout", args=[target]), "active": role is None}] + [
        {
            "label": one.name,
            "url": f"{reverse('fields:layout', args=[target])}?role={one.pk}",
            "active": role is not None and one.pk == role.pk,
            "icon": "check" if schema.has_layout(one.pk) else "",
        }
        for one in Role.objects.order_by("level", "code")
    ]
    context = {
        **shell(target, "layout"),
        "form": form,
        "roles": roles,
        "role": role,
        "has_own": role is not None and schema.has_layout(role.pk),
    }
    return render(request, "fields/layout.html", context, status=status)


def _role(text: str) -> Role | None:
    if not text:
        return None
    role = Role.objects.filter(pk=text).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
    if role is None:
        raise Http404
    return role
