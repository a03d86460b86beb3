#include "write/guarded.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/quote.h"
#include "write/condition.h"
#include "write/plain.h"

// One statement with its guard. A statement that data statements depend on keeps the outcome of its
// test in a variable, tandem_made_<number>.
typedef struct guarded {
    tdm_text sql;
    tdm_condition condition;
    size_t number;  // of the variable; 0: none
    size_t made_by; // of a data statement: index of the statement that it runs with
} guarded;

typedef struct script {
    tdm_arena *arena;
    const tdm_guarded_input *input;
    guarded *items;
    size_t count;
    size_t variables;
    tdm_buffer body;
    tdm_error *err;
} script;

// --- Which statement runs when ------------------------------------------------------------------

static tdm_status refuse(const script *s, size_t index, const char *reason)
{
    tdm_place place = s->input->statements->items[index].place;
    tdm_fail(s->err, TDM_ERROR_SQL, place, "this statement cannot be guarded: %s", reason);
    return tdm_hint(s->err, "Push the migration instead: tandem push needs no guards.");
}

static tdm_status join_rows(script *s, size_t index)
{
    guarded *rows = &s->items[index];
    for (size_t i = index; i-- > 0;) {
        guarded *maker = &s->items[i];
        if (!tdm_condition_made_for(&maker->condition, &rows->condition))
            continue;
        if (maker->number == 0)
            maker->number = ++s->variables;
        rows->made_by = i;
        return TDM_OK;
    }
    return refuse(s, index, "nothing tells whether these rows were changed already");
}

// A script that drops what it makes again would take the rows with it the second time.
static tdm_status check_made_again(const script *s, size_t index)
{
    const tdm_condition *made = &s->items[index].condition;
    for (size_t i = 0; made->makes && i < index; i++) {
        if (tdm_condition_made_again(&s->items[i].condition, made))
            return refuse(s, i, "it drops what is made again later, and would drop that too");
    }
    return TDM_OK;
}

