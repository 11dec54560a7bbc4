"""@name in an internal note tells that person (A52.18)."""

import re

from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User

_MENTION = re.compile(r"(?<![\w.@+-])@([\w.+-]{1,60})")
MAX_MENTIONS = 20


def tell_mentioned(*, actor: User, item: WorkItem, message: Message) -> list[User]:
    """Leave a notice for everybody whose user name stands behind an @ and who may see the item. Returns them."""
    names = {name.rstrip(".-+") for name in _MENTION.findall(message.text)}
    names |= {name.lower() for name in names}
    if not names:
        return []
    told = []
    for user in User.objects.filter(username__in=names, is_active=True).exclude(pk=actor.pk)[:MAX_MENTIONS]:
        if not WorkItem.objects.visible_to(user).filter(pk=item.pk).exists():
            continue
        notify(
            user=user,
            verb="message.mentioned",
            item=item,
            data={"by": actor.audit_label},
            cause=f"mention:{message.pk}",
        )
        told.append(user)
    return told
