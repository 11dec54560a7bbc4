"""Finding the text for an occasion: the department's own, else the fallback; the customer's language, else the other."""

from halkhata.engines.messaging.models import Template
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.models import Team


def find_template(*, code: str, team: Team | None, language: str, channel: str = Channel.EMAIL) -> Template | None:
    """The best active template: own team in the language, fallback in the language, own team and fallback in any (B.1)."""
    candidates = list(
        Template.objects.filter(code=code, channel=channel, is_active=True).filter(
            team_id__in=[team.pk] if team else []
        )
    ) + list(Template.objects.filter(code=code, channel=channel, is_active=True, team__isnull=True))
    for same_language in (True, False):
        for own in (True, False):
            for template in candidates:
                if (template.language == language) == same_language and (template.team_id is not None) == own:
                    return template
    return None
