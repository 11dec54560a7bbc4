"""Forms of the complaint desk. They read what was typed; the rules live in the services."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import ENDED, Impact, Remedy, TicketKind, TicketState, ToldHow, Urgency
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.selectors.root_causes import causes_for
from halkhata.desks.tickets.upload_fields import TakesFiles
from halkhata.engines.work.choices import Channel, Priority
from halkhata.engines.work.selectors.delays import delay_reasons
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import MomentField

SPOKEN_CHANNELS = ((Channel.PHONE.value, Channel.PHONE.label), (Channel.COUNTER.value, Channel.COUNTER.label))
NEW_TICKET, OTHER_PERSON = "new", "other"
WORKING_STATES = tuple(state for state in TicketState if state not in ENDED)


class DeskForm(TakesErrors):
    """A form that can show a DomainError beside the field it belongs to."""

    def limit(self, name: str, choices: Any) -> None:
        """Give a choice field its choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class CategoryField(forms.ModelChoiceField):
    """One of the categories in use, by its name in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"label": _("Category"), "empty_label": _("Choose…"), **kwargs}
        super().__init__(queryset=Category.objects.filter(is_active=True), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return str(obj.name)


class NewTicketForm(TakesFiles, DeskForm):
    """A ticket on behalf of a caller: only what was said is required (US-07)."""

    text = forms.CharField(
        label=_("What does the customer say?"),
        max_length=20_000,
        help_text=_("The first line becomes the subject."),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True, "data-keep": "new-ticket"}),
        error_messages={"required": _("Write what the customer says, at least in a few words.")},
    )
    category = CategoryField(required=False)
    channel = forms.ChoiceField(
        label=_("How did it come in?"), choices=SPOKEN_CHANNELS, initial=Channel.PHONE, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(label=_("What is it?"), choices=TicketKind.choices, initial=TicketKind.COMPLAINT)
    impact = forms.ChoiceField(label=_("How bad is it?"), choices=Impact.choices, initial=Impact.MEDIUM)
    urgency = forms.ChoiceField(label=_("How soon does it hurt?"), choices=Urgency.choices, initial=Urgency.MEDIUM)
    serial = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    caller_name = forms.CharField(label=_("Caller's name"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Caller's phone"),
        max_length=60,
        required=False,
        help_text=_("Leave both empty when the caller does not want to say."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    # Which of those who share the number, or "other"; asked only when the number is known.
    who = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)
    # "new" or the number of an open ticket; asked only when the customer has open tickets.
    add_to = forms.ChoiceField(label=_("Is it about one of these?"), required=False, widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, has_customer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("who", "add_to"):
            self.fields[name].widget = forms.HiddenInput()
        if has_customer:
            del self.fields["phone"], self.fields["who"]

    def ask_who(self, choices: list[tuple[str, Any]]) -> None:
        """Offer those who are known under the number."""
        self.fields["who"].widget = forms.RadioSelect()
        self.limit("who", [*choices, (OTHER_PERSON, _("None of them: another person with the same number"))])

    def ask_add_to(self, tickets: list[Ticket], shown: Any) -> None:
        """Offer the customer's open tickets; a new one stays the first choice."""
        self.fields["add_to"].widget = forms.RadioSelect()
        self.limit(
            "add_to",
            [(NEW_TICKET, _("No, open a new ticket")), *((ticket.number, shown(ticket)) for ticket in tickets)],
        )
        self.fields["add_to"].initial = NEW_TICKET


class MessageForm(TakesFiles, DeskForm):
    """What a public answer and an internal note have in common."""

    body = forms.CharField(
        max_length=100_000, widget=forms.Textarea, error_messages={"required": _("Write something first.")}
    )

    def take_error(self, error: DomainError) -> None:
        """The services call the fields ``text`` and ``files``."""
        self.add_error("attachments" if error.field == "files" else "body", str(error.message))


class NoteForm(MessageForm):
    """An internal note."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note-%s", **kwargs)


class PublicNoteForm(MessageForm):
    """A note that the customer can read; ``seen`` is the newest message on the page when it was shown."""

    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="public-%s", **kwargs)


class ReplyForm(MessageForm):
    """A public answer, and the state the ticket goes into with it.

    ``seen`` is the newest message on the page when it was shown, ``state_seen`` the ticket's state then.
    """

    next_state = forms.ChoiceField(label=_("and then"), required=False)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    state_seen = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    # A number of the customer's: the answer goes there by SMS; empty: by mail. The service knows whose it is.
    by_text = forms.CharField(required=False, max_length=20)

    def __init__(self, *args: Any, states: Iterable[TicketState] = WORKING_STATES, **kwargs: Any) -> None:
        """Any working state is read, whatever the ticket's is by now: the service says what is wrong with it."""
        super().__init__(*args, auto_id="reply-%s", **kwargs)
        self.offer_states(states)

    def offer_states(self, states: Iterable[TicketState]) -> None:
        """The states to choose from."""
        self.limit("next_state", [("", _("leave the state as it is")), *((s.value, s.label) for s in states)])


