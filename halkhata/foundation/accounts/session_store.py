"""Sessions in the database, as Django keeps them, read by a statement that is written once: every page begins so."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from halkhata.foundation.core.kept_sql import SOME_MOMENT, SOME_TEXT, kept_objects


class SessionStore(db.SessionStore):
    """Django's own store but for the reading of a session that is there."""

    def _get_session_from_db(self) -> Session | None:
        """The row, while it has not expired; otherwise the key is forgotten, as Django does."""
        found = kept_objects("session", _present, {SOME_TEXT: self.session_key, SOME_MOMENT: timezone.now()})
        if found:
            return found[0]
        self._session_key = None
        return None


def _present() -> QuerySet[Session]:
    return Session.objects.filter(session_key=SOME_TEXT, expire_date__gt=SOME_MOMENT)
