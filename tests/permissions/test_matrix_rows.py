"""The matrix is whole: an address without a row fails the build, and a row without an address."""

from halkhata.foundation.accounts.choices import PERMISSIONS
from tests.permissions.matrix import CUSTOMER, METHODS, OPEN, SIGNED_IN, WHOLE_HOUSE, addresses, rows


def test_every_address_has_a_row():
    without = sorted(set(addresses()) - set(rows()))
    assert without == [], "add a row to tests/permissions/matrix.toml: what may be done there, and by whom?"


def test_every_row_has_an_address():
    assert sorted(set(rows()) - set(addresses())) == [], "remove these rows from tests/permissions/matrix.toml"


def test_rows_name_only_rights_and_methods_that_exist():
    for row in rows().values():
        assert row.rights, row.name
        assert set(row.rights) <= set(METHODS) - {"OPTIONS", "TRACE", "HEAD"}, row.name
        for asked in row.rights.values():
            words = {word for part in asked.split() for word in part.split("|")} - {WHOLE_HOUSE}
            assert asked in {OPEN, SIGNED_IN, CUSTOMER} or words <= set(PERMISSIONS), row.name


def test_addresses_that_name_a_record_say_which_kind_and_the_others_do_not():
    for row in rows().values():
        assert bool(row.record) == ("<" in row.path), row.name
