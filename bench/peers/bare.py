"""B0 and B1 for a peer that is built on Django: the same bare pages, in the peer's own processes.

Plain Python that runs in the peer's environment; nothing of ours but this folder is imported there.
"""

from collections.abc import Callable
from typing import Any

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def beside(product: Any, rows: Callable[[], Any]) -> Any:
    """A WSGI application: /bench-b0/ and /bench-b1/ bare, everything else the peer's.

    ``rows`` gives 25 dictionaries (id, name, language, changed) from one indexed query of the peer's own table.
    """
    from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
    from django.http import HttpResponse
    from django.template import Context, Engine
    from django.test.utils import override_settings
    from django.urls import path

    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", {"b1.html": PAGE, "b0.html": SMALL})])
    small, page = engine.get_template("b0.html"), engine.get_template("b1.html")

    def b0(_request: Any) -> Any:
        return HttpResponse(small.render(Context({"title": "Bare", "text": "No database was asked."})))

    def b1(_request: Any) -> Any:
        return HttpResponse(page.render(Context({"title": "Customers", "rows": rows()})))

    class Request(WSGIRequest):
        urlconf = (path("bench-b0/", b0), path("bench-b1/", b1))

    class Handler(WSGIHandler):
        request_class = Request

        def load_middleware(self, is_async: bool = False) -> None:
            with override_settings(MIDDLEWARE=MIDDLEWARE):
                super().load_middleware(is_async=is_async)

    bare = Handler()

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        chosen = bare if environ["PATH_INFO"].startswith("/bench-") else product
        return chosen(environ, start_response)

    return application


SMALL = """<!doctype html><html><head><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><p>{{ text }}</p></body></html>
"""
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title><meta name="viewport" content="width=device-width"></head>
<body>
<h1>{{ title }}</h1>
<table>
<thead><tr><th>No.</th><th>Name</th><th>Language</th><th>Changed</th></tr></thead>
<tbody>
{% for row in rows %}<tr class="row">
<td><a href="/customers/{{ row.id }}/">{{ row.id }}</a></td>
<td>{{ row.name }}</td>
<td>{{ row.language }}</td>
<td>{{ row.changed|date:"Y-m-d H:i" }}</td>
</tr>
{% endfor %}</tbody>
</table>
</body>
</html>
"""
