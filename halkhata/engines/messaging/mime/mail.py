"""What one incoming mail says, as plain frozen data."""

from dataclasses import dataclass, field
from datetime import datetime

Address = tuple[str, str]
"""(display name, address); the name may be empty."""


class UnparseableMail(Exception):
    """Nothing can be made of these bytes; the caller keeps them in the "unprocessed" queue (A52.1).

    ``reason_code``: ``empty`` (no bytes but white space), ``nothing_there`` (no known header, no text, no file),
    ``not_mail`` (no known header, and NUL bytes: a picture or a program, say), ``parser_failed`` (an error inside the
    parser; ``detail`` names its class).
    """

    def __init__(self, reason_code: str, detail: str = "") -> None:
        super().__init__(reason_code, detail)
        self.reason_code = reason_code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason_code}: {self.detail}" if self.detail else self.reason_code


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail. ``name`` is a bare, safe file name; ``inline`` means shown inside the HTML by content id."""

    name: str
    content_type: str
    data: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The parts of a ``multipart/report`` (RFC 6522): its kind, the status part, what is known of the mail reported."""

    report_type: str
    status_text: str = ""
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. Texts are clean Unicode, times are UTC; ``notes`` says what was cut or repaired.

    ``return_path`` is None without such a header and "" for the empty path of automatic mail.
    ``authentication_results`` are such headers as they came, the topmost first: mime/authentication.py judges them.
    ``text`` holds the plain text, or text made from ``html`` when there is no plain part (note ``text_from_html``).
    """

    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    subject: str = ""
    from_address: str = ""
    from_name: str = ""
    sender: str = ""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    auto_submitted: str = ""
    precedence: str = ""
    list_id: str = ""
    list_unsubscribe: str = ""
    x_auto_response_suppress: str = ""
    return_path: str | None = None
    authentication_results: tuple[str, ...] = ()
    has_several_senders: bool = False
    failed_recipients: tuple[str, ...] = ()
    content_type: str = "text/plain"
    delivery_report: DeliveryReport | None = None
    size: int = 0
    notes: tuple[str, ...] = ()
