"""Settings: words of danger, and a box to try them in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.tickets.models import SafetyWord
from halkhata.desks.tickets.services.priority import safety_words_in
from halkhata.desks.tickets.services.safety_words import add_safety_word, switch_safety_word
from halkhata.desks.tickets.setting_forms import SafetyWordForm, TrySentenceForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def safety_words(request: StaffRequest) -> HttpResponse:
    """The list; one form adds a word, another tries a sentence and keeps nothing."""
    if request.method != "POST":
        return _page(request)
    if "sentence" in request.POST:
        trial = TrySentenceForm(request.POST)
        if not trial.is_valid():
            return _page(request, trial=trial, status=422)
        return _page(request, trial=trial, found=safety_words_in(trial.cleaned_data["sentence"]))
    form = SafetyWordForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        added = add_safety_word(actor=request.user, word=form.cleaned_data["word"])
    except DomainError as error:
        form.take_error(error)
        return _page(request, form=form, status=status_of(error))
    messages.success(request, _("“%(word)s” is on the list.") % {"word": added.word})
    return redirect("tickets:safety_words")


@needs("settings.edit")
@require_POST
def safety_word_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch a word off or on."""
    word = SafetyWord.objects.filter(pk=pk).first()
    if word is None:
        raise NotFound("word_not_found", _("There is no such word."))
    is_active = request.POST.get("on") == "1"
    switch_safety_word(actor=request.user, word=word, is_active=is_active)
    said = _("“%(word)s” is looked for again.") if is_active else _("“%(word)s” is no longer looked for.")
    messages.success(request, said % {"word": word.word})
    return redirect("tickets:safety_words")


def _page(
    request: StaffRequest,
    *,
    form: SafetyWordForm | None = None,
    trial: TrySentenceForm | None = None,
    found: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = list(SafetyWord.objects.order_by("pk"))
    context = {
        "in_use": [row for row in rows if row.is_active],
        "switched_off": [row for row in rows if not row.is_active],
        "form": form or SafetyWordForm(),
        "trial": trial or TrySentenceForm(),
        "found": found,
        "was_tried": found is not None,
    }
    return render(request, "tickets/settings/safety_words.html", context, status=status)
