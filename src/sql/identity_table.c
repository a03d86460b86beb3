// The normal form of columns and of CREATE TABLE.
//
// parse_utilcmd.c (transformColumnDefinition, transformTableConstraint) takes a constraint written
// beside a column and one written after the columns through the same code: each goes to the end of
// one of three lists, keys, checks, or foreign keys, and an inline one gets its column as its only
// key. Names of unnamed constraints depend on those lists alone. Hence the normal form: columns,
// then keys with the primary key first (transformIndexConstraints puts it there), checks, foreign
// keys, each list in the order of the text.
#include "sql/constraints.h"
#include "sql/identity_walk.h"

#include "base/error.h"
#include "base/vector.h"
#include "sql/builtin.h"

#include <stdlib.h>
#include <string.h>

typedef TDM_VECTOR(PgQuery__Node *) node_list;

// A constraint of a column with the DEFERRABLE and INITIALLY that follow it.
typedef struct group {
    PgQuery__Node **nodes;
    size_t count;
    const PgQuery__Constraint *constraint;
} group;

typedef TDM_VECTOR(group) group_list;

static bool is_attribute(const PgQuery__Constraint *constraint)
{
    return constraint->contype >= PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE;
}

// Constraints that go to the lists of the table; the others are properties of the column.
static bool is_keyed(const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return true;
    default: // protobuf adds values of its own to the enum
        return false;
    }
}

static bool read_groups(tdm_arena *arena, const PgQuery__ColumnDef *column, group_list *ret)
{
    for (size_t i = 0; i < column->n_constraints; i++) {
        PgQuery__Node *node = column->constraints[i];
        if (node->node_case != PG_QUERY__NODE__NODE_CONSTRAINT)
            return false;
        if (is_attribute(node->constraint) && ret->count)
            tdm_vector_last(ret).count++;
        else if (!tdm_vector_push(arena, ret,
                                  ((group){&column->constraints[i], 1, node->constraint})))
            return false;
    }
    return true;
}

static bool has(const group_list *groups, PgQuery__ConstrType type)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->items[i].constraint->contype == type)
            return true;
    return false;
}

static const char *type_of(const PgQuery__ColumnDef *column)
{
    const PgQuery__TypeName *type = column->type_name;

    if (!type || type->n_names == 0 || type->pct_type ||
        type->names[type->n_names - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
        return "";
    return type->names[type->n_names - 1]->string->sval;
}

static bool is_serial(const PgQuery__ColumnDef *column)
{
    static const char *const names[] = {"serial",  "bigserial", "smallserial",
                                        "serial4", "serial8",   "serial2"};

    if (!column->type_name || column->type_name->n_names != 1)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(type_of(column), names[i]) == 0)
            return true;
    return false;
}

static bool is_builtin(const PgQuery__ColumnDef *column)
{
    const PgQuery__TypeName *type = column->type_name;
    const char *name = type_of(column);

    if (type && type->n_names == 2 &&
        (type->names[0]->node_case != PG_QUERY__NODE__NODE_STRING ||
         strcmp(type->names[0]->string->sval, "pg_catalog") != 0))
        return false;
    return type && type->n_names <= 2 && tdm_sql_builtin_type(tdm_text_of(name), NULL);
}

static bool is_null_constant(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->isnull;
}

// What the server does with a property is the same without it:
// - NOT NULL beside PRIMARY KEY (transformIndexConstraint marks its columns NOT NULL), IDENTITY and
//   serial (transformColumnDefinition does so for them);
// - NULL, unless something contradicts it (transformColumnDefinition);
// - DEFAULT NULL, unless the type may be a domain with a default of its own
//   (heap.c AddRelationNewConstraints).
static bool is_idle(const group *g, const group_list *groups, const PgQuery__ColumnDef *column,
                    bool in_key)
{
    bool implied = in_key || is_serial(column) ||
                   has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) ||
                   has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY);

    if (g->count > 1)
        return false;
    switch (g->constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        return implied && !*g->constraint->conname &&
               !has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_NULL);
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
        return !implied && !has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL);
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        return is_null_constant(g->constraint->raw_expr) && is_builtin(column) &&
               !has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY) &&
               !has(groups, PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED);
    default:
        return false;
    }
}

