"""What the customers' door remembers of them (foundation/core/personal_data.py)."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.personal_data import PersonalData, erasure_files, register_personal_data

_SECRETS = frozenset({"phone_hash", "sealed_phone", "address_hash", "browser_hash", "code_hash", "session_hash"})


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="portal.FollowRequest", paths=("ticket__customer", "contact__customer"),
            on_erasure="delete", order=100, hidden=_SECRETS, label=_("Looks at a complaint"),
        ),
        PersonalData(
            model_label="portal.ReturnAsking", paths=("request__customer",), on_erasure="delete", order=100,
            hidden=(_SECRETS - {"sealed_phone", "session_hash"}) | {"sealed_form"},
            label=_("Requests to give something back"),
        ),
        PersonalData(
            # Its file is named by an erasure step of its own: a copy holds no earlier copies.
            model_label="portal.DataCopy", paths=("session__contact__customer",), on_erasure="delete", order=90,
            label=_("Own copies of the data"),
        ),
        PersonalData(
            model_label="portal.DraftFile", paths=("draft__ticket__customer",), on_erasure="delete", order=90,
            files=("file",), label=_("Photos that wait"),
        ),
        PersonalData(
            model_label="portal.Draft", paths=("ticket__customer",), on_erasure="delete", order=100,
            hidden=frozenset({"key", "address_hash"}), label=_("Open forms"),
        ),
    )  # fmt: skip
    erasure_files.register("portal.copies", _files_of_copies)


def _files_of_copies(customer_ids: Collection[int]) -> set[int]:
    from halkhata.doors.portal.services.copies import copies_of_people

    return copies_of_people(customer_ids)
