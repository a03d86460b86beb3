"""Supabase's Management API over a real PostgreSQL, as far as migrations need it.

Every request and every answer is held to the API's own OpenAPI description (tests/data/api). What
that description does not say is as it was seen: a failed query is 400 with PostgreSQL's words, a
query text of several statements is one simple query, its answer the rows of the last statement that
has any, and connections are kept and given to whoever asks next, in the state that the last caller
left them in.

Faults are given to the next request that fits: an answer of its own, or a connection that is cut
before or after the work was done.
"""

from __future__ import annotations

import json
import re
import secrets
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema
import psycopg
from psycopg import pq

DESCRIPTION = json.loads(
    (Path(__file__).resolve().parents[1] / "data/api/management-api.json").read_text()
)
REF = "abcdefghijklmnopqrst"
TOKEN = "sbp_" + "0123456789abcdef" * 2 + "01234567"
NUMBERS = {21, 23, 26}  # int2, int4, oid
BOOLEAN, BIGINT, JSON_TYPES = 16, 20, {114, 3802}
SAFE_INTEGER = 2**53 - 1


def nullable(schema: object) -> object:
    """OpenAPI 3.0 says `nullable`, JSON Schema has it among the types."""
    if isinstance(schema, list):
        return [nullable(x) for x in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: nullable(value) for key, value in schema.items()}
    if result.pop("nullable", False) and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    return result


SCHEMAS = {"components": nullable(DESCRIPTION["components"])}


def check(schema: dict, value: object) -> None:
    jsonschema.validate(value, {**nullable(schema), **SCHEMAS})


@dataclass
class Fault:
    """What happens to the next `times` requests whose method, path and body fit."""

    status: int = 0  # answers this; 0: the connection is cut
    body: str = '{"message":"fault"}'
    type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False  # once the work is done
    seconds: float = 0  # waits before the work
    then: Callable[[], None] = lambda: None  # done before the connection is cut
    times: int = 1
    fits: Callable[[str, str, str], bool] = lambda method, path, body: True


@dataclass
class Seen:
    method: str
    path: str
    body: str
    headers: dict[str, str]
    status: int  # 0: cut


class Answer(Exception):
    def __init__(self, status: int, value: object) -> None:
        super().__init__(status)
        self.status, self.value = status, value


def next_result(connection: pq.abc.PGconn) -> pq.abc.PGresult | None:
    """get_result() alone would wait with Python's one lock held, and all other threads with it."""
    connection.flush()
    while connection.is_busy():
        select.select([connection.socket], [], [])
        connection.consume_input()
    return connection.get_result()


def text_of(error: pq.PGresult, sql: str) -> str:
    """A failed query as the API words it."""

    def part(field: pq.DiagnosticField) -> str:
        return (error.error_field(field) or b"").decode()

    text = (
        f"Failed to run sql query: {part(pq.DiagnosticField.SEVERITY_NONLOCALIZED)}:  "
        f"{part(pq.DiagnosticField.SQLSTATE)}: {part(pq.DiagnosticField.MESSAGE_PRIMARY)}\n"
    )
    if position := part(pq.DiagnosticField.STATEMENT_POSITION):
        before = sql[: int(position) - 1]
        number = before.count("\n") + 1
        line = sql.split("\n")[number - 1]
        prefix = f"LINE {number}: "
        column = len(before) - (before.rfind("\n") + 1)
        text += f"{prefix}{line}\n{' ' * (len(prefix) + column)}^\n"
    for name, diagnostic in (
        ("DETAIL", pq.DiagnosticField.MESSAGE_DETAIL),
        ("HINT", pq.DiagnosticField.MESSAGE_HINT),
        ("CONTEXT", pq.DiagnosticField.CONTEXT),
    ):
        if part(diagnostic):
            text += f"{name}:  {part(diagnostic)}\n"
    return text


def value_of(result: pq.PGresult, row: int, column: int) -> object:
    """A value as the server's JavaScript sees it."""
    raw = result.get_value(row, column)
    if raw is None:
        return None
    text, kind = raw.decode(), result.ftype(column)
    if kind == BOOLEAN:
        return text == "t"
    if kind in NUMBERS:
        return int(text)
    if kind == BIGINT:
        return int(text) if abs(int(text)) <= SAFE_INTEGER else text
    if kind in JSON_TYPES:
        return json.loads(text)
    return text


