// Constraints, inside create_table() and as directives of their own.
#include "autogen/writer.h"

#include "base/vector.h"

#include <string.h>

typedef TDM_VECTOR(tdm_text) name_vector;

static bool read_names(tdm_writer *w, PgQuery__Node *const *nodes, size_t count, name_vector *ret)
{
    for (size_t i = 0; i < count; i++)
        if (!tdm_vector_push(w->arena, ret, tdm_node_name(nodes[i])))
            return false;
    return true;
}

// The columns that a constraint is over: its own list, or the column that it stands on.
static name_vector columns_of(tdm_writer *w, PgQuery__Node *const *nodes, size_t count,
                              tdm_text column)
{
    name_vector names = {0};
    if (count == 0 && column.size && !tdm_vector_push(w->arena, &names, column))
        w->untyped = true;
    if (!read_names(w, nodes, count, &names) || names.count == 0)
        w->untyped = true;
    return names;
}

bool tdm_constraint_is_keyed(const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        return true;
    default:
        return false;
    }
}

// --- Keywords -----------------------------------------------------------------------------------

static void put_name(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    if (!*constraint->conname)
        return;
    tdm_buffer_puts(&w->out, ", name=");
    tdm_writer_name(w, tdm_text_of(constraint->conname));
}

static void put_deferrable(tdm_writer *w, const PgQuery__Constraint *constraint, bool first)
{
    static const char *const pieces[] = {", deferrable=True", ", initially='DEFERRED'"};
    if (constraint->deferrable && first)
        tdm_buffer_puts(&w->out, pieces[0]);
    if (constraint->initdeferred)
        tdm_buffer_puts(&w->out, pieces[1]);
    if (constraint->deferrable && !first)
        tdm_buffer_puts(&w->out, pieces[0]);
}

static const char *action(const char *code)
{
    static const struct {
        char code;
        const char *words;
    } actions[] = {{'r', "RESTRICT"}, {'c', "CASCADE"}, {'n', "SET NULL"}, {'d', "SET DEFAULT"}};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (*code == actions[i].code)
            return actions[i].words;
    return NULL; // NO ACTION, the default
}

static void put_foreign_options(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    tdm_writer_keyword(w, "onupdate", action(constraint->fk_upd_action));
    tdm_writer_keyword(w, "ondelete", action(constraint->fk_del_action));
    put_deferrable(w, constraint, false);
    if (*constraint->fk_matchtype == 'f')
        tdm_buffer_puts(&w->out, ", match='FULL'");
    if (constraint->n_fk_del_set_cols)
        w->untyped = true;
}

static void put_unique_options(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    name_vector include = {0};
    if (constraint->n_including) {
        tdm_buffer_puts(&w->out, ", postgresql_include=");
        if (!read_names(w, constraint->including, constraint->n_including, &include))
            w->untyped = true;
        tdm_writer_names(w, include.items, include.count);
    }
    if (constraint->nulls_not_distinct)
        tdm_buffer_puts(&w->out, ", postgresql_nulls_not_distinct=True");
    if (constraint->n_options || *constraint->indexspace || *constraint->indexname)
        w->untyped = true;
}

static void put_not_valid(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    if (constraint->skip_validation)
        tdm_buffer_puts(&w->out, ", postgresql_not_valid=True");
}

// The columns that are referenced: those that are named, else the primary key of the other table,
// where the catalog knows it.
static name_vector referenced(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    name_vector names = {0};
    const tdm_text *key = NULL;
    size_t count = 0;
    if (constraint->n_pk_attrs) {
        if (!read_names(w, constraint->pk_attrs, constraint->n_pk_attrs, &names))
            w->untyped = true;
        return names;
    }
    if (!tdm_writer_primary_key(w, constraint->pktable, &key, &count))
        w->untyped = true;
    for (size_t i = 0; i < count; i++)
        if (!tdm_vector_push(w->arena, &names, key[i]))
            w->untyped = true;
    return names;
}

// --- Inside of create_table() -------------------------------------------------------------------

static void put_list(tdm_writer *w, const char *class, name_vector columns)
{
    tdm_buffer_puts(&w->out, class);
    for (size_t i = 0; i < columns.count; i++) {
        tdm_buffer_puts(&w->out, i ? ", " : "");
        tdm_py_put_string(&w->out, columns.items[i]);
    }
}

static void put_key(tdm_writer *w, const PgQuery__Constraint *constraint, tdm_text column)
{
    bool primary = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    put_list(w, primary ? "sa.PrimaryKeyConstraint(" : "sa.UniqueConstraint(",
             columns_of(w, constraint->keys, constraint->n_keys, column));
    put_deferrable(w, constraint, true);
    put_name(w, constraint);
    put_unique_options(w, constraint);
}

