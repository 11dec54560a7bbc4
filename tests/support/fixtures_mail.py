"""Real mail servers on the loopback: an SMTP server that can misbehave, and Dovecot for IMAP."""

import contextlib
import email
import email.message
import email.policy
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import free_port
from tests.support.requirements import dovecot_path


@dataclass
class Received:
    """One message that the SMTP server took."""

    mail_from: str
    rcpt_tos: list[str]
    raw: bytes

    @property
    def message(self) -> email.message.EmailMessage:
        """The message, parsed by the standard library."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]


@dataclass
class SmtpServer:
    """An SMTP server that collects what it is sent, and can be told to misbehave.

    ``refuse_rcpt`` / ``refuse_data``: answers such as ``"550 no such user"`` or ``"451 try later"``. ``delay``: seconds
    before the answer to DATA. ``cut``: ``"before_data"`` drops the connection without keeping the message,
    ``"after_data"`` keeps it and drops the connection before the answer, so that the client cannot know. ``times``
    limits a fault to that many messages (None: until it is taken back).
    """

    host: str
    port: int
    messages: list[Received] = field(default_factory=list)
    refuse_rcpt: str = ""
    refuse_data: str = ""
    delay: float = 0.0
    cut: str = ""
    times: int | None = None
    _controller: Any = None
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def behave(self) -> None:
        """Take back every fault."""
        self.refuse_rcpt = self.refuse_data = self.cut = ""
        self.delay = 0.0
        self.times = None

    def wait_for(self, count: int, seconds: float = 30) -> list[Received]:
        """The messages, as soon as there are ``count``. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, timeout=seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} messages came within {seconds} s")
            return list(self.messages)

    def stop(self) -> None:
        """Close the port: the next connection is refused."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    def start(self) -> None:
        """Open the port (again), the same one as before."""
        from aiosmtpd.controller import Controller

        self._controller = Controller(_Handler(self), hostname=self.host, port=self.port, data_size_limit=50_000_000)
        self._controller.start()

    def _fault(self) -> bool:
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    async def handle_RCPT(self, smtp: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.server.refuse_rcpt and self.server._fault():
            return self.server.refuse_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: Any, session: Any, envelope: Any) -> str:
        import asyncio

        server = self.server
        faulty = (server.cut or server.refuse_data) and server._fault()
        if server.delay:
            await asyncio.sleep(server.delay)
        if faulty and server.refuse_data:
            return server.refuse_data
        if not (faulty and server.cut == "before_data"):
            with server._arrived:
                server.messages.append(
                    Received(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content))
                )
                server._arrived.notify_all()
        if faulty and server.cut:
            smtp.transport.abort()
        return "250 Message accepted"


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A running SMTP server: ``smtp_server.host``, ``.port``, ``.messages``, ``.wait_for(n)`` and its faults."""
    server = SmtpServer(host="127.0.0.1", port=free_port())
    server.start()
    yield server
    server.stop()


@dataclass
class Dovecot:
    """A real IMAP server with one mailbox, whose Maildir the test can drop mail into."""

    host: str
    port: int
    user: str
    password: str
    maildir: Path
    _owner: pwd.struct_passwd
    _start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None

    def deliver(self, raw: bytes, *, name: str = "") -> str:
        """Put a message into the inbox as a mail server would (tmp, then new). Returns its file name."""
        name = name or f"{time.time_ns()}.{uuid.uuid4().hex}.test"
        aside = self.maildir / "tmp" / name
        aside.write_bytes(raw)
        with contextlib.suppress(PermissionError):
            os.chown(aside, self._owner.pw_uid, self._owner.pw_gid)
        aside.rename(self.maildir / "new" / name)
        return name

    def client(self) -> imaplib.IMAP4:
        """A signed-in connection of the standard library."""
        connection = imaplib.IMAP4(self.host, self.port, timeout=20)
        connection.login(self.user, self.password)
        return connection

    def stop(self) -> None:
        """Close the port, as when the mail server is down; ``start`` opens it again with all its mail."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def start(self) -> None:
        """Start and wait until it answers. Raises RuntimeError with the log's end when it does not."""
        self.process = self._start()
        deadline = time.monotonic() + 20
        while True:
            try:
                self.client().logout()
                return
            except OSError:
                pass
            except imaplib.IMAP4.error as error:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Dovecot refuses its user: {error}") from error
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = self.maildir.parents[1] / "dovecot.log"
                words = log.read_text(errors="replace") if log.exists() else ""
                self.stop()
                raise RuntimeError(f"Dovecot did not start: {words[-2000:]}")
            time.sleep(0.1)


_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/inbox
mail_fsync = never
mail_max_userip_connections = 100
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""


def _make_dovecot(folder: Path) -> Dovecot:
    program = dovecot_path()
    if program is None:
        raise RuntimeError("Dovecot is not installed: apt install dovecot-imapd")
    as_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if as_root else pwd.getpwuid(os.getuid())
    import grp

    own_group = grp.getgrgid(os.getgid()).gr_name
    port = free_port()
    user, password = "complaints@shop.example.com", "only-for-tests"
    maildir = folder / "mail" / "inbox"
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    for name in ("run", "state", "home"):
        (folder / name).mkdir()
    if as_root:
        for path in [folder / "home", folder / "mail", *(folder / "mail").rglob("*")]:
            os.chown(path, owner.pw_uid, owner.pw_gid)
        for parent in [folder, *folder.parents][:-2]:
            parent.chmod(parent.stat().st_mode | 0o011)
    (folder / "users").write_text(f"{user}:{{PLAIN}}{password}\n")
    (folder / "users").chmod(0o644)
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, port=port, uid=owner.pw_uid, gid=owner.pw_gid,
            internal="dovecot" if as_root else owner.pw_name,
            internal_group="dovecot" if as_root else own_group,
            login="dovenull" if as_root else owner.pw_name,
        )
    )  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [program, "-F", "-c", str(configuration)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent(),
        )  # fmt: skip

    return Dovecot("127.0.0.1", port, user, password, maildir, owner, start)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A real Dovecot: ``.host .port .user .password .deliver(raw)``. Mark the test needs_dovecot."""
    import tempfile

    # A short path: the servers' sockets lie in there, and a socket's path may have 108 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hk-imap-"))
    server = _make_dovecot(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
