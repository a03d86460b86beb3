// sa.Column(...), in the order of autogenerate/render.py _render_column.
#include "autogen/writer.h"

#include <string.h>

typedef struct column_facts {
    const PgQuery__Constraint *default_;
    const PgQuery__Constraint *identity;
    const PgQuery__Constraint *generated;
    bool not_null;
    bool null;
} column_facts;

static void read_facts(tdm_writer *w, const PgQuery__ColumnDef *def, column_facts *ret)
{
    for (size_t i = 0; i < def->n_constraints; i++) {
        const PgQuery__Constraint *constraint = def->constraints[i]->constraint;
        switch (constraint->contype) {
        case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
            ret->not_null = true;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
            ret->null = true;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
            ret->default_ = constraint;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
            ret->identity = constraint;
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
            ret->generated = constraint;
            break;
        default: // keyed ones are written beside the column
            break;
        }
        // A NOT NULL of PostgreSQL 15 keeps no name, and SQLAlchemy writes none.
        if (*constraint->conname && constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL &&
            !tdm_constraint_is_keyed(constraint))
            w->untyped = true;
    }
}

static bool is_integer(const PgQuery__TypeName *type)
{
    static const char *const names[] = {"int2", "int4", "int8"};
    tdm_text name = tdm_node_name(type->names[type->n_names - 1]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i]))
            return type->n_array_bounds == 0;
    return false;
}

// --- Identity and generation --------------------------------------------------------------------

// The options of a sequence by PostgreSQL's names (gram.y SeqOptElem) and sa.Identity's keywords,
// in the order in which autogenerate prints them.
static const struct {
    const char *option;
    const char *keyword;
    bool flag;
} sequence_options[] = {
    {"start", "start", false},       {"increment", "increment", false},
    {"minvalue", "minvalue", false}, {"maxvalue", "maxvalue", false},
    {"cycle", "cycle", true},        {"cache", "cache", false},
};

static const PgQuery__DefElem *find_option(const PgQuery__Constraint *identity, const char *name)
{
    for (size_t i = 0; i < identity->n_options; i++)
        if (strcmp(identity->options[i]->def_elem->defname, name) == 0)
            return identity->options[i]->def_elem;
    return NULL;
}

// An integer of an option; larger ones stand as decimal strings in the tree.
static bool put_number(tdm_writer *w, tdm_node value)
{
    if (value && value->node_case == PG_QUERY__NODE__NODE_INTEGER)
        tdm_buffer_putf(&w->out, "%d", value->integer->ival);
    else if (value && value->node_case == PG_QUERY__NODE__NODE_FLOAT)
        tdm_buffer_puts(&w->out, value->float_->fval);
    else
        return false;
    return true;
}

static void put_identity(tdm_writer *w, const PgQuery__Constraint *identity)
{
    size_t known = 0;
    w->imports |= TDM_IMPORT_SA;
    tdm_buffer_putf(&w->out, "sa.Identity(always=%s",
                    strcmp(identity->generated_when, "a") == 0 ? "True" : "False");
    for (size_t i = 0; i < sizeof sequence_options / sizeof *sequence_options; i++) {
        const PgQuery__DefElem *option = find_option(identity, sequence_options[i].option);
        if (!option)
            continue;
        known++;
        tdm_buffer_putf(&w->out, ", %s=", sequence_options[i].keyword);
        if (sequence_options[i].flag && option->arg &&
            option->arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN)
            tdm_buffer_puts(&w->out, option->arg->boolean->boolval ? "True" : "False");
        else if (!put_number(w, option->arg))
            w->untyped = true; // NO MINVALUE
    }
    if (known != identity->n_options)
        w->untyped = true;
    tdm_buffer_puts(&w->out, "), ");
}

static void put_generated(tdm_writer *w, const PgQuery__Constraint *generated)
{
    w->imports |= TDM_IMPORT_SA;
    tdm_buffer_puts(&w->out, "sa.Computed(");
    tdm_py_put_sql(&w->out, tdm_writer_source(w, &generated->raw_expr->base, true));
    tdm_buffer_puts(&w->out, ", persisted=True), ");
}