static void put_check(tdm_writer *w, const PgQuery__Constraint *constraint)
{
    tdm_buffer_puts(&w->out, "sa.CheckConstraint(");
    tdm_py_put_sql(&w->out, tdm_writer_source(w, &constraint->raw_expr->base, true));
    put_name(w, constraint);
    if (constraint->is_no_inherit)
        w->untyped = true;
}

static void put_foreign(tdm_writer *w, const PgQuery__Constraint *constraint, tdm_text column)
{
    const PgQuery__RangeVar *table = constraint->pktable;
    name_vector columns = columns_of(w, constraint->fk_attrs, constraint->n_fk_attrs, column);
    name_vector others = referenced(w, constraint);

    // A dot inside of a name would cut it in two (ForeignKey._colspec).
    if (strchr(table->relname, '.') || strchr(table->schemaname, '.'))
        w->untyped = true;
    for (size_t i = 0; i < others.count; i++)
        others.items[i] = *table->schemaname
                              ? tdm_arena_printf(w->arena, "%s.%s.%.*s", table->schemaname,
                                                 table->relname, TDM_TEXT_ARG(others.items[i]))
                              : tdm_arena_printf(w->arena, "%s.%.*s", table->relname,
                                                 TDM_TEXT_ARG(others.items[i]));
    tdm_buffer_puts(&w->out, "sa.ForeignKeyConstraint(");
    tdm_writer_names(w, columns.items, columns.count);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_names(w, others.items, others.count);
    size_t before = w->out.size;
    put_name(w, constraint);
    put_foreign_options(w, constraint);
    if (w->out.size == before)
        tdm_buffer_puts(&w->out, ", ");
}

void tdm_writer_constraint(tdm_writer *w, const PgQuery__Constraint *constraint, tdm_text column)
{
    w->imports |= TDM_IMPORT_SA;
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        put_key(w, constraint, column);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        put_check(w, constraint);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        put_foreign(w, constraint, column);
        break;
    default:
        w->untyped = true;
        break;
    }
    put_not_valid(w, constraint);
    tdm_buffer_putc(&w->out, ')');
}

// --- Directives ---------------------------------------------------------------------------------

static void begin(tdm_writer *w, const char *directive, const PgQuery__Constraint *constraint,
                  const PgQuery__RangeVar *table)
{
    tdm_writer_begin(w, directive);
    tdm_writer_name(w, tdm_text_of(constraint->conname));
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_string(w, table->relname);
    tdm_buffer_puts(&w->out, ", ");
}

static void add_key(tdm_writer *w, const PgQuery__RangeVar *table,
                    const PgQuery__Constraint *constraint, tdm_text column)
{
    bool primary = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY;
    name_vector columns = columns_of(w, constraint->keys, constraint->n_keys, column);

    begin(w, primary ? "create_primary_key" : "create_unique_constraint", constraint, table);
    tdm_writer_names(w, columns.items, columns.count);
    // create_primary_key() has no such keywords.
    if (primary && (constraint->deferrable || constraint->initdeferred))
        w->untyped = true;
    put_deferrable(w, constraint, true);
    tdm_writer_keyword(w, "schema", table->schemaname);
    put_unique_options(w, constraint);
}

static void add_check(tdm_writer *w, const PgQuery__RangeVar *table,
                      const PgQuery__Constraint *constraint)
{
    begin(w, "create_check_constraint", constraint, table);
    tdm_py_put_sql(&w->out, tdm_writer_source(w, &constraint->raw_expr->base, true));
    tdm_writer_keyword(w, "schema", table->schemaname);
    if (constraint->is_no_inherit)
        w->untyped = true;
}

static void add_foreign(tdm_writer *w, const PgQuery__RangeVar *table,
                        const PgQuery__Constraint *constraint, tdm_text column)
{
    name_vector columns = columns_of(w, constraint->fk_attrs, constraint->n_fk_attrs, column);
    name_vector others = referenced(w, constraint);

    begin(w, "create_foreign_key", constraint, table);
    tdm_writer_string(w, constraint->pktable->relname);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_names(w, columns.items, columns.count);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_names(w, others.items, others.count);
    tdm_writer_keyword(w, "source_schema", table->schemaname);
    tdm_writer_keyword(w, "referent_schema", constraint->pktable->schemaname);
    put_foreign_options(w, constraint);
}

void tdm_writer_add_constraint(tdm_writer *w, const PgQuery__RangeVar *table,
                               const PgQuery__Constraint *constraint, tdm_text column)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        add_key(w, table, constraint, column);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        add_check(w, table, constraint);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        add_foreign(w, table, constraint, column);
        break;
    default:
        w->untyped = true;
        break;
    }
    put_not_valid(w, constraint);
    tdm_buffer_putc(&w->out, ')');
}
