"""The way to the published standards, for pages that mention them."""

from django import template
from django.urls import reverse

from halkhata.oversight.standards.selectors.versions import today_in_shop, version_in_force

register = template.Library()


@register.simple_tag
def standards_address() -> str:
    """``{% standards_address as url %}``: the public page, "" while nothing that holds is published. Two queries."""
    return "" if version_in_force(today_in_shop()) is None else reverse("portal:standards")
