"""Where a mail came in: its mailbox and branch, what it opens there, how well its sender is known, its language."""

from halkhata.engines.messaging.mime.authentication import Proof, proof_of
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import InboundRaw, Mailbox
from halkhata.foundation.accounts.models import Branch

DEFAULT_KIND = "complaint"


def mailbox_of(raw: InboundRaw, parsed: ParsedMail) -> Mailbox | None:
    """The mailbox the mail came in by: where it was fetched, else the one it is addressed to, else the default."""
    if raw.mailbox is not None:
        return raw.mailbox
    usable = Mailbox.objects.filter(is_active=True, is_demo=False).select_related("branch", "team")
    boxes = {box.address.lower(): box for box in usable}
    for address in [*parsed.delivered_to, *(address for _name, address in (*parsed.to, *parsed.cc))]:
        local, _at, domain = address.lower().rpartition("@")
        box = boxes.get(f"{local.partition('+')[0]}@{domain}")
        if box is not None:
            return box
    return next((box for box in boxes.values() if box.is_default), None) or next(iter(boxes.values()), None)


def where_it_arrived(raw: InboundRaw, parsed: ParsedMail) -> tuple[Mailbox | None, Branch | None]:
    """The mailbox and the branch a new mail belongs to; without a mailbox the top branch."""
    mailbox = mailbox_of(raw, parsed)
    if mailbox is not None:
        return mailbox, mailbox.branch
    return None, Branch.objects.filter(parent__isnull=True, is_active=True).order_by("is_demo", "path").first()


def kind_opened_by(mailbox: Mailbox | None) -> str:
    """The kind of item that mail to this mailbox opens."""
    return mailbox.opens_kind if mailbox else DEFAULT_KIND


def proven(raw: InboundRaw, parsed: ParsedMail) -> Proof:
    """How well the sender is known, by what the server of the mailbox says."""
    mailbox = mailbox_of(raw, parsed)
    return proof_of(parsed, mailbox.auth_server if mailbox else "")


def language_of(text: str) -> str:
    """The language a text is written in: Bengali unless it has more Latin letters (never told from a name)."""
    sample = text[:5000]
    bengali = sum("\u0980" <= letter <= "\u09ff" for letter in sample)
    latin = sum(letter.isascii() and letter.isalpha() for letter in sample)
    return "en" if latin > bengali else "bn"
