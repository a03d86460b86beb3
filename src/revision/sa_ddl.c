// What creating a table means in order, and the DDL elements that op.execute() takes:
// CreateSequence, CreateSchema, CreateTable, DDL.
#include "revision/sa_dml.h"

#include <string.h>

// --- checkfirst=True
// -----------------------------------------------------------------

static tdm_text text_of_name(tdm_name name)
{
    return name.given ? name.text : (tdm_text){NULL, 0};
}

bool tdm_type_guard(tdm_host *host, tdm_name schema, tdm_name name, bool when_there)
{
    tdm_schema_question question = {
        .subject = TDM_SCHEMA_TYPE, .schema = text_of_name(schema), .name = text_of_name(name)};
    return tdm_guard_open(host, &question, when_there) != NULL;
}

static bool table_guard(tdm_host *host, const tdm_table *table, bool when_there)
{
    tdm_schema_question question = {.subject = TDM_SCHEMA_TABLE,
                                    .schema = text_of_name(table->schema),
                                    .table = text_of_name(table->name)};
    return tdm_guard_open(host, &question, when_there) != NULL;
}

// --- CREATE TABLE and everything around it
// -----------------------------------------

// Around the types of a table whose own creation asks first: they are asked for one by one.
static bool emit_type(tdm_host *host, tdm_print_function print, const void *type, tdm_name schema,
                      tdm_name name, bool create)
{
    bool asks = host->guard != NULL;
    if (asks && !tdm_type_guard(host, schema, name, !create))
        return false;
    bool emitted = tdm_emit(host, print, type);
    if (asks)
        tdm_guard_close(host);
    return emitted;
}

static bool create_enum(tdm_host *host, const tdm_table *table, const tdm_enum_type *e,
                        tdm_run_memo *memo)
{
    tdm_enum_type *own = tdm_arena_new_of(host->arena, tdm_enum_type);
    if (!own || !e->create_type || e->has_metadata)
        return true;
    *own = *e;
    if (e->inherit_schema)
        own->schema = table->schema;
    if (!tdm_memo_first(memo, "enum", own->schema, own->name))
        return true;
    return emit_type(host, tdm_print_create_enum, own, own->schema, own->name, true);
}

static bool create_domain(tdm_host *host, const tdm_type *type, tdm_run_memo *memo)
{
    const tdm_type *plain = tdm_type_effective(type);
    const tdm_domain_type *d = plain ? plain->domain : NULL;
    if (!d || !d->create_type || !tdm_memo_first(memo, "domain", d->schema, d->name))
        return true;
    return emit_type(host, tdm_print_create_domain, d, d->schema, d->name, true);
}

static bool create_types(tdm_host *host, const tdm_table *table, tdm_run_memo *memo)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_type *type = table->columns.items[i]->type;
        const tdm_enum_type *e = tdm_type_enum(type);
        if (e && !create_enum(host, table, e, memo))
            return false;
        if (!create_domain(host, type, memo))
            return false;
    }
    return true;
}

static bool comment_on(tdm_host *host, const tdm_table *table, tdm_name column, tdm_name text)
{
    tdm_comment *comment = tdm_arena_new_of(host->arena, tdm_comment);
    if (!text.given || text.text.size == 0 || !comment)
        return true;
    *comment = (tdm_comment){
        .schema = table->schema, .table = table->name, .column = column, .text = text};
    return tdm_emit(host, tdm_print_comment, comment);
}

bool tdm_emit_index(tdm_host *host, const tdm_index *index, bool if_not_exists)
{
    tdm_create_index create = {index, if_not_exists};
    return tdm_emit(host, tdm_print_create_index, &create);
}

