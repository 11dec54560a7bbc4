# ruff: noqa: E402 - Django is set up before its models are imported
"""What gunicorn serves: DjangoCRM, with the bare pages beside it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
from django.core.wsgi import get_wsgi_application

product = get_wsgi_application()

from crm.models import Contact

from bench.peers.bare import beside


def rows() -> list[dict[str, object]]:
    """25 rows by the primary key."""
    newest = Contact.objects.order_by("-pk").values("id", "first_name", "email", "creation_date")[:25]
    return [
        {"id": row["id"], "name": row["first_name"], "language": row["email"][:2], "changed": row["creation_date"]}
        for row in newest
    ]


application = beside(product, rows)
