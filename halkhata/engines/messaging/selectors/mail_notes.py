"""Words for what was cut or repaired while a mail was read; the codes come from mime/."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_REPAIRED = _("Parts of the mail were not built as they should be; they were read as well as possible.")
_CUT = _("The mail has more parts or files than are read; the rest stands in the mail as it came.")
_HEADER = _("Lines of the mail's head were too long or too many; they were cut.")

NOTES: dict[str, Any] = {
    "too_large": _("The mail is too large: only its head was read."),
    "text_cut": _("The text is very long; its end was cut."),
    "html_cut": _("The formatted text is very long; its end was cut."),
    "text_from_html": _("The mail has formatted text only; the plain text was made from it."),
    "nul_bytes": _("The mail holds bytes that do not belong into text."),
    "attachments_cut": _CUT,
    "mime_depth_cut": _CUT,
    "mime_parts_cut": _CUT,
    "headers_cut": _HEADER,
    "header_cut": _HEADER,
    "addresses_cut": _("The mail names very many addresses; only the first were read."),
    "charset_wrong": _("The mail names the wrong character set; some letters may be wrong."),
    "charset_unknown": _("The mail names an unknown character set; some letters may be wrong."),
}


def note_words(codes: list[str]) -> list[Any]:
    """One sentence for each kind of note, in the order found, none twice. ``code:what`` counts as ``code``."""
    found = [NOTES.get(code.partition(":")[0], _REPAIRED) for code in codes]
    return list({str(words): words for words in found}.values())