// An Enum that takes its table's schema prints under it (6.3).
static void inherit_schemas(tdm_host *host, const tdm_table *table)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        tdm_column *column = table->columns.items[i];
        const tdm_type *type = tdm_type_effective(column->type);
        if (!type || !type->enumeration || !type->enumeration->inherit_schema)
            continue;
        tdm_type *copy = tdm_arena_new_of(host->arena, tdm_type);
        tdm_enum_type *e = tdm_arena_new_of(host->arena, tdm_enum_type);
        if (!copy || !e)
            return;
        *copy = *type;
        *e = *type->enumeration;
        e->schema = table->schema;
        copy->enumeration = e;
        column->type = copy;
    }
}

static const tdm_table *find_table(const tdm_metadata *metadata, const tdm_constraint *fk)
{
    for (size_t i = 0; i < metadata->tables.count; i++) {
        const tdm_table *table = metadata->tables.items[i];
        if (tdm_text_equal(table->name.text, fk->referred_table.text) &&
            tdm_text_equal(table->schema.text, fk->referred_schema.text))
            return table;
    }
    return NULL;
}

// A column without a type takes that of the column it refers to.
static void take_referred_types(const tdm_table *table)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        tdm_column *column = table->columns.items[i];
        if (column->type || column->foreign_keys.count == 0)
            continue;
        const tdm_constraint *fk = column->foreign_keys.items[0];
        bool own = tdm_text_equal(fk->referred_table.text, table->name.text) &&
                   tdm_text_equal(fk->referred_schema.text, table->schema.text);
        const tdm_table *other = own               ? table
                                 : table->metadata ? find_table(table->metadata, fk)
                                                   : NULL;
        const tdm_column *target =
            other ? tdm_sa_table_column(other, fk->referred_columns.items[0].text) : NULL;
        if (target)
            column->type = target->type;
    }
}

static bool create_around(tdm_host *host, const tdm_create_table *create, tdm_run_memo *memo)
{
    const tdm_table *table = create->table;
    inherit_schemas(host, table);
    take_referred_types(table);
    if (!create_types(host, table, memo) || !tdm_emit(host, tdm_print_create_table, create))
        return false;
    for (size_t i = 0; i < table->indexes.count; i++) {
        if (!tdm_emit_index(host, table->indexes.items[i], false))
            return false;
    }
    if (!comment_on(host, table, TDM_NO_NAME, table->comment))
        return false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *column = table->columns.items[i];
        if (!comment_on(host, table, column->name, column->comment))
            return false;
    }
    return true;
}

bool tdm_emit_create_table(tdm_host *host, const tdm_table *table, bool if_not_exists,
                           tdm_run_memo *memo)
{
    tdm_create_table create = {.table = table, .if_not_exists = if_not_exists};
    return memo && create_around(host, &create, memo);
}

bool tdm_emit_checked_table(tdm_host *host, const tdm_table *table, bool checkfirst,
                            tdm_run_memo *memo)
{
    if (!checkfirst)
        return tdm_emit_create_table(host, table, false, memo);
    bool emitted =
        table_guard(host, table, false) && tdm_emit_create_table(host, table, false, memo);
    tdm_guard_close(host);
    return emitted;
}

static bool drop_around(tdm_host *host, const tdm_table *table)
{
    tdm_drop_table drop = {.table = table};
    if (!tdm_emit(host, tdm_print_drop_table, &drop))
        return false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_enum_type *e = tdm_type_enum(table->columns.items[i]->type);
        if (e && e->create_type && !e->has_metadata &&
            !emit_type(host, tdm_print_drop_enum, e, e->schema, e->name, false))
            return false;
    }
    return true;
}

bool tdm_emit_drop_table_types(tdm_host *host, const tdm_table *table, bool checkfirst)
{
    if (!checkfirst)
        return drop_around(host, table);
    bool emitted = table_guard(host, table, true) && drop_around(host, table);
    tdm_guard_close(host);
    return emitted;
}

// --- create_all(): tables in the order of their references
// -------------------------------------------

