"""The name of somebody on Messenger: webhooks do not tell it, Meta gives it when asked."""

from django.db import transaction

from halkhata.engines.chat.choices import ChatKind, JoinedHow
from halkhata.engines.chat.models import ChatIdentity
from halkhata.engines.chat.services.people import CHAT, nickname
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.wire.graph import Verdict, call
from halkhata.engines.chat.wire.hooks import text
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.customers import update_customer


def fetch_name(pk: int) -> str:
    """Ask Meta once; returns the name, "" when it gives none.

    A customer who was written down for want of a name under the way's own gets it; any other keeps theirs.
    """
    person = ChatIdentity.objects.select_related("account").filter(pk=pk, name="").first()
    if person is None or person.account.kind != ChatKind.MESSENGER or person.account.is_demo:
        return ""
    base = person.account.api_url.rstrip("/")
    url = f"{base}/{person.user_id}?fields=first_name,last_name"
    result = call("GET", url, secret_of(person.account, "access_token"), is_safe=True)
    if result.verdict != Verdict.DONE:
        return ""
    parts = (text(result.data, "first_name"), text(result.data, "last_name"))
    name = clean_text(" ".join(filter(None, parts)), max_length=150)
    if not name:
        return ""
    with transaction.atomic():
        row = ChatIdentity.objects.select_for_update(of=("self",)).select_related("account", "customer").get(pk=pk)
        if row.name:
            return row.name
        before = nickname(row)
        row.name = name
        row.save(update_fields=["name"])
        customer = row.customer
        names = {customer.name_bn, customer.name_en} - {""} if customer is not None else set()
        if customer is not None and row.joined_how == JoinedHow.NEW and names == {before}:
            update_customer(actor=CHAT, customer=customer, version=customer.version, name_bn=name, name_en="")
    return name
