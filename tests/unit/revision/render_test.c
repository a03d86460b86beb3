// What rendering promises beyond the vectors: two texts from one evaluation, places, what is opaque
// and why, the memo of a run, project files, assumptions.
#include "test.h"

#include "revision/render.h"

#include "memory_tree.h"

#include <string.h>

typedef struct fixture {
    tdm_arena *arena;
    tdm_script script;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.arena = tdm_arena_new(0)};
    *state = &f;
    return f.arena ? 0 : -1;
}

static int tear_down(void **state)
{
    tdm_arena_free(((fixture *)*state)->arena);
    return 0;
}

#define HEAD "from alembic import op\nimport sqlalchemy as sa\n"

static void render_with(fixture *f, const char *source, const tdm_render_options *options,
                        tdm_run_memo *memo)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_status status = tdm_render_revision(f->arena, "versions/x.py", tdm_text_of(source),
                                            TDM_UPGRADE, options, memo, &f->script, &err);
    if (status != TDM_OK)
        fail_msg("%s", err.message);
}

static void render(fixture *f, const char *source)
{
    render_with(f, source, NULL, NULL);
}

static const tdm_emission *only(const fixture *f)
{
    assert_int_equal(f->script.count, 1);
    return &f->script.emissions[0];
}

// --- Two texts
// --------------------------------------------------------------------------------------

static void execute_keeps_tabs_and_space_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n    op.execute('\\n\\tSELECT 1;\\n')\n");
    const tdm_emission *e = only(f);
    assert_int_equal(e->kind, TDM_EMISSION_SQL);
    assert_text_equal(e->offline, "SELECT 1;;");
    assert_text_equal(e->online, "\n\tSELECT 1;\n");
    assert_int_equal(e->place.line, 4);
    assert_string_equal(e->place.file, "versions/x.py");
}

static void backslashes_of_literals_double_only_offline(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    op.alter_column('t', 'c', server_default='a\\\\b\\t%')\n");
    assert_text_equal(only(f)->offline, "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'a\\\\b    %';");
    assert_text_equal(only(f)->online, "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'a\\b\t%'");
}

static void an_unbound_parameter_is_null_offline_and_refused_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n    op.execute('SELECT :x')\n");
    assert_text_equal(only(f)->offline, "SELECT NULL;");
    assert_int_equal(only(f)->online.size, 0);
    assert_true(tdm_text_starts(only(f)->online_fails, TDM_TEXT("StatementError")));
    assert_false(f->script.raised);
}

static void a_connection_takes_a_bare_string_only_offline(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n    op.get_bind().execute('SELECT 1')\n");
    assert_text_equal(only(f)->offline, "SELECT 1;");
    assert_true(tdm_text_starts(only(f)->online_fails, TDM_TEXT("ObjectNotExecutableError")));
}

static void rows_with_different_keys_are_refused_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    t = sa.table('t', sa.column('a', sa.Date), sa.column('b', sa.Integer))\n"
                   "    op.bulk_insert(t, [{'a': None}, {'b': 1}])\n");
    assert_int_equal(f->script.count, 2);
    assert_text_equal(f->script.emissions[0].offline, "INSERT INTO t (a) VALUES (NULL);");
    assert_true(f->script.emissions[0].online_fails.size > 0);
    assert_true(f->script.emissions[1].online_fails.size > 0);
}

static void a_date_as_text_is_for_the_server(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    t = sa.table('t', sa.column('a', sa.Date))\n"
                   "    op.bulk_insert(t, [{'a': '2020-01-02'}])\n");
    assert_text_equal(only(f)->online, "INSERT INTO t (a) VALUES ('2020-01-02')");
    assert_true(tdm_text_starts(only(f)->offline_fails, TDM_TEXT("CompileError")));
}

