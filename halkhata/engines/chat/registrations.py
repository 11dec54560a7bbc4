"""What the chat engine tells the floors below about itself. Called once, when the apps are ready."""


def register_all() -> None:
    """Fill the registries."""