static void push_group(tdm_walk *walk, node_list *list, const group *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (!tdm_vector_push(walk->scratch, list, g->nodes[i]))
            walk->bytes.failed = true;
}

// The properties in the order of their kinds, without idle ones; then, with `keyed`, the keyed
// constraints in the order of the text.
static void put_constraints(tdm_walk *walk, PgQuery__ColumnDef *column, const group_list *groups,
                            bool in_key, bool keyed)
{
    node_list list = {0};

    for (PgQuery__ConstrType type = PG_QUERY__CONSTR_TYPE__CONSTR_NULL;
         type <= PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED; type++)
        for (size_t i = 0; i < groups->count; i++) {
            const group *g = &groups->items[i];
            if (g->constraint->contype == type && !is_idle(g, groups, column, in_key))
                push_group(walk, &list, g);
        }
    for (size_t i = 0; i < groups->count; i++) {
        const group *g = &groups->items[i];
        if (is_keyed(g->constraint) ? keyed : is_attribute(g->constraint))
            push_group(walk, &list, g);
    }
    column->constraints = list.items;
    column->n_constraints = list.count;
}

void tdm_walk_column(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__ColumnDef column = *(const PgQuery__ColumnDef *)message;
    group_list groups = {0};

    if (!walk->columns_done && read_groups(walk->scratch, &column, &groups))
        put_constraints(walk, &column, &groups, false, true);
    tdm_walk_plain(walk, &column.base);
}

// --- CREATE TABLE -------------------------------------------------------------------------------

typedef struct table {
    tdm_walk *walk;
    node_list columns; // with LIKE clauses, in the order of the text
    node_list primary;
    node_list keys;
    node_list checks;
    node_list foreign;
    bool odd; // something that the server refuses: leave the statement as it is
} table;

static void push(table *t, node_list *list, PgQuery__Node *node)
{
    if (!tdm_vector_push(t->walk->scratch, list, node))
        t->odd = true;
}

static void add_keyed(table *t, PgQuery__Node *node)
{
    switch (node->constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        push(t, &t->primary, node);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        push(t, &t->keys, node);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        push(t, &t->checks, node);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        push(t, &t->foreign, node);
        break;
    default:
        t->odd = true;
        break;
    }
}

// DEFERRABLE and INITIALLY behind an inline constraint, as transformConstraintAttrs reads them:
// each once, INITIALLY DEFERRED not with NOT DEFERRABLE, and never on a CHECK.
static bool take_attributes(const group *g, PgQuery__Constraint *constraint)
{
    bool deferrable = false, not_deferrable = false, deferred = false, immediate = false;

    if (g->count > 1 && constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK)
        return false;
    for (size_t i = 1; i < g->count; i++) {
        PgQuery__ConstrType type = g->nodes[i]->constraint->contype;
        bool *flag = type == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE       ? &deferrable
                     : type == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE ? &not_deferrable
                     : type == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED       ? &deferred
                                                                                 : &immediate;
        if (*flag)
            return false;
        *flag = true;
    }
    if ((deferrable && not_deferrable) || (deferred && (immediate || not_deferrable)))
        return false;
    constraint->deferrable = deferrable || deferred;
    constraint->initdeferred = deferred;
    return true;
}

// An inline constraint as it would stand after the columns.
static PgQuery__Node *table_level(tdm_arena *arena, const group *g, const char *column)
{
    PgQuery__Constraint *constraint = tdm_arena_new_of(arena, PgQuery__Constraint);
    PgQuery__Node *node = tdm_arena_new_of(arena, PgQuery__Node);
    PgQuery__String *name = tdm_arena_new_of(arena, PgQuery__String);
    PgQuery__Node *name_node = tdm_arena_new_of(arena, PgQuery__Node);
    PgQuery__Node **names = tdm_arena_new_of(arena, PgQuery__Node *);

    if (!constraint || !node || !name || !name_node || !names)
        return NULL;
    *constraint = *g->constraint;
    *node = *g->nodes[0];
    node->constraint = constraint;
    pg_query__string__init(name);
    pg_query__node__init(name_node);
    name->sval = (char *)column;
    name_node->node_case = PG_QUERY__NODE__NODE_STRING;
    name_node->string = name;
    *names = name_node;
    if (!take_attributes(g, constraint))
        return NULL;
    if (constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
        constraint->fk_attrs = names;
        constraint->n_fk_attrs = 1;
    } else if (constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) {
        constraint->keys = names;
        constraint->n_keys = 1;
    }
    return node;
}