static void parameters_of_execute_count_online(void **state)
{
    fixture *f = *state;
    render(f,
           HEAD "def upgrade():\n"
                "    op.get_bind().execute(sa.text('SELECT :x, :y'), {'x': \"it's\", 'y': 5})\n");
    assert_text_equal(only(f)->offline, "SELECT NULL, NULL;");
    assert_text_equal(only(f)->online, "SELECT 'it''s', 5");
}

static void a_json_value_has_a_text_only_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    t = sa.table('t', sa.column('j', sa.JSON))\n"
                   "    op.bulk_insert(t, [{'j': {'a': [1, None, True], 'b': 'é'}}])\n");
    assert_true(tdm_text_starts(only(f)->offline_fails, TDM_TEXT("CompileError")));
    assert_text_equal(only(f)->online,
                      "INSERT INTO t (j) VALUES ('{\"a\": [1, null, true], \"b\": \"\\u00e9\"}')");
    assert_text_equal(only(f)->offline,
                      "INSERT INTO t (j) VALUES ('{\"a\": [1, null, true], \"b\": \"\\u00e9\"}');");
}

static void checkfirst_leaves_the_statement_to_the_catalog_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from sqlalchemy.dialects import postgresql\n"
                   "def upgrade():\n"
                   "    e = postgresql.ENUM('a', name='mood')\n"
                   "    e.create(op.get_bind())\n"
                   "    e.create(op.get_bind(), checkfirst=False)\n"
                   "    sa.Enum('a', name='mood').drop(op.get_bind())\n"
                   "    sa.Enum('a', name='mood').drop(op.get_bind(), checkfirst=True)\n");
    assert_int_equal(f->script.count, 4);
    const tdm_emission_guard *guard = f->script.emissions[0].guard;
    assert_int_equal(guard->question.subject, TDM_SCHEMA_TYPE);
    assert_text_equal(guard->question.name, "mood");
    assert_false(guard->when_there);
    assert_null(f->script.emissions[1].guard);
    assert_null(f->script.emissions[2].guard);
    assert_true(f->script.emissions[3].guard->when_there);
    assert_text_equal(f->script.emissions[0].online, "CREATE TYPE mood AS ENUM ('a')");
}

static void a_table_and_what_comes_with_it_share_a_guard(void **state)
{
    fixture *f = *state;
    render(f,
           HEAD "def upgrade():\n"
                "    t = sa.Table('t', sa.MetaData(), sa.Column('a', sa.Enum('x', name='mood')),\n"
                "                 sa.Column('b', sa.Integer, index=True))\n"
                "    t.create(op.get_bind())\n");
    assert_int_equal(f->script.count, 3);
    const tdm_emission_guard *table = f->script.emissions[1].guard;
    assert_int_equal(table->question.subject, TDM_SCHEMA_TABLE);
    assert_ptr_equal(f->script.emissions[0].guard->outer, table);
    assert_ptr_equal(f->script.emissions[2].guard, table);
}

static void a_scalar_is_asked_only_online(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n    op.get_bind().scalar(sa.text('SELECT 1'))\n");
    assert_text_equal(only(f)->online, "SELECT 1");
    assert_true(tdm_text_starts(only(f)->offline_fails, TDM_TEXT("AttributeError")));
}

static void percent_signs_double_offline_under_pyformat(void **state)
{
    fixture *f = *state;
    tdm_render_options options = {.pyformat = true};
    render_with(f, HEAD "def upgrade():\n    op.execute(\"SELECT '5%'\")\n", &options, NULL);
    assert_text_equal(only(f)->offline, "SELECT '5%%';");
    assert_text_equal(only(f)->online, "SELECT '5%'");
}

static void autocommit_runs_outside_the_transaction(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    with op.get_context().autocommit_block():\n"
                   "        op.execute('A')\n"
                   "    op.execute('B')\n");
    assert_int_equal(f->script.count, 4);
    assert_int_equal(f->script.emissions[0].kind, TDM_EMISSION_COMMIT);
    assert_true(f->script.emissions[1].outside);
    assert_int_equal(f->script.emissions[2].kind, TDM_EMISSION_BEGIN);
    assert_false(f->script.emissions[3].outside);
}