// Whether a table refers to another one that is still to be made.
static bool waits(const tdm_metadata *metadata, const tdm_table *table, const bool *made)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        const tdm_table *other = c->kind == TDM_CONSTRAINT_FOREIGN ? find_table(metadata, c) : NULL;
        for (size_t j = 0; other && other != table && j < metadata->tables.count; j++) {
            if (metadata->tables.items[j] == other && !made[j])
                return true;
        }
    }
    return false;
}

static bool add_foreign_keys(tdm_host *host, const tdm_table *table)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        tdm_alter_constraint add = {.constraint = c, .schema = table->schema, .table = table->name};
        if (c->kind == TDM_CONSTRAINT_FOREIGN && !tdm_emit(host, tdm_print_add_constraint, &add))
            return false;
    }
    return true;
}

typedef struct circle {
    const tdm_metadata *metadata;
    const bool *made;
    bool checkfirst;
} circle;

// With checkfirst, each table and its foreign keys are asked for by that table.
static bool circle_step(tdm_host *host, const circle *c, const tdm_table *table, bool keys,
                        tdm_run_memo *memo)
{
    tdm_create_table create = {.table = table, .skip_foreign = true};
    if (c->checkfirst && !table_guard(host, table, false))
        return false;
    bool emitted = keys ? add_foreign_keys(host, table) : create_around(host, &create, memo);
    if (c->checkfirst)
        tdm_guard_close(host);
    return emitted;
}

// What is left when no table can be made: each without its foreign keys, which follow at the end.
static bool create_circle(tdm_host *host, const circle *c, tdm_run_memo *memo)
{
    const tdm_metadata *metadata = c->metadata;
    for (size_t i = 0; i < metadata->tables.count; i++) {
        if (!c->made[i] && !circle_step(host, c, metadata->tables.items[i], false, memo))
            return false;
    }
    for (size_t i = metadata->tables.count; i-- > 0;) {
        if (!c->made[i] && !circle_step(host, c, metadata->tables.items[i], true, memo))
            return false;
    }
    return true;
}

// Level by level, each in the order of definition (S2052 sql/ddl.py, sort_tables_and_constraints).
bool tdm_emit_create_all(tdm_host *host, const tdm_metadata *metadata, bool checkfirst)
{
    size_t count = metadata->tables.count, left = count;
    tdm_run_memo *memo = tdm_run_memo_new(host->arena);
    bool *made = tdm_arena_array(host->arena, count + 1, sizeof *made);
    bool *ready = tdm_arena_array(host->arena, count + 1, sizeof *ready);
    while (memo && made && ready && left > 0) {
        size_t level = 0;
        for (size_t i = 0; i < count; i++) {
            ready[i] = !made[i] && !waits(metadata, metadata->tables.items[i], made);
            level += ready[i] ? 1 : 0;
        }
        if (level == 0)
            return create_circle(host, &(circle){metadata, made, checkfirst}, memo);
        for (size_t i = 0; i < count; i++) {
            if (ready[i] &&
                !tdm_emit_checked_table(host, metadata->tables.items[i], checkfirst, memo))
                return false;
            made[i] = made[i] || ready[i];
        }
        left -= level;
    }
    return memo != NULL;
}

// --- Sequences, schemas, DDL()
// ------------------------------------------------------------------------

typedef struct sequence_statement {
    const tdm_sequence *sequence;
    bool create;
    bool guarded; // IF NOT EXISTS, IF EXISTS
} sequence_statement;

static void print_sequence(tdm_printer *p, const void *statement)
{
    const sequence_statement *s = statement;
    tdm_puts(p, s->create ? "CREATE SEQUENCE " : "DROP SEQUENCE ");
    if (s->guarded)
        tdm_puts(p, s->create ? "IF NOT EXISTS " : "IF EXISTS ");
    tdm_print_qualified(p, s->sequence->schema, s->sequence->name);
    if (!s->create)
        return;
    if (s->sequence->type) {
        tdm_puts(p, " AS ");
        tdm_print_type(p, s->sequence->type);
    }
    size_t start = p->out.size;
    tdm_print_sequence_options(p, s->sequence);
    tdm_text options = tdm_print_cut(p, start);
    if (options.size > 0) {
        tdm_puts(p, " ");
        tdm_put(p, options);
    }
}

