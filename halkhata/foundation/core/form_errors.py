"""Forms whose service may refuse what was typed."""

from django import forms

from halkhata.foundation.core.errors import DomainError


class TakesErrors(forms.Form):
    """A form that shows a DomainError beside the field it belongs to; nothing typed is lost."""

    def take_error(self, error: DomainError) -> None:
        """Show what a service said at the field it speaks of, or above all fields when that one is not here."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))
