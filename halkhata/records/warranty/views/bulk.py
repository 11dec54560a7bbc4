"""A list of registrations, pasted."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.warranty.forms import BulkForm
from halkhata.records.warranty.services.bulk import register_list


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.register")
def bulk(request: StaffRequest) -> HttpResponse:
    """Good lines are written down; the others are shown with what is wrong, to be sent again."""
    form = BulkForm(request.POST or None)
    result, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                result = register_list(
                    actor=request.user, text=data["lines"], product=data["product"], sold_by=data["sold_by"]
                )
                status = 200
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            if result is not None and result.problems:
                left = "\n".join(line for _place, line, _reason in result.problems)
                form = BulkForm(initial={**data, "lines": left})
            elif result is not None:
                form = BulkForm()
    return render(request, "warranty/bulk.html", {"form": form, "result": result}, status=status)
