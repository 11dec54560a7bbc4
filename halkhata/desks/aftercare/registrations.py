"""What this desk gives to the rest of the house."""


def register_all() -> None:
    """Register everything, once, at start."""