// --- Opaque
// -----------------------------------------------------------------------------------------

static void an_unknown_type_makes_the_directive_opaque(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from app.types import Money\n"
                   "def upgrade():\n"
                   "    op.execute('A')\n"
                   "    op.add_column('t', sa.Column('c', Money()))\n"
                   "    op.execute('B')\n");
    assert_int_equal(f->script.count, 3);
    const tdm_emission *e = &f->script.emissions[1];
    assert_int_equal(e->kind, TDM_EMISSION_OPAQUE);
    assert_int_equal(e->place.line, 6);
    assert_true(tdm_text_find(e->reason, TDM_TEXT("add_column")) != SIZE_MAX);
    assert_true(tdm_text_find(e->reason, TDM_TEXT("app.types")) != SIZE_MAX);
    assert_text_equal(f->script.emissions[2].offline, "B;");
}

static void an_unknown_existing_type_does_no_harm_without_a_new_type(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from app.types import Money\n"
                   "def upgrade():\n"
                   "    op.alter_column('t', 'c', existing_type=Money(), nullable=False)\n");
    assert_text_equal(only(f)->offline, "ALTER TABLE t ALTER COLUMN c SET NOT NULL;");
}

static void an_unknown_directive_is_opaque(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n    op.create_policy('p')\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
    assert_int_equal(only(f)->place.line, 4);
}

static void rows_of_a_query_cannot_be_known(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    rows = op.get_bind().execute(sa.text('SELECT id FROM t')).fetchall()\n"
                   "    for row in rows:\n"
                   "        op.execute(f'DELETE FROM u WHERE id = {row[0]}')\n"
                   "    op.execute('B')\n");
    assert_int_equal(f->script.count, 3);
    assert_text_equal(f->script.emissions[0].offline, "SELECT id FROM t;");
    assert_int_equal(f->script.emissions[1].kind, TDM_EMISSION_OPAQUE);
    assert_text_equal(f->script.emissions[2].offline, "B;");
}

static void the_schema_answers_through_the_seam_or_not_at_all(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    if not sa.inspect(op.get_bind()).has_table('t'):\n"
                   "        op.execute('A')\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
}

// A schema that holds table t, and lists it.
static tdm_schema_reply only_t(void *context, const tdm_schema_moment *moment,
                               const tdm_schema_question *question, tdm_arena *arena)
{
    static const tdm_schema_item t[] = {{.name = TDM_TEXT("t")}};
    (void)arena;
    *(size_t *)context = moment->count;
    if (question->subject == TDM_SCHEMA_TABLES)
        return (tdm_schema_reply){.answer = TDM_ANSWER_YES, .items = t, .count = 1};
    if (question->subject == TDM_SCHEMA_QUERY)
        return (tdm_schema_reply){.answer = TDM_ANSWER_NO};
    return (tdm_schema_reply){.answer = tdm_text_is(question->table, "t") ? TDM_ANSWER_YES
                                                                          : TDM_ANSWER_NO};
}

static void a_known_schema_decides_a_guard(void **state)
{
    fixture *f = *state;
    size_t moment = 0;
    tdm_schema_view view = {.context = &moment, .ask = only_t};
    tdm_render_options options = {.schema = &view};
    render_with(f,
                HEAD "def upgrade():\n"
                     "    inspector = sa.inspect(op.get_bind())\n"
                     "    if 'u' not in inspector.get_table_names():\n"
                     "        op.execute('A')\n"
                     "    if inspector.has_table('t'):\n"
                     "        op.execute('B')\n",
                &options, NULL);
    assert_int_equal(f->script.count, 2);
    assert_text_equal(f->script.emissions[0].offline, "A;");
    assert_text_equal(f->script.emissions[1].offline, "B;");
    // Asked of what is there at that point, and kept so that another catalog can be asked too.
    assert_int_equal(moment, 1);
    assert_int_equal(f->script.asked_count, 2);
    assert_int_equal(f->script.asked[1].after, 1);
    assert_int_equal(f->script.asked[1].question.subject, TDM_SCHEMA_TABLE);
}

