"""Reads the environment (HALKHATA_*) once and turns it into plain values.

Nothing else in the project reads os.environ. What is wrong is said in one clear sentence (ConfigurationError), because
the person reading it is the owner's nephew at a terminal, not a developer.
"""

import contextlib
import ipaddress
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent


class ConfigurationError(Exception):
    """A setting from the environment cannot be used; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """All settings that come from outside, already checked."""

    data_dir: Path
    database: dict[str, object]
    host: str
    port: int
    secret_key: str
    allowed_hosts: list[str]
    base_url: str
    debug: bool
    demo_on_first_start: bool
    secure_cookies: bool
    mail_private_hosts: tuple[str, ...]
    # Networks of the shop's own that may be called by HTTP although they are private (core/outbound_http.py).
    outbound_allow: list[str]
    # Calls a minute of one API key, and refused keys a minute from one address.
    api_rate: int
    api_failures: int
    backup_key: str = field(default="", repr=False)
    backup_passphrase: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)


def _writable_data_dir(value: str) -> Path:
    path = Path(value).expanduser()
    if not path.is_absolute():
        path = REPOSITORY / path
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".write-probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"Halkhata cannot write to its data folder {path} ({error.strerror}): "
            "choose another with HALKHATA_DATA_DIR or give this user write permission."
        ) from error
    return path


def parse_database_url(url: str, data_dir: Path) -> dict[str, object]:
    """Turn ``HALKHATA_DATABASE_URL`` into one entry of Django's DATABASES.

    Accepts ``sqlite:///absolute/path`` (or ``sqlite:relative``) and ``postgresql://user:password@host:port/name?option=value``.
    Empty means the embedded SQLite file in the data folder. Raises ConfigurationError for anything else.
    """
    if not url:
        return _sqlite(data_dir / "halkhata.sqlite3")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigurationError("HALKHATA_DATABASE_URL is no address: its host is not well formed.") from error
    if parts.scheme == "sqlite":
        path = unquote(parts.path or parts.netloc)
        if not path or path == "/":
            raise ConfigurationError(
                "HALKHATA_DATABASE_URL names no SQLite file: write sqlite:////folder/shop.sqlite3, or leave it unset."
            )
        # sqlite:////abs/path is absolute, sqlite:///name is relative to the data folder, as elsewhere.
        file = Path(path[1:]) if path.startswith("//") else data_dir / path.lstrip("/")
        return _sqlite(file)
    if parts.scheme in {"postgres", "postgresql"}:
        try:
            port = parts.port or 5432
        except ValueError as error:
            raise ConfigurationError("HALKHATA_DATABASE_URL has a port that is not a number.") from error
        name = unquote(parts.path.lstrip("/"))
        if not name:
            raise ConfigurationError(
                "HALKHATA_DATABASE_URL names no database: write postgresql://user:password@host:5432/halkhata."
            )
        options: dict[str, object] = dict(parse_qsl(parts.query))
        host = str(options.pop("host", parts.hostname or ""))
        # Pages ask the same statements again and again, and PostgreSQL plans a wide join longer than it runs it: from
        # the third time on a connection keeps the plan. ?prepare=off is for a pooler between us and the server that
        # gives each transaction another connection (PgBouncer before 1.21).
        if options.pop("prepare", "on") != "off":
            options |= {"server_side_binding": True, "prepare_threshold": 2}
        # Statements of a page are short: compiling them to machine code takes longer than they do.
        options.setdefault("options", "-c jit=off")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(port),
            # A pool instead of CONN_MAX_AGE: under ASGI long-lived connections run into "too many clients".
            "CONN_MAX_AGE": 0,
            "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": 12, "timeout": 20}},
        }
    raise ConfigurationError(
        f"HALKHATA_DATABASE_URL begins with “{parts.scheme or url[:12]}”: "
        "use sqlite:… for the embedded database or postgresql://user:password@host:5432/name."
    )


def _sqlite(file: Path) -> dict[str, object]:
    return {
        "ENGINE": "halkhata.foundation.core.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            # Writers queue on IMMEDIATE instead of failing half-way with "database is locked" (stack.md section 3).
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-16000; PRAGMA journal_size_limit=67108864; "
                # What was deleted or changed is written over with zeros, however SQLite was built (erasure, N7).
                "PRAGMA secure_delete=ON"
            ),
        },
    }


def _secret_key(value: str, data_dir: Path) -> str:
    if value:
        return value
    file = data_dir / "secret_key"
    if not file.exists():
        # Written aside and linked: of two processes that start together one makes the key, and both read it whole.
        fresh = data_dir / f".secret_key-{os.getpid()}"
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
                stream.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(fresh, file)
        except OSError as error:
            raise ConfigurationError(f"The key file {file} cannot be written ({error.strerror}).") from error
        finally:
            fresh.unlink(missing_ok=True)
    try:
        key = file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"The key file {file} cannot be read ({error.strerror}).") from error
    if not key:
        raise ConfigurationError(f"The key file {file} is empty: delete it to have a new one made.")
    return key


def _port(value: str) -> int:
    try:
        port = int(value)
    except ValueError as error:
        raise ConfigurationError(f"HALKHATA_PORT is “{value}”, which is not a number.") from error
    if not 1 <= port <= 65535:
        raise ConfigurationError(f"HALKHATA_PORT is {port}: a port lies between 1 and 65535.")
    return port


def _reachable_name(host: str) -> str:
    """How a browser reaches a server bound to ``host``; for one bound to every address, by this machine's own."""
    if host == "127.0.0.1":
        return "localhost"
    if host not in {"0.0.0.0", "::"}:  # noqa: S104
        return f"[{host}]" if ":" in host else host
    try:
        # Connecting a datagram socket sends nothing: it asks the routing table, here about an address for examples.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:
        return "localhost"


