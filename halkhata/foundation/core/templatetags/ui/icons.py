"""Drawings of the sprite."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "phone" %}``: a drawing of the sprite, hidden from screen readers unless it has a ``label``.

    ``css`` may be ``icon-s`` (as high as the letters) or ``icon-l`` (40 px). A name that frontend/build.mjs cannot find
    in Tabler's set stops the build.
    """
    classes = f"icon {css}".strip()
    if not label:
        return _drawing(name, classes)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, _sprite(name)
    )


def _sprite(name: str) -> str:
    return f"{static('built/icons.svg')}#{name}"


@lru_cache(maxsize=1024)
def _drawing(name: str, classes: str) -> SafeString:
    # A queue page has a hundred and fifty of them. The sprite's address changes with a new build, and so a new process.
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, _sprite(name)
    )
