"""What the documentation of PostgreSQL and of Supabase shows, in words of our own: short sequences
of statements, each for a database of its own."""

from __future__ import annotations

# What a Supabase database has before its first migration, as far as the patterns lean on it. Roles
# belong to the server.
STANDINS = """
DO $$ DECLARE r text; BEGIN
  FOREACH r IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = r) THEN
      EXECUTE format('CREATE ROLE %I', r);
    END IF;
  END LOOP;
END $$;
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA extensions; CREATE SCHEMA cron;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, raw_user_meta_data jsonb);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT NULL::jsonb';
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text, public boolean);
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text, name text, owner uuid);
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql AS
  $$SELECT string_to_array(name, '/')$$;
CREATE FUNCTION cron.schedule(text, text, text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
CREATE PUBLICATION supabase_realtime;
"""

TODOS = "CREATE TABLE todos (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id uuid, \
task text NOT NULL, done boolean DEFAULT false, team_id bigint, created_at timestamptz DEFAULT now());"
PROFILES = "CREATE TABLE profiles (id uuid REFERENCES auth.users ON DELETE CASCADE PRIMARY KEY, \
username text UNIQUE, CONSTRAINT username_length CHECK (char_length(username) >= 3));"
MEASURES = "CREATE TABLE measures (city int NOT NULL, day date NOT NULL, peak int) \
PARTITION BY RANGE (day);"
GUARD = "SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND "

