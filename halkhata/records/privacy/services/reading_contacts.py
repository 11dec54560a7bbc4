"""What somebody typed into "phone number or e-mail address", as a kind and its canonical value."""

from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.services.contacts import read_contact, region_of


def read_number_or_address(typed: str, *, field: str = "typed") -> tuple[str, str]:
    """(kind, value). Raises DomainError at ``field`` for what is neither."""
    text = clean_text(typed, max_length=254)
    kind = ContactKind.EMAIL if "@" in text else ContactKind.PHONE
    contact = read_contact(kind=kind, typed=text, region=region_of(None), field=field)
    return contact.kind, contact.value
