// CREATE INDEX as op.create_index().
#include "autogen/writer.h"

#include "base/vector.h"
#include "sql/lexer.h"

#include <string.h>

typedef TDM_VECTOR(tdm_text) text_vector;

// The elements of the list in brackets behind the table, each as it is written.
static bool read_elements(tdm_writer *w, text_vector *ret)
{
    tdm_text sql = w->input->tree->sql;
    tdm_sql_lexer lexer = {.source = sql};
    size_t depth = 0;
    size_t start = 0;
    bool on = false;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool closes = tdm_sql_token_is_char(&lexer, &token, ')');
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        on = on || tdm_sql_token_is(&lexer, &token, "ON");
        if (on && depth == 1 && (closes || tdm_sql_token_is_char(&lexer, &token, ','))) {
            if (!tdm_vector_push(w->arena, ret,
                                 tdm_text_trim(tdm_text_slice(sql, start, token.start))))
                return false;
            start = token.end;
        }
        if (on && tdm_sql_token_is_char(&lexer, &token, '(') && depth++ == 0)
            start = token.end;
        if (on && closes && --depth == 0)
            return true;
    }
}

static bool is_plain(const PgQuery__IndexElem *element)
{
    return *element->name && !element->n_collation && !element->n_opclassopts &&
           element->n_opclass < 2 && element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT &&
           element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT;
}

static void put_elements(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    text_vector texts = {0};
    if (!read_elements(w, &texts) || texts.count != statement->n_index_params) {
        w->untyped = true;
        return;
    }
    tdm_buffer_putc(&w->out, '[');
    for (size_t i = 0; i < texts.count; i++) {
        const PgQuery__IndexElem *element = statement->index_params[i]->index_elem;
        tdm_buffer_puts(&w->out, i ? ", " : "");
        if (is_plain(element)) {
            tdm_writer_string(w, element->name);
            continue;
        }
        w->imports |= TDM_IMPORT_SA;
        tdm_buffer_puts(&w->out, "sa.literal_column(");
        tdm_py_put_string(&w->out, texts.items[i]);
        tdm_buffer_putc(&w->out, ')');
    }
    tdm_buffer_putc(&w->out, ']');
}

// --- Options of the dialect, in the order of their names ----------------------------------------

static void put_include(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    if (statement->n_index_including_params == 0)
        return;
    tdm_buffer_puts(&w->out, ", postgresql_include=[");
    for (size_t i = 0; i < statement->n_index_including_params; i++) {
        const PgQuery__IndexElem *element = statement->index_including_params[i]->index_elem;
        tdm_buffer_puts(&w->out, i ? ", " : "");
        tdm_writer_string(w, element->name);
    }
    tdm_buffer_putc(&w->out, ']');
}

static void put_operator_classes(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    bool any = false;
    for (size_t i = 0; i < statement->n_index_params; i++) {
        const PgQuery__IndexElem *element = statement->index_params[i]->index_elem;
        if (!is_plain(element) || element->n_opclass == 0)
            continue;
        tdm_buffer_puts(&w->out, any ? ", " : ", postgresql_ops={");
        any = true;
        tdm_writer_string(w, element->name);
        tdm_buffer_puts(&w->out, ": ");
        tdm_py_put_string(&w->out, tdm_node_name(element->opclass[0]));
    }
    tdm_buffer_puts(&w->out, any ? "}" : "");
}

static void put_where(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    if (!statement->where_clause)
        return;
    w->imports |= TDM_IMPORT_SA;
    tdm_buffer_puts(&w->out, ", postgresql_where=sa.text(");
    tdm_py_put_sql(&w->out, tdm_writer_source(w, &statement->where_clause->base, false));
    tdm_buffer_putc(&w->out, ')');
}

// WITH (lists = 100): names and plain values.
static void put_storage(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    if (statement->n_options == 0)
        return;
    tdm_buffer_puts(&w->out, ", postgresql_with={");
    for (size_t i = 0; i < statement->n_options; i++) {
        const PgQuery__DefElem *option = statement->options[i]->def_elem;
        tdm_buffer_puts(&w->out, i ? ", " : "");
        tdm_writer_string(w, option->defname);
        tdm_buffer_puts(&w->out, ": ");
        if (!option->arg || *option->defnamespace)
            w->untyped = true;
        else if (option->arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
            tdm_buffer_putf(&w->out, "%d", option->arg->integer->ival);
        else if (option->arg->node_case == PG_QUERY__NODE__NODE_FLOAT)
            tdm_buffer_puts(&w->out, option->arg->float_->fval);
        else if (option->arg->node_case == PG_QUERY__NODE__NODE_STRING)
            tdm_writer_string(w, option->arg->string->sval);
        else
            w->untyped = true;
    }
    tdm_buffer_putc(&w->out, '}');
}

// What `index=True` of a model gives, and op.f() around it: a name that a convention has made
// (SQLAlchemy's own default convention, "ix": "ix_%(column_0_label)s", with the schema in front).
static bool is_conventional(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    const PgQuery__IndexElem *first = statement->index_params[0]->index_elem;
    const char *schema = statement->relation->schemaname;
    tdm_text name = tdm_arena_printf(w->arena, "ix_%s%s%s_%s", schema, *schema ? "_" : "",
                                     statement->relation->relname, first->name);
    return *first->name && tdm_text_is(name, statement->idxname);
}

static void put_index(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    bool conventional = is_conventional(w, statement);

    tdm_writer_begin(w, "create_index");
    tdm_buffer_puts(&w->out, conventional ? "op.f(" : "");
    tdm_writer_string(w, statement->idxname);
    tdm_buffer_puts(&w->out, conventional ? "), " : ", ");
    tdm_writer_string(w, statement->relation->relname);
    tdm_buffer_puts(&w->out, ", ");
    put_elements(w, statement);
    tdm_buffer_putf(&w->out, ", unique=%s", statement->unique ? "True" : "False");
    tdm_writer_keyword(w, "schema", statement->relation->schemaname);
    if (statement->concurrent)
        tdm_buffer_puts(&w->out, ", postgresql_concurrently=True");
    put_include(w, statement);
    if (statement->nulls_not_distinct)
        tdm_buffer_puts(&w->out, ", postgresql_nulls_not_distinct=True");
    put_operator_classes(w, statement);
    tdm_writer_keyword(w, "postgresql_tablespace", statement->table_space);
    if (strcmp(statement->access_method, "btree") != 0)
        tdm_writer_keyword(w, "postgresql_using", statement->access_method);
    put_where(w, statement);
    put_storage(w, statement);
    if (statement->if_not_exists)
        tdm_buffer_puts(&w->out, ", if_not_exists=True");
    tdm_buffer_putc(&w->out, ')');
}

void tdm_write_create_index(tdm_writer *w, const PgQuery__IndexStmt *statement)
{
    // The server would choose the name; Alembic wants one.
    if (!*statement->idxname || statement->n_index_params == 0 || !statement->relation->inh)
        w->untyped = true;
    else
        put_index(w, statement);
}
