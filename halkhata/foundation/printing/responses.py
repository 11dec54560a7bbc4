"""A PDF as the answer to a request."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from halkhata.foundation.core.text import clean_text


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """The pages, to be shown in the browser under ``filename``; never kept by what lies between."""
    name = clean_text(filename, max_length=80).replace("/", "-") or "page.pdf"
    if not name.endswith(".pdf"):
        name += ".pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
