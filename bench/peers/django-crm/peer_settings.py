# ruff: noqa: E402, F403 - its settings read the environment that is set here
"""BottleCRM's own settings, debug off, with the database and the folders of this run.

Its settings for production (ENV_TYPE=live) need Amazon's storage, mail and a Sentry account; what they change in how a
page is made is that debug is off, and so it is here. Connections are kept, which its own settings do not do.
"""

import os
from urllib.parse import unquote, urlsplit

_url = urlsplit(os.environ["PEER_DATABASE_URL"])
_folder = os.environ["PEER_FOLDER"]
os.environ |= {
    "SECRET_KEY": "only-for-measuring-" + "0" * 40,
    "DOMAIN_NAME": "127.0.0.1",
    "DBNAME": _url.path.lstrip("/"),
    "DBUSER": unquote(_url.username or ""),
    "DBPASSWORD": unquote(_url.password or ""),
    "DBHOST": _url.hostname or "",
    "DBPORT": str(_url.port),
    # Its tasks go to a queue; this one is in the process and nobody takes from it, which is the cheapest there is.
    "CELERY_BROKER_URL": "memory://",
}
from crm.settings import *
from crm.settings import DATABASES, LOGGING

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
DATABASES["default"]["CONN_MAX_AGE"] = 600
MEDIA_ROOT = os.path.join(_folder, "media")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING["handlers"]["logfile"]["filename"] = os.path.join(_folder, "crm.log")
