"""Writing to a customer by chat from the page of a piece of work."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.chat.choices import TemplateState
from halkhata.engines.chat.forms import ChatForm, FilledForm
from halkhata.engines.chat.models import ChatDelivery, ChatIdentity, ChatTemplate
from halkhata.engines.chat.policies import people_for
from halkhata.engines.chat.registry import chat_desks
from halkhata.engines.chat.selectors.compose import Writable, newest_seen, writable_people
from halkhata.engines.chat.selectors.extras import FAULTS
from halkhata.engines.chat.services.answering import answer_by_chat, answer_by_template, filled_text
from halkhata.engines.chat.services.sending import decide
from halkhata.engines.chat.services.windows import window_of
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.records.customers.privacy import may_see_private


@needs("work.view", "ticket.reply")
@require_safe
def about(request: StaffRequest) -> HttpResponse:
    """``?about=K-12``: whom we may write to; with ``part=1`` a card for its page, or nothing."""
    item = _item(request, request.GET.get("about", ""))
    people = writable_people(item) if chat_desks.find(item.kind) else []
    if request.GET.get("part") == "1" and not people:
        return HttpResponse("")
    return _page(request, item, people, is_part=request.GET.get("part") == "1")


@needs("work.view", "ticket.reply")
@require_safe
def window(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The time left for free text, asked again every minute while the page is open."""
    item = _item(request, number)
    person = _person(item, pk)
    one = Writable(person=person, window=window_of(person))
    return render(request, "chat/_window.html", {"one": one, "item": item})


@needs("work.view", "ticket.reply")
@require_POST
def send(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Free text to one person."""
    item = _item(request, number)
    person = _person(item, pk)
    form = ChatForm(request.POST, auto_id=f"id_chat{pk}_%s")
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            answer_by_chat(actor=request.user, item=item, identity=person, text=data["text"], seen=data["seen"])
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            messages.success(request, _("It is on its way."))
            return redirect(item_url(item))
    return _page(request, item, writable_people(item), form=form, about_pk=pk, status=status)


@needs("work.view", "ticket.reply")
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """``?template=7``: an approved text with its gaps to fill; looked at first, then sent."""
    item = _item(request, number)
    person = _person(item, pk)
    chosen = _template(person, request.POST.get("template", "") or request.GET.get("template", ""))
    form = FilledForm(request.POST if request.method == "POST" else None, template=chosen)
    status, shown = 200, chosen.body
    if request.method == "POST":
        status = 422
        if form.is_valid():
            shown = filled_text(chosen, form.values)
            if request.POST.get("show"):
                status = 200
            else:
                try:
                    answer_by_template(
                        actor=request.user, item=item, identity=person, template=chosen, values=form.values
                    )
                except DomainError as error:
                    form.take_error(error)
                    status = status_of(error)
                else:
                    messages.success(request, _("It is on its way."))
                    return redirect(item_url(item))
    context = {"item": item, "item_url": item_url(item), "person": person, "template": chosen, "form": form,
               "shown": shown}  # fmt: skip
    return render(request, "chat/template_send.html", context, status=status)


@needs("work.view", "ticket.reply")
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: StaffRequest, pk: int) -> HttpResponse:
    """A message of ours that failed, or of which nobody knows: did it go, or is it to be sent again?"""
    rows = ChatDelivery.objects.filter(message__conversation__item__in=WorkItem.objects.visible_to(request.user))
    row = rows.select_related("account", "identity", "message__conversation__item").filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    item = row.message.conversation.item
    if request.method == "POST":
        decide(actor=request.user, delivery=row, went=request.POST.get("went") == "1")
        messages.success(request, _("Written down."))
        return redirect(item_url(item))
    context = {"delivery": row, "item": item, "item_url": item_url(item), "why": FAULTS.get(row.fault, "")}
    return render(request, "chat/delivery.html", context)


def _page(
    request: StaffRequest,
    item: WorkItem,
    people: list[Writable],
    *,
    is_part: bool = False,
    form: ChatForm | None = None,
    about_pk: int | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = newest_seen(item)
    rows: list[dict[str, Any]] = []
    for one in people:
        fresh = ChatForm(initial={"seen": seen}, auto_id=f"id_chat{one.person.pk}_%s")
        rows.append({"one": one, "form": form if form is not None and one.person.pk == about_pk else fresh})
    context = {"item": item, "item_url": item_url(item), "rows": rows, "see_number": may_see_private(request.user)}
    return render(request, "chat/_card.html" if is_part else "chat/compose.html", context, status=status)


def _item(request: StaffRequest, typed: str) -> WorkItem:
    number = parse_ref(typed[:30].replace("\x00", ""))
    rows = WorkItem.objects.visible_to(request.user).select_related("customer", "branch", "team", "owner")
    found = rows.filter(number=number).first() if number else None
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def _person(item: WorkItem, pk: int) -> ChatIdentity:
    found = people_for(item).select_related("account").filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def _template(person: ChatIdentity, typed: str) -> ChatTemplate:
    is_id = typed.isascii() and typed.isdigit() and len(typed) < 18
    rows = ChatTemplate.objects.filter(account_id=person.account_id, state=TemplateState.APPROVED)
    found = rows.filter(pk=int(typed)).first() if is_id else None
    if found is None:
        raise NotFound("not_found", _("Choose an approved text first."))
    return found