static tdm_status read_statement(script *s, size_t index)
{
    const tdm_statement *statement = &s->input->statements->items[index];
    guarded *item = &s->items[index];
    tdm_sql_tree *tree = NULL;
    item->sql = statement->sql;
    if (statement->opaque)
        return tdm_fail(s->err, TDM_ERROR_OPAQUE, statement->place,
                        "this statement cannot be guarded: %.*s", TDM_TEXT_ARG(statement->reason));
    if (statement->outside)
        return refuse(s, index, "it runs outside of transactions, and a guarded script is one");
    if (tdm_sql_parse(statement, &tree, s->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_condition_of(s->arena, tree, &item->condition, s->err);
    tdm_sql_tree_free(tree);
    if (status != TDM_OK)
        return TDM_FAILED;
    if (item->condition.kind == TDM_CONDITION_REFUSED)
        return refuse(s, index, item->condition.reason);
    if (item->condition.kind == TDM_CONDITION_DATA)
        return join_rows(s, index);
    return check_made_again(s, index);
}

// --- Writing ------------------------------------------------------------------------------------

static void put_text_indented(tdm_buffer *out, const char *indent, tdm_text sql)
{
    tdm_buffer_puts(out, indent);
    tdm_put_statement(out, sql);
}

static void put_guarded(script *s, const guarded *item)
{
    tdm_buffer *out = &s->body;
    switch (item->condition.kind) {
    case TDM_CONDITION_NONE:
        put_text_indented(out, "        ", item->sql);
        return;
    case TDM_CONDITION_TEST:
        if (item->number) {
            tdm_buffer_putf(out, "        tandem_made_%zu := ", item->number);
            tdm_buffer_put(out, item->condition.test);
            tdm_buffer_putf(out, ";\n        IF tandem_made_%zu THEN\n", item->number);
        } else {
            tdm_buffer_puts(out, "        IF ");
            tdm_buffer_put(out, item->condition.test);
            tdm_buffer_puts(out, " THEN\n");
        }
        break;
    case TDM_CONDITION_DATA:
        tdm_buffer_putf(out, "        IF tandem_made_%zu THEN\n", s->items[item->made_by].number);
        break;
    case TDM_CONDITION_REFUSED:
        return;
    }
    put_text_indented(out, "            ", item->sql);
    tdm_buffer_puts(out, "        END IF;\n");
}

static void put_version_table(tdm_buffer *out, const tdm_version_table *table)
{
    tdm_sql_put_qualified(out, table->schema, table->name);
}

// The step of alembic_version. Each change must meet exactly the row that it expects, as Alembic
// itself demands.
static void put_change(tdm_buffer *out, const tdm_version_table *table,
                       const tdm_row_change *change)
{
    switch (change->kind) {
    case TDM_ROW_INSERT:
        tdm_buffer_puts(out, "        INSERT INTO ");
        put_version_table(out, table);
        tdm_buffer_puts(out, " (version_num) VALUES (");
        tdm_sql_put_literal(out, change->to);
        tdm_buffer_puts(out, ");\n");
        return;
    case TDM_ROW_UPDATE:
        tdm_buffer_puts(out, "        UPDATE ");
        put_version_table(out, table);
        tdm_buffer_puts(out, " SET version_num = ");
        tdm_sql_put_literal(out, change->to);
        break;
    case TDM_ROW_DELETE:
        tdm_buffer_puts(out, "        DELETE FROM ");
        put_version_table(out, table);
        break;
    }
    tdm_buffer_puts(out, " WHERE version_num = ");
    tdm_sql_put_literal(out, change->from);
    tdm_buffer_puts(out,
                    ";\n        IF NOT FOUND THEN\n"
                    "            RAISE EXCEPTION 'alembic_version does not hold %, which comes "
                    "before', ");
    tdm_sql_put_literal(out, change->from);
    tdm_buffer_puts(out, ";\n        END IF;\n");
}

// A base revision may be the first that a database ever sees. The API of a Supabase project would
// publish a table without row level security.
static void put_new_version_table(script *s)
{
    const tdm_version_table *table = s->input->versions;
    tdm_buffer name = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_version_table(&name, table);
    tdm_text qualified = tdm_buffer_take(&name, s->arena);
    tdm_buffer_puts(&s->body, "    IF to_regclass(");
    tdm_sql_put_literal(&s->body, qualified);
    tdm_buffer_puts(&s->body, ") IS NULL THEN\n        ");
    tdm_version_table_create(&s->body, table);
    tdm_buffer_puts(&s->body, ";\n        ALTER TABLE ");
    tdm_buffer_put(&s->body, qualified);
    tdm_buffer_puts(&s->body, " ENABLE ROW LEVEL SECURITY;\n    END IF;\n");
}

static void put_alembic_side(script *s)
{
    const tdm_guarded_input *input = s->input;
    if (input->revision->needs.count == 0)
        put_new_version_table(s);
    tdm_buffer_puts(&s->body, "    LOCK TABLE ");
    put_version_table(&s->body, input->versions);
    tdm_buffer_puts(&s->body, " IN ACCESS EXCLUSIVE MODE;\n\n"
                              "    IF NOT EXISTS (\n        SELECT FROM ");
    put_version_table(&s->body, input->versions);
    tdm_buffer_puts(&s->body, " WHERE version_num IN (");
    for (size_t i = 0; i < input->applied.count; i++) {
        tdm_buffer_puts(&s->body, i ? ", " : "");
        tdm_sql_put_literal(&s->body, input->applied.items[i]);
    }
    tdm_buffer_puts(&s->body, ")\n    ) THEN\n");
    for (size_t i = 0; i < s->count; i++)
        put_guarded(s, &s->items[i]);
    for (size_t i = 0; i < input->change_count; i++)
        put_change(&s->body, input->versions, &input->changes[i]);
    tdm_buffer_puts(&s->body, "    END IF;\n");
}

static void put_supabase_side(script *s)
{
    tdm_buffer_puts(&s->body,
                    "\n    IF to_regclass('supabase_migrations.schema_migrations') IS NULL THEN\n");
    for (size_t i = 0; i < tdm_history_ddl_count; i++)
        tdm_buffer_putf(&s->body, "        %s;\n", tdm_history_ddl[i]);
    tdm_buffer_puts(&s->body, "    END IF;\n    ");
    tdm_history_insert(&s->body, &s->input->row);
    tdm_buffer_puts(&s->body, "\n        ON CONFLICT (version) DO NOTHING;\n");
}

static void put_body(script *s)
{
    tdm_buffer_puts(&s->body, "\n#variable_conflict use_column\n");
    if (s->variables) {
        tdm_buffer_puts(&s->body, "DECLARE\n");
        for (size_t i = 1; i <= s->variables; i++)
            tdm_buffer_putf(&s->body, "    tandem_made_%zu boolean := false;\n", i);
    }
    tdm_buffer_puts(&s->body, "BEGIN\n");
    put_alembic_side(s);
    put_supabase_side(s);
    tdm_buffer_puts(&s->body, "END\n");
}

// The whole is one statement of PostgreSQL; anything else would be a fault of this file.
static tdm_status read_back(tdm_arena *arena, tdm_text text, tdm_error *err)
{
    tdm_statements got = {0};
    if (tdm_sql_split(arena, "guarded.sql", text, &got, err) != TDM_OK)
        return TDM_FAILED;
    if (got.count != 1 || got.items[0].opaque)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the guarded script cannot be read back");
    return TDM_OK;
}

static tdm_status put_script(script *s, tdm_text *ret)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_body(s);
    if (tdm_buffer_check(&s->body, s->err) != TDM_OK)
        return TDM_FAILED;
    tdm_put_migration_header(&out, s->input->revision);
    tdm_buffer_puts(&out,
                    "--\n-- Guarded: may be pasted into the SQL editor, also twice. All of it "
                    "happens, or nothing.\n\nDO ");
    tdm_sql_put_dollar(&out, tdm_buffer_text(&s->body), "tandem");
    tdm_buffer_puts(&out, ";\n");
    if (tdm_buffer_check(&out, s->err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    tdm_text text = tdm_buffer_take(&out, s->arena);
    if (!tdm_arena_ok(s->arena))
        return tdm_fail_memory(s->err);
    if (read_back(s->arena, text, s->err) != TDM_OK)
        return TDM_FAILED;
    *ret = text;
    return TDM_OK;
}

tdm_status tdm_guarded_script(tdm_arena *arena, const tdm_guarded_input *input, tdm_text *ret,
                              tdm_error *err)
{
    script s = {.arena = arena,
                .input = input,
                .count = input->statements->count,
                .body = TDM_BUFFER_INIT(TDM_LIMIT_FILE),
                .err = err};
    s.items = tdm_arena_array(arena, s.count, sizeof *s.items);
    if (!s.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < s.count; i++) {
        if (read_statement(&s, i) != TDM_OK)
            return TDM_FAILED;
    }
    tdm_status status = put_script(&s, ret);
    tdm_buffer_free(&s.body);
    return status;
}
