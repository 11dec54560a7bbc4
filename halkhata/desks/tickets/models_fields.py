"""What was filled into the shop's own fields of tickets, and the tags they wear (foundation/fields)."""

from django.db import models

from halkhata.foundation.fields.rows import TagUse, ValueRow


class TicketValue(ValueRow):
    """One value of one ticket."""

    # No index of its own: the unique one begins with it.
    record = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="own_values", db_index=False)

    class Meta(ValueRow.Meta):
        abstract = False


class TicketTag(TagUse):
    """One tag on one ticket."""

    record = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="tag_uses", db_index=False)

    class Meta(TagUse.Meta):
        abstract = False
