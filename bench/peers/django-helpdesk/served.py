# ruff: noqa: E402 - Django is set up before its models are imported
"""What gunicorn serves: django-helpdesk, with the bare pages beside it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer_settings")
from django.core.wsgi import get_wsgi_application

product = get_wsgi_application()

from helpdesk.models import Ticket

from bench.peers.bare import beside


def rows() -> list[dict[str, object]]:
    """25 rows by the primary key."""
    newest = Ticket.objects.order_by("-pk").values("id", "title", "submitter_email", "modified")[:25]
    return [
        {"id": row["id"], "name": row["title"], "language": row["submitter_email"][:2], "changed": row["modified"]}
        for row in newest
    ]


application = beside(product, rows)
