"""Customers who may be one person: the list, the merge with its preview, and the way back (US-55)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.customers.forms.merging import MergeForm
from halkhata.records.customers.merging import jobs, proposals, reasons
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.nearby import look_for
from halkhata.records.customers.merging.pairing import LIKELY
from halkhata.records.customers.merging.preview import Preview, preview_merge
from halkhata.records.customers.merging.unmerge import UNDO_WITHIN, standing_merge, unmerge_customer
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.customers.selectors.customers import customer_for


@require_GET
@needs("customer.view", "customer.edit")
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs that may be one person, the likeliest first."""
    refuse_unless_may_edit(request.user)
    page = proposals.open_pairs(request.user, after=request.GET.get("after"))
    pairs = [
        {"pair": pair, "likely": pair.score >= LIKELY * 100, "words": reasons.words_of(reasons.read(pair.reasons))}
        for pair in page.items
    ]
    context = {
        "pairs": pairs,
        "search": proposals.latest_search(),
        "may_edit": True,
        "newer_url": "?" if request.GET.get("after") else "",
        "older_url": f"?after={page.older}" if page.older else "",
    }
    return render(request, "customers/merging/duplicates.html", context)


@require_POST
@needs("customer.view", "customer.edit")
def duplicates_search(request: StaffRequest) -> HttpResponse:
    """Have the whole book searched in the background."""
    refuse_unless_may_edit(request.user)
    jobs.search_whole_book()
    messages.success(request, _("The book is being searched. Whoever is found appears here by and by."))
    return redirect("customers:duplicates")


@require_POST
@needs("customer.view", "customer.edit")
def not_double(request: StaffRequest, pk: int) -> HttpResponse:
    """The two are two people."""
    one = customer_for(request.user, pk)
    other = _other(request, request.POST.get("other", ""))
    if other is None:
        raise Http404
    proposals.say_different(actor=request.user, one=one, other=other)
    messages.success(request, _("%(one)s and %(other)s are not proposed again.") % {"one": one, "other": other})
    return redirect("customers:duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("customer.view", "customer.edit")
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose who becomes part of this customer, look at what comes of it field by field, and do it."""
    refuse_unless_may_edit(request.user)
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("customers:merge", customer.merged_into_id)
    typed = request.POST.get("other", "") or request.GET.get("with", "")
    other = _other(request, typed)
    if other is None or other.pk == customer.pk:
        found = look_for(request.user, customer, typed)
        context: dict[str, Any] = {
            "customer": customer, "typed": typed, "found": found, "is_same": other is not None,
        }  # fmt: skip
        status = 422 if request.method == "POST" else 200
        return render(request, "customers/merging/choose.html", context, status=status)
    preview = preview_merge(customer, other)
    if request.method != "POST":
        initial = {"other": other.pk, "version": customer.version, "other_version": other.version}
        return _preview_page(request, preview, MergeForm(initial=initial, choices=preview.fields))
    form = MergeForm(request.POST, choices=preview.fields)
    if not form.is_valid():
        return _preview_page(request, preview, form, status=422)
    try:
        merge_customers(
            actor=request.user,
            merged=other,
            survivor=customer,
            chosen=form.chosen(),
            reason=form.cleaned_data["reason"],
            merged_version=form.seen_other_version,
            survivor_version=form.seen_version,
        )
    except DomainError as error:
        form.take_error(error)
        return _preview_page(request, preview, form, status=status_of(error))
    messages.success(
        request,
        _("%(name)s is part of %(into)s now. This can be undone for 30 days.") % {"name": other, "into": customer},
    )
    return redirect("customers:detail", customer.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("customer.view", "customer.edit")
def unmerge(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo the merge of this alias, after saying what comes back."""
    refuse_unless_may_edit(request.user)
    customer = customer_for(request.user, pk)
    standing = standing_merge(customer)
    if standing is None:
        raise Conflict("not_merged", _("This customer is not merged into another one."))
    if request.method == "POST":
        unmerge_customer(actor=request.user, customer=customer)
        messages.success(request, _("%(name)s is a customer of their own again.") % {"name": customer})
        return redirect("customers:detail", customer.pk)
    context = {
        "customer": customer,
        "merge": standing,
        "until": standing.at + UNDO_WITHIN,
        "returning": sum(len(rows.ids) for rows in standing.rows.all()),
    }
    return render(request, "customers/merging/unmerge.html", context)


def _preview_page(request: StaffRequest, preview: Preview, form: MergeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "customer": preview.survivor,
        "other": preview.merged,
        "preview": preview,
        "words": reasons.words_of(preview.comparison.reasons),
        "settled": [line for line in preview.fields if not line.is_open],
        "form": form,
    }
    return render(request, "customers/merging/preview.html", context, status=status)


def _other(request: StaffRequest, typed: str) -> Customer | None:
    """The customer named by id; an alias answers as who it is today."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        return None
    visible = Customer.objects.visible_to(request.user).select_related("organization", "branch", "home_team")
    found = visible.filter(pk=int(typed)).first()
    if found is not None and found.merged_into_id is not None:
        return visible.filter(pk=found.merged_into_id).first()
    return found
