"""Mail to members of staff about their own accounts. It belongs to no ticket, so it stands in no outbox: it is sent by
the job that wrote it, and not kept, for it carries a secret."""

import secrets

from halkhata.engines.messaging.mime.compose import build_mail
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services.smtp import Verdict, deliver
from halkhata.foundation.core.clock import now


def sending_mailbox() -> Mailbox | None:
    """The mailbox that such mail goes out from: the default one, else any that can send."""
    boxes = Mailbox.objects.filter(is_active=True, is_demo=False).exclude(smtp_host="")
    return boxes.order_by("-is_default", "pk").first()


def can_send() -> bool:
    """Whether outgoing mail is set up."""
    return sending_mailbox() is not None


def send(*, to: str, subject: str, text: str, language: str) -> None:
    """Send one mail. Raises OSError when the server is away or says "later": the job then runs again.

    A mail in doubt is not repeated: two links would come, of which only the last works. A refused address is the end.
    """
    mailbox = sending_mailbox()
    if mailbox is None:
        return
    domain = mailbox.address.rpartition("@")[2]
    data = build_mail(
        from_addr=mailbox.address,
        from_name=mailbox.display_name or mailbox.name,
        to=[("", to)],
        subject=subject,
        text=text,
        message_id=f"<{secrets.token_hex(16)}.staff@{domain.lower()}>",
        auto_submitted="auto-generated",
        date=now(),
    )
    result = deliver(mailbox, recipients=[to], data=data)
    if result.verdict in {Verdict.CHANNEL_DOWN, Verdict.TRY_LATER}:
        raise OSError(f"mail to staff: {result.code or ''} {result.verdict}")
