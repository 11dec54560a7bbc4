"""Writes drop-down lists without a template for each option.

Django renders a select by including one template for every option and another for its attributes. A page with ten
filters and a hundred and fifty options spends a fifth of its time there; the same text is joined in Python instead.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT, OPTION = "django/forms/widgets/select.html", "django/forms/widgets/select_option.html"


class QuickRenderer(DjangoTemplates):
    """Django's own renderer but for selects, whose text is the same."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The widget's HTML."""
        if template_name == SELECT and _is_plain(context["widget"]):
            return select_html(context["widget"])
        return super().render(template_name, context, request)


def _is_plain(widget: dict[str, Any]) -> bool:
    """Whether every option is written by Django's own template for options."""
    return all(
        option["template_name"] == OPTION for _name, options, _place in widget["optgroups"] for option in options
    )


def select_html(widget: dict[str, Any]) -> SafeString:
    """A select, letter by letter as ``django/forms/widgets/select.html`` writes it."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += (
            f'\n  <option value="{conditional_escape(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{conditional_escape(localize(option['label']))}</option>\n"
            for option in options
        )
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join([*parts, "\n</select>"]))  # noqa: S308 - every value was escaped above


def _attributes(attributes: dict[str, Any]) -> str:
    """As ``django/forms/widgets/attrs.html``: False is left out, True stands alone."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
