"""Who may open a file that hangs on a message or a text."""

from django.urls import reverse

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message, Template, TemplateProposal, TemplateVersion
from halkhata.engines.messaging.policies import can_edit_settings, messages_visible_to
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.privacy import may_see_private


def may_see_attachment(user: User, file_id: int) -> bool:
    """Whether the file hangs on a message of an item that the user sees."""
    return messages_visible_to(user).filter(attachments__file_id=file_id).exists()


def may_see_document(user: User, file_id: int) -> bool:
    """Whether the file goes out with an automatic message: such a document is public, so all staff may see it.

    One that only went out once, or waits for a second person, is for whoever changes texts.
    """
    if Template.objects.filter(documents=file_id).exists():
        return True
    return can_edit_settings(user) and any(
        model.objects.filter(documents=file_id).exists() for model in (TemplateVersion, TemplateProposal)
    )


def customers_message(file_id: int) -> Message | None:
    """The newest message of a customer's or another outsider's that carries the file; None for a file of ours."""
    return (
        Message.objects.filter(attachments__file_id=file_id, direction=Direction.INBOUND)
        .select_related("conversation__item", "customer")
        .order_by("-at", "-pk")
        .first()
    )


def asked_at(user: User, file_id: int) -> str:
    """Where a reader who sees private fields masked asks to see a customer's file; "" for everybody else."""
    if may_see_private(user) or customers_message(file_id) is None:
        return ""
    return reverse("messaging:unmask_file", args=[file_id])
