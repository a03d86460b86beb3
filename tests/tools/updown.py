"""Migration folders as revisions, run by the real Alembic: up, down and up again.

    usage: updown.py --server URL --standins FILE [--tandem PROGRAM] [--keep DIR] FOLDER...

For each folder of Supabase migrations, each in a database of its own with the stand-ins:

  1. the SQL is run statement by statement; what the server refuses (it needs what others made) is
     left out of a copy of the folder, so that both sides do the same;
  2. the copy is converted to a chain of revisions, which Alembic runs: is the catalog the same?
  3. each revision is taken back and done again at its place in the chain, and last the whole chain
     down to base and up: is the catalog what it was? A `raise` in a downgrade is taken away first,
     as an author does who accepts the losses; what then differs must be among them.

Rows that a revision wrote stay; where the server refuses what follows because of them, that is counted
apart. The stand-ins are one SQL file: what the platform has in a new project.

Prints a block for each folder and the sums. Exit code 1 when a catalog differs that should not.
Runs on Python with alembic and psycopg, as in build/tools/venv."""

from __future__ import annotations

import argparse
import ast
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

ALEMBIC = Path(sys.executable).with_name("alembic")
RAISE = re.compile(r"^    raise NotImplementedError\(\n[^\n]*\n    \)\n?", re.MULTILINE)

# --- The catalog of a server ---------------------------------------------------------------------

# Each query gives a name and what stands under it. Privileges that are the default are written out.
OWN = "n.nspname !~ '^pg_|^information_schema$'"
MEMBER = "EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{0}'::regclass AND d.objid = x.oid AND d.deptype = 'e')"


def acl(column: str, kind: str, owner: str) -> str:
    return (
        f"(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(coalesce({column},"
        f" acldefault('{kind}', {owner}))) a)"
    )


def comment(table: str) -> str:
    return f"obj_description(x.oid, '{table}')"