bool tdm_emit_sequence(tdm_host *host, const tdm_sequence *sequence, bool create)
{
    sequence_statement s = {sequence, create, false};
    return tdm_emit(host, print_sequence, &s);
}

static tdm_py sequence_element(tdm_host *host, tdm_bound *bound, bool create)
{
    sequence_statement *s = tdm_arena_new_of(host->arena, sequence_statement);
    if (!s)
        return tdm_host_unknown(host, "out of memory");
    s->sequence = tdm_data_of(tdm_arg(bound, "element"), &tdm_sequence_object);
    s->create = create;
    s->guarded = tdm_arg_truth(bound, create ? "if_not_exists" : "if_exists", false);
    if (!s->sequence)
        tdm_arg_refuse(bound, "element");
    return bound->unknown ? bound->unknown : tdm_statement_value(host, print_sequence, s, true);
}

static tdm_py make_create_sequence(tdm_host *host, tdm_bound *bound)
{
    return sequence_element(host, bound, true);
}

static tdm_py make_drop_sequence(tdm_host *host, tdm_bound *bound)
{
    return sequence_element(host, bound, false);
}

typedef struct schema_statement {
    tdm_name name;
    bool create;
    bool guarded;
    bool cascade;
} schema_statement;

static void print_schema(tdm_printer *p, const void *statement)
{
    const schema_statement *s = statement;
    tdm_puts(p, s->create ? "CREATE SCHEMA " : "DROP SCHEMA ");
    if (s->guarded)
        tdm_puts(p, s->create ? "IF NOT EXISTS " : "IF EXISTS ");
    tdm_print_name(p, s->name);
    tdm_puts(p, s->cascade ? " CASCADE" : "");
}

static tdm_py schema_element(tdm_host *host, tdm_bound *bound, bool create)
{
    schema_statement *s = tdm_arena_new_of(host->arena, schema_statement);
    if (!s)
        return tdm_host_unknown(host, "out of memory");
    s->name = tdm_arg_name(bound, "name");
    s->create = create;
    s->guarded = tdm_arg_truth(bound, create ? "if_not_exists" : "if_exists", false);
    s->cascade = tdm_arg_truth(bound, "cascade", false);
    return bound->unknown ? bound->unknown : tdm_statement_value(host, print_schema, s, true);
}

static tdm_py make_create_schema(tdm_host *host, tdm_bound *bound)
{
    return schema_element(host, bound, true);
}

static tdm_py make_drop_schema(tdm_host *host, tdm_bound *bound)
{
    return schema_element(host, bound, false);
}

typedef struct ddl_statement {
    tdm_text text;
    tdm_py context; // dict or NULL
} ddl_statement;

// "%(name)s" of the context; the length of what it replaces, 0: something else.
static size_t print_ddl_name(tdm_printer *p, const ddl_statement *s, tdm_text rest)
{
    size_t end = tdm_text_find(rest, TDM_TEXT(")s"));
    if (rest.size < 4 || rest.data[1] != '(' || end == SIZE_MAX || !s->context)
        return 0;
    tdm_py value = tdm_py_dict_get(s->context, tdm_text_slice(rest, 2, end));
    tdm_py text = value ? tdm_py_to_str(p->in, value) : NULL;
    if (!text || tdm_py_kind_of(text) != TDM_PY_STR)
        return 0;
    tdm_put(p, tdm_py_as_text(text));
    return end + 2;
}

