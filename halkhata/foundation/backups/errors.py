"""What keeps a backup or a restore from being done, each with one sentence for the person who asked."""

from typing import Any

from django.utils.functional import Promise

from halkhata.foundation.core.errors import DomainError


class BackupRefused(DomainError):
    """It cannot be begun, or it broke off: the shop's data are as they were."""


class ArchiveDamaged(DomainError):
    """The archive is not what was written, or the key does not fit. Nothing was overwritten."""

    def __init__(self, code: str, message: "str | Promise", **data: Any) -> None:
        super().__init__(code, message, **data)
