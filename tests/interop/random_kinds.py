"""What a random sequence of DDL holds beside tables: types, functions, views, access, operators.

The roles of ROLES must be there. As in random_ddl, a maker gives a statement, or None where nothing
fits; statements that the server refuses are part of the test.
"""

from __future__ import annotations

ROLES = ["ddl_reader", '"ddl Writer"']
PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "ALL", "SELECT, DELETE", "TRUNCATE", "REFERENCES"]


class Kinds:
    """Makers of a Script (random_ddl); the lists hold names as statements write them."""

    def start(self) -> None:
        self.types: list[str] = []
        self.domains: list[str] = []
        self.functions: list[str] = []  # with their arguments
        self.triggers: list[tuple[str, str]] = []
        self.views: list[str] = []
        self.policies: list[tuple[str, str]] = []
        self.rules: list[tuple[str, str]] = []
        self.operators: list[str] = []
        self.aggregates: list[str] = []
        self.casts: list[str] = []

    def placed(self, prefix: str) -> str:
        schema = self.pick(["", "", "public.", f"{self.app}."])
        return schema + self.name(prefix)

    def from_list(self, names: list) -> object | None:
        return self.pick(names) if names else None

    # --- Types and functions ---

    def enum(self) -> str:
        name = self.placed("e")
        if self.types and self.chance(0.5):
            old = self.pick(self.types)
            form = self.pick([f"ADD VALUE '{self.name('v')}'", "RENAME VALUE 'a' TO 'z'",
                              f"ADD VALUE IF NOT EXISTS 'a'", "ADD VALUE 'k' BEFORE 'b'"])
            return f"ALTER TYPE {old} {form}"
        self.types.append(name)
        return f"CREATE TYPE {name} AS ENUM ('a', 'b')"

    def domain(self) -> str:
        name = self.placed("d")
        if self.domains and self.chance(0.3):
            old = self.pick(self.domains)
            return f"ALTER DOMAIN {old} {self.pick(['SET NOT NULL', 'DROP NOT NULL', 'DROP DEFAULT'])}"
        self.domains.append(name)
        base = self.pick([("integer", "VALUE > 0"), ("text", "VALUE <> ''")])
        words = [f"CREATE DOMAIN {name} AS {base[0]}"]
        if self.chance(0.5):
            words.append(f"CHECK ({base[1]})")
        return " ".join(words)

    def rename_type(self) -> str | None:
        if not self.types:
            return None
        at = self.random.randrange(len(self.types))
        old, new = self.types[at], self.name("e")
        schema = old.rpartition(".")[0]
        self.types[at] = f"{schema}.{new}" if schema else new
        return f"ALTER TYPE {old} RENAME TO {new}"

    def drop_type(self) -> str | None:
        if not self.types or not self.chance(0.3):
            return None
        name = self.types.pop()
        return f"DROP TYPE {self.pick(['', 'IF EXISTS '])}{name}"

    def function(self) -> str:
        kinds = ["integer", "text", "varchar(9)", "numeric(4,2)"] + self.types[-1:]
        picked = [self.pick(kinds) for _ in range(self.random.randint(0, 2))]
        name = self.placed("f")
        bare = [x.split("(")[0] for x in picked]
        self.functions.append(f"{name}({', '.join(bare)})")
        arguments = ", ".join(
            f"a{i} {kind}{self.pick(['', ' DEFAULT NULL']) if i + 1 == len(picked) else ''}"
            for i, kind in enumerate(picked)
        )
        result = self.pick(kinds).split("(")[0]
        words = self.pick(["", " STABLE", " IMMUTABLE STRICT", " SECURITY DEFINER",
                           " SET search_path = public, pg_temp", " COST 7"])
        return (f"CREATE {self.pick(['', 'OR REPLACE '])}FUNCTION {name}({arguments}) "
                f"RETURNS {result} LANGUAGE sql{words} AS 'SELECT NULL::{result}'")

    def alter_function(self) -> str | None:
        if not self.functions:
            return None
        at = self.random.randrange(len(self.functions))
        function = self.functions[at]
        form = self.pick(["STABLE", "VOLATILE", "SECURITY INVOKER", "RESET ALL", "rename", "drop"])
        if form == "drop":
            del self.functions[at]
            return f"DROP FUNCTION {function}"
        if form == "rename":
            new = self.name("f")
            name, _, arguments = function.partition("(")
            schema = name.rpartition(".")[0]
            self.functions[at] = (f"{schema}.{new}" if schema else new) + "(" + arguments
            return f"ALTER FUNCTION {function} RENAME TO {new}"
        return f"ALTER FUNCTION {function} {form}"

    # --- On tables ---

    def trigger(self) -> str | None:
        table = self.table()
        if not table:
            return None
        if self.triggers and self.chance(0.3):
            name, on = self.triggers.pop()
            return f"DROP TRIGGER {name} ON {on}"
        name = self.name("tr")
        self.triggers.append((name, str(table)))
        when = self.pick(["BEFORE INSERT", "AFTER UPDATE OR DELETE", "BEFORE UPDATE"])
        level = self.pick(["ROW", "STATEMENT"])
        return f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {level} EXECUTE FUNCTION touch()"

    def policy(self) -> str | None:
        table = self.table()
        if not table or not table.columns:
            return None
        if self.policies and self.chance(0.3):
            name, on = self.policies.pop()
            return f"DROP POLICY {name} ON {on}"
        name = self.name("p")
        self.policies.append((name, str(table)))
        column = self.pick(table.columns)
        role = self.pick(["", f" TO {self.pick(ROLES)}"])
        command = self.pick(["", " FOR SELECT", " FOR DELETE"])
        return f"CREATE POLICY {name} ON {table}{command}{role} USING ({column} IS NOT NULL)"

    def rule(self) -> str | None:
        table = self.table()
        if not table:
            return None
        if self.rules and self.chance(0.3):
            name, on = self.rules.pop()
            return f"DROP RULE {name} ON {on}"
        name = self.name("ru")
        self.rules.append((name, str(table)))
        event = self.pick(["INSERT", "UPDATE", "DELETE"])
        return f"CREATE RULE {name} AS ON {event} TO {table} DO {self.pick(['INSTEAD', 'ALSO'])} NOTHING"

    def view(self) -> str | None:
        table = self.table()
        if self.views and self.chance(0.3):
            return f"DROP VIEW {self.views.pop()}"
        if not table or not table.columns:
            return None
        name = self.placed("v")
        self.views.append(name)
        return f"CREATE VIEW {name} AS SELECT {self.pick(table.columns)} FROM {table}"

    def inherit(self) -> str | None:
        table = self.table()
        if not table:
            return None
        child = self.new_table()
        child.columns = dict(table.columns)
        more = f"{self.column(child, self.name('c'))}" if self.chance(0.5) else ""
        return f"CREATE TABLE {child} ({more}) INHERITS ({table})"

    # --- Access ---

    def grantee(self) -> str:
        return self.pick([*ROLES, *ROLES, "PUBLIC", ", ".join(ROLES)])

    def grantable(self) -> str | None:
        table = self.table()
        choices = [
            (f"{self.pick(PRIVILEGES)} ON {table}" if table else None),
            (f"{self.pick(['SELECT', 'INSERT', 'ALL'])} ({self.pick(table.columns)}) ON {table}"
             if table and table.columns else None),
            (f"{self.pick(['USAGE', 'SELECT', 'ALL'])} ON SEQUENCE {self.pick(self.sequences)}"
             if self.sequences else None),
            (f"EXECUTE ON FUNCTION {self.pick(self.functions)}" if self.functions else None),
            (f"USAGE ON TYPE {self.pick(self.types)}" if self.types else None),
            f"{self.pick(['USAGE', 'CREATE', 'ALL'])} ON SCHEMA {self.app}",
            f"{self.pick(PRIVILEGES)} ON ALL TABLES IN SCHEMA {self.pick([self.app, 'public'])}",
            f"USAGE ON ALL SEQUENCES IN SCHEMA {self.pick([self.app, 'public'])}",
            f"EXECUTE ON ALL FUNCTIONS IN SCHEMA {self.app}",
        ]
        return self.pick(choices)

    def grant(self) -> str | None:
        what = self.grantable()
        if not what:
            return None
        if self.chance(0.4):
            option = self.pick(["", "", "GRANT OPTION FOR "])
            return f"REVOKE {option}{what} FROM {self.grantee()}"
        option = " WITH GRANT OPTION" if self.chance(0.15) else ""
        return f"GRANT {what} TO {self.grantee()}{option}"

    def default_privileges(self) -> str:
        where = self.pick(["", f" IN SCHEMA {self.app}", " IN SCHEMA public"])
        what = self.pick(["SELECT ON TABLES", "ALL ON TABLES", "USAGE ON SEQUENCES",
                          "EXECUTE ON FUNCTIONS", "USAGE ON TYPES"])
        verb = self.pick([f"GRANT {what} TO", f"GRANT {what} TO", f"REVOKE {what} FROM"])
        return f"ALTER DEFAULT PRIVILEGES{where} {verb} {self.grantee()}"

    def owner(self) -> str | None:
        table = self.table()
        choices = [f"TABLE {table}" if table else None, f"SCHEMA {self.app}"]
        for word, names in (("TYPE", self.types), ("FUNCTION", self.functions),
                            ("SEQUENCE", self.sequences), ("VIEW", self.views)):
            choices.append(f"{word} {self.pick(names)}" if names else None)
        what = self.pick(choices)
        return f"ALTER {what} OWNER TO {self.pick([*ROLES, 'CURRENT_USER'])}" if what else None

    # --- Operators and the like ---

    def operator(self) -> str:
        if self.operators and self.chance(0.3):
            return f"DROP OPERATOR {self.operators.pop()}"
        name = self.pick(["===", "<~>", "!~!", f"{self.app}.==="])
        left, right = self.pick(["integer", "text"]), self.pick(["integer", "text"])
        self.operators.append(f"{name} ({left}, {right})")
        more = self.pick(["", ", HASHES", ", RESTRICT = eqsel", f", COMMUTATOR = {name}"
                          if left == right and "." not in name else ""])
        return (f"CREATE OPERATOR {name} (LEFTARG = {left}, RIGHTARG = {right}, "
                f"FUNCTION = same{more})")

    def aggregate(self) -> str:
        if self.aggregates and self.chance(0.3):
            return f"DROP AGGREGATE {self.aggregates.pop()}"
        name = self.placed("ag")
        self.aggregates.append(f"{name}(integer)")
        more = self.pick(["", ", INITCOND = '0'", ", PARALLEL = SAFE", ", COMBINEFUNC = int4pl"])
        return f"CREATE AGGREGATE {name}(integer) (SFUNC = int4pl, STYPE = integer{more})"

    def cast(self) -> str | None:
        if self.casts and self.chance(0.4):
            return f"DROP CAST {self.casts.pop()}"
        if not self.types:
            return None
        what = f"({self.pick(self.types)} AS {self.pick(['integer', 'date'])})"
        self.casts.append(what)
        return f"CREATE CAST {what} WITH INOUT{self.pick(['', ' AS ASSIGNMENT', ' AS IMPLICIT'])}"

    def rename_schema(self) -> str | None:
        if not self.chance(0.2):
            return None
        old, self.app = self.app, self.name("app")
        self.move_all(f"{old}.", f"{self.app}.")
        return f"ALTER SCHEMA {old} RENAME TO {self.app}"

    def move_all(self, old: str, new: str) -> None:
        """Names in the lists, after a schema was renamed."""
        def moved(name: str) -> str:
            return new + name[len(old):] if name.startswith(old) else name

        for table in self.tables:
            if table.schema == old[:-1]:
                table.schema = new[:-1]
        for names in (self.types, self.domains, self.views, self.operators, self.aggregates):
            names[:] = map(moved, names)
        self.functions[:] = [moved(x).replace(f"({old}", f"({new}").replace(f" {old}", f" {new}")
                             for x in self.functions]
        self.casts[:] = [x.replace(f"({old}", f"({new}") for x in self.casts]
        self.indexes[:] = [(new[:-1] if x == old[:-1] else x, y) for x, y in self.indexes]
        for pairs in (self.triggers, self.policies, self.rules):
            pairs[:] = [(x, moved(y)) for x, y in pairs]

    def makers_of_kinds(self) -> list:
        return [
            (self.enum, 2), (self.domain, 1), (self.rename_type, 1), (self.drop_type, 1),
            (self.function, 3), (self.alter_function, 2), (self.trigger, 2), (self.policy, 2),
            (self.rule, 1), (self.view, 2), (self.inherit, 2), (self.grant, 7),
            (self.default_privileges, 2), (self.owner, 3), (self.operator, 1),
            (self.aggregate, 1), (self.cast, 1), (self.rename_schema, 1),
        ]
