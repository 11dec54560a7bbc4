"""Working time as people say it: in hours, never in days, for a day of work is not 24 hours long."""

from django import template
from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

register = template.Library()


@register.filter
def worktime(seconds: int | float | None) -> str:
    """``{{ seconds|worktime }}``: "55 h", "1 h 30 min", "20 min"; what is left of a minute is cut."""
    if not isinstance(seconds, int | float):
        return ""
    hours, minutes = divmod(int(seconds) // 60, 60)
    digits = current_reader().digits
    values = {"hours": format_number(hours, digits=digits), "minutes": format_number(minutes, digits=digits)}
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % values
    return (_("%(hours)s h") if hours else _("%(minutes)s min")) % values
