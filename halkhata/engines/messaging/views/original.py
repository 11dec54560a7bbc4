"""The HTML of a mail as it came: sanitised, in a page of its own that may do nothing."""

import base64
import hashlib

from csp.decorators import csp_exempt
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from halkhata.engines.messaging.mime.html.sanitise import sanitise_html
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.policies import messages_visible_to
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.files.services.storing import read_file
from halkhata.records.customers.privacy import may_see_private

STYLE = (
    "body{margin:0;padding:12px;font:16px/1.6 system-ui,sans-serif;color:#1f2328;background:#fff;"
    "overflow-wrap:anywhere}"
    "img,table{max-width:100%}pre{white-space:pre-wrap}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No script, no form, no request to anywhere; links open a new tab (reliability B22 to B34).
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
    f"style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
)
MAX_PICTURES = 3 * 1024 * 1024


@require_GET
@csp_exempt()
@xframe_options_sameorigin
@needs("ticket.view")
def original(request: StaffRequest, pk: int) -> HttpResponse:
    """One message's HTML. Pictures come only from the mail itself, written into the page."""
    message = get_object_or_404(messages_visible_to(request.user), pk=pk)
    if not message.raw_html:
        return HttpResponse(status=404)
    body = sanitise_html(message.raw_html, cid_map=_pictures(message) if may_see_private(request.user) else {})
    page = (
        f'<!doctype html><html lang="{get_language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{_("Original mail")}</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )
    response = HttpResponse(page)
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _pictures(message: Message) -> dict[str, str]:
    pictures: dict[str, str] = {}
    left = MAX_PICTURES
    for part in message.attachments.select_related("file").exclude(content_id=""):
        if part.file.is_image and part.file.size <= left:
            left -= part.file.size
            data = base64.b64encode(read_file(part.file)).decode()
            pictures[part.content_id] = f"data:{part.file.content_type};base64,{data}"
    return pictures