def _networks(value: str) -> list[str]:
    networks = [part.strip() for part in value.split(",") if part.strip()]
    for text in networks:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            raise ConfigurationError(
                f"HALKHATA_OUTBOUND_ALLOW holds “{text}”, which is no network: write 192.168.1.0/24 or 10.0.0.5/32."
            ) from error
    return networks


def _count(name: str, value: str) -> int:
    try:
        count = int(value)
    except ValueError as error:
        raise ConfigurationError(f"{name} is “{value}”, which is not a number.") from error
    if not 1 <= count <= 1_000_000:
        raise ConfigurationError(f"{name} is {count}: it must lie between 1 and 1000000.")
    return count


def _secret(env: "os._Environ[str] | dict[str, str]", name: str) -> str:
    """The value of ``name``, or what stands in the file that ``name``_FILE names."""
    file = env.get(f"{name}_FILE") or ""
    if not file:
        return (env.get(name) or "").strip()
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"The file {file} that {name}_FILE names cannot be read.") from error


def _flag(value: str) -> bool:
    return value.strip().lower() in {"1", "yes", "true", "on"}


def _mail_private_hosts(value: str) -> tuple[str, ...]:
    """Names, addresses and networks of mail servers that may be reached at any port, in lower case."""
    entries = tuple(entry.strip().rstrip(".").lower() for entry in value.split(",") if entry.strip())
    for entry in entries:
        try:
            ipaddress.ip_network(entry, strict=False)
        except ValueError as error:
            # Not an address, so a name; a name has neither a slash nor a colon.
            if "/" in entry or ":" in entry or " " in entry:
                raise ConfigurationError(
                    f"HALKHATA_MAIL_PRIVATE_HOSTS has “{entry}”, which is no host, address or network: "
                    "write for instance mail.lan, 192.168.1.10, 10.0.0.0/24."
                ) from error
    return entries


def read_environment(environ: "os._Environ[str] | dict[str, str] | None" = None) -> Environment:
    """Read and check all HALKHATA_* variables. Raises ConfigurationError with one sentence for what is wrong."""
    env = os.environ if environ is None else environ
    data_dir = _writable_data_dir(env.get("HALKHATA_DATA_DIR") or "var")
    host = (env.get("HALKHATA_HOST") or "127.0.0.1").strip("[]")
    port = _port(env.get("HALKHATA_PORT") or "8000")
    base_url = (env.get("HALKHATA_BASE_URL") or f"http://{_reachable_name(host)}:{port}").rstrip("/")
    hosts = [name.strip() for name in (env.get("HALKHATA_ALLOWED_HOSTS") or "").split(",") if name.strip()]
    if not hosts:
        known = {"localhost", "127.0.0.1", "[::1]", host, urlsplit(base_url).hostname or "localhost"}
        hosts = sorted(known - {"0.0.0.0", "::"})  # noqa: S104
    return Environment(
        data_dir=data_dir,
        database=parse_database_url(env.get("HALKHATA_DATABASE_URL") or "", data_dir),
        host=host,
        port=port,
        secret_key=_secret_key(env.get("HALKHATA_SECRET_KEY") or "", data_dir),
        allowed_hosts=hosts,
        base_url=base_url,
        debug=_flag(env.get("HALKHATA_DEBUG") or ""),
        demo_on_first_start=(env.get("HALKHATA_DEMO") or "yes").strip().lower() not in {"no", "0", "false", "off"},
        secure_cookies=base_url.startswith("https://"),
        mail_private_hosts=_mail_private_hosts(env.get("HALKHATA_MAIL_PRIVATE_HOSTS") or ""),
        backup_key=_secret(env, "HALKHATA_BACKUP_KEY"),
        backup_passphrase=_secret(env, "HALKHATA_BACKUP_PASSPHRASE"),
        metrics_token=_secret(env, "HALKHATA_METRICS_TOKEN"),
        outbound_allow=_networks(env.get("HALKHATA_OUTBOUND_ALLOW") or ""),
        api_rate=_count("HALKHATA_API_RATE", env.get("HALKHATA_API_RATE") or "600"),
        api_failures=_count("HALKHATA_API_FAILURES", env.get("HALKHATA_API_FAILURES") or "20"),
    )
