"""What comes from the environment, and the one sentence for each thing that is wrong with it."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ConfigurationError, parse_database_url, read_environment

pytestmark = pytest.mark.one_database
POSTGRES = "postgresql://dealer:se%40cret@db.example.com:5433/shop"


def read(tmp_path: Path, **values: str):
    return read_environment({"HALKHATA_DATA_DIR": str(tmp_path / "data"), **values})


def test_empty_environment_means_sqlite_in_the_data_folder_and_port_8000(tmp_path):
    environment = read(tmp_path)
    assert environment.data_dir == tmp_path / "data"
    assert environment.database["ENGINE"] == "halkhata.foundation.core.sqlite3"
    assert environment.database["NAME"] == str(tmp_path / "data" / "halkhata.sqlite3")
    assert (environment.host, environment.port) == ("127.0.0.1", 8000)
    assert environment.base_url == "http://localhost:8000"
    assert environment.allowed_hosts == ["127.0.0.1", "[::1]", "localhost"]
    assert environment.demo_on_first_start
    assert not environment.debug
    assert not environment.secure_cookies


def test_sqlite_waits_for_the_write_lock_and_writes_ahead(tmp_path):
    options = read(tmp_path).database["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "foreign_keys=ON" in options["init_command"]


def test_postgresql_address_is_taken_apart(tmp_path):
    database = parse_database_url(POSTGRES + "?sslmode=require", tmp_path)
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("shop", "dealer", "se@cret")
    assert (database["HOST"], database["PORT"]) == ("db.example.com", "5433")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"]
    assert database["OPTIONS"]["server_side_binding"]


def test_plans_are_not_kept_behind_a_pooler_that_changes_connections(tmp_path):
    options = parse_database_url(POSTGRES + "?prepare=off", tmp_path)["OPTIONS"]
    assert "server_side_binding" not in options
    assert "prepare_threshold" not in options
    assert "prepare" not in options


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////srv/shop.sqlite3", "/srv/shop.sqlite3"),
        ("sqlite:///shop.sqlite3", "{data}/shop.sqlite3"),
        ("sqlite:shop.sqlite3", "{data}/shop.sqlite3"),
        ("sqlite:////srv/%E0%A6%A6%E0%A7%8B.db", "/srv/দো.db"),
    ],
)
def test_sqlite_addresses_name_a_file(tmp_path, url, file):
    assert parse_database_url(url, tmp_path)["NAME"] == file.format(data=tmp_path)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@localhost/shop", "begins with “mysql”"),
        ("nonsense", "begins with “nonsense”"),
        ("sqlite:///", "names no SQLite file"),
        ("postgresql://dealer@localhost:many/shop", "a port that is not a number"),
        ("postgresql://dealer@localhost:99999/shop", "a port that is not a number"),
        ("postgresql://dealer@localhost", "names no database"),
        ("postgresql://dealer@[::1/shop", "is no address"),
    ],
)
def test_wrong_database_address_is_told_in_one_sentence(tmp_path, url, sentence):
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, HALKHATA_DATABASE_URL=url)
    assert sentence in str(error.value)
    assert re.match(r"HALKHATA_DATABASE_URL .*\.$", str(error.value))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        ("many", "HALKHATA_PORT is “many”, which is not a number."),
        ("0", "HALKHATA_PORT is 0: a port lies between 1 and 65535."),
        ("70000", "HALKHATA_PORT is 70000: a port lies between 1 and 65535."),
    ],
)
def test_wrong_port_is_told_in_one_sentence(tmp_path, port, sentence):
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, HALKHATA_PORT=port)
    assert str(error.value) == sentence


def test_data_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path)
    assert str(error.value).startswith(f"Halkhata cannot write to its data folder {tmp_path / 'data'} (")
    assert "HALKHATA_DATA_DIR" in str(error.value)


def test_secret_key_is_made_once_kept_and_for_this_user_only(tmp_path):
    first = read(tmp_path).secret_key
    assert len(first) >= 50
    assert read(tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]
    assert read(tmp_path, HALKHATA_SECRET_KEY="given").secret_key == "given"


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    code = (
        "from config.environment import read_environment\n"
        f"print(read_environment({{'HALKHATA_DATA_DIR': {str(tmp_path / 'data')!r}}}).secret_key)"
    )
    together = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(8)]
    keys = {process.communicate()[0].strip() for process in together}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50


def test_empty_key_file_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret_key").touch()
    with pytest.raises(ConfigurationError, match=r"The key file .* is empty: delete it to have a new one made\.$"):
        read(tmp_path)


@pytest.mark.parametrize("word", ["no", "NO", "0", "false", "off"])
def test_demo_can_be_switched_off(tmp_path, word):
    assert not read(tmp_path, HALKHATA_DEMO=word).demo_on_first_start


def test_https_address_makes_cookies_secure_and_its_host_allowed(tmp_path):
    environment = read(tmp_path, HALKHATA_BASE_URL="https://crm.example.com/")
    assert environment.base_url == "https://crm.example.com"
    assert environment.secure_cookies
    assert "crm.example.com" in environment.allowed_hosts


def test_allowed_hosts_can_be_given(tmp_path):
    assert read(tmp_path, HALKHATA_ALLOWED_HOSTS="a.example.com, b.example.com").allowed_hosts == [
        "a.example.com",
        "b.example.com",
    ]


def test_server_on_every_address_is_reached_by_one_that_is_allowed(tmp_path):
    environment = read(tmp_path, HALKHATA_HOST="0.0.0.0")
    host = environment.base_url.removeprefix("http://").removesuffix(":8000")
    assert host in environment.allowed_hosts
    assert "0.0.0.0" not in environment.allowed_hosts