// DDL(): the text is %-formatted once. Online drivers undo a second one.
static void print_ddl(tdm_printer *p, const void *statement)
{
    const ddl_statement *s = statement;
    for (size_t i = 0; i < s->text.size; i++) {
        char c = s->text.data[i];
        if (c != '%') {
            tdm_buffer_putc(&p->out, c);
            continue;
        }
        bool doubled = i + 1 < s->text.size && s->text.data[i + 1] == '%';
        size_t used = doubled ? 2 : print_ddl_name(p, s, tdm_text_from(s->text, i));
        if (used == 0) {
            tdm_print_opaque(p, "DDL() with this percent sign is not covered");
            return;
        }
        if (doubled)
            tdm_puts(p, p->double_percent ? "%%" : "%");
        i += used - 1;
    }
}

static tdm_py make_ddl(tdm_host *host, tdm_bound *bound)
{
    ddl_statement *s = tdm_arena_new_of(host->arena, ddl_statement);
    if (!s)
        return tdm_host_unknown(host, "out of memory");
    s->text = tdm_arg_text(bound, "statement");
    if (!tdm_arg_absent(bound, "context"))
        s->context = tdm_arg(bound, "context");
    if (s->context && tdm_py_kind_of(s->context) != TDM_PY_DICT)
        tdm_arg_refuse(bound, "context");
    return bound->unknown ? bound->unknown : tdm_statement_value(host, print_ddl, s, true);
}

// --- CreateTable, DropTable, CreateIndex, AddConstraint
// ----------------------------------------------

static tdm_py make_create_table(tdm_host *host, tdm_bound *bound)
{
    tdm_create_table *create = tdm_arena_new_of(host->arena, tdm_create_table);
    if (!create)
        return tdm_host_unknown(host, "out of memory");
    create->table = tdm_data_of(tdm_arg(bound, "element"), &tdm_table_object);
    create->if_not_exists = tdm_arg_truth(bound, "if_not_exists", false);
    if (!create->table)
        tdm_arg_refuse(bound, "element");
    return bound->unknown ? bound->unknown
                          : tdm_statement_value(host, tdm_print_create_table, create, true);
}

static tdm_py make_drop_table(tdm_host *host, tdm_bound *bound)
{
    tdm_drop_table *drop = tdm_arena_new_of(host->arena, tdm_drop_table);
    if (!drop)
        return tdm_host_unknown(host, "out of memory");
    drop->table = tdm_data_of(tdm_arg(bound, "element"), &tdm_table_object);
    drop->if_exists = tdm_arg_truth(bound, "if_exists", false);
    if (!drop->table)
        tdm_arg_refuse(bound, "element");
    return bound->unknown ? bound->unknown
                          : tdm_statement_value(host, tdm_print_drop_table, drop, true);
}

static tdm_py make_create_index(tdm_host *host, tdm_bound *bound)
{
    tdm_create_index *create = tdm_arena_new_of(host->arena, tdm_create_index);
    if (!create)
        return tdm_host_unknown(host, "out of memory");
    create->index = tdm_data_of(tdm_arg(bound, "element"), &tdm_index_object);
    create->if_not_exists = tdm_arg_truth(bound, "if_not_exists", false);
    if (!create->index || !create->index->table)
        tdm_arg_refuse(bound, "element");
    return bound->unknown ? bound->unknown
                          : tdm_statement_value(host, tdm_print_create_index, create, true);
}

const tdm_callable tdm_ddl_callables[] = {
    {"CreateSequence", "element | if_not_exists=", make_create_sequence},
    {"DropSequence", "element | if_exists=", make_drop_sequence},
    {"CreateSchema", "name | if_not_exists=", make_create_schema},
    {"DropSchema", "name | cascade= if_exists=", make_drop_schema},
    {"CreateTable",
     "element | ~include_foreign_key_constraints= if_not_exists=", make_create_table},
    {"DropTable", "element | if_exists=", make_drop_table},
    {"CreateIndex", "element | if_not_exists=", make_create_index},
    {"DDL", "statement context=", make_ddl},
    {NULL, NULL, NULL},
};
