# ruff: noqa: E402 - Django is set up before its models are imported
"""What gunicorn serves: BottleCRM, with the bare pages beside it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
from django.core.wsgi import get_wsgi_application

product = get_wsgi_application()

from django.conf import settings

# Its calls that create something ask for this and fail without it: Django passes by a setting that is not in capitals.
settings.Domain = settings.DOMAIN_NAME

from contacts.models import Contact

from bench.peers.bare import beside


def rows() -> list[dict[str, object]]:
    """25 rows by the primary key."""
    newest = Contact.objects.order_by("-pk").values("id", "first_name", "email", "created_on")[:25]
    return [
        {"id": row["id"], "name": row["first_name"], "language": row["email"][:2], "changed": row["created_on"]}
        for row in newest
    ]


application = beside(product, rows)
