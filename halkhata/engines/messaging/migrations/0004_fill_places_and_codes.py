"""Give rows of before what the new columns say: places of passwords, codes of errors, notes, taken calls."""

import re

from django.db import migrations

OWN_WORDS = {
    "worker_stopped": "worker_stopped",
    "worker stopped while sending": "worker_stopped",
    "no mailbox": "no_mailbox",
    "demo mailbox": "demo",
}
NOTES = re.compile(r"[a-z0-9_]+(:[^;]*)?(; [a-z0-9_]+(:[^;]*)?)*")
BYTES = re.compile(r"\d+ bytes")


def fill(apps, schema_editor):
    Mailbox = apps.get_model("messaging", "Mailbox")
    for box in Mailbox.objects.all():
        for side in ("imap", "smtp"):
            if getattr(box, f"{side}_password"):
                host, port, security, user = (
                    getattr(box, f"{side}_{name}") for name in ("host", "port", "security", "username")
                )
                # The same form as services/passwords.py writes.
                setattr(box, f"{side}_password_place", f"{user}@{host.strip().lower()}:{port}/{security}")
        box.save(update_fields=["imap_password_place", "smtp_password_place"])
    Mailbox.objects.exclude(last_fetch_error="").update(last_fetch_code="other")
    Mailbox.objects.exclude(last_send_error="").update(last_send_code="other")
    Delivery = apps.get_model("messaging", "Delivery")
    for words, code in OWN_WORDS.items():
        Delivery.objects.filter(last_error=words).update(error_code=code, last_error="")
    Message = apps.get_model("messaging", "Message")
    calls = Message.objects.filter(channel="phone", raw__isnull=True)
    calls.filter(direction="out").update(call_answered=True)
    calls.filter(direction="note").update(call_answered=False)
    InboundRaw = apps.get_model("messaging", "InboundRaw")
    for row in InboundRaw.objects.exclude(detail="").only("pk", "detail").iterator(chunk_size=500):
        if BYTES.fullmatch(row.detail):
            InboundRaw.objects.filter(pk=row.pk).update(detail="")
        elif NOTES.fullmatch(row.detail):
            InboundRaw.objects.filter(pk=row.pk).update(detail="", notes=row.detail.split("; "))


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_passwords_codes_and_soft_bounces")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