SNAPSHOT = {
    "schema": f"SELECT n.nspname, concat_ws(' | ', n.nspowner::regrole, {acl('n.nspacl', 'n', 'n.nspowner')},"
    f" obj_description(n.oid, 'pg_namespace')) FROM pg_namespace n WHERE {OWN}",
    "relation": "SELECT x.oid::regclass::text, concat_ws(' | ', x.relkind, x.relpersistence, x.relowner::regrole,"
    " x.relrowsecurity, x.relforcerowsecurity, x.relreplident, x.reloptions, pg_get_partkeydef(x.oid),"
    " pg_get_expr(x.relpartbound, x.oid), (SELECT string_agg(inhparent::regclass::text, ',') FROM pg_inherits"
    " WHERE inhrelid = x.oid), (SELECT amname FROM pg_am WHERE oid = x.relam),"
    f" {acl('x.relacl', 'r', 'x.relowner')}, {comment('pg_class')},"
    " CASE WHEN x.relkind IN ('v', 'm') THEN pg_get_viewdef(x.oid) END)"
    f" FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace WHERE {OWN} AND x.relkind IN"
    " ('r', 'p', 'v', 'm', 'f') AND NOT " + MEMBER.format("pg_class"),
    "column": "SELECT x.oid::regclass || '.' || a.attname, concat_ws(' | ', format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''),"
    " nullif(a.attgenerated, ''), a.attcollation, a.attstorage, nullif(a.attcompression, ''), a.attstattarget,"
    " a.attoptions, a.attinhcount, a.attislocal, a.attacl, col_description(x.oid, a.attnum),"
    " a.attfdwoptions) FROM pg_attribute a JOIN pg_class x ON x.oid = a.attrelid JOIN pg_namespace n ON"
    " n.oid = x.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = x.oid AND d.adnum = a.attnum WHERE"
    f" a.attnum > 0 AND NOT a.attisdropped AND x.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OWN} AND NOT "
    + MEMBER.format("pg_class"),
    "order of columns": "SELECT x.oid::regclass::text, (SELECT string_agg(attname, ' ' ORDER BY attnum) FROM"
    " pg_attribute WHERE attrelid = x.oid AND attnum > 0 AND NOT attisdropped) FROM pg_class x JOIN"
    f" pg_namespace n ON n.oid = x.relnamespace WHERE {OWN} AND x.relkind IN ('r', 'p', 'f', 'c')",
    "constraint": "SELECT coalesce(nullif(x.conrelid, 0)::regclass::text, x.contypid::regtype::text) || ' ' || x.conname,"
    f" concat_ws(' | ', pg_get_constraintdef(x.oid), {comment('pg_constraint')}, x.coninhcount) FROM pg_constraint x"
    f" JOIN pg_namespace n ON n.oid = x.connamespace WHERE {OWN}",
    "index": "SELECT x.oid::regclass::text, concat_ws(' | ', pg_get_indexdef(x.oid), i.indisclustered, i.indisreplident,"
    f" i.indisvalid, {comment('pg_class')}) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n"
    f" ON n.oid = x.relnamespace WHERE {OWN}",
    "sequence": "SELECT x.oid::regclass::text, concat_ws(' | ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,"
    " s.seqmin, s.seqmax, s.seqcache, s.seqcycle, x.relowner::regrole, (SELECT d.refobjid::regclass || '.' ||"
    " a.attname || d.deptype::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum ="
    " d.refobjsubid WHERE d.objid = x.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')),"
    f" {acl('x.relacl', 's', 'x.relowner')}, {comment('pg_class')}) FROM pg_sequence s JOIN pg_class x ON x.oid ="
    f" s.seqrelid JOIN pg_namespace n ON n.oid = x.relnamespace WHERE {OWN}",
    "trigger": "SELECT x.tgrelid::regclass || ' ' || x.tgname, concat_ws(' | ', pg_get_triggerdef(x.oid), x.tgenabled,"
    f" {comment('pg_trigger')}) FROM pg_trigger x WHERE NOT x.tgisinternal",
    "policy": "SELECT x.polrelid::regclass || ' ' || x.polname, concat_ws(' | ', x.polcmd, x.polpermissive,"
    " ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END FROM unnest(x.polroles) r ORDER BY 1),"
    f" pg_get_expr(x.polqual, x.polrelid), 'CHECK ' || pg_get_expr(x.polwithcheck, x.polrelid), {comment('pg_policy')})"
    " FROM pg_policy x",
    "rule": "SELECT x.ev_class::regclass || ' ' || x.rulename, concat_ws(' | ', pg_get_ruledef(x.oid), x.ev_enabled,"
    f" {comment('pg_rewrite')}) FROM pg_rewrite x JOIN pg_class c ON c.oid = x.ev_class JOIN pg_namespace n ON"
    f" n.oid = c.relnamespace WHERE {OWN} AND x.rulename <> '_RETURN'",
    "routine": "SELECT x.oid::regprocedure::text, concat_ws(' | ', CASE WHEN x.prokind = 'a' THEN 'aggregate ' ||"
    " (SELECT concat_ws(' ', aggtransfn, aggfinalfn, aggcombinefn, aggtranstype::regtype, agginitval) FROM"
    " pg_aggregate WHERE aggfnoid = x.oid) ELSE pg_get_functiondef(x.oid) END, x.proowner::regrole,"
    f" {acl('x.proacl', 'f', 'x.proowner')}, {comment('pg_proc')}) FROM pg_proc x JOIN pg_namespace n ON n.oid ="
    f" x.pronamespace WHERE {OWN} AND NOT " + MEMBER.format("pg_proc"),
    "type": "SELECT x.oid::regtype::text, concat_ws(' | ', x.typtype, x.typowner::regrole, (SELECT string_agg(enumlabel,"
    " ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = x.oid), format_type(nullif(x.typbasetype, 0),"
    " x.typtypmod), x.typnotnull, x.typdefault, (SELECT string_agg(attname || ' ' || format_type(atttypid,"
    " atttypmod), ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = x.typrelid AND NOT attisdropped AND"
    f" x.typtype = 'c'), {acl('x.typacl', 'T', 'x.typowner')}, {comment('pg_type')}) FROM pg_type x JOIN pg_namespace n"
    f" ON n.oid = x.typnamespace WHERE {OWN} AND x.typelem = 0 AND (x.typrelid = 0 OR (SELECT relkind FROM pg_class"
    " WHERE oid = x.typrelid) = 'c') AND NOT " + MEMBER.format("pg_type"),
    "operator": "SELECT x.oid::regoperator::text, concat_ws(' | ', x.oprcode, x.oprresult::regtype) FROM pg_operator x JOIN"
    f" pg_namespace n ON n.oid = x.oprnamespace WHERE {OWN} AND NOT " + MEMBER.format("pg_operator"),
    "cast": "SELECT castsource::regtype || ' as ' || casttarget::regtype, concat_ws(' | ', castfunc::regproc, castcontext)"
    " FROM pg_cast x WHERE x.oid >= 16384 AND NOT " + MEMBER.format("pg_cast"),
    "extension": "SELECT x.extname, concat_ws(' | ', x.extnamespace::regnamespace, x.extversion,"
    f" {comment('pg_extension')}) FROM pg_extension x",
    "publication": "SELECT x.pubname, concat_ws(' | ', x.puballtables, x.pubinsert, x.pubupdate, x.pubdelete, x.pubtruncate,"
    " (SELECT string_agg(prrelid::regclass::text, ',' ORDER BY prrelid::regclass::text) FROM pg_publication_rel"
    " WHERE prpubid = x.oid)) FROM pg_publication x",
    "event trigger": "SELECT x.evtname, concat_ws(' | ', x.evtevent, x.evtfoid::regprocedure, x.evtenabled, x.evttags) FROM"
    " pg_event_trigger x",
    "default privileges": "SELECT concat_ws(' ', x.defaclrole::regrole, nullif(x.defaclnamespace, 0)::regnamespace,"
    " x.defaclobjtype), ARRAY(SELECT a::text FROM unnest(x.defaclacl) a ORDER BY 1)::text FROM pg_default_acl x",
    "server": "SELECT x.srvname, concat_ws(' | ', x.srvfdw, x.srvoptions, x.srvacl) FROM pg_foreign_server x",
    "wrapper": "SELECT x.fdwname, concat_ws(' | ', x.fdwoptions, x.fdwacl) FROM pg_foreign_data_wrapper x",
    "foreign table": "SELECT x.ftrelid::regclass::text, concat_ws(' | ', x.ftserver, x.ftoptions) FROM pg_foreign_table x",
    "user mapping": "SELECT concat_ws(' ', x.srvname, x.usename), x.umoptions::text FROM pg_user_mappings x",
    "statistics": "SELECT x.oid::text, pg_get_statisticsobjdef(x.oid) FROM pg_statistic_ext x",
    "text search": "SELECT x.cfgname, x.cfgowner::regrole::text FROM pg_ts_config x JOIN pg_namespace n ON n.oid ="
    f" x.cfgnamespace WHERE {OWN}",
    "setting": "SELECT concat_ws(' ', x.setdatabase = 0, nullif(x.setrole, 0)::regrole), x.setconfig::text FROM"
    " pg_db_role_setting x WHERE x.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
}
HISTORY = re.compile(r"\balembic_version|supabase_migrations")


