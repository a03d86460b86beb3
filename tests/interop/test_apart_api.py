"""What the Management API stamps, explained and put right over the Management API itself."""

from __future__ import annotations

import json
import urllib.request

from conftest import Database, Project, Runner
from management_api import REF, TOKEN, ManagementApi
from test_api import LINKED, api, linked  # noqa: F401
from test_push import both_at_head


def apply_through_the_api(address: str, name: str, sql: str) -> None:
    request = urllib.request.Request(
        f"{address}/v1/projects/{REF}/database/migrations",
        data=json.dumps({"name": name, "query": sql}).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status in (200, 201)


def test_a_version_that_the_api_stamped_is_put_right_over_the_api(
    linked: Runner,  # noqa: F811
    api: ManagementApi,  # noqa: F811
    alembic: Runner,
    supabase: Runner,
    database: Database,
    project: Project,
) -> None:
    linked("push", "--yes", "--to", "20241127_000002", *LINKED)
    path = project.migration_file("20241128000001")
    apply_through_the_api(api.address, "add_chat_messages", path.read_text())
    (stamp,) = set(database.supabase_versions() or []) - set(project.supabase_versions())
    (before,) = [row for row in database.supabase_rows() if row[0] == stamp]

    shown = linked("status", *LINKED).out
    assert f"{path.name} is recorded as {stamp}" in shown
    linked("repair", "--yes", *LINKED)
    assert ("20241128000001", *before[1:]) in database.supabase_rows()
    linked("repair", "--undo", "--yes", *LINKED)
    assert before in database.supabase_rows()
    linked("repair", "--yes", *LINKED)
    linked("push", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)