class ManagementApi:
    """One project, `REF`, whose database is the one of `url`."""

    def __init__(self, url: str, token: str = TOKEN) -> None:
        self.url, self.token = url, token
        self.faults: deque[Fault] = deque()
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self.roles: list[str] = []
        self.idle: list[psycopg.Connection] = []
        self.lock = threading.Lock()
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                api.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        for connection in self.idle:
            connection.close()
        with psycopg.connect(self.url, autocommit=True) as connection:
            for role in self.roles:
                connection.execute(f'DROP ROLE IF EXISTS "{role}"')

    # --- Queries ---------------------------------------------------------------------------------

    def take(self, read_only: bool) -> psycopg.Connection:
        if read_only:
            return psycopg.connect(
                self.url, autocommit=True, options="-c default_transaction_read_only=on"
            )
        with self.lock:
            while self.idle:
                connection = self.idle.pop()
                if not connection.closed:
                    return connection
        return psycopg.connect(self.url, autocommit=True)

    def give_back(self, connection: psycopg.Connection, read_only: bool) -> None:
        if read_only or connection.closed:
            connection.close()
            return
        with self.lock:
            self.idle.append(connection)

    def query(self, sql: str, read_only: bool = False) -> list[dict]:
        connection = self.take(read_only)
        rows: list[dict] = []
        failure = ""
        try:
            connection.pgconn.send_query(sql.encode())
            while result := next_result(connection.pgconn):
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    failure = failure or text_of(result, sql)
                elif result.status == pq.ExecStatus.TUPLES_OK and result.ntuples:
                    names = [(result.fname(i) or b"").decode() for i in range(result.nfields)]
                    rows = [
                        {name: value_of(result, row, i) for i, name in enumerate(names)}
                        for row in range(result.ntuples)
                    ]
        finally:
            self.give_back(connection, read_only)
        if failure:
            raise Answer(400, {"message": failure})
        return rows

    # --- Operations, by operationId --------------------------------------------------------------

    def v1_run_a_query(self, body: dict, **_: object) -> list[dict]:
        return self.query(body["query"], body.get("read_only", False))

    def v1_read_only_query(self, body: dict, **_: object) -> list[dict]:
        return self.query(body["query"], True)

    def v1_list_migration_history(self, **_: object) -> list[dict]:
        if not self.query("SELECT to_regclass('supabase_migrations.schema_migrations') AS t")[0]["t"]:
            return []
        rows = self.query(
            "SELECT version, name FROM supabase_migrations.schema_migrations ORDER BY version"
        )
        return [{key: value for key, value in row.items() if value is not None} for row in rows]

    def v1_apply_a_migration(self, body: dict, headers: dict, **_: object) -> None:
        def literal(text: str | None) -> str:
            return "NULL" if text is None else "'" + text.replace("'", "''") + "'"

        self.query(
            "CREATE SCHEMA IF NOT EXISTS supabase_migrations;"
            "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations"
            " (version text NOT NULL PRIMARY KEY, statements text[], name text);"
            "ALTER TABLE supabase_migrations.schema_migrations"
            " ADD COLUMN IF NOT EXISTS created_by text,"
            " ADD COLUMN IF NOT EXISTS idempotency_key text UNIQUE,"
            " ADD COLUMN IF NOT EXISTS rollback text[]"
        )
        rollback = body.get("rollback")
        self.query(
            f"begin;\n-- submitted\n{body['query']};\n-- recorded\n"
            "insert into supabase_migrations.schema_migrations"
            " (version, name, statements, created_by, idempotency_key, rollback) values"
            f" (to_char(current_timestamp, 'YYYYMMDDHH24MISS'), {literal(body.get('name', ''))},"
            f" array[{literal(body['query'])}], 'somebody@example.org',"
            f" {literal(headers.get('Idempotency-Key'))},"
            f" {'NULL' if rollback is None else f'array[{literal(rollback)}]'})"
            " on conflict (idempotency_key) do update set version = EXCLUDED.version;\ncommit;"
        )

    def v1_create_login_role(self, body: dict, **_: object) -> dict:
        """There is no pooler here, so that its name of the role is a role, too."""
        password = secrets.token_hex(16)
        read_only = body["read_only"]
        owner = urlsplit(self.url).username
        name = "cli_login_supabase_read_only_user" if read_only else f"cli_login_{owner}"
        for role in (name, f"{name}.{REF}"):
            self.query(
                f"DO $$ BEGIN CREATE ROLE \"{role}\"; EXCEPTION WHEN duplicate_object THEN END $$;"
                f"ALTER ROLE \"{role}\" LOGIN PASSWORD '{password}'; GRANT {owner} TO \"{role}\""
            )
            self.roles.append(role)
        return {"role": name, "password": password, "ttl_seconds": 3600}

    def v1_delete_login_roles(self, **_: object) -> dict:
        return {"message": "ok"}

    def v1_get_pooler_config(self, **_: object) -> list[dict]:
        url = urlsplit(self.url)
        text = (
            f"postgresql://postgres.{REF}:[YOUR-PASSWORD]@{url.hostname}:{url.port}{url.path}"
        )
        return [
            {
                "identifier": REF,
                "database_type": "PRIMARY",
                "is_using_scram_auth": True,
                "db_user": f"postgres.{REF}",
                "db_host": url.hostname,
                "db_port": url.port,
                "db_name": url.path.lstrip("/"),
                "connection_string": text,
                "connectionString": text,
                "default_pool_size": 15,
                "max_client_conn": None,
                "pool_mode": "session",
            }
        ]

    def project(self) -> dict:
        return {
            "id": REF,
            "ref": REF,
            "organization_id": "weaver",
            "organization_slug": "weaver",
            "name": "weaver",
            "region": "eu-central-1",
            "created_at": "2024-11-26T00:00:00Z",
            "status": "ACTIVE_HEALTHY",
            "database": {
                "host": f"db.{REF}.supabase.co",
                "version": "15.1.0.1",
                "postgres_engine": "15",
                "release_channel": "ga",
            },
        }

    def v1_get_project(self, **_: object) -> dict:
        return self.project()

    def v1_list_all_projects(self, **_: object) -> list[dict]:
        return [self.project()]

    # --- HTTP ------------------------------------------------------------------------------------

    def find(self, method: str, path: str) -> tuple[dict, dict[str, str]]:
        for template, methods in DESCRIPTION["paths"].items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            if (found := re.fullmatch(pattern, path)) and method.lower() in methods:
                return methods[method.lower()], found.groupdict()
        raise Answer(404, {"message": f"Cannot {method} {path}"})

    def operate(self, method: str, target: str, body: str, headers: dict[str, str]) -> tuple:
        parts = urlsplit(target)
        if headers.get("Authorization") != f"Bearer {self.token}":
            raise Answer(401, {"message": "Unauthorized"})
        operation, names = self.find(method, unquote(parts.path))
        if names.get("ref", REF) != REF:
            raise Answer(404, {"message": "Project not found"})
        value = json.loads(body) if body else None
        try:
            for parameter in operation.get("parameters", []):
                place = {"path": names, "header": headers}.get(
                    parameter["in"], {k: v[0] for k, v in parse_qs(parts.query).items()}
                )
                given = place.get(parameter["name"])
                if given is None:
                    assert not parameter.get("required"), parameter["name"]
                else:
                    check(parameter["schema"], given)
            if content := operation.get("requestBody", {}).get("content"):
                assert headers.get("Content-Type", "").startswith("application/json")
                check(content["application/json"]["schema"], value)
        except (jsonschema.ValidationError, AssertionError) as error:
            self.violations.append(f"{method} {target}: request: {error}")
            raise Answer(400, {"message": "the request is not as described"}) from None
        name = operation["operationId"].replace("-", "_")
        handler = getattr(self, name, None)
        if handler is None:
            raise Answer(500, {"message": f"{name} is not emulated"})
        result = handler(body=value, headers=headers, **names)
        (status,) = [int(x) for x in operation["responses"] if x.startswith("2")]
        schema = operation["responses"][str(status)].get("content", {})
        if schema:
            try:
                check(schema["application/json"]["schema"], result)
            except jsonschema.ValidationError as error:
                self.violations.append(f"{method} {target}: answer: {error}")
        return status, result

    def fault_for(self, method: str, path: str, body: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.fits(method, path, body):
                    fault.times -= 1
                    if fault.times == 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length).decode()
        headers = dict(request.headers.items())
        seen = Seen(request.command, request.path, body, headers, 0)
        with self.lock:
            self.seen.append(seen)
        fault = self.fault_for(request.command, request.path, body)
        if fault:
            time.sleep(fault.seconds)
        status, value = 0, None
        if not fault or fault.after or fault.seconds:
            try:
                status, value = self.operate(request.command, request.path, body, headers)
            except Answer as answer:
                status, value = answer.status, answer.value
        if fault and not (fault.seconds and not fault.status):
            if fault.status == 0:
                fault.then()
                request.close_connection = True
                request.connection.shutdown(socket.SHUT_RDWR)
                return
            seen.status = fault.status
            send(request, fault.status, fault.body, fault.type, fault.headers)
            return
        seen.status = status
        text = "" if value is None else json.dumps(value)
        send(request, status, text, "application/json; charset=utf-8", {})


def send(
    request: BaseHTTPRequestHandler, status: int, text: str, kind: str, headers: dict[str, str]
) -> None:
    data = text.encode()
    try:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
    except OSError:  # the client has gone
        request.close_connection = True
