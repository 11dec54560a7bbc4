"""Fields of a form: label, control, help and errors, tied together for screen readers."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.markup import written

_CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def field(bound: BoundField, label: Any = None, help_text: Any = None, optional: bool = True) -> SafeString:
    """``{% field form.phone %}``: label, control, help and errors of one field, tied together for screen readers.

    ``label`` and ``help_text`` stand in place of the form's; ``optional`` marks fields that may stay empty. A hidden
    field is written without anything around it.
    """
    if bound.is_hidden:
        return written(str(bound))
    name: str = conditional_escape(label or bound.label or "")
    notes, control = _field_notes(bound, help_text), field_control(bound)
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return written(
            f'<div class="hk-field">\n  <label class="form-check" for="{conditional_escape(bound.id_for_label)}">'
            f"{control}<span>{name}</span></label>\n  {notes}\n</div>"
        )
    if optional and not bound.field.required and not _is_filled_anyway(bound):
        name += f' <span class="hk-optional">({conditional_escape(gettext("optional"))})</span>'
    if not isinstance(bound.field.widget, _CHOICE_WIDGETS):
        return written(
            f'<div class="hk-field">\n  <label class="form-label" for="{conditional_escape(bound.id_for_label)}">'
            f"{name}</label>\n  {control}\n  {notes}\n</div>"
        )
    here = conditional_escape(bound.auto_id)
    by = [f"{here}_helptext"] if bound.help_text else []
    by += [f"{here}_error"] if bound.errors else []
    described = f' aria-describedby="{" ".join(by)}"' if by else ""
    return written(
        f'<fieldset class="hk-fieldset"{described}>\n  <legend>{name}</legend>\n'
        f'  <div class="hk-choices">{control}</div>\n  {notes}\n</fieldset>'
    )


def _is_filled_anyway(bound: BoundField) -> bool:
    """One of several buttons that is pressed already, or a list without an empty line, cannot be left empty."""
    kind, widget = bound.field, bound.field.widget
    if isinstance(widget, forms.RadioSelect):
        return bool(bound.value())
    if not isinstance(widget, forms.Select) or widget.allow_multiple_selected:
        return False
    if isinstance(kind, forms.ModelChoiceField):
        return kind.empty_label is None
    if not isinstance(kind, forms.ChoiceField):
        return False
    choices: Any = kind.choices
    return all(value not in ("", None) for value, _label in choices)


def _field_notes(bound: BoundField, help_text: Any) -> str:
    """Help and errors below a field; their ids are what the control names by ``aria-describedby``."""
    notes, here = "", conditional_escape(bound.auto_id)
    if help_text or bound.help_text:
        notes = f'<div class="hk-help" id="{here}_helptext">{conditional_escape(help_text or bound.help_text)}</div>'
    if bound.errors:
        drawing = icon("alert-circle", "", "icon-s")
        errors = "".join(
            f'<p class="hk-error">{drawing}<span>{conditional_escape(str(error))}</span></p>' for error in bound.errors
        )
        notes += f'<div id="{here}_error">{errors}</div>'
    return notes


def field_control(bound: BoundField) -> SafeString:
    """The control of a bound field with the classes and ARIA references of the design."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    classes = {
        forms.CheckboxInput: "form-check-input",
        forms.Select: "form-select",
    }
    if not isinstance(widget, _CHOICE_WIDGETS):
        css = next((name for kind, name in classes.items() if isinstance(widget, kind)), "form-control")
        given = widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, [given, css, "is-invalid" if bound.errors else ""]))
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described and not bound.use_fieldset:
        attrs["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attrs)
