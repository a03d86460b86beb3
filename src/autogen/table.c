// CREATE TABLE as op.create_table().
#include "autogen/writer.h"

#include "base/vector.h"
#include "sql/lexer.h"

#include <stdlib.h>
#include <string.h>

typedef struct key_columns {
    const PgQuery__Constraint *constraint; // the primary key, or NULL
    tdm_text column;                       // whose own constraint it is, or empty
} key_columns;

static key_columns find_key(const PgQuery__CreateStmt *statement)
{
    for (size_t i = 0; i < statement->n_table_elts; i++) {
        tdm_node element = statement->table_elts[i];
        if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
            element->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
            return (key_columns){element->constraint, {NULL, 0}};
        if (element->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
            continue;
        const PgQuery__ColumnDef *def = element->column_def;
        for (size_t j = 0; j < def->n_constraints; j++)
            if (def->constraints[j]->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
                return (key_columns){def->constraints[j]->constraint, tdm_text_of(def->colname)};
    }
    return (key_columns){NULL, {NULL, 0}};
}

static tdm_key_role role_of(const key_columns *key, const char *column)
{
    if (!key->constraint)
        return TDM_NO_KEY;
    if (key->column.size)
        return tdm_text_is(key->column, column) ? TDM_ONLY_KEY : TDM_NO_KEY;
    for (size_t i = 0; i < key->constraint->n_keys; i++)
        if (tdm_text_is(tdm_node_name(key->constraint->keys[i]), column))
            return key->constraint->n_keys == 1 ? TDM_ONLY_KEY : TDM_PART_KEY;
    return TDM_NO_KEY;
}

// --- Items --------------------------------------------------------------------------------------

typedef TDM_VECTOR(tdm_text) text_vector;

// What was written since `start`, taken out again.
static tdm_text cut(tdm_writer *w, size_t start)
{
    if (w->out.failed)
        return (tdm_text){NULL, 0};
    tdm_text text = tdm_arena_text(w->arena, tdm_text_from(tdm_buffer_text(&w->out), start));
    w->out.size = start;
    w->out.data[start] = '\0';
    return text;
}

static void add_constraint(tdm_writer *w, text_vector *list, const PgQuery__Constraint *constraint,
                           tdm_text column)
{
    size_t start = w->out.size;
    tdm_writer_constraint(w, constraint, column);
    tdm_text text = cut(w, start);
    if (!tdm_vector_push(w->arena, list, text))
        w->untyped = true;
}

// Autogenerate sorts constraints by their text.
static int by_text(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

static void put_columns(tdm_writer *w, const PgQuery__CreateStmt *statement, text_vector *list)
{
    key_columns key = find_key(statement);
    for (size_t i = 0; i < statement->n_table_elts; i++) {
        tdm_node element = statement->table_elts[i];
        if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
            add_constraint(w, list, element->constraint, (tdm_text){NULL, 0});
            continue;
        }
        if (element->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) {
            w->untyped = true; // LIKE
            return;
        }
        const PgQuery__ColumnDef *def = element->column_def;
        tdm_buffer_puts(&w->out, ",\n    ");
        tdm_writer_column(w, def, role_of(&key, def->colname));
        for (size_t j = 0; j < def->n_constraints; j++)
            if (tdm_constraint_is_keyed(def->constraints[j]->constraint))
                add_constraint(w, list, def->constraints[j]->constraint, tdm_text_of(def->colname));
    }
}

// --- Options ------------------------------------------------------------------------------------

// `RANGE (created_at)` as it is written.
static tdm_text partition_text(const tdm_writer *w)
{
    tdm_text sql = w->input->tree->sql;
    tdm_sql_lexer lexer = {.source = sql};
    size_t depth = 0;
    size_t start = SIZE_MAX;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return (tdm_text){NULL, 0};
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        else if (tdm_sql_token_is_char(&lexer, &token, ')') && --depth == 0 && start != SIZE_MAX)
            return tdm_text_slice(sql, start, token.end);
        else if (depth == 0 && tdm_sql_token_is(&lexer, &token, "PARTITION"))
            start = tdm_sql_next(&lexer).end; // BY
        if (start != SIZE_MAX && depth == 0 && start < token.start && token.start - start == 1)
            start = token.start;
    }
}

static void put_options(tdm_writer *w, const PgQuery__CreateStmt *statement)
{
    const PgQuery__RangeVar *table = statement->relation;
    const char *persistence = table->relpersistence;

    if (*table->schemaname) {
        tdm_buffer_puts(&w->out, ",\n    schema=");
        tdm_writer_string(w, table->schemaname);
    }
    if (statement->partspec) {
        tdm_text text = tdm_text_trim(partition_text(w));
        tdm_buffer_puts(&w->out, ",\n    postgresql_partition_by=");
        tdm_py_put_string(&w->out, text);
    }
    if (strcmp(persistence, "u") == 0)
        tdm_buffer_puts(&w->out, ",\n    prefixes=['UNLOGGED']");
    else if (strcmp(persistence, "p") != 0)
        w->untyped = true;
    if (statement->if_not_exists)
        tdm_buffer_puts(&w->out, ",\n    if_not_exists=True");
    if (statement->n_inh_relations || statement->partbound || statement->of_typename ||
        statement->n_options || *statement->tablespacename || *statement->access_method ||
        statement->oncommit > PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_NOOP || *table->catalogname)
        w->untyped = true;
}

void tdm_write_create_table(tdm_writer *w, const PgQuery__CreateStmt *statement)
{
    text_vector constraints = {0};

    tdm_writer_begin(w, "create_table");
    tdm_writer_string(w, statement->relation->relname);
    put_columns(w, statement, &constraints);
    if (constraints.count > 1)
        qsort(constraints.items, constraints.count, sizeof *constraints.items, by_text);
    for (size_t i = 0; i < constraints.count; i++) {
        tdm_buffer_puts(&w->out, ",\n    ");
        tdm_buffer_put(&w->out, constraints.items[i]);
    }
    put_options(w, statement);
    tdm_buffer_puts(&w->out, "\n    )");
}
