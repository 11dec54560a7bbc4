"""The ASGI entry point that uvicorn serves."""

import os
import warnings

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Django hands out every file through a synchronous iterator and warns about it under ASGI: it reads the file in a
# thread and holds it whole in memory. Harmless here: ours are static files of some kilobytes, fetched once by each
# browser, and attachments, whose size has a limit. The warning would stand in the log for every one of them. This line
# is not beside uvicorn.run because each of several web processes must have it.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

django.setup(set_prefix=False)


class OneThreadHandler(ASGIHandler):
    """Answers each request in one go on its thread.

    Nearly all middlewares and views are plain functions. Django's own handler goes from the event loop to the thread
    for the middlewares, back to the loop for the innermost and to the thread again for the view; each change costs as
    much as a query. An asynchronous view (``/live/``) still runs in the loop, and its stream is read there.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain of plain functions."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The whole chain on the request's thread."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


application = OneThreadHandler()
