"""PDF pages from typst templates. Whatever a person typed travels as data, so no text is ever read as code."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import fontpkg_hind_siliguri
import typst
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.templatetags.halkhata import phone

Size = Literal["a4", "a5", "80mm"]
SIZES: tuple[Size, ...] = ("a4", "a5", "80mm")

# Templates read files under this folder only: each other and the shared base, nothing of the shop's data.
ROOT = Path(__file__).resolve().parents[2]
# A form that says more is no form: one page of data stays far below.
MAX_DATA_BYTES = 24 * 1024 * 1024


@lru_cache(maxsize=1)
def page_fonts() -> typst.Fonts:
    """The one font of all printed pages. Fonts of the machine are left out: a page looks the same everywhere."""
    files = Path(fontpkg_hind_siliguri.ROOT) / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(files)])


def render_pdf(template: Path, data: Mapping[str, Any], *, size: Size = "a4") -> bytes:
    """The pages of ``template`` (a .typ file inside the package) filled with ``data``, as PDF.

    ``data`` holds texts already in the reader's language, numbers, booleans, lists and mappings; pictures come from
    ``pictures.qr_svg`` and ``pictures.photo_svg``. The letterhead (``shop``) and the language (``lang``) are added
    unless given. The same data give the same bytes. Raises DomainError ``print_failed`` with the template's name when
    the page cannot be made, ValueError for a size that does not exist.
    """
    if size not in SIZES:
        raise ValueError(f"no paper of size {size!r}")
    filled = {"lang": (get_language() or "bn")[:2], **data, "shop": data.get("shop") or letterhead(), "size": size}
    text = json.dumps(filled, default=_plain, ensure_ascii=False)
    if len(text) > MAX_DATA_BYTES:
        raise DomainError("print_too_large", _("There is too much on this page to print. Take fewer photos."))
    try:
        made = typst.compile(
            str(template),
            root=str(ROOT),
            font_paths=page_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": text},
            timestamp=0,
        )
    except (typst.TypstError, RuntimeError, OSError) as error:
        raise DomainError(
            "print_failed",
            _("This page could not be printed. Nothing was changed; please tell whoever looks after the computer."),
            template=template.name,
            detail=str(error)[:500],
        ) from error
    assert isinstance(made, bytes)
    return made


def letterhead(branch: Any = None) -> dict[str, str]:
    """Name, address and phone of the shop, in the active language; of ``branch``, where it has its own."""
    shop = Installation.current()
    head = {"name": shop.name or "Halkhata", "address": shop.address, "phone": shop.phone, "email": shop.email}
    if branch is not None:
        head |= {"address": branch.address or shop.address, "phone": branch.phone or shop.phone}
    return head | {"phone": phone(head["phone"])}


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be printed: make it a text first")
