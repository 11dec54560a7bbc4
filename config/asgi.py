"""The ASGI entry point that uvicorn serves."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Django hands out every file through a synchronous iterator and warns about it under ASGI: it reads the file in a
# thread and holds it whole in memory. Ours are static files of some kilobytes, fetched once
# by each browser, and attachments whose size has a limit; the warning would stand in the log for every one of them.
# It stands here and not beside uvicorn.run, so that every worker process has it.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