static void lift_constraints(table *t, const PgQuery__ColumnDef *column)
{
    group_list groups = {0};

    if (!read_groups(t->walk->scratch, column, &groups)) {
        t->odd = true;
        return;
    }
    for (size_t i = 0; i < groups.count && !t->odd; i++) {
        const group *g = &groups.items[i];
        if (!is_keyed(g->constraint)) {
            t->odd = is_attribute(g->constraint);
            continue;
        }
        PgQuery__Node *node = table_level(t->walk->scratch, g, column->colname);
        if (node)
            add_keyed(t, node);
        else
            t->odd = true;
    }
}

static bool in_primary_key(const table *t, const char *column)
{
    if (t->primary.count != 1)
        return false;
    const PgQuery__Constraint *key = t->primary.items[0]->constraint;
    for (size_t i = 0; i < key->n_keys; i++)
        if (key->keys[i]->node_case == PG_QUERY__NODE__NODE_STRING &&
            strcmp(key->keys[i]->string->sval, column) == 0)
            return true;
    return false;
}

tdm_status tdm_sql_column_constraints(tdm_arena *arena, const PgQuery__ColumnDef *column,
                                      tdm_sql_constraints *ret, tdm_error *err)
{
    TDM_VECTOR(PgQuery__Constraint *) found = {0};
    group_list groups = {0};
    bool odd = !read_groups(arena, column, &groups);

    for (size_t i = 0; i < groups.count && !odd; i++) {
        const group *g = &groups.items[i];
        if (!is_keyed(g->constraint)) {
            odd = is_attribute(g->constraint);
            continue;
        }
        PgQuery__Node *node = table_level(arena, g, column->colname);
        odd = !node || !tdm_vector_push(arena, &found, node->constraint);
    }
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = (tdm_sql_constraints){found.items, found.count, odd};
    return TDM_OK;
}

// A copy of the column that keeps its properties alone.
static PgQuery__Node *bare_column(table *t, const PgQuery__Node *from)
{
    PgQuery__Node *node = tdm_arena_new_of(t->walk->scratch, PgQuery__Node);
    PgQuery__ColumnDef *column = tdm_arena_new_of(t->walk->scratch, PgQuery__ColumnDef);
    group_list groups = {0};

    if (!node || !column)
        return NULL;
    *node = *from;
    *column = *from->column_def;
    node->column_def = column;
    if (!read_groups(t->walk->scratch, column, &groups))
        return NULL;
    put_constraints(t->walk, column, &groups, in_primary_key(t, column->colname), false);
    return node;
}

static void read_elements(table *t, const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_table_elts; i++) {
        PgQuery__Node *node = create->table_elts[i];
        if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
            add_keyed(t, node);
            continue;
        }
        push(t, &t->columns, node);
        if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            lift_constraints(t, node->column_def);
    }
}

void tdm_walk_create_table(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__CreateStmt create = *(const PgQuery__CreateStmt *)message;
    table t = {.walk = walk};
    node_list all = {0};

    read_elements(&t, &create);
    for (size_t i = 0; i < t.columns.count && !t.odd; i++) {
        PgQuery__Node *node = t.columns.items[i];
        if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
            node = bare_column(&t, node);
        if (node)
            push(&t, &all, node);
        else
            t.odd = true;
    }
    const node_list *lists[] = {&t.primary, &t.keys, &t.checks, &t.foreign};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            push(&t, &all, lists[i]->items[j]);
    if (!t.odd) {
        create.table_elts = all.items;
        create.n_table_elts = all.count;
    }
    walk->columns_done = true;
    tdm_walk_plain(walk, &create.base);
    walk->columns_done = false;
}