static void an_answered_query_is_no_statement_of_its_own(void **state)
{
    fixture *f = *state;
    size_t moment = 0;
    tdm_schema_view view = {.context = &moment, .ask = only_t};
    tdm_render_options options = {.schema = &view};
    render_with(f,
                HEAD "def upgrade():\n"
                     "    q = sa.text('SELECT 1 FROM pg_type WHERE typname = :n')\n"
                     "    if op.get_bind().execute(q, {'n': 'mood'}).first() is None:\n"
                     "        op.execute('A')\n",
                &options, NULL);
    assert_int_equal(f->script.count, 2);
    assert_true(f->script.emissions[0].question);
    assert_text_equal(f->script.asked[0].question.sql,
                      "SELECT 1 FROM pg_type WHERE typname = 'mood'");
    assert_text_equal(f->script.emissions[1].offline, "A;");
}

static const char caught[] = HEAD "from sqlalchemy.engine.reflection import Inspector\n"
                                  "def upgrade():\n"
                                  "    try:\n"
                                  "        i = Inspector.from_engine(op.get_bind())\n"
                                  "        if i.has_table('t'):\n"
                                  "            op.execute('A')\n"
                                  "    except Exception:\n"
                                  "        pass\n";

// --sql mode has no inspector and goes into the handler; a server answers.
static void what_only_the_mock_connection_raises_is_caught_there_alone(void **state)
{
    fixture *f = *state;
    size_t moment = 0;
    tdm_schema_view view = {.context = &moment, .ask = only_t};
    tdm_render_options options = {.schema = &view};
    render_with(f, caught, &options, NULL);
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
    options.online = true;
    render_with(f, caught, &options, NULL);
    assert_text_equal(only(f)->online, "A");
}

// --- Order, memo, exceptions
// --------------------------------------------------------------------------

static void batch_directives_wait_for_the_end_of_the_block(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from app import unknown\n"
                   "def upgrade():\n"
                   "    with op.batch_alter_table('t', schema='s') as b:\n"
                   "        b.drop_column('x')\n"
                   "        b.add_column(sa.Column('y', unknown))\n"
                   "        op.execute('A')\n");
    assert_int_equal(f->script.count, 3);
    assert_text_equal(f->script.emissions[0].offline, "A;");
    assert_text_equal(f->script.emissions[1].offline, "ALTER TABLE s.t DROP COLUMN x;");
    assert_int_equal(f->script.emissions[1].place.line, 6);
    assert_int_equal(f->script.emissions[2].kind, TDM_EMISSION_OPAQUE);
    assert_int_equal(f->script.emissions[2].place.line, 7);
}

static void a_type_is_created_once_in_a_run(void **state)
{
    fixture *f = *state;
    static const char source[] =
        HEAD "def upgrade():\n"
             "    op.create_table('t', sa.Column('e', sa.Enum('a', name='mood')))\n";
    tdm_run_memo *memo = tdm_run_memo_new(f->arena);
    assert_non_null(memo);
    render_with(f, source, NULL, memo);
    assert_int_equal(f->script.count, 2);
    render_with(f, source, NULL, memo);
    assert_int_equal(f->script.count, 1);
    render_with(f, source, NULL, NULL);
    assert_int_equal(f->script.count, 2);
}

static void an_exception_ends_the_script_after_what_was_emitted(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    op.execute('A')\n"
                   "    raise NotImplementedError('no way')\n");
    assert_text_equal(only(f)->offline, "A;");
    assert_true(f->script.raised);
    assert_text_equal(f->script.exception, "NotImplementedError");
    assert_text_equal(f->script.message, "no way");
    assert_int_equal(f->script.raised_at.line, 5);
}

