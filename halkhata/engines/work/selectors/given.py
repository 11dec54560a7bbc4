"""Why a piece of work went to the owner of the queue: the stored reason as a sentence for the reader (A52.10)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from halkhata.engines.work.selectors.ladder import BRANCH_MANAGER, HEAD_OFFICE, TEAM_LEAD
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

NOBODY_ON_SHIFT, UNFIT, UNTRAINED, FULL = "nobody_on_shift", "unfit", "untrained", "full"

_GIVEN = {
    TEAM_LEAD: gettext_lazy("Given to the lead: %(why)s."),
    BRANCH_MANAGER: gettext_lazy("Given to the branch manager: %(why)s."),
    HEAD_OFFICE: gettext_lazy("Given to head office: %(why)s."),
}


def why_given(data: Mapping[str, Any] | None) -> str:
    """ "Given to the lead: nobody on shift speaks Bengali and knows inverters."; "" when one of the team was chosen."""
    if not data:
        return ""
    sentence = _GIVEN.get(data.get("rung", 0), gettext_lazy("Given to somebody higher up: %(why)s."))
    return str(sentence) % {"why": _why(data)}


def _why(data: Mapping[str, Any]) -> str:
    skills = _listed([in_reader_language(*names) for names in data.get("skills", ()) if len(names) == 2])
    language = str(dict(Language.choices).get(data.get("language", ""), ""))
    code = data.get("code")
    if code == UNTRAINED:
        return _("whoever on shift knows %(skills)s has no valid course for it") % {"skills": skills}
    if code == FULL:
        count = int(data.get("people", 1))
        shown = format_number(count, digits=current_reader().digits)
        return ngettext(
            "the one on shift who could do it has as much as one may have",
            "all %(count)s on shift who could do it have as much as they may have",
            count,
        ) % {"count": shown}
    if code == UNFIT and skills and language:
        return _("nobody on shift speaks %(language)s and knows %(skills)s") % {"language": language, "skills": skills}
    if code == UNFIT and skills:
        return _("nobody on shift knows %(skills)s") % {"skills": skills}
    if code == UNFIT and language:
        return _("nobody on shift speaks %(language)s") % {"language": language}
    return _("nobody of the team is on shift")


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
