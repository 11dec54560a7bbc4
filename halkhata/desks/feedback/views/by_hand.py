"""A score said on the phone or written on paper, put down at the contact it was said at."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.feedback.forms import SaidForm
from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.desks.feedback.services.by_hand import record_score
from halkhata.desks.feedback.views.who import staff
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_work_on
from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of

KIND = "follow_up"


@needs("work.view")
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest) -> HttpResponse:
    """The form for the contact of ``?about=F-12``; with ``part=1`` a card for its page, nothing once it is over."""
    user, number = staff(request), parse_ref(request.GET.get("about", "")[:30].replace("\x00", ""))
    rows = WorkItem.objects.visible_to(user).select_related("parent__customer", "parent__owner", "customer", "owner")
    task = rows.filter(number=number or "-", kind=KIND, parent__isnull=False).first()
    is_part = bool(request.GET.get("part"))
    if task is None or task.parent is None or task.parent.customer is None or not can_work_on(user, task):
        if is_part:
            return HttpResponse("")
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if is_part and task.state_flag == StateFlag.RESOLVED:
        return HttpResponse("")
    form = SaidForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                record_score(actor=user, task=task, **form.cleaned_data)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
                status = status_of(error)
            else:
                messages.success(request, _("Written down. Thank you."))
                return redirect("work:task", task.number)
    survey = csat_survey()
    context = {"form": form, "task": task, "question": in_reader_language(survey.question_bn, survey.question_en)}
    template = "feedback/_said.html" if is_part else "feedback/said.html"
    return render(request, template, context, status=status)
