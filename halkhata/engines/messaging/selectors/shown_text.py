"""A message's text as staff and their programs may read it."""

from halkhata.engines.messaging.selectors.thread import _without_secrets


def shown_text(text: str) -> str:
    """``text`` without links that speak for the customer (the survey's): those are the customer's alone."""
    return _without_secrets(text)