def snapshot(connection: psycopg.Connection) -> dict[str, str]:
    connection.execute("SET search_path = ''")
    found = {}
    for kind, query in SNAPSHOT.items():
        for name, definition in connection.execute(query).fetchall():
            if not HISTORY.search(name):
                found[f"{kind} {name}"] = definition or ""
    return found


def compare(before: dict[str, str], after: dict[str, str]) -> list[str]:
    lines = [f"gone: {key}" for key in before if key not in after]
    lines += [f"stays: {key}" for key in after if key not in before]
    for key in before:
        if key in after and before[key] != after[key]:
            lines.append(f"differs: {key}: {first_difference(before[key], after[key])}")
    return lines


def first_difference(a: str, b: str) -> str:
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    start = max(0, at - 20)
    return f"{a[start:at + 60]!r} -> {b[start:at + 60]!r}"


# --- Statements ----------------------------------------------------------------------------------

PIECE = re.compile(
    r"--[^\n]*|/\*|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?<![\w$])\$(?:[A-Za-z_]\w*)?\$|;",
    re.DOTALL,
)


def split(text: str) -> list[tuple[int, int]]:
    """Where the statements of a file stand, semicolon included."""
    spans, start, at = [], 0, 0
    while found := PIECE.search(text, at):
        piece, at = found[0], found.end()
        if piece == "/*":
            end = text.find("*/", at)
            at = len(text) if end < 0 else end + 2
        elif piece.startswith("$"):
            end = text.find(piece, at)
            at = len(text) if end < 0 else end + len(piece)
        elif piece == ";":
            spans.append((start, at))
            start = at
    if is_statement(text[start:]):
        spans.append((start, len(text)))
    return spans


def bare(text: str) -> str:
    return re.sub(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/)*", "", text, flags=re.DOTALL)


def is_statement(text: str) -> bool:
    return bare(text).strip(" \t\r\n;") != ""