static void a_missing_function_is_an_exception(void **state)
{
    fixture *f = *state;
    render(f, HEAD);
    assert_true(f->script.raised);
    assert_text_equal(f->script.exception, "AttributeError");
}

// --- The project's own files
// ----------------------------------------------------------------------------

static void types_of_the_project_are_followed(void **state)
{
    fixture *f = *state;
    static const memory_file files[] = {
        {"backend/app/types.py", "import sqlalchemy as sa\n"
                                 "LENGTH = 40\n"
                                 "class Slug(sa.TypeDecorator):\n"
                                 "    impl = sa.String\n"
                                 "    cache_ok = True\n"
                                 "class Ltree(sa.types.UserDefinedType):\n"
                                 "    def __init__(self, depth):\n"
                                 "        self.depth = depth\n"
                                 "    def get_col_spec(self, **kw):\n"
                                 "        return 'LTREE(%d)' % self.depth\n"},
        {NULL, NULL},
    };
    memory_tree tree = memory_tree_of(files);
    const char *roots[] = {"", "backend"};
    tdm_render_options options = {.tree = &tree.tree, .roots = roots, .root_count = 2};
    render_with(f,
                HEAD "from app.types import LENGTH, Ltree, Slug\n"
                     "def upgrade():\n"
                     "    op.add_column('t', sa.Column('a', Slug(LENGTH)))\n"
                     "    op.add_column('t', sa.Column('b', Ltree(3)))\n",
                &options, NULL);
    assert_int_equal(f->script.count, 2);
    assert_text_equal(f->script.emissions[0].offline, "ALTER TABLE t ADD COLUMN a VARCHAR(40);");
    assert_text_equal(f->script.emissions[1].offline, "ALTER TABLE t ADD COLUMN b LTREE(3);");
    assert_int_equal(f->script.imported_count, 1);
    assert_string_equal(f->script.imported[0], "backend/app/types.py");
}

