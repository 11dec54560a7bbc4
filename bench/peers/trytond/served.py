# ruff: noqa: E402 - the configuration is read before Tryton is imported
"""What gunicorn serves: Tryton, with the bare pages beside it.

The bare pages are the same Django ones as beside the other peers, fed from Tryton's own connection.
"""

import tryton

pool = tryton.start()

from trytond.application import app
from trytond.transaction import Transaction


def rows() -> list[dict[str, object]]:
    """25 rows by the primary key."""
    with Transaction().start(tryton.DATABASE, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        cursor.execute("SELECT id, name, code, create_date FROM party_party ORDER BY id DESC LIMIT 25")
        return [
            {"id": pk, "name": name, "language": code, "changed": changed}
            for pk, name, code, changed in cursor.fetchall()
        ]


import django
from django.conf import settings

from bench.peers.bare import beside

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="only-for-measuring-" + "0" * 40,
    ROOT_URLCONF="",  # asked for by every request, used by none: the bare pages bring their own
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
)
django.setup()
application = beside(app, rows)
