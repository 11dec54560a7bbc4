"""Forms whose service may refuse what was typed."""

from django import forms

from halkhata.foundation.core.errors import DomainError


def show_error(form: forms.Form, error: DomainError, field: str | None = None) -> None:
    """Put what a service said at the field it speaks of (else at ``field``), or above all when that one is not here."""
    name = error.field or field
    form.add_error(name if name in form.fields else None, str(error.message))


class TakesErrors(forms.Form):
    """A form that shows a DomainError beside the field it belongs to; nothing typed is lost."""

    def take_error(self, error: DomainError) -> None:
        """Show what a service said at the field it speaks of, or above all fields when that one is not here."""
        show_error(self, error)
