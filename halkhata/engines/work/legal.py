"""What the law of a country says about answering complaints."""

# Hours of the clock within which a seller must begin to act on a complaint. Bangladesh: Digital Commerce Operation
# Guidelines 2021, for whoever sells online or by social media.
HOURS_TO_ACT: dict[str, int] = {"BD": 72}


def hours_to_act(country: str) -> int | None:
    """Within how many hours a complaint must be acted on in this country (ISO 3166); None: no such rule is known."""
    return HOURS_TO_ACT.get(country)
