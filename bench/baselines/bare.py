"""B0 and B1: bare Django views, answered by the same server processes as the product.

B0 has no database. B1 asks one indexed query for 25 rows and renders a plain template of about 4 kB. Both run with
the session and authentication middleware alone; B1 does not even look at who is signed in: it asks nothing but its one
query.
"""

from pathlib import Path
from typing import Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
PREFIX = "/bench-"
_engine = Engine(dirs=[str(Path(__file__).parent / "templates")])


def b0(_request: HttpRequest) -> HttpResponse:
    """A small page."""
    page = _engine.get_template("b0.html")
    return HttpResponse(page.render(Context({"title": "Bare", "text": "No database was asked."})))


def b1(_request: HttpRequest) -> HttpResponse:
    """A page of 25 rows from one indexed query."""
    from halkhata.records.customers.models import Customer

    rows = Customer.objects.filter(merged_into__isnull=True).order_by("-updated_at", "-id")
    columns = ("id", "name_bn", "name_en", "language", "updated_at")
    page = _engine.get_template("b1.html")
    return HttpResponse(page.render(Context({"title": "Customers", "rows": rows.values(*columns)[:25]})))


urlpatterns = [path("bench-b0/", b0), path("bench-b1/", b1)]


class BareRequest(ASGIRequest):
    """A request that knows the bare pages only."""

    urlconf = "bench.baselines.bare"


class BareHandler(ASGIHandler):
    """Django's own handler with two middlewares."""

    request_class = BareRequest

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            super().load_middleware(is_async=is_async)


class BareWsgiRequest(WSGIRequest):
    """The same for servers that speak WSGI."""

    urlconf = "bench.baselines.bare"


class BareWsgiHandler(WSGIHandler):
    """Django's own WSGI handler with two middlewares."""

    request_class = BareWsgiRequest

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            super().load_middleware(is_async=is_async)


def beside(product: Any) -> Any:
    """An ASGI application: the bare pages under /bench-…, everything else to ``product``."""
    bare = BareHandler()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        chosen = bare if scope["type"] == "http" and scope["path"].startswith(PREFIX) else product
        await chosen(scope, receive, send)

    return application
