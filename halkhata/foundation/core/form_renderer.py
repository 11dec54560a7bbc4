"""Writes form controls without a template for each of their parts.

Django renders a select by including one template for every option and another for its attributes, and a text box out of
three. A page with ten filters and a hundred and fifty options, or with six forms, spends a fifth of its time there; the
same text is joined in Python instead.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe

from halkhata.foundation.core.escaping import escaped

_HERE = "django/forms/widgets/"
SELECT, OPTION = f"{_HERE}select.html", f"{_HERE}select_option.html"
TEXTAREA, FILES = f"{_HERE}textarea.html", f"{_HERE}clearable_file_input.html"
INPUTS = frozenset(
    f"{_HERE}{name}.html"
    for name in (
        *("input", "text", "number", "email", "url", "search", "tel", "password", "hidden", "file"),
        *("date", "datetime", "time", "checkbox"),
    )
)
# A group of boxes or buttons, with the template of each of its options.
GROUPS = {
    f"{_HERE}radio.html": f"{_HERE}radio_option.html",
    f"{_HERE}checkbox_select.html": f"{_HERE}checkbox_option.html",
}


class QuickRenderer(DjangoTemplates):
    """Django's own renderer but for the usual controls, whose text is the same."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The widget's HTML."""
        widget = context.get("widget", {})
        if template_name == SELECT and _has_only(widget, OPTION):
            return select_html(widget)
        if template_name in INPUTS:
            return mark_safe(_input(widget))  # noqa: S308 - as all below: every value was escaped
        if template_name == TEXTAREA:
            return _textarea_html(widget)
        if template_name == FILES and not widget["is_initial"]:
            return mark_safe(_input({**widget, "value": None}))  # noqa: S308
        if template_name in GROUPS and _has_only(widget, GROUPS[template_name]):
            return _group_html(widget)
        return super().render(template_name, context, request)


def _has_only(widget: dict[str, Any], template_name: str) -> bool:
    """Whether every option is written by Django's own template for options."""
    return all(
        option["template_name"] == template_name for _name, options, _place in widget["optgroups"] for option in options
    )


def _input(widget: dict[str, Any]) -> str:
    """As ``input.html``."""
    value = "" if widget["value"] is None else f' value="{escaped(str(widget["value"]))}"'
    name = escaped(widget["name"])
    return f'<input type="{escaped(widget["type"])}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _textarea_html(widget: dict[str, Any]) -> SafeString:
    """As ``textarea.html``: the line break before the text is not part of it."""
    text = escaped(localize(widget["value"])) if widget["value"] else ""
    name = escaped(widget["name"])
    return mark_safe(f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{text}</textarea>')  # noqa: S308


def _group_html(widget: dict[str, Any]) -> SafeString:
    """As ``multiple_input.html`` with ``input_option.html`` for each option."""
    attributes = widget["attrs"]
    own = {name: attributes[name] for name in ("id", "class") if attributes.get(name)}
    parts = [f"<div{_attributes(own)}>"]
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f"\n  <div><label>{escaped(localize(group))}</label>")
        parts += (f"<div>\n    {_option(option)}\n\n</div>" for option in options)
        if group:
            parts.append("\n  </div>")
    return mark_safe("".join([*parts, "\n</div>"]))  # noqa: S308


def _option(option: dict[str, Any]) -> str:
    if not option["wrap_label"]:
        return f"{_input(option)}\n"
    id_ = option["attrs"].get("id")
    tied = f' for="{escaped(id_)}"' if id_ else ""
    return f"<label{tied}>{_input(option)}\n {escaped(localize(option['label']))}</label>"


def select_html(widget: dict[str, Any]) -> SafeString:
    """A select, letter by letter as ``django/forms/widgets/select.html`` writes it."""
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{escaped(group)}">')
        parts += (
            f'\n  <option value="{escaped(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{escaped(localize(option['label']))}</option>\n"
            for option in options
        )
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join([*parts, "\n</select>"]))  # noqa: S308 - every value was escaped above


def _attributes(attributes: dict[str, Any]) -> str:
    """As ``django/forms/widgets/attrs.html``: False is left out, True stands alone."""
    return "".join(
        f" {name}" if value is True else f' {name}="{escaped(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
