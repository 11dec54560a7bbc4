"""Who may open a file that hangs on a message or a text."""

from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.policies import messages_visible_to
from halkhata.foundation.accounts.models import User


def may_see_attachment(user: User, file_id: int) -> bool:
    """Whether the file hangs on a message of an item that the user sees."""
    return messages_visible_to(user).filter(attachments__file_id=file_id).exists()


def may_see_document(user: User, file_id: int) -> bool:
    """Whether the file goes out with an automatic message: such a document is public, so all staff may see it."""
    return Template.objects.filter(documents=file_id).exists()
