"""The access token out of the keyring of a desktop: a real GNOME Keyring on a bus of its own, into which
the real Supabase CLI puts the token when somebody logs in.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import SUPABASE, Database, Project, Runner
from management_api import TOKEN, ManagementApi
from test_api import LINKED, api, linked  # noqa: F401

NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "secret-tool")

pytestmark = pytest.mark.skipif(
    any(shutil.which(x) is None for x in NEEDED), reason=f"needs {', '.join(NEEDED)}"
)


@pytest.fixture
def desktop(linked: Runner, tmp_path: Path, home: Path):  # noqa: F811
    """Runs a shell script on a bus of its own; `$tandem` is the program."""
    del linked.variables["SUPABASE_ACCESS_TOKEN"]
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)

    def run(*lines: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["dbus-run-session", "--", "bash", "-c", "\n".join(lines)],
            cwd=linked.project.root,
            env=linked.environment(None) | {
                "XDG_RUNTIME_DIR": str(runtime),
                "SUPABASE_TELEMETRY_DISABLED": "1",
                "DO_NOT_TRACK": "1",
                "tandem": " ".join([str(linked.program), "status", *LINKED]),
                "login": f"{SUPABASE} login --token {TOKEN}",
                "HOME": str(home),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done

    return run


UNLOCK = "printf sesame | gnome-keyring-daemon --unlock --components=secrets >/dev/null"


def test_where_the_supabase_cli_puts_it(desktop, home: Path) -> None:
    desktop(UNLOCK, "$login", "$tandem")
    assert not (home / ".supabase/access-token").exists()


@pytest.mark.parametrize(
    "user, kept", [("access-token", TOKEN), ("supabase", "go-keyring-base64:" + "c2JwX")]
)
def test_where_older_ones_put_it(desktop, user: str, kept: str) -> None:
    import base64

    value = kept if kept == TOKEN else (
        "go-keyring-base64:" + base64.b64encode(TOKEN.encode()).decode())
    store = f"printf %s '{value}' | secret-tool store --label x service 'Supabase CLI' username {user}"
    desktop(UNLOCK, store, "$tandem")


def test_a_token_in_the_environment_wins(desktop, linked: Runner) -> None:  # noqa: F811
    store = "printf sbp_wrong | secret-tool store --label x service 'Supabase CLI' username supabase"
    desktop(UNLOCK, store, f"export SUPABASE_ACCESS_TOKEN={TOKEN}", "$tandem")
    refused = desktop(UNLOCK, "$tandem", expect=2)
    assert "has not the form of one" in refused.stderr and "sbp_wrong" not in refused.stderr


def test_it_can_be_left_out(desktop) -> None:
    refused = desktop(UNLOCK, "$login", "export SUPABASE_NO_KEYRING=1", "$tandem", expect=2)
    assert "SUPABASE_ACCESS_TOKEN" in refused.stderr


def test_a_locked_keyring_asks_nothing_and_does_not_hang(desktop) -> None:
    desktop(UNLOCK, "$login")
    started = time.monotonic()
    refused = desktop(
        "gnome-keyring-daemon --start --components=secrets >/dev/null", "$tandem", expect=2
    )
    assert "keyring" in refused.stderr
    assert time.monotonic() - started < 30


def test_a_bus_that_never_answers_is_not_waited_for(
    linked: Runner, tmp_path: Path  # noqa: F811
) -> None:
    del linked.variables["SUPABASE_ACCESS_TOKEN"]
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(path))
        bus.listen()
        started = time.monotonic()
        linked("status", *LINKED, env={"DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}"}, expect=2)
        assert time.monotonic() - started < 20
    linked("status", *LINKED, env={"DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}.x"}, expect=2)
