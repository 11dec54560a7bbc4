"""What a flag says in the reader's language."""

from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.records.warranty.choices import FlagKind
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.words import number


def flag_sentence(flag: Flag) -> str:
    """One sentence with what was seen."""
    data = flag.data
    if flag.kind == FlagKind.REGISTERED_TWICE:
        return _("Registered as %(before)s, and again as %(number)s.") % {
            "before": _ref(data.get("before")), "number": _ref(data.get("number")),
        }  # fmt: skip
    if flag.kind == FlagKind.MANY_CLAIMS:
        return _("%(count)s claims in a year; %(most)s are usual.") % {
            "count": number(int(data.get("count", 0))), "most": number(int(data.get("most", 0))),
        }  # fmt: skip
    if flag.kind == FlagKind.PARTS_BACK:
        return _("Part %(part)s had been taken out of %(unit)s before.") % {
            "part": data.get("part", ""), "unit": _ref(data.get("from")),
        }  # fmt: skip
    return _("Claim of %(on)s, sold on %(sold_on)s.") % {"on": data.get("on", ""), "sold_on": data.get("sold_on", "")}


def _ref(value: object) -> str:
    reader = current_reader()
    return format_ref(str(value or ""), language=reader.language, digits=reader.digits)
