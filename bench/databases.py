"""Where the measured databases are kept: made once, copied for a run that writes."""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bench.generate import Wanted

ROOT = Path(__file__).resolve().parent.parent
RUNNING_SERVER = "HALKHATA_BENCH_POSTGRES"  # set for child processes while a run holds the cluster
_MAKERS = (
    "names", "shop", "stories/words", "stories/teller", "stories/units", "stories/tickets", "stories/told", "moulds",
    "casting", "bulk", "generate", "ground", "goods",
)  # fmt: skip


def version_of_tables() -> str:
    """Changes when a migration or the generator changes: then nothing kept fits any more."""
    total = hashlib.sha256()
    for file in sorted(ROOT.glob("halkhata/**/migrations/*.py")):
        total.update(file.name.encode() + file.read_bytes())
    for name in _MAKERS:
        total.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return total.hexdigest()[:10]


@dataclass
class Database:
    """A database that is there. ``url`` is what HALKHATA_DATABASE_URL takes."""

    kind: str
    # The file, or the name on the server.
    place: str
    url: str
    facts: dict[str, Any]


class Store:
    """All databases of one kind in a folder; PostgreSQL's server runs while the store is open."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder.resolve(), kind
        self._cluster: Any = None
        self._server = ""

    def __enter__(self) -> "Store":
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.kind == "postgres":
            self._server = os.environ.get(RUNNING_SERVER, "")
            if not self._server:
                from bench.postgres import start

                self._cluster = start(self.folder / "postgres")
                self._server = self._cluster.url("postgres")
                os.environ[RUNNING_SERVER] = self._server
        return self

    def __exit__(self, *_error: object) -> None:
        if self._cluster is not None:
            os.environ.pop(RUNNING_SERVER, None)
            self._cluster.stop()

    def url(self, name: str) -> str:
        """The address of the database ``name``, whether it is there or not."""
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / f'{name}.sqlite3'}"
        return f"{self._server.rsplit('/', 1)[0]}/{name}"

    def has(self, name: str) -> bool:
        """Whether it is there and whole."""
        return (self.folder / f"{self.kind}-{name}.json").exists()

    def built(self, wanted: "Wanted", *, fresh: bool = False) -> Database:
        """The database that was asked for; built now when there is none. Django must not be loaded yet."""
        name = f"bench_{wanted.customers}_{wanted.seed}_{version_of_tables()}"
        facts_file = self.folder / f"{self.kind}-{name}.json"
        if fresh or not self.has(name):
            facts_file.unlink(missing_ok=True)
            self.drop(name)
            self._create(name)
            facts = self._fill(name, wanted)
            facts_file.write_text(json.dumps(facts, indent=2))
        return self.found(name)

    def found(self, name: str) -> Database:
        """A database that is there. Raises FileNotFoundError when it is not."""
        facts = json.loads((self.folder / f"{self.kind}-{name}.json").read_text())
        place = str(self.folder / f"{name}.sqlite3") if self.kind == "sqlite" else name
        return Database(self.kind, place, self.url(name), facts)

    def copy(self, name: str, copy: str) -> Database:
        """A copy that may be written to."""
        self.drop(copy)
        if self.kind == "sqlite":
            shutil.copyfile(self.folder / f"{name}.sqlite3", self.folder / f"{copy}.sqlite3")
        else:
            self._on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        place = str(self.folder / f"{copy}.sqlite3") if self.kind == "sqlite" else copy
        return Database(self.kind, place, self.url(copy), self.found(name).facts)

    def drop(self, name: str) -> None:
        """Remove a database that is not wanted any more."""
        if self.kind == "sqlite":
            for file in self.folder.glob(f"{name}.sqlite3*"):
                file.unlink()
        else:
            self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def size_mb(self, name: str) -> int:
        """Megabytes on disk."""
        if self.kind == "sqlite":
            return round((self.folder / f"{name}.sqlite3").stat().st_size / 1e6)
        return round(self._on_server(f"SELECT pg_database_size('{name}')")[0] / 1e6)

    def _create(self, name: str) -> None:
        if self.kind == "postgres":
            self._on_server(f'CREATE DATABASE "{name}"')

    def _on_server(self, statement: str) -> Any:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchone() if cursor.description else None

    def _fill(self, name: str, wanted: "Wanted") -> dict[str, Any]:
        from bench.generate import fill
        from bench.verify import verify

        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as data:
            set_environment(self.url(name), data)
            import django
            from django.core.management import call_command
            from django.db import connection

            django.setup()
            call_command("migrate", verbosity=0)
            facts = fill(wanted, self.folder)
            facts |= {"wanted": {**asdict(wanted), "as_of": wanted.as_of.isoformat()}, "verified": verify(wanted.as_of)}
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()
        return {**facts, "megabytes": self.size_mb(name)}


def set_environment(url: str, data_dir: str) -> None:
    """Point this process, which has not loaded Django yet, at a database."""
    os.environ["HALKHATA_DATABASE_URL"] = url if urlsplit(url).scheme != "sqlite" else _sqlite_url(url)
    os.environ["HALKHATA_DATA_DIR"] = data_dir
    os.environ["HALKHATA_DEMO"] = "no"
    os.environ.setdefault("HALKHATA_SECRET_KEY", "only-for-measuring-" + "0" * 40)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _sqlite_url(url: str) -> str:
    return "sqlite:////" + url.removeprefix("sqlite:///").lstrip("/")
