"""Settings: what tickets are about."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.categories import move_category, save_category
from halkhata.desks.tickets.setting_forms import CategoryForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_safe
def categories(request: StaffRequest) -> HttpResponse:
    """All categories in their order, with how many tickets have each."""
    rows = list(
        Category.objects.select_related("team", "team__branch", "parent").annotate(used=Count("tickets")).order_by(
            "position", "code"
        )
    )  # fmt: skip
    return render(request, "tickets/settings/categories.html", {"rows": rows})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: StaffRequest) -> HttpResponse:
    """One more category."""
    return _edit(request, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename a category, give it to a team, switch it off."""
    return _edit(request, _category(pk))


@needs("settings.edit")
@require_POST
def category_move(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move_category(actor=request.user, category=_category(pk), up=request.POST.get("to") == "up")
    return redirect("tickets:categories")


def _edit(request: StaffRequest, category: Category | None) -> HttpResponse:
    initial = {}
    if category is not None:
        initial = {
            name: getattr(category, name) for name in ("name_bn", "name_en", "team", "parent", "is_active", "version")
        }
    status, fresh = 200, None
    form = CategoryForm(request.POST or None, category=category, initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_category(actor=request.user, category=category, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
                if error.code == "changed_meanwhile" and category is not None:
                    # Beside what was typed stands what is there now; pressed again, it is saved all the same.
                    category.refresh_from_db()
                    fresh = category.version
            else:
                messages.success(request, _("Saved."))
                return redirect("tickets:categories")
    context = {"form": form, "category": category, "fresh": fresh}
    return render(request, "tickets/settings/category.html", context, status=status)


def _category(pk: int) -> Category:
    found = Category.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("category_not_found", _("There is no such category."))
    return found
