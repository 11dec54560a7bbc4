"""Which of this desk's fields are about a person."""


def register() -> None:
    """Name the personal data of this desk."""
