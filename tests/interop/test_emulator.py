"""The emulator of the Management API is not made to tandem's measure alone: Supabase's own programs
work against it, too."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BUILD, SECONDS, Database, Project, Runner
from management_api import REF, TOKEN, ManagementApi

MCP = BUILD / "tools/node/node_modules/@supabase/mcp-server-supabase/dist/cli.js"


@pytest.fixture
def api(database: Database) -> Iterator[ManagementApi]:
    emulator = ManagementApi(database.url)
    yield emulator
    emulator.close()
    assert emulator.violations == []


def test_the_real_cli(
    supabase: Runner, api: ManagementApi, tmp_path: Path, database: Database
) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(
        json.dumps(
            {
                "name": "emulator",
                "api_url": api.address,
                "dashboard_url": api.address,
                "project_host": "tandem.invalid",
                "pooler_host": "127.0.0.1",
            }
        )
    )
    supabase.variables |= {"SUPABASE_ACCESS_TOKEN": TOKEN, "SUPABASE_PROFILE": str(profile)}
    listed = supabase("projects", "list", "--output-format", "json")
    assert REF in listed.out
    asked = supabase("db", "query", "SELECT 40 + 2 AS answer", f"--remote={REF}", "--yes")
    assert "42" in asked.out
    assert any(x.path.endswith("/database/query") for x in api.seen)


class Mcp:
    """A conversation with the MCP server over its standard streams."""

    def __init__(self, api: ManagementApi, home: Path) -> None:
        self.process = subprocess.Popen(
            ["node", MCP, f"--access-token={TOKEN}", f"--project-ref={REF}",
             f"--api-url={api.address}", "--features=database"],
            env={"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.number = 0
        self.ask(
            "initialize",
            protocolVersion="2025-06-18",
            capabilities={},
            clientInfo={"name": "test", "version": "0"},
        )
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message: dict) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method: str, **parameters: object) -> dict:
        self.number += 1
        self.send(
            {"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters}
        )
        assert self.process.stdout
        while line := self.process.stdout.readline():
            answer = json.loads(line)
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
        pytest.fail(f"the MCP server ended: {self.process.stderr and self.process.stderr.read()}")

    def call(self, tool: str, **arguments: object) -> str:
        result = self.ask("tools/call", name=tool, arguments=arguments)
        text = result["content"][0]["text"]
        assert not result.get("isError"), text
        return text

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(SECONDS)


def test_the_real_mcp_server(
    api: ManagementApi, database: Database, home: Path, project: Project
) -> None:
    if not MCP.exists():
        pytest.fail("the MCP server is not installed: tests/setup/tools.sh")
    mcp = Mcp(api, home)
    try:
        mcp.call("apply_migration", name="widgets", query="CREATE TABLE widgets (id bigint)")
        assert "widgets" in mcp.call("list_migrations")
        assert "42" in mcp.call("execute_sql", query="SELECT 40 + 2 AS answer")
    finally:
        mcp.close()
    assert database.has_table("public.widgets")
    assert len(database.supabase_versions() or []) == 1
