"""DjangoCRM's own settings, debug off, with the database and the folders of this run."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from webcrm.settings import *  # noqa: F403 - a Django settings file
from webcrm.settings import MIDDLEWARE as OWN

_url = urlsplit(os.environ["PEER_DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname,
        "PORT": _url.port,
        "CONN_MAX_AGE": 600,
    }
}
DEBUG = False
SECRET_KEY = "only-for-measuring-" + "0" * 40
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
STATIC_ROOT = Path(os.environ["PEER_FOLDER"]) / "static"
MEDIA_ROOT = Path(os.environ["PEER_FOLDER"]) / "media"
MEDIA_ROOT.mkdir(exist_ok=True)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# The other peers and our own pages are packed too.
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *OWN]