# --- A folder ------------------------------------------------------------------------------------


class Folder:
    def __init__(self, source: Path, arguments: argparse.Namespace, number: int) -> None:
        self.source = source
        self.arguments = arguments
        self.number = number
        self.root = Path(tempfile.mkdtemp(prefix="updown-", dir=arguments.keep))
        self.migrations = self.root / "supabase/migrations"
        self.versions = self.root / "alembic/versions"
        self.refused: list[str] = []
        self.statements = 0
        self.kinds: collections.Counter[str] = collections.Counter()
        self.losses: dict[str, list[str]] = {}
        self.lines: list[str] = []
        self.bad: list[str] = []
        self.rows = 0

    # --- databases ---

    def create(self, name: str) -> str:
        name = f"updown_{self.number}_{name}"
        with psycopg.connect(self.arguments.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            # Settings of roles are the server's, not the database's.
            for (role,) in connection.execute("SELECT DISTINCT setrole::regrole FROM pg_db_role_setting WHERE setrole <> 0"):
                connection.execute(f"ALTER ROLE {role} RESET ALL")
        url = urlsplit(self.arguments.server)._replace(path=f"/{name}").geturl()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(self.arguments.standins.read_text())
        return url

    # --- the SQL ---

    def prepare(self) -> dict[str, str]:
        """Runs the SQL, and copies what the server takes of it."""
        self.migrations.mkdir(parents=True)
        url = self.create("sql")
        for path in sorted(self.source.glob("*.sql")):
            if re.fullmatch(r"[0-9]+_.*\.sql", path.name):
                self.run_file(url, path)
        with psycopg.connect(url, autocommit=True) as connection:
            return snapshot(connection)

    def run_file(self, url: str, path: Path) -> None:
        text = path.read_text(errors="replace").removeprefix("\ufeff").replace("\0", "")
        kept, end = [], 0
        with psycopg.connect(url, autocommit=True) as connection:
            for start, end in split(text):
                statement = text[start:end]
                if self.takes(connection, statement):
                    kept.append(statement)
                    self.statements += 1
                else:
                    self.refused.append(f"{path.name}: {' '.join(bare(statement).split())[:100]}")
        (self.migrations / path.name).write_text("".join(kept) + text[end:])

    @staticmethod
    def takes(connection: psycopg.Connection, statement: str) -> bool:
        if not is_statement(statement) or re.fullmatch(r"(BEGIN|COMMIT)[ \w]*;\s*", bare(statement), re.I):
            return True
        if re.match(r"(END|ROLLBACK)\b", bare(statement), re.I):
            return False
        try:
            connection.execute(re.sub(r"^SET\s+LOCAL\b", "SET", bare(statement), flags=re.I))
        except (psycopg.Error, UnicodeError):
            return False
        return True

    # --- the chain ---

    def convert(self) -> None:
        subprocess.run([ALEMBIC, "-q", "init", "alembic"], cwd=self.root, check=True, stdout=subprocess.DEVNULL)
        (self.root / "alembic/env.py").write_text(
            "from alembic import context\n\ncontext.configure()\ncontext.run_migrations()\n"
        )
        result = subprocess.run(
            [self.arguments.tandem, "convert", "--to", "alembic", "--all", "--format", "json"],
            cwd=self.root, capture_output=True, text=True,
        )
        if result.returncode != 0:
            raise RuntimeError(f"convert: {(result.stdout + result.stderr).strip()[-900:]}")
        (self.root / "convert.json").write_text(result.stdout)
        for path in sorted(self.versions.glob("*.py")):
            self.read_revision(path)

    def read_revision(self, path: Path) -> None:
        text = path.read_text()
        tree = ast.parse(text)
        functions = {x.name: x for x in tree.body if isinstance(x, ast.FunctionDef)}
        for call in (x for x in ast.walk(functions["upgrade"]) if isinstance(x, ast.Call)):
            name = ast.unparse(call.func)
            if name == "op.execute":
                self.kinds["execute " + kind_of(ast.literal_eval(call.args[0]))] += 1
            elif re.fullmatch(r"op\.(?!f$|get_|inline)\w+", name):
                self.kinds[name] += 1
            elif name.endswith((").create", ").drop")):
                self.kinds[name.rpartition(".")[2] + " enum"] += 1
        if RAISE.search(text):
            down = text[text.index("def downgrade"):]
            self.losses[path.name] = re.findall(r"^    # (.*)", down, re.MULTILINE)
            (self.root / "raising").mkdir(exist_ok=True)
            shutil.copy(path, self.root / "raising")
            path.write_text(RAISE.sub("    pass\n", text))

    def load(self) -> None:
        self.config = Config(str(self.root / "alembic.ini"))
        self.script = ScriptDirectory.from_config(self.config)
        self.chain = list(self.script.walk_revisions())[::-1]

    def engine_of(self, url: str) -> sa.Engine:
        return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.pool.NullPool)

    def move(self, url: str, target: str | None, down: bool) -> str | None:
        """To a revision; the first line of what stopped it."""
        def steps(current: object, _: object) -> object:
            if down:
                return self.script._downgrade_revs(target or "base", current)
            return self.script._upgrade_revs(target, current)

        environment = EnvironmentContext(self.config, self.script, fn=steps)
        try:
            with self.engine_of(url).connect() as connection, environment:
                environment.configure(connection=connection, transaction_per_migration=True)
                with environment.begin_transaction():
                    environment.run_migrations()
        except Exception as error:  # whatever stops it is the result
            text = str(error)
            return " ".join(text.split())[:400]
        return None

    def look(self, url: str) -> dict[str, str]:
        with psycopg.connect(url, autocommit=True) as connection:
            return snapshot(connection)

    # --- the three runs ---

    def there_and_back(self, wanted: dict[str, str]) -> None:
        url = self.create("step")
        before = self.look(url)
        states = [before]
        for i, revision in enumerate(self.chain):
            name = Path(revision.path).name
            if error := self.move(url, revision.revision, False):
                self.fault(name, "upgrade", [error])
                return
            after = self.look(url)
            if error := self.move(url, "-1", True):
                self.fault(name, "downgrade", [error])
            else:
                if lines := compare(before, self.look(url)):
                    self.fault(name, "down", lines)
                if error := self.move(url, revision.revision, False):
                    self.fault(name, "second upgrade", [error])
                    url = self.create("step")
                    if error := self.move(url, revision.revision, False):
                        self.fault(name, "upgrade from base", [error])
                        return
                elif lines := compare(after, self.look(url)):
                    self.fault(name, "second up", lines)
                    url = self.create("step")
                    self.move(url, revision.revision, False)
            before = after
            states.append(after)
        same = compare(wanted, before)
        self.lines.append(f"  same catalog as the SQL: {'yes' if not same else 'NO'}")
        self.bad += [f"sql/alembic {x}" for x in same]
        self.lines += [f"    {x}" for x in same]
        self.whole_way(wanted, states)

    def whole_way(self, wanted: dict[str, str], states: list[dict[str, str]]) -> None:
        """From head to base in as few goes as the irreversible revisions allow, and up again."""
        url = self.create("whole")
        if error := self.move(url, "head", False):
            self.fault("whole chain", "up", [error])
            return
        if lines := compare(wanted, self.look(url)):
            self.fault("whole chain", "up", lines)
        stops = [i for i, r in enumerate(self.chain) if Path(r.path).name in self.losses]
        for stop in reversed([-1, *stops]):
            target = self.chain[stop].revision if stop >= 0 else "base"
            if error := self.move(url, target, True):
                self.fault("whole chain", f"down to {target}", [error])
                if not self.rebuild(stop):
                    return
            elif lines := compare(states[stop + 1], self.look(url)):
                self.fault("whole chain", f"down to {target}", lines)
            if stop >= 0 and (self.move(url, "-1", True) or compare(states[stop], self.look(url))):
                self.rebuild(stop - 1)
        if error := self.move(url, "head", False):
            self.fault("whole chain", "up from base", [error])
        elif lines := compare(wanted, self.look(url)):
            self.fault("whole chain", "up from base", lines)

    def rebuild(self, index: int) -> bool:
        """The database of the whole chain as it is after a revision."""
        url = self.create("whole")
        return index < 0 or not self.move(url, self.chain[index].revision, False)

    def fault(self, name: str, what: str, lines: list[str]) -> None:
        losses = self.losses.get(name)
        if re.search(r"UniqueViolation|CheckViolation", lines[0]):
            self.rows += 1
            self.lines.append(f"  ROWS that stay: {name} {what}: {lines[0][:160]}")
            return
        mark = "accepted" if losses and what in ("down", "second up", "second upgrade") else "FAULT"
        if mark == "FAULT":
            self.bad.append(f"{name} {what}")
        self.lines.append(f"  {mark} {name} {what}")
        self.lines += [f"      {x}" for x in lines[:12]]
        self.lines += [f"      loss: {x}" for x in (losses or [])[:12]] if mark == "accepted" else []

    def run(self) -> None:
        try:
            wanted = self.prepare()
            self.convert()
            self.load()
            self.there_and_back(wanted)
        except RuntimeError as error:
            self.bad.append(str(error))
            self.lines.append(f"  FAULT {error}")

    def drop(self) -> None:
        with psycopg.connect(self.arguments.server, autocommit=True) as connection:
            for name in ("sql", "step", "whole"):
                connection.execute(f"DROP DATABASE IF EXISTS updown_{self.number}_{name} WITH (FORCE)")
        if not self.arguments.keep:
            shutil.rmtree(self.root)

    def report(self) -> str:
        typed = sum(n for kind, n in self.kinds.items() if not kind.startswith("execute "))
        files = len(list(self.migrations.glob("*.sql")))
        head = (
            f"{self.source}\n  {files} files, {self.statements} statements, {len(self.refused)} refused by the"
            f" server and left out; {typed} directives; {len(self.losses)} of {len(self.chain) if hasattr(self, 'chain') else 0}"
            f" downgrades raise"
        )
        return "\n".join([head, *self.lines])


