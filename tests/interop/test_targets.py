"""One push over many databases: canary first, several at a time, gone on with after an end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
from conftest import ROOT, Database, Project, Result, Runner
from management_api import REF, TOKEN, ManagementApi

FEW = 6
SCHEMA = json.loads((ROOT / "docs/schema/targets.json").read_text())


def write_list(path: Path, databases: list[Database], *more: str) -> Path:
    """A list that names each database by its own name, and its URL without a password."""
    lines = [f"{x.name} {x.url}" for x in databases]
    path.write_text("# tenants\n\n" + "\n".join([*lines, *more]) + "\n")
    path.chmod(0o600)
    return path


def report_of(result: Result) -> dict[str, dict]:
    report = json.loads(result.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    return {x["name"]: x for x in report["items"]}


def outcomes(result: Result) -> dict[str, str]:
    return {name: x["outcome"] for name, x in report_of(result).items()}


@pytest.fixture
def few(databases: Callable[[], Database]) -> list[Database]:
    return [databases() for _ in range(FEW)]


def is_whole(database: Database, project: Project) -> bool:
    return (
        database.alembic_heads() == {project.revisions()[-1]}
        and database.supabase_versions() == project.supabase_versions()
    )


def test_all_targets_are_pushed_and_the_real_tools_agree(
    few: list[Database],
    project: Project,
    tandem: Runner,
    alembic: Runner,
    supabase: Runner,
    tmp_path: Path,
) -> None:
    listed = write_list(tmp_path / "tenants", few)
    result = tandem("push", "--yes", "--targets", str(listed), "--format", "json")
    report = json.loads(result.out)
    assert report["result"] == "ok"
    assert report["summary"]["pushed"] == FEW
    assert all(is_whole(x, project) for x in few)
    for database in (few[0], few[-1]):
        assert "(head)" in alembic("current", database=database).out
        assert "up to date" in supabase("db", "push", "--dry-run", database=database).text.lower()

    again = tandem("push", "--yes", "--targets", str(listed), "--format", "json")
    assert set(outcomes(again).values()) == {"current"}


# --- A small project, whose second step takes a while ---------------------------------------------

FIRST, SECOND = "20241203_000001", "20241203_000002"
PUSH_LOCK = 8386105358618001409


def make_small(project: Project, seconds: float = 0) -> Project:
    project.clear()
    project.add_revision(FIRST, "first", 'op.execute("CREATE TABLE one (id integer)")')
    project.add_migration(FIRST, "first", "CREATE TABLE one (id integer);")
    wait = f"SELECT pg_sleep({seconds})"
    project.add_revision(
        SECOND, "second", f'op.execute("CREATE TABLE two (id integer)")\nop.execute("{wait}")'
    )
    project.add_migration(SECOND, "second", f"CREATE TABLE two (id integer);\n{wait};")
    return project


@pytest.fixture
def small(project: Project) -> Project:
    return make_small(project)


def is_untouched(database: Database) -> bool:
    return database.alembic_heads() is None and database.supabase_versions() is None


def push(tandem: Runner, listed: Path, *arguments: str, expect: int = 0) -> Result:
    words = ("push", "--yes", "--targets", str(listed), "--format", "json", *arguments)
    return tandem(*words, expect=expect)


# --- The canary -----------------------------------------------------------------------------------


def test_a_failing_canary_stops_the_rest(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    few[0].query("CREATE TABLE one (id integer)")
    listed = write_list(tmp_path / "tenants", few)
    result = push(tandem, listed, "--keep-going", expect=5)
    report = json.loads(result.out)
    assert report["result"] == "failed"
    assert outcomes(result)[few[0].name] == "failed"
    assert 'relation "one" already exists' in report["items"][0]["error"]["message"]
    assert report["summary"]["not_tried"] == FEW - 1
    assert all(is_untouched(x) for x in few)


def test_another_canary_may_be_named(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    few[0].query("CREATE TABLE one (id integer)")
    listed = write_list(tmp_path / "tenants", few)
    for canary in (few[2].name, "3"):
        result = push(tandem, listed, "--canary", canary, "--jobs", "1", expect=expect_of(canary))
        assert json.loads(result.out)["items"][0]["name"] == few[2].name
    assert is_whole(few[2], small)
    tandem("push", "--yes", "--targets", str(listed), "--canary", "7", expect=2)


def expect_of(canary: str) -> int:
    """The first run changes the canary before the next target fails; the second finds it done."""
    return 5 if canary == "3" else 7


# --- Targets that fail in the middle --------------------------------------------------------------


def without_database(url: str) -> str:
    return urlsplit(url)._replace(path="/nobody_made_this").geturl()


def with_wrong_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[1]
    return parts._replace(netloc=f"{parts.username}:not-the-password@{host}").geturl()


def test_targets_that_fail_do_not_spoil_the_others(
    few: list[Database],
    small: Project,
    tandem: Runner,
    alembic: Runner,
    supabase: Runner,
    tmp_path: Path,
) -> None:
    drifted, locked = few[2], few[3]
    drifted.query(
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);"
        "INSERT INTO alembic_version VALUES ('of_another_branch')"
    )
    more = (
        f"missing {without_database(few[0].url)}",
        f"wrong {with_wrong_password(few[0].url)}",
    )
    listed = write_list(tmp_path / "tenants", few, *more)
    with locked.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [PUSH_LOCK])
        result = push(tandem, listed, "--keep-going", "--wait", "1", expect=7)
    report = report_of(result)
    codes = {name: x["error"]["code"] for name, x in report.items() if x["error"]}
    assert codes == {
        drifted.name: "history",
        locked.name: "locked",
        "missing": "connect",
        "wrong": "connect",
    }
    assert report[drifted.name]["outcome"] == "refused"
    assert "of_another_branch" in report[drifted.name]["error"]["message"]
    assert "not-the-password" not in result.text
    whole = [x for x in few if x not in (drifted, locked)]
    assert all(is_whole(x, small) for x in whole)
    assert is_untouched(locked)
    assert "(head)" in alembic("current", database=whole[-1]).out
    assert "up to date" in supabase("db", "push", "--dry-run", database=whole[-1]).text.lower()

    # What was held is gone on with; what is still wrong is said again, and nothing else was done.
    again = push(tandem, listed, "--keep-going", expect=7)
    assert outcomes(again)[locked.name] == "pushed"
    last = push(tandem, listed, "--keep-going", expect=1)
    assert json.loads(last.out)["result"] == "failed"


def test_without_keep_going_a_failure_stops_what_has_not_begun(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    few[2].query("CREATE TABLE two (id integer)")
    listed = write_list(tmp_path / "tenants", few)
    result = push(tandem, listed, "--jobs", "1", expect=7)
    report = report_of(result)
    assert report[few[2].name]["outcome"] == "partly"
    assert report[few[2].name]["applied"] == 1
    assert [report[x.name]["outcome"] for x in few[3:]] == ["not_tried"] * (FEW - 3)
    assert report[few[3].name]["not_tried"] == f"another target failed: {few[2].name}"
    few[2].query("DROP TABLE two")
    again = outcomes(push(tandem, listed))
    assert [again[x.name] for x in few] == ["current"] * 2 + ["pushed"] * (FEW - 2)


# --- Ends ----------------------------------------------------------------------------------------


def start(tandem: Runner, listed: Path) -> subprocess.Popen[str]:
    return tandem.start(
        "push", "--yes", "--targets", str(listed), "--format", "json", "--jobs", "2"
    )


def wait_for_second(databases: list[Database]) -> None:
    """Until a target behind the canary is in the middle of its second step."""
    databases[1].wait_for_activity("pg_sleep", "tandem%")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_broken_off_is_gone_on_with(
    number: signal.Signals, few: list[Database], project: Project, tandem: Runner, tmp_path: Path
) -> None:
    make_small(project, seconds=2)
    few[0].watch_ddl()
    few[1].watch_ddl()
    listed = write_list(tmp_path / "tenants", few)
    running = start(tandem, listed)
    wait_for_second(few)
    running.send_signal(number)
    result = tandem.finish(running, expect=None)
    if number == signal.SIGKILL:
        assert result.code == -number
    else:
        assert result.code == 128 + number
        report = report_of(result)
        assert report[few[0].name]["outcome"] == "pushed"
        assert report[few[1].name]["outcome"] == "partly"
        assert report[few[1].name]["error"]["code"] == "interrupted"
        assert report[few[-1].name]["not_tried"] == "interrupted"
        assert few[1].alembic_heads() == {FIRST}
        assert not few[1].has_table("two")
    assert is_untouched(few[-1])

    again = outcomes(push(tandem, listed))
    assert again[few[0].name] == "current"
    assert all(is_whole(x, project) for x in few)
    for database in few[:2]:
        made = [name for tag, name in database.ddl() if tag == "CREATE TABLE"]
        assert sorted(made) == ["public.one", "public.two"]


def test_a_target_that_does_not_answer_is_given_up_at_once(
    small: Project, tandem: Runner, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        listed = tmp_path / "tenants"
        listed.write_text(f"postgresql://a@127.0.0.1:{port}/b\n")
        running = start(tandem, listed)
        connection, _ = deaf.accept()
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        result = tandem.finish(running, expect=130)
        assert time.monotonic() - begun < 5
        connection.close()
    assert report_of(result)[f"b@127.0.0.1:{port}"]["error"]["code"] == "interrupted"


def test_two_runs_at_once(
    few: list[Database], project: Project, tandem: Runner, tmp_path: Path
) -> None:
    make_small(project, seconds=0.2)
    for database in few:
        database.watch_ddl()
    listed = write_list(tmp_path / "tenants", few)
    running = [start(tandem, listed) for _ in range(3)]
    for result in [tandem.finish(x) for x in running]:
        assert set(outcomes(result).values()) <= {"pushed", "current"}
    assert all(is_whole(x, project) for x in few)
    for database in few:
        assert sorted(name for _, name in database.ddl()) == ["public.one", "public.two"]


# --- The list -------------------------------------------------------------------------------------


def test_one_database_under_two_names_is_pushed_once(
    database: Database, small: Project, tandem: Runner, tmp_path: Path
) -> None:
    parts = urlsplit(database.url)
    other = parts._replace(netloc=parts.netloc.replace("127.0.0.1", "localhost")).geturl()
    if other == database.url:
        other = parts._replace(netloc=parts.netloc.replace("localhost", "127.0.0.1")).geturl()
    assert other != database.url
    listed = write_list(tmp_path / "tenants", [database], f"alias {other}")
    report = report_of(push(tandem, listed))
    assert report[database.name]["outcome"] == "pushed"
    assert report["alias"]["outcome"] == "same"
    assert report["alias"]["same_as"] == database.name


def test_a_password_that_others_can_read_is_refused(
    database: Database, small: Project, tandem: Runner, tmp_path: Path
) -> None:
    # In the project's folder, where a place in a file is shown with its line.
    listed = write_list(small.root / "tenants", [database])
    listed.chmod(0o640)
    password = urlsplit(database.url).password
    for name in ("tenants", str(listed)):
        result = tandem("push", "--yes", "--targets", name, expect=2)
        assert password and password not in result.text
        assert "holds a password" in result.err and "tenants:3" in result.err
    assert is_untouched(database)

    # Where the password is not in the list, everybody may read it.
    parts = urlsplit(database.url)
    listed.write_text(
        parts._replace(netloc=parts.netloc.replace(f":{password}@", "@")).geturl() + "\n"
    )
    result = tandem("push", "--yes", "--targets", str(listed), env={"PGPASSWORD": password})
    assert password not in result.text
    assert is_whole(database, small)


def test_the_list_from_stdin_and_names_of_the_settings(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    (small.root / "tandem.toml").write_text(
        "[targets.acme]\nurl_env = 'ACME_URL'\nprotected = true\n"
    )
    words = ("push", "--yes", "--targets", "/dev/stdin", "--format", "json")
    listed = tmp_path / "tenants"
    listed.write_text(f"acme\nother {few[1].url}\n")
    listed.chmod(0o600)
    environment = {"ACME_URL": few[0].url}
    refused = tandem("push", "--yes", "--targets", str(listed), env=environment, expect=6)
    assert "--confirm" in refused.err
    confirmed = ("--confirm", str(listed))
    result = tandem(
        "push", "--yes", "--targets", str(listed), "--format", "json", *confirmed, env=environment
    )
    assert outcomes(result) == {"acme": "pushed", "other": "pushed"}
    piped = subprocess.run(
        [str(tandem.program), *words[:3], "-", *words[4:]],
        input=f"{few[2].name} {few[2].url}\n",
        cwd=small.root,
        env=tandem.environment(None),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert piped.returncode == 0, piped.stderr
    assert is_whole(few[2], small)


@pytest.mark.parametrize(
    ("text", "expect", "says"),
    [
        (b"", 2, "names no target"),
        (b"# nothing\n\n", 2, "names no target"),
        (b"a host=x\na host=y\n", 2, "'a' is the name of line 1 already"),
        (b"postgresql://h/d\nnobody\n", 2, "tenants:2"),
        (b"postgresql://h/d\n\xff\xfe\n", 2, "the line is no text"),
        (b"a\x00b\n", 2, "the line is no text"),
        (b"x" * 4097, 3, "the line has more than 4096 bytes"),
        (b"host=h dbname=d\n" * 10001, 3, "more than 10000 targets"),
        (b"postgresql://h/d secret-word\n", 2, "something stands behind the URL"),
        (b"db postgresql://postgres.abc@aws-0-x.pooler.supabase.com:6543/postgres\n", 6, ":5432"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_before_anything_is_done(
    text: bytes, expect: int, says: str, small: Project, tandem: Runner, tmp_path: Path
) -> None:
    listed = tmp_path / "tenants"
    listed.write_bytes(text)
    listed.chmod(0o600)
    result = tandem("push", "--yes", "--targets", str(listed), expect=expect)
    assert says in result.err
    assert "secret-word" not in result.text


def test_ten_thousand_targets(small: Project, tandem: Runner, tmp_path: Path) -> None:
    listed = tmp_path / "tenants"
    listed.write_text("".join(f"t{i} host=127.0.0.1 port=1 dbname=t{i}\n" for i in range(10000)))
    result = tandem("plan", "--targets", str(listed), "--format", "json", "-q", expect=4)
    assert json.loads(result.out)["summary"]["failed"] == 10000


# --- Looking --------------------------------------------------------------------------------------


def test_plan_shows_what_a_push_would_do_to_each(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "tenants", few)
    tandem("push", "--yes", database=few[1])
    words = ("plan", "--targets", str(listed))
    assert tandem(*words, "--exit-code", expect=1)
    report = report_of(tandem(*words, "--format", "json"))
    assert {x["outcome"] for x in report.values()} == {"current", "pending"}
    assert report[few[1].name]["outcome"] == "current"
    assert report[few[0].name]["pending"] == 2
    text = tandem(*words).out
    assert f"{FEW} targets: 1 up to date, {FEW - 1} pending" in text
    assert all(is_untouched(x) for x in few if x is not few[1])


def test_ndjson_tells_each_target_as_it_ends(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "tenants", few)
    result = tandem("push", "--yes", "--targets", str(listed), "--format", "ndjson")
    lines = [json.loads(x) for x in result.out.splitlines()]
    assert [x["event"] for x in lines[:2]] == ["target_begin", "target_end"]  # the canary alone
    ended = [x["name"] for x in lines if x["event"] == "target_end"]
    assert sorted(ended) == sorted(x.name for x in few)
    assert lines[-1]["event"] == "done" and lines[-1]["result"] == "ok"
    assert [x["done"] for x in lines if x["event"] == "target_end"] == list(range(1, FEW + 1))


# --- A project of Supabase among them -------------------------------------------------------------


def test_a_project_over_https_and_databases_in_one_run(
    few: list[Database], small: Project, tandem: Runner, tmp_path: Path
) -> None:
    api = ManagementApi(few[2].url)
    try:
        tandem.variables |= {"SUPABASE_ACCESS_TOKEN": TOKEN, "SUPABASE_API_URL": api.address}
        (small.root / "tandem.toml").write_text(
            f'[targets.hosted]\nproject = "{REF}"\nvia = "api"\n'
        )
        listed = write_list(tmp_path / "tenants", few, "hosted")
        result = push(tandem, listed, "--canary", "hosted")
    finally:
        api.close()
    report = report_of(result)
    assert report["hosted"]["outcome"] == "pushed"
    # The same database by another way.
    assert report[few[2].name]["outcome"] == "same"
    assert report[few[2].name]["same_as"] == "hosted"
    assert api.violations == []
    assert all(is_whole(x, small) for x in few)
