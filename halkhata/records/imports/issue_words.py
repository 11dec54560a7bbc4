"""What is the matter with a row, in words."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "nothing_known": _("No name, no phone number and no e-mail address"),
    "too_long": _("Too long: at most {most} characters fit"),
    "unknown_choice": _("Not one of the words we know here"),
    "unknown_branch": _("There is no such branch, or you may not give customers to it"),
    "phone_not_a_number": _("Not a phone number"),
    "phone_several_numbers": _("More than one number, and it cannot be told where one ends"),
    "phone_too_short": _("Phone number too short"),
    "phone_invalid": _("No such phone number"),
    "phone_empty": _("Not a phone number"),
    "email_invalid_email": _("Not an e-mail address"),
    "email_empty": _("Not an e-mail address"),
    "no_tag": _("A tag is one to forty letters"),
    "too_many_tags": _("At most {most} tags fit on one customer"),
    "several_known": _("{count} customers have this number or address"),
    "other_name": _("This number or address belongs to a customer of another name"),
    "other_name_in_file": _("Row {row} has the same number or address under another name"),
    "hidden": _("This number or address belongs to a customer of another branch"),
    "no_product": _("No product"),
    "no_serial": _("No serial number"),
    "unknown_product": _("There is no such product: add it under Settings, Products, or write it as it stands there"),
    "several_products": _("More than one product is called so: write brand and model"),
    "not_a_day": _("Not a date"),
    "in_future": _("This day has not come yet"),
    "long_ago": _("This day lies too far back: look at the year"),
    "not_an_amount": _("Not an amount of money"),
    "not_a_count": _("Not a number of pieces"),
    "no_price": _("No price, and no list has one"),
    "bad_discount": _("The discount is above the price"),
    "one_unit_a_row": _("Each unit stands on a row of its own"),
    "unit_taken": _("This number belongs to a unit that is written down already: {unit}"),
    "unit_hidden": _("A unit with this number is written down already, where you cannot see it"),
    "serial_known": _("This serial number belongs to somebody else who is written down: perhaps it is the same person"),
    "sale_identifier_missing": _("A number of the unit is missing"),
    "sale_identifier_same": _("One number stands in two columns"),
    "sale_identifier_unknown": _("Units of this product have no such number"),
    "sale_identifier_long": _("A number of the unit is too long"),
    "repeated": _("The same as row {row}"),
    "not_stored": _("Could not be stored; the log says why"),
}
MENDED: dict[str, Any] = {
    "mended_lost_zero": _("Phone numbers that had lost their first zero"),
    "mended_bijoy": _("Rows in Bijoy letters, made readable"),
}


OWN_FIELD = _("Does not fit this field")


def issue_sentence(code: str, data: dict[str, Any]) -> Any:
    """The sentence for an issue, in the active language."""
    text = OWN_FIELD if code.startswith("own_") else WORDS.get(code)
    return format_lazy(text, **data) if text is not None and data else text or code