// --- Defaults -----------------------------------------------------------------------------------

// A string constant is given as a Python string, which SQLAlchemy quotes again.
static void put_default(tdm_writer *w, tdm_node expression)
{
    if (expression->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        expression->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        tdm_writer_string(w, expression->a_const->sval->sval);
        return;
    }
    w->imports |= TDM_IMPORT_SA;
    tdm_buffer_puts(&w->out, "sa.text(");
    tdm_writer_constant(w, &expression->base);
    tdm_buffer_putc(&w->out, ')');
}

void tdm_writer_default(tdm_writer *w, tdm_node expression)
{
    if (expression)
        put_default(w, expression);
    else
        tdm_buffer_puts(&w->out, "None");
}

// --- The column ---------------------------------------------------------------------------------

// As the last keyword of a type of characters; SQLAlchemy quotes it as one name.
static void put_collation(tdm_writer *w, const PgQuery__TypeName *type,
                          const PgQuery__CollateClause *collation)
{
    static const char *const names[] = {"text", "varchar", "bpchar"};
    tdm_text name = tdm_node_name(type->names[type->n_names - 1]);
    bool characters = false;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        characters = characters || tdm_text_is(name, names[i]);
    if (!characters || type->n_array_bounds || collation->n_collname != 1 || w->out.size < 2 ||
        w->out.failed) {
        w->untyped = true;
        return;
    }
    bool first = w->out.data[w->out.size - 2] == '(';
    w->out.size--;
    tdm_buffer_puts(&w->out, first ? "collation=" : ", collation=");
    tdm_py_put_string(&w->out, tdm_node_name(collation->collname[0]));
    tdm_buffer_putc(&w->out, ')');
}

static void put_type(tdm_writer *w, const PgQuery__ColumnDef *def, tdm_key_role role)
{
    const char *serial = tdm_serial_type(def->type_name);
    const PgQuery__CollateClause *collation = def->coll_clause;

    if (serial) {
        // Only a column of the primary key becomes SERIAL (compiler.get_column_specification).
        w->untyped = w->untyped || role == TDM_NO_KEY;
        tdm_buffer_puts(&w->out, serial);
        return;
    }
    tdm_writer_type(w, def->type_name, false);
    if (collation)
        put_collation(w, def->type_name, collation);
}

void tdm_writer_column(tdm_writer *w, const PgQuery__ColumnDef *def, tdm_key_role role)
{
    column_facts facts = {0};
    bool serial = tdm_serial_type(def->type_name) != NULL;

    read_facts(w, def, &facts);
    if (*def->compression || def->n_fdwoptions || *def->storage || facts.null)
        w->untyped = true;
    w->imports |= TDM_IMPORT_SA;
    tdm_buffer_puts(&w->out, "sa.Column(");
    tdm_writer_string(w, def->colname);
    tdm_buffer_puts(&w->out, ", ");
    put_type(w, def, role);
    tdm_buffer_puts(&w->out, ", ");
    if (facts.identity)
        put_identity(w, facts.identity);
    if (facts.generated)
        put_generated(w, facts.generated);
    if (facts.default_) {
        tdm_buffer_puts(&w->out, "server_default=");
        tdm_writer_default(w, facts.default_->raw_expr);
        tdm_buffer_puts(&w->out, ", ");
    }
    if (serial && role == TDM_PART_KEY)
        tdm_buffer_puts(&w->out, "autoincrement=True, ");
    else if (!serial && role == TDM_ONLY_KEY && !facts.identity && is_integer(def->type_name))
        tdm_buffer_puts(&w->out, "autoincrement=False, ");
    bool nullable = !facts.not_null && !serial && !facts.identity && role == TDM_NO_KEY;
    tdm_buffer_putf(&w->out, "nullable=%s)", nullable ? "True" : "False");
}
