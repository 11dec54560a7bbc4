"""The question a form asks when somebody who is written down looks like somebody known."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.forms.records import TextField
from halkhata.records.customers.merging.nearby import similar_to
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.duplicates import DuplicateMatch, find_duplicates
from halkhata.records.customers.selectors.households import share_household
from halkhata.records.customers.services.contacts import ReadContact


class DuplicateQuestion(forms.Form):
    """The part of a form that asks what is meant when a number or address is known already (US-02, AC 4)."""

    FAMILY, OTHER = "family", "other"

    duplicate_choice = forms.ChoiceField(
        label=_("What is right?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (FAMILY, _("A family member: they share this number or address")),
            (OTHER, _("Somebody else: write down anyway")),
        ],
    )
    duplicate_reason = TextField(label=_("Why is it somebody else?"), max_length=200)
    # Whom the person saw when choosing: a match that came later is shown first.
    duplicate_seen = TextField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches: list[DuplicateMatch] = []
        self.confirmed = ""
        # Who shares the number as a relative: the two become one household.
        self.family_of: Customer | None = None

    def ask_about_duplicates(
        self,
        actor: User,
        contacts: list[ReadContact],
        except_for: Customer | None = None,
        person: dict[str, Any] | None = None,
    ) -> None:
        """Look for people with these contacts; without an answer for exactly them the form is not valid.

        ``person`` (names, address) asks besides who looks like the one who is being written down (A56.5).
        """
        self.matches = find_duplicates(
            actor,
            phones=[contact.value for contact in contacts if contact.kind == ContactKind.PHONE],
            emails=[contact.value for contact in contacts if contact.kind == ContactKind.EMAIL],
            except_for=except_for,
        )
        shares_contact = bool(self.matches)
        if not self.matches and person is not None:
            phones = [contact.value for contact in contacts if contact.kind == ContactKind.PHONE]
            emails = [contact.value for contact in contacts if contact.kind == ContactKind.EMAIL]
            self.matches = similar_to(actor, phones=phones, emails=emails, **person)
        if not self.matches:
            return
        if except_for is not None and share_household(except_for, (match.customer.pk for match in self.matches)):
            self.matches = []
            return
        seen = ",".join(str(match.customer.pk) for match in self.matches)
        choice = self.cleaned_data.get("duplicate_choice")
        if self.cleaned_data.get("duplicate_seen") != seen:
            choice = ""
        if isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data["duplicate_seen"] = seen
        if choice == self.FAMILY:
            self.confirmed = "family member"
            if shares_contact:
                self.family_of = next((match.customer for match in self.matches if not match.is_hidden), None)
        elif choice == self.OTHER and self.cleaned_data.get("duplicate_reason"):
            self.confirmed = self.cleaned_data["duplicate_reason"]
        elif choice == self.OTHER:
            self.add_error("duplicate_reason", _("Write the reason in a few words."))
        else:
            self.add_error(
                None,
                _("Somebody with this number or address is here already. Nothing was saved yet.")
                if shares_contact
                else _("Somebody who looks like the same person is here already. Nothing was saved yet."),
            )