class CallForm(DeskForm):
    """A phone call, written down."""

    OUTCOMES = (
        ("out_answered", _("I called and the customer answered")),
        ("out_missed", _("I called, nobody answered")),
        ("in_answered", _("The customer called")),
    )
    outcome = forms.ChoiceField(
        label=_("Who called?"), choices=OUTCOMES, initial="out_answered", widget=forms.RadioSelect
    )
    body = forms.CharField(
        label=_("What was said?"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def take_error(self, error: DomainError) -> None:
        """The services call the field ``text``."""
        self.add_error("body", str(error.message))


class ToldForm(DeskForm):
    """Who told the customer how it ended, when and how."""

    told_by = forms.ModelChoiceField(label=_("Who told the customer?"), queryset=User.objects.none(), required=False)
    told_at = MomentField(label=_("When?"), required=False)
    told_how = forms.ChoiceField(label=_("How?"), choices=[("", "—"), *ToldHow.choices], required=False)

    def __init__(self, *args: Any, people: list[User], actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["told_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(is_active=True)
        # The names are at hand already: no query for each row of the list.
        field.choices = [("", "—"), *((person.pk, person.name) for person in _with(people, actor))]
        field.initial = actor.pk

    def clean(self) -> dict[str, Any]:
        """The three belong together: a way without a time says nothing."""
        data = super().clean() or {}
        if data.get("told_how") and not data.get("told_at") and "told_at" not in self.errors:
            self.add_error("told_at", _("When was the customer told?"))
        return data


class ToldLaterForm(ToldForm):
    """The same after resolving, when it must be filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True


class ResolutionForm(ToldForm):
    """How the ticket was solved."""

    category = CategoryField(required=False)
    root_cause = forms.ChoiceField(label=_("Why did it happen?"), required=False)
    action = forms.CharField(
        label=_("What was done?"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    remedy = forms.ChoiceField(
        label=_("How was it made good?"), choices=[("", _("Choose…")), *Remedy.choices], required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("category", "root_cause", "action", "remedy", "told_by", "told_at", "told_how", "version")

    def __init__(self, *args: Any, is_late: bool = False, about: Category | None = None, **kwargs: Any) -> None:
        """``about``: the ticket's category, whose causes are offered; without it all that are in use."""
        super().__init__(*args, **kwargs)
        self.limit("root_cause", [("", _("Choose…")), *((cause.code, cause.label) for cause in causes_for(about))])
        if is_late or "delay_reason" in self.data:
            self.ask_why_late()

    def ask_why_late(self) -> None:
        """Ask for the reason of the delay: only where a promise was broken and nobody has said why (US-12)."""
        if "delay_reason" in self.fields:
            return
        choices = [("", _("Choose…")), *((reason.code, reason.label) for reason in delay_reasons())]
        self.fields["delay_reason"] = forms.ChoiceField(label=_("Why is it late?"), choices=choices, required=False)
        self.fields["delay_note"] = forms.CharField(label=_("In your own words"), max_length=500, required=False)

    def take_error(self, error: DomainError) -> None:
        """A promise may have broken since the page was opened: then the question comes with the answer."""
        if error.field == "delay_reason":
            self.ask_why_late()
        super().take_error(error)


class AssignForm(DeskForm):
    """Another owner."""

    owner = forms.ChoiceField(label=_("Owner"))
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], owner: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit("owner", [(str(person.pk), person.name) for person in _with(people, owner)])


class PriorityForm(DeskForm):
    """Another priority, with the reason."""

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    reason = forms.CharField(label=_("Why?"), max_length=200, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class VersionForm(DeskForm):
    """A button of the page: which version of the ticket stood on it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StateForm(DeskForm):
    """A step of the state machine; each state has a button of its own."""

    state = forms.ChoiceField(choices=TicketState.choices)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def local_now() -> datetime:
    """This minute on the reader's clock, for a field that begins with it."""
    return timezone.localtime().replace(second=0, microsecond=0)


def _with(people: list[User], person: User | None) -> list[User]:
    if person is None or any(known.pk == person.pk for known in people):
        return people
    return [person, *people]
