"""Whether what customers are promised in public is what is set up."""

from django.utils.translation import gettext as _

from halkhata.doors.cli.health.finding import Finding
from halkhata.foundation.core.templatetags.halkhata import num
from halkhata.oversight.standards.models import StandardsVersion
from halkhata.oversight.standards.selectors.versions import PARTS, disagreements, today_in_shop


def standards() -> Finding:
    """The newest published service standards beside the settings; nothing published is no fault."""
    number = StandardsVersion.objects.order_by("-number").values_list("number", flat=True).first()
    parts = [] if number is None else disagreements(today_in_shop())
    if number is None:
        detail = _("none published")
    elif parts:
        words = ", ".join(str(PARTS[part]) for part in parts)
        detail = _("version %(number)s no longer agrees with the settings: %(parts)s") % {
            "number": num(number), "parts": words,
        }  # fmt: skip
    else:
        detail = _("version %(number)s agrees with the settings") % {"number": num(number)}
    values = {"version": number, "disagrees": parts}
    return Finding(name="standards", label=_("Service standards"), ok=not parts, detail=detail, values=values)
