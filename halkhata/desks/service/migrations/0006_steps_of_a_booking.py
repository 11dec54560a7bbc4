from django.db import migrations

from halkhata.desks.service.booking_guard import GuardBookingSteps

STEPS = (
    "asked>confirmed",
    "asked>declined",
    "asked>withdrawn",
    "asked>came",
    "asked>missed",
    "confirmed>declined",
    "confirmed>withdrawn",
    "confirmed>came",
    "confirmed>missed",
)


class Migration(migrations.Migration):
    """A booking takes only these steps, whoever writes its row."""

    dependencies = [("service", "0005_bookings")]

    operations = [GuardBookingSteps(STEPS)]
