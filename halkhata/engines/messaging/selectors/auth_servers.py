"""Which server checks the senders of a mailbox's mail, told from the last mails."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from halkhata.engines.messaging.models import InboundRaw, Mailbox
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader

LOOKED_AT = 50


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The name that stands topmost in most mails: in ``count`` of the last ``total``."""

    name: str
    count: int
    total: int


def servers_seen(mailbox: Mailbox) -> Seen | None:
    """The most frequent name in the last mails of the mailbox, in one query; None when there is none."""
    names = list(
        InboundRaw.objects.filter(mailbox=mailbox).order_by("-id").values_list("auth_server", flat=True)[:LOOKED_AT]
    )
    counted = Counter(name for name in names if name).most_common(1)
    return Seen(name=counted[0][0], count=counted[0][1], total=len(names)) if counted else None


def server_words(seen: Seen) -> Any:
    """What was found, with a warning when it is not the same everywhere: then the name may come from senders."""
    digits = current_reader().digits
    values = {
        "name": seen.name,
        "count": show_digits(str(seen.count), digits=digits),
        "total": show_digits(str(seen.total), digits=digits),
    }
    found = _("In %(count)s of the last %(total)s mails it was %(name)s.") % values
    if seen.count * 10 < seen.total * 9:
        doubt = _("That is not nearly all, so it may be a name that senders wrote: ask whoever runs the mail server.")
        return f"{found} {doubt}"
    return found