PATTERNS = {
    # Row level security.
    "policy of the owner": TODOS + """ALTER TABLE todos ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON todos FOR SELECT USING (auth.uid() = user_id);""",
    "policies of each command": TODOS + """ALTER TABLE todos ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON todos FOR SELECT TO anon, authenticated USING (true);
        CREATE POLICY b ON todos FOR INSERT TO authenticated WITH CHECK (auth.uid() = user_id);
        CREATE POLICY c ON todos FOR UPDATE TO authenticated USING (auth.uid() = user_id)
            WITH CHECK (auth.uid() = user_id);
        CREATE POLICY d ON todos FOR DELETE TO authenticated USING (auth.uid() = user_id);""",
    "restrictive policy": TODOS + """CREATE POLICY mfa ON todos AS RESTRICTIVE TO authenticated
        USING ((auth.jwt() ->> 'aal') = 'aal2');""",
    "policy replaced": TODOS + """CREATE POLICY p ON todos USING (true);
        DROP POLICY IF EXISTS p ON todos; CREATE POLICY p ON todos USING (done);""",
    "policy renamed": TODOS + "CREATE POLICY p ON todos; ALTER POLICY p ON todos RENAME TO q;",
    "security switched": TODOS + """ALTER TABLE todos ENABLE ROW LEVEL SECURITY;
        ALTER TABLE todos FORCE ROW LEVEL SECURITY; ALTER TABLE todos DISABLE ROW LEVEL SECURITY;""",
    "security on all tables": TODOS + PROFILES + """DO $$ DECLARE t text; BEGIN
        FOREACH t IN ARRAY ARRAY['todos', 'profiles'] LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t); END LOOP; END $$;""",
    "helper in a schema of its own": TODOS + """CREATE SCHEMA private;
        CREATE FUNCTION private.is_member(team bigint) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = '' AS $$ SELECT true $$;
        CREATE POLICY team ON todos USING (private.is_member(team_id));""",
    # Users.
    "handle_new_user": PROFILES + """CREATE FUNCTION public.handle_new_user() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$ BEGIN
        INSERT INTO public.profiles (id) VALUES (new.id); RETURN new; END; $$;
        CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users
        FOR EACH ROW EXECUTE PROCEDURE public.handle_new_user();""",
    "handle_new_user replaced": PROFILES + """CREATE OR REPLACE FUNCTION handle_new_user()
        RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
        DROP TRIGGER IF EXISTS signup ON auth.users;
        CREATE TRIGGER signup AFTER INSERT ON auth.users FOR EACH ROW
        EXECUTE FUNCTION handle_new_user();""",
    "updated_at": TODOS + """ALTER TABLE todos ADD COLUMN updated_at timestamptz;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$;
        CREATE TRIGGER touch BEFORE UPDATE ON todos FOR EACH ROW EXECUTE FUNCTION touch();""",
    # Storage, realtime, cron.
    "bucket": """INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true);
        CREATE POLICY "Anyone can see avatars" ON storage.objects FOR SELECT
        USING (bucket_id = 'avatars');""",
    "bucket of folders": """CREATE POLICY folder ON storage.objects FOR INSERT TO authenticated
        WITH CHECK (bucket_id = 'docs' AND (storage.foldername(name))[1] = auth.uid()::text);""",
    "realtime": TODOS + "ALTER PUBLICATION supabase_realtime ADD TABLE todos;",
    "realtime with a guard": TODOS + """DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM
        pg_publication_tables WHERE pubname = 'supabase_realtime' AND schemaname = 'public' AND
        tablename = 'todos') THEN ALTER PUBLICATION supabase_realtime ADD TABLE todos; END IF; END $$;""",
    "realtime twice": TODOS + """ALTER PUBLICATION supabase_realtime ADD TABLE todos;
        DO $$ BEGIN ALTER PUBLICATION supabase_realtime ADD TABLE todos;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$;""",
    "realtime made anew": TODOS + """BEGIN; DROP PUBLICATION IF EXISTS supabase_realtime;
        CREATE PUBLICATION supabase_realtime; COMMIT;
        ALTER PUBLICATION supabase_realtime ADD TABLE todos;""",
    "cron": "SELECT cron.schedule('nightly', '0 3 * * *', 'VACUUM');",
    "replica identity": TODOS + "ALTER TABLE todos REPLICA IDENTITY FULL;",
    # Vectors.
    "pgvector": """CREATE EXTENSION vector; CREATE TABLE docs (id bigserial PRIMARY KEY,
        body text, embedding vector(384));
        CREATE INDEX ON docs USING hnsw (embedding vector_cosine_ops);""",
    "pgvector with options": """CREATE EXTENSION vector; CREATE TABLE docs (e vector(3));
        CREATE INDEX docs_e ON docs USING ivfflat (e vector_l2_ops) WITH (lists = 100);""",
    "match function": """CREATE EXTENSION vector; CREATE TABLE docs (id int, e vector(3));
        CREATE FUNCTION match_docs(q vector(3), floor float, most int) RETURNS SETOF docs
        LANGUAGE sql AS $$ SELECT * FROM docs WHERE 1 - (e <=> q) > floor LIMIT most $$;""",
    # Full text search.
    "text search column": """CREATE TABLE pages (title text, body text, fts tsvector
        GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || body)) STORED);
        CREATE INDEX pages_fts ON pages USING gin (fts);""",
    "text search index": """CREATE TABLE pages (body text);
        CREATE INDEX ON pages USING gin (to_tsvector('english', body));""",
    "text search trigger": """CREATE TABLE pages (body text, tsv tsvector);
        CREATE TRIGGER tsv BEFORE INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION
        tsvector_update_trigger(tsv, 'pg_catalog.english', body);""",
    # Tables and columns.
    "identity": "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY (START 10), a int);",
    "identity set": TODOS + "ALTER TABLE todos ALTER id SET GENERATED BY DEFAULT;",
    "generated": """CREATE TABLE people (cm numeric, inch numeric GENERATED ALWAYS AS (cm / 2.54)
        STORED);""",
    "defaults": "CREATE TABLE t (a int DEFAULT 9.99, b text DEFAULT 'x', c uuid DEFAULT gen_random_uuid());",
    "default changed": TODOS + """ALTER TABLE todos ALTER done SET DEFAULT true;
        ALTER TABLE todos ALTER created_at DROP DEFAULT;""",
    "checks": """CREATE TABLE products (price numeric CHECK (price > 0), reduced numeric,
        CHECK (price > reduced), CONSTRAINT low CHECK (reduced > 0 AND price < 100));""",
    "not null": TODOS + """ALTER TABLE todos ALTER user_id SET NOT NULL;
        ALTER TABLE todos ALTER task DROP NOT NULL;""",
    "unique": "CREATE TABLE t (a int, b int, UNIQUE (a, b)); ALTER TABLE t ADD UNIQUE (b);",
    "nulls not distinct": "CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT);",
    "foreign keys": """CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY,
        a int REFERENCES a ON DELETE RESTRICT, c int REFERENCES a (id) ON DELETE SET NULL
        ON UPDATE CASCADE DEFERRABLE);""",
    "foreign key to itself": "CREATE TABLE n (id int PRIMARY KEY, up int REFERENCES n);",
    "foreign key validated": """CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int);
        ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES a NOT VALID;
        ALTER TABLE b VALIDATE CONSTRAINT f;""",
    "exclusion": """CREATE TABLE circles (c circle, EXCLUDE USING gist (c WITH &&));""",
    "column renamed": TODOS + """CREATE INDEX todos_task ON todos (lower(task)) WHERE task <> '';
        ALTER TABLE todos RENAME task TO title;""",
    "column retyped": TODOS + "ALTER TABLE todos ALTER team_id TYPE text USING team_id::text;",
    "column dropped": TODOS + """CREATE INDEX i ON todos (user_id, done);
        ALTER TABLE todos DROP COLUMN user_id;""",
    "table renamed": TODOS + "ALTER TABLE todos RENAME TO tasks; CREATE INDEX ON tasks (done);",
    "table moved": TODOS + "CREATE SCHEMA app; ALTER TABLE todos SET SCHEMA app;",
    "like": TODOS + "CREATE TABLE copy (LIKE todos INCLUDING ALL, extra int);",
    "inheritance": """CREATE TABLE cities (name text, height int CHECK (height > 0));
        CREATE TABLE capitals (state char(2)) INHERITS (cities);
        ALTER TABLE cities ADD COLUMN people int;""",
    "comments": TODOS + """COMMENT ON TABLE todos IS 'To do'; COMMENT ON COLUMN todos.task IS 'x';
        COMMENT ON TABLE todos IS NULL;""",
    "unlogged": "CREATE UNLOGGED TABLE t (a int) WITH (fillfactor = 70);",
    # Partitions.
    "range": MEASURES + """CREATE TABLE m1 PARTITION OF measures
        FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE INDEX ON measures (day);""",
    "partition attached": MEASURES + """CREATE TABLE m2 (LIKE measures INCLUDING DEFAULTS);
        ALTER TABLE measures ATTACH PARTITION m2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
        ALTER TABLE measures DETACH PARTITION m2;""",
    "partition by list": """CREATE TABLE p (a text, b int) PARTITION BY LIST (a);
        CREATE TABLE p_x PARTITION OF p FOR VALUES IN ('x', 'y');
        CREATE TABLE p_rest PARTITION OF p DEFAULT; ALTER TABLE p ADD PRIMARY KEY (a, b);""",
    "partition by hash": """CREATE TABLE h (a int) PARTITION BY HASH (a);
        CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);""",
    "partitions in a loop": MEASURES + """DO $$ DECLARE m text; BEGIN
        FOREACH m IN ARRAY ARRAY['2024-01', '2024-02'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF measures FOR VALUES FROM (%L) TO (%L)',
        'measures_' || m, m || '-01', m || '-20'); END LOOP; END $$;""",
    # Types.
    "enum": """CREATE TYPE mood AS ENUM ('sad', 'glad'); ALTER TYPE mood ADD VALUE 'ok' BEFORE 'glad';
        CREATE TABLE t (m mood DEFAULT 'sad');""",
    "enum caught": """CREATE TYPE mood AS ENUM ('sad'); DO $$ BEGIN CREATE TYPE mood AS ENUM ('x');
        EXCEPTION WHEN duplicate_object THEN NULL; END $$;""",
    "domain": """CREATE DOMAIN code AS text CHECK (VALUE ~ '^[0-9]{5}$'); CREATE TABLE t (c code);""",
    "composite": "CREATE TYPE item AS (name text, price numeric(10,2)); CREATE TABLE t (i item);",
    "range type": "CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi);",
    # Indexes, sequences, views.
    "indexes": TODOS + """CREATE INDEX ON todos (created_at DESC NULLS LAST);
        CREATE UNIQUE INDEX u ON todos (task) INCLUDE (done) WHERE done IS NOT TRUE;
        CREATE INDEX b ON todos USING brin (created_at);""",
    "index renamed": TODOS + "CREATE INDEX a ON todos (done); ALTER INDEX a RENAME TO b;",
    "sequence": """CREATE SEQUENCE s START 101 OWNED BY NONE; CREATE TABLE t (a int DEFAULT
        nextval('s')); ALTER SEQUENCE s OWNED BY t.a;""",
    "view": TODOS + """CREATE VIEW open_todos WITH (security_invoker = on) AS
        SELECT id, task FROM todos WHERE NOT done;""",
    "materialized view": TODOS + """CREATE MATERIALIZED VIEW counts AS
        SELECT user_id, count(*) AS n FROM todos GROUP BY user_id WITH NO DATA;
        CREATE UNIQUE INDEX ON counts (user_id);""",
    # Functions and guards.
    "function of defaults": """CREATE FUNCTION add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql
        IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT a + b';""",
    "function of a table": """CREATE FUNCTION pairs() RETURNS TABLE (a int, b text) LANGUAGE plpgsql
        STABLE ROWS 10 AS $$ BEGIN RETURN QUERY SELECT 1, 'x'; END $$;""",
    "procedure": "CREATE PROCEDURE fill(INOUT n int) LANGUAGE plpgsql AS $$ BEGIN n := 1; END $$;",
    "function revoked": """CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        REVOKE ALL ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION f() TO service_role;""",
    "grants": TODOS + """GRANT SELECT ON todos TO anon; GRANT ALL ON todos TO service_role;
        REVOKE INSERT ON todos FROM service_role; GRANT UPDATE (task) ON todos TO authenticated;""",
    "column with a guard": TODOS + "DO $$ BEGIN IF NOT EXISTS (" + GUARD + """table_name = 'todos'
        AND column_name = 'due') THEN ALTER TABLE todos ADD COLUMN due date; END IF; END $$;""",
    "constraint with a guard": TODOS + """DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint
        WHERE conname = 'task_long') THEN ALTER TABLE todos ADD CONSTRAINT task_long
        CHECK (length(task) > 3); END IF; END $$;""",
    "rows filled": TODOS + """DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM todos
        WHERE user_id IS NULL; IF n > 0 THEN DELETE FROM todos WHERE user_id IS NULL; END IF; END $$;
        ALTER TABLE todos ALTER user_id SET NOT NULL;""",
    "function followed": TODOS + """CREATE FUNCTION secure(name text) RETURNS void LANGUAGE plpgsql
        AS $$ BEGIN EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name); END $$;
        SELECT secure('todos'); DROP FUNCTION secure(text);""",
    "event trigger": """CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN NULL; END $$; CREATE EVENT TRIGGER note ON ddl_command_end
        WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION note();""",
}