// Python's own default is nothing of the table, unless it decides whether the key counts.
static void a_default_that_is_not_known_beside_a_type_that_cannot_count(void **state)
{
    fixture *f = *state;
    render(f, HEAD "import uuid\n"
                   "def upgrade():\n"
                   "    op.create_table('t', sa.Column('id', sa.String(36), primary_key=True,\n"
                   "                                   default=uuid.uuid4))\n");
    assert_text_equal(only(f)->offline, "CREATE TABLE t (\n    id VARCHAR(36) NOT NULL, \n"
                                        "    PRIMARY KEY (id)\n);");
    render(f, HEAD "import uuid\n"
                   "def upgrade():\n"
                   "    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True,\n"
                   "                                   default=uuid.uuid4))\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
}

static void a_module_whose_name_only_begins_like_a_package(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from citext_helpers import CIText\n"
                   "def upgrade():\n"
                   "    op.add_column('t', sa.Column('a', CIText()))\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
    render(f, HEAD "from citext import CIText\nimport fastapi_users_db_sqlalchemy.generics as g\n"
                   "def upgrade():\n"
                   "    op.add_column('t', sa.Column('a', CIText()))\n"
                   "    op.add_column('t', sa.Column('b', g.GUID()))\n");
    assert_int_equal(f->script.count, 2);
    assert_text_equal(f->script.emissions[0].offline, "ALTER TABLE t ADD COLUMN a CITEXT;");
    assert_text_equal(f->script.emissions[1].offline, "ALTER TABLE t ADD COLUMN b UUID;");
}

static void an_assumption_is_used_and_named(void **state)
{
    fixture *f = *state;
    tdm_assumption assumptions[] = {
        {TDM_TEXT("app.settings.use_postgres"), TDM_TEXT("true"), false}};
    tdm_render_options options = {.assumptions = assumptions, .assumption_count = 1};
    render_with(f,
                HEAD "from app import settings\n"
                     "def upgrade():\n"
                     "    if not settings.use_postgres:\n"
                     "        return\n"
                     "    op.execute('A')\n",
                &options, NULL);
    assert_text_equal(only(f)->offline, "A;");
    assert_int_equal(f->script.assumed_count, 1);
    assert_text_equal(f->script.assumed[0], "app.settings.use_postgres = true");
}

static void what_whoever_runs_alembic_says_can_be_stated(void **state)
{
    fixture *f = *state;
    static const char *const source =
        HEAD "from alembic import context\n"
             "def upgrade():\n"
             "    x = context.get_x_argument(as_dictionary=True)\n"
             "    if op.get_context().config.get_main_option('tables'):\n"
             "        op.execute('a')\n"
             "    if x.get('data', 'no') == 'yes' or x['data'] == 'yes':\n"
             "        op.execute('b')\n";
    render(f, source);
    assert_int_equal(f->script.count, 2);
    assert_int_equal(f->script.emissions[0].kind, TDM_EMISSION_OPAQUE);
    assert_int_equal(f->script.emissions[1].kind, TDM_EMISSION_OPAQUE);
    tdm_assumption assumptions[] = {{TDM_TEXT("alembic.config[tables]"), TDM_TEXT(""), true},
                                    {TDM_TEXT("alembic.x[data]"), TDM_TEXT("yes"), true}};
    tdm_render_options options = {.assumptions = assumptions, .assumption_count = 2};
    render_with(f, source, &options, NULL);
    assert_text_equal(only(f)->offline, "b;");
    assert_int_equal(f->script.assumed_count, 2);
}

static void the_arguments_of_x_are_not_known(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from alembic import context\n"
                   "def upgrade():\n"
                   "    x = context.get_x_argument(as_dictionary=True)\n"
                   "    if x:\n        op.execute('a')\n"
                   "    if 'k' in x:\n        op.execute('b')\n"
                   "    for item in context.get_x_argument():\n        op.execute(item)\n");
    assert_int_equal(f->script.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(f->script.emissions[i].kind, TDM_EMISSION_OPAQUE);
    assert_false(f->script.raised);
}

static void the_driver_gets_its_text_as_it_is(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    op.get_bind().exec_driver_sql(\"SELECT ':x' % 3\\t\")\n");
    assert_text_equal(only(f)->online, "SELECT ':x' % 3\t");
    assert_true(tdm_text_starts(only(f)->offline_fails, TDM_TEXT("AttributeError")));
    render(f, HEAD "def upgrade():\n"
                   "    op.get_bind().exec_driver_sql('SELECT %s', (1,))\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
}

static void tables_of_metadata_are_not_dropped_unsaid(void **state)
{
    fixture *f = *state;
    render(f, HEAD "m = sa.MetaData()\nt = sa.Table('t', m, sa.Column('a', sa.Integer))\n"
                   "def upgrade():\n    m.drop_all(op.get_bind())\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
    render(f, HEAD "m = sa.MetaData()\nt = sa.Table('t', m, sa.Column('a', sa.Integer))\n"
                   "def upgrade():\n    m.create_all(op.get_bind(), tables=[t])\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
}

static void a_convention_names_what_refers_to_its_own_table(void **state)
{
    fixture *f = *state;
    tdm_naming naming[] = {
        {TDM_TEXT("fk"), TDM_TEXT("fk_%(table_name)s_%(referred_column_0_name)s")}};
    tdm_render_options options = {.naming = naming, .naming_count = 1};
    render_with(f,
                HEAD "def upgrade():\n"
                     "    op.add_column('t', sa.Column('c', sa.Integer, sa.ForeignKey('t.c'), "
                     "quote=True))\n",
                &options, NULL);
    assert_int_equal(f->script.count, 2);
    assert_text_equal(
        f->script.emissions[1].online,
        "ALTER TABLE t ADD CONSTRAINT fk_t_c FOREIGN KEY(\"c\") REFERENCES t (\"c\")");
}

// An engine reaches the database without being given anything of Alembic's.
static void an_engine_of_its_own_is_opaque(void **state)
{
    fixture *f = *state;
    render(f, HEAD "from sqlalchemy.orm import Session\n"
                   "def upgrade():\n"
                   "    e = sa.create_engine('postgresql://x')\n"
                   "    with e.connect() as c:\n"
                   "        c.execute(sa.text('DROP TABLE t'))\n"
                   "    op.execute('a')\n"
                   "    s = Session(bind=op.get_bind())\n"
                   "    s.execute('b')\n");
    size_t known = 0;
    bool engine = false, session = false;
    for (size_t i = 0; i < f->script.count; i++) {
        const tdm_emission *e = &f->script.emissions[i];
        known += e->kind == TDM_EMISSION_SQL;
        engine |= e->kind == TDM_EMISSION_OPAQUE && e->place.line == 7;
        session |= e->kind == TDM_EMISSION_OPAQUE && e->place.line == 10;
    }
    assert_int_equal(known, 1);
    assert_true(engine);
    assert_true(session);
}

static void an_index_without_a_table_is_never_left_out(void **state)
{
    fixture *f = *state;
    render(f, HEAD "def upgrade():\n"
                   "    sa.Index('x').create(op.get_bind())\n");
    assert_int_equal(only(f)->kind, TDM_EMISSION_OPAQUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(execute_keeps_tabs_and_space_online),
        TEST(backslashes_of_literals_double_only_offline),
        TEST(an_unbound_parameter_is_null_offline_and_refused_online),
        TEST(a_connection_takes_a_bare_string_only_offline),
        TEST(rows_with_different_keys_are_refused_online),
        TEST(a_date_as_text_is_for_the_server),
        TEST(parameters_of_execute_count_online),
        TEST(a_json_value_has_a_text_only_online),
        TEST(checkfirst_leaves_the_statement_to_the_catalog_online),
        TEST(a_table_and_what_comes_with_it_share_a_guard),
        TEST(a_scalar_is_asked_only_online),
        TEST(percent_signs_double_offline_under_pyformat),
        TEST(autocommit_runs_outside_the_transaction),
        TEST(an_unknown_type_makes_the_directive_opaque),
        TEST(an_unknown_existing_type_does_no_harm_without_a_new_type),
        TEST(an_unknown_directive_is_opaque),
        TEST(rows_of_a_query_cannot_be_known),
        TEST(the_schema_answers_through_the_seam_or_not_at_all),
        TEST(a_known_schema_decides_a_guard),
        TEST(an_answered_query_is_no_statement_of_its_own),
        TEST(what_only_the_mock_connection_raises_is_caught_there_alone),
        TEST(batch_directives_wait_for_the_end_of_the_block),
        TEST(a_type_is_created_once_in_a_run),
        TEST(an_exception_ends_the_script_after_what_was_emitted),
        TEST(a_missing_function_is_an_exception),
        TEST(types_of_the_project_are_followed),
        TEST(a_default_that_is_not_known_beside_a_type_that_cannot_count),
        TEST(a_module_whose_name_only_begins_like_a_package),
        TEST(an_assumption_is_used_and_named),
        TEST(what_whoever_runs_alembic_says_can_be_stated),
        TEST(the_arguments_of_x_are_not_known),
        TEST(the_driver_gets_its_text_as_it_is),
        TEST(tables_of_metadata_are_not_dropped_unsaid),
        TEST(a_convention_names_what_refers_to_its_own_table),
        TEST(an_engine_of_its_own_is_opaque),
        TEST(an_index_without_a_table_is_never_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
