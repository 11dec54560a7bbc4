"""Numbers inside the subjects of planned work, as the person who gets the work reads them."""

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import format_ref, show_digits


def number_for(user: User, number: str) -> str:
    """A work number as ``user`` says it: K-1045, or ক-১০৪৫ in Bengali."""
    if user.language == "bn":
        return format_ref(number, language="bn", digits="bengali")
    return format_ref(number, language="en", digits="latin")


def digits_for(user: User, value: int) -> str:
    """A small number in the digits of ``user``'s language."""
    return show_digits(str(value), digits="bengali" if user.language == "bn" else "latin")
