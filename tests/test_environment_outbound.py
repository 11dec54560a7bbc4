"""The settings of the API's limits and of the networks that webhooks may call."""

import pytest

from config.environment import ConfigurationError, read_environment

pytestmark = pytest.mark.one_database


def read(tmp_path, **values):
    return read_environment({"HALKHATA_DATA_DIR": str(tmp_path / "data"), **values})


def test_nothing_private_may_be_called_and_the_limits_are_those_of_the_documentation(tmp_path):
    environment = read(tmp_path)
    assert (environment.outbound_allow, environment.api_rate, environment.api_failures) == ([], 600, 20)


def test_networks_and_limits_are_read(tmp_path):
    environment = read(
        tmp_path,
        HALKHATA_OUTBOUND_ALLOW="192.168.1.0/24, 10.0.0.5/32,fd00::/8",
        HALKHATA_API_RATE="50",
        HALKHATA_API_FAILURES="3",
    )
    assert environment.outbound_allow == ["192.168.1.0/24", "10.0.0.5/32", "fd00::/8"]
    assert (environment.api_rate, environment.api_failures) == (50, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HALKHATA_OUTBOUND_ALLOW", "192.168.1.7/24"),
        ("HALKHATA_OUTBOUND_ALLOW", "stock.local"),
        ("HALKHATA_API_RATE", "many"),
        ("HALKHATA_API_RATE", "0"),
        ("HALKHATA_API_FAILURES", "-1"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(tmp_path, name, value):
    with pytest.raises(ConfigurationError, match=name):
        read(tmp_path, **{name: value})
