"""The ASGI entry point that uvicorn serves."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Django hands out every file through a synchronous iterator and warns about it under ASGI: it reads the file in a
# thread and holds it whole in memory. Harmless here: ours are static files of some kilobytes, fetched once by each
# browser, and attachments, whose size has a limit. The warning would stand in the log for every one of them. This line
# is not beside uvicorn.run because each of several web processes must have it.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
