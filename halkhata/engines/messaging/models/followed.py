"""Mail that came for a merged item and followed it to the survivor (A52.2, A52.14)."""

from django.db import models

from halkhata.engines.messaging.models.conversations import Conversation, Message


class FollowedMail(models.Model):
    """For which conversation a message was written: when the merge is undone, it goes back there."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="followed")
    came_for = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="followed_mail")

    def __str__(self) -> str:
        return f"{self.message_id} for {self.came_for_id}"
