"""By which mailbox we write."""

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Conversation, Mailbox, Message
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem


def mailbox_for(item: WorkItem) -> Mailbox | None:
    """The mailbox of the item's department, else of its branch, else the default one, else any.

    A branch's mailbox is one that belongs to no department: another department's is taken only when nothing else is
    left. Of several that fit, one that can send comes first, then the default, then the oldest. Demo mailboxes only for
    demo items, and the other way round.
    """
    boxes = list(Mailbox.objects.filter(is_active=True, is_demo=item.is_demo))
    boxes.sort(key=lambda box: (not box.smtp_host, not box.is_default, box.pk))
    can_send = [box for box in boxes if box.smtp_host]
    for candidates in (can_send, boxes):
        for matches in (
            lambda box: item.team_id is not None and box.team_id == item.team_id,
            lambda box: box.branch_id == item.branch_id and box.team_id is None,
            lambda box: box.is_default,
            lambda box: box.branch_id == item.branch_id,
            lambda _box: True,
        ):
            for box in candidates:
                if matches(box):
                    return box
    return None


def sender_for(conversation: Conversation, item: WorkItem) -> Mailbox | None:
    """The mailbox that answers on a conversation: the one the customer's mail came to, as long as it can send.

    Where no mail came in (a call, a form), the one of the department that has the item now.
    """
    current = conversation.mailbox
    if current is not None and current.is_active and current.is_demo == item.is_demo:
        if current.team_id is not None and current.team_id == item.team_id and current.smtp_host:
            return current
        wrote_to_us = Message.objects.filter(
            conversation=conversation, direction=Direction.INBOUND, channel=Channel.EMAIL, raw__isnull=False
        ).exists()
        if wrote_to_us and (current.smtp_host or current.is_demo):
            return current
    chosen = mailbox_for(item)
    # One that cannot send is no better than the one that is there.
    return chosen if chosen is not None and (chosen.smtp_host or current is None) else current