WORDS = re.compile(r"[A-Za-z_]+")


def kind_of(sql: str) -> str:
    """What a statement is called by its first words: "CREATE POLICY", "ALTER TABLE ENABLE ROW"."""
    text = bare(sql)
    words = [w.upper() for w in WORDS.findall(text[:400])]
    words = [w for w in words if w not in ("OR", "REPLACE", "IF", "NOT", "EXISTS", "UNIQUE", "CONCURRENTLY")]
    if words[:2] == ["ALTER", "TABLE"]:
        action = re.search(
            r"ALTER\s+TABLE\s+(?:ONLY\s+|IF\s+EXISTS\s+)*(?:(?:\"[^\"]*\"|\w+)\.?)+\s+(ENABLE ROW|DISABLE ROW|FORCE ROW|OWNER TO"
            r"|ADD CONSTRAINT|ADD (?:COLUMN)?|DROP CONSTRAINT|DROP COLUMN|DROP|VALIDATE|ATTACH|DETACH|REPLICA|RENAME|SET"
            r"|ALTER COLUMN|ALTER|ENABLE|DISABLE|INHERIT)\b", text, re.I)
        return "ALTER TABLE " + (action[1].upper().strip() if action else "?")
    count = 1 if words and words[0] in ("GRANT", "REVOKE", "INSERT", "UPDATE", "DELETE", "DO", "SELECT", "SET", "WITH",
                                        "RESET", "NOTIFY", "TRUNCATE") else 2
    if words[:2] in (["COMMENT", "ON"], ["ALTER", "DEFAULT"], ["CREATE", "MATERIALIZED"], ["CREATE", "FOREIGN"]):
        count = 3
    return " ".join(words[:count])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--standins", type=Path, required=True)
    parser.add_argument("--tandem", default="tandem")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("folders", nargs="+", type=Path)
    arguments = parser.parse_args()
    kinds: collections.Counter[str] = collections.Counter()
    losses: collections.Counter[str] = collections.Counter()
    sums: collections.Counter[str] = collections.Counter()
    for i, source in enumerate(arguments.folders):
        folder = Folder(source, arguments, arguments.number + i)
        folder.run()
        print(folder.report(), flush=True)
        folder.drop()
        kinds += folder.kinds
        sums["folders"] += 1
        sums["bad"] += bool(folder.bad)
        sums["faults"] += len(folder.bad)
        sums["rows"] += folder.rows
        sums["raise"] += len(folder.losses)
        sums["revisions"] += len(getattr(folder, "chain", []))
        sums["statements"] += folder.statements
        sums["refused"] += len(folder.refused)
        for lines in folder.losses.values():
            losses.update(re.sub(r"^.*?: ", "", x) if ": " in x else re.sub(r"(what|the rows of) \S+ ", r"\1 X ", x) for x in lines)
    print(dict(sums))
    print(json.dumps({"kinds": kinds.most_common(), "losses": losses.most_common()}))
    return 1 if sums["bad"] else 0


if __name__ == "__main__":
    sys.exit(main())
