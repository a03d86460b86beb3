// Constraints of tables. One that stands beside a column and one that ALTER TABLE adds are the same
// object under the name that the server gives it.
#include "replay/parts.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/names.h"
#include "catalog/platform.h"
#include "catalog/value.h"
#include "replay/keys.h"
#include "replay/objects.h"
#include "sql/excerpt.h"

#include <string.h>

// --- The parts of a definition ------------------------------------------------------------------

static const char *form_of(const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return "PRIMARY KEY";
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return "UNIQUE";
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return "CHECK";
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return "FOREIGN KEY";
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        return "EXCLUDE";
    default:
        return "constraint";
    }
}

static bool is_indexed(const PgQuery__Constraint *constraint)
{
    return constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ||
           constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE ||
           constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION;
}

// ON DELETE and ON UPDATE; NO ACTION is what is there without a word.
static tdm_text action(tdm_replay *r, const char *letter, PgQuery__Node *const *columns,
                       size_t count)
{
    static const char *const actions[] = {"r RESTRICT", "c CASCADE", "n SET NULL", "d SET DEFAULT"};

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (*letter && actions[i][0] == *letter)
            return count ? tdm_replay_text(r, "%s (%.*s)", actions[i] + 2,
                                           TDM_TEXT_ARG(tdm_keys_names(r, columns, count)))
                         : tdm_text_of(actions[i] + 2);
    return (tdm_text){NULL, 0};
}

// For messages: "FOREIGN KEY (a) REFERENCES u (b) ON DELETE CASCADE".
static tdm_text print(tdm_replay *r, const PgQuery__Constraint *c)
{
    tdm_text keys = tdm_keys_names(r, c->keys, c->n_keys);

    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) {
        tdm_text text = tdm_sql_excerpt(r->tree, &c->raw_expr->base);
        return tdm_replay_text(r, "CHECK %.*s", TDM_TEXT_ARG(text));
    }
    if (c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN || !c->pktable)
        return tdm_replay_text(r, "%s (%.*s)", form_of(c), TDM_TEXT_ARG(keys));
    keys = tdm_keys_names(r, c->fk_attrs, c->n_fk_attrs);
    tdm_text others = tdm_keys_names(r, c->pk_attrs, c->n_pk_attrs);
    tdm_text delete = action(r, c->fk_del_action, c->fk_del_set_cols, c->n_fk_del_set_cols);
    tdm_text update = action(r, c->fk_upd_action, NULL, 0);
    return tdm_replay_text(r, "FOREIGN KEY (%.*s) REFERENCES %s%s%s%s%.*s%s%s%.*s%s%.*s",
                           TDM_TEXT_ARG(keys), c->pktable->schemaname,
                           *c->pktable->schemaname ? "." : "", c->pktable->relname,
                           others.size ? " (" : "", TDM_TEXT_ARG(others), others.size ? ")" : "",
                           delete.size ? " ON DELETE " : "", TDM_TEXT_ARG(delete),
                           update.size ? " ON UPDATE " : "", TDM_TEXT_ARG(update));
}

static tdm_text deferrable_of(const PgQuery__Constraint *constraint)
{
    if (constraint->initdeferred)
        return TDM_TEXT("INITIALLY DEFERRED");
    return constraint->deferrable ? TDM_TEXT("DEFERRABLE") : (tdm_text){NULL, 0};
}

// --- Foreign keys -------------------------------------------------------------------------------

const tdm_object *tdm_keys_primary(const tdm_table *table)
{
    for (size_t i = 0; i < table->members.count; i++) {
        const tdm_object *member = table->members.items[i];
        const tdm_value *form = tdm_object_value(member, TDM_ATTR_FORM);
        if (!member->dropped && member->kind == TDM_KIND_CONSTRAINT && form &&
            tdm_text_is(form->text, "PRIMARY KEY"))
            return member;
    }
    return NULL;
}

// Without a list of columns the primary key is meant (tablecmds.c transformFkeyGetPrimaryKey).
static tdm_value referenced_columns(tdm_replay *r, const PgQuery__Constraint *c, tdm_text schema,
                                    const tdm_table *table)
{
    const tdm_object *primary = table ? tdm_keys_primary(table) : NULL;
    const tdm_value *columns = primary ? tdm_object_value(primary, TDM_ATTR_COLUMNS) : NULL;
    const char *known = tdm_platform_key(schema, tdm_text_of(c->pktable->relname));

    if (c->n_pk_attrs)
        return (tdm_value){.text = tdm_keys_names(r, c->pk_attrs, c->n_pk_attrs)};
    if (columns && !primary->uncertain)
        return *columns;
    if (known)
        return (tdm_value){.text = tdm_text_of(known)};
    return (tdm_value){
        .reason = tdm_replay_text(r, "the primary key of %s is not known", c->pktable->relname)};
}

static void set_foreign(tdm_replay *r, tdm_object *object, const PgQuery__Constraint *c)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, c->pktable);
    tdm_text name = tdm_replay_copy(r, c->pktable->relname);
    tdm_text schema = tdm_arena_text(r->catalog->arena, found.schema);

    tdm_replay_assign_text(r, object, TDM_ATTR_REFERENCES,
                           tdm_catalog_print(r->catalog, schema, name));
    tdm_replay_assign(r, object, TDM_ATTR_REFERENCED,
                      referenced_columns(r, c, schema, found.table));
    if (*c->fk_matchtype == 'f')
        tdm_replay_assign_text(r, object, TDM_ATTR_MATCH, TDM_TEXT("FULL"));
    tdm_replay_assign_text(r, object, TDM_ATTR_ON_DELETE,
                           action(r, c->fk_del_action, c->fk_del_set_cols, c->n_fk_del_set_cols));
    tdm_replay_assign_text(r, object, TDM_ATTR_ON_UPDATE, action(r, c->fk_upd_action, NULL, 0));
}

// --- What the server refuses --------------------------------------------------------------------

// The first of the named columns that the table is known not to have, or NULL.
static const char *missing_column(const tdm_replay *r, const tdm_table *table,
                                  PgQuery__Node *const *names, size_t count)
{
    if (!table || !table->columns_known || r->catalog->open)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (names[i]->node_case == PG_QUERY__NODE__NODE_STRING &&
            !tdm_table_column(table, tdm_text_of(names[i]->string->sval)))
            return names[i]->string->sval;
    return NULL;
}

static bool refuse(tdm_replay *r, const char *what, const char *name)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %s %s", what, name));
    return true;
}

static bool is_refused(tdm_replay *r, const tdm_table *table, const PgQuery__Constraint *c)
{
    const char *missing = missing_column(r, table, c->keys, c->n_keys);

    if (!missing)
        missing = missing_column(r, table, c->fk_attrs, c->n_fk_attrs);
    if (missing)
        return refuse(r, "there is no column", missing);
    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY && tdm_keys_primary(table) &&
        !tdm_keys_primary(table)->uncertain)
        return refuse(r, "there is a primary key already on", table->name.data);
    if (c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
        return false;
    tdm_found found = tdm_catalog_find_range(r->catalog, c->pktable);
    if (found.known == TDM_KNOWN_NO_OBJECT)
        return refuse(r, "there is no table", c->pktable->relname);
    missing = missing_column(r, found.table, c->pk_attrs, c->n_pk_attrs);
    return missing && refuse(r, "there is no column", missing);
}

// --- Adding -------------------------------------------------------------------------------------

// The columns of a primary key are NOT NULL in the children too (parse_utilcmd.c,
// transformIndexConstraint: a command of its own, which recurses).
static void not_null_down(tdm_replay *r, tdm_table *table, tdm_column *column)
{
    size_t at = 0;

    tdm_replay_set_not_null(r, table, column, true);
    for (tdm_table *child; (child = tdm_replay_child(r, table, &at));) {
        tdm_column *there = tdm_table_column(child, column->name);
        if (there)
            not_null_down(r, child, there);
    }
}

// A primary key makes its columns NOT NULL (parse_utilcmd.c transformIndexConstraint; tablecmds.c
// ATPrepSetNotNull for ALTER TABLE).
static void mark_not_null(tdm_replay *r, tdm_table *table, tdm_text columns)
{
    tdm_text name;

    while (tdm_names_next(r->catalog->arena, &columns, &name)) {
        tdm_column *column = tdm_table_column(table, name);
        if (column)
            not_null_down(r, table, column);
    }
}

// USING INDEX: the constraint takes over the index, its columns and its place.
static tdm_value take_index(tdm_replay *r, const tdm_table *table, const char *name)
{
    tdm_key key = {.kind = TDM_KIND_INDEX, .schema = table->schema, .name = tdm_text_of(name)};
    tdm_object *index = tdm_catalog_live(r->catalog, &key);
    const tdm_value *keys = index ? tdm_object_value(index, TDM_ATTR_KEYS) : NULL;

    if (!keys || !index->modelled || index->uncertain)
        return (tdm_value){.reason = TDM_TEXT("the columns of its index are not known")};
    tdm_value columns = {.text = keys->text};
    tdm_replay_remove(r, index);
    return columns;
}

static void set_exclusion(tdm_replay *r, tdm_object *object, const PgQuery__Constraint *c)
{
    tdm_replay_assign(r, object, TDM_ATTR_KEYS, tdm_keys_of_exclusion(r, c));
    tdm_replay_assign_text(r, object, TDM_ATTR_METHOD, tdm_replay_method(r, c->access_method));
    if (c->where_clause)
        tdm_replay_assign_node(r, object, TDM_ATTR_PREDICATE, c->where_clause);
}

static void set_keyed(tdm_replay *r, tdm_object *object, const PgQuery__Constraint *c,
                      tdm_value columns)
{
    tdm_replay_assign(r, object, TDM_ATTR_COLUMNS, columns);
    tdm_replay_assign_text(r, object, TDM_ATTR_INCLUDE,
                           tdm_keys_names(r, c->including, c->n_including));
    tdm_replay_assign_flag(r, object, TDM_ATTR_NULLS_NOT_DISTINCT, c->nulls_not_distinct);
    tdm_replay_assign_text(r, object, TDM_ATTR_OPTIONS,
                           tdm_replay_options(r, c->options, c->n_options));
    tdm_replay_assign_text(r, object, TDM_ATTR_TABLESPACE, tdm_replay_tablespace(r, c->indexspace));
}

static void define(tdm_replay *r, tdm_object *object, const PgQuery__Constraint *c,
                   tdm_value columns)
{
    // CREATE TABLE takes every constraint for valid (transformCheckConstraints).
    bool created = r->tree->node->node_case == PG_QUERY__NODE__NODE_CREATE_STMT;

    tdm_replay_assign_text(r, object, TDM_ATTR_FORM, tdm_text_of(form_of(c)));
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        tdm_replay_assign_node(r, object, TDM_ATTR_EXPRESSION, c->raw_expr);
        tdm_replay_assign_flag(r, object, TDM_ATTR_NO_INHERIT, c->is_no_inherit);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        tdm_replay_assign(r, object, TDM_ATTR_COLUMNS, columns);
        set_foreign(r, object, c);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        set_exclusion(r, object, c);
        break;
    default:
        set_keyed(r, object, c, columns);
        break;
    }
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFERRABLE, deferrable_of(c));
    tdm_replay_assign_flag(r, object, TDM_ATTR_NOT_VALID, c->skip_validation && !created);
}

static tdm_text chosen_name(tdm_replay *r, const tdm_table *table, const PgQuery__Constraint *c)
{
    PgQuery__Node **elements =
        tdm_arena_array(r->catalog->arena, c->n_exclusions, sizeof(PgQuery__Node *));

    if (*c->conname)
        return tdm_replay_copy(r, c->conname);
    // USING INDEX gives the index's name to the constraint.
    if (*c->indexname)
        return tdm_replay_copy(r, c->indexname);
    if (c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION)
        return tdm_name_of_constraint(r->catalog, table, c);
    for (size_t i = 0; elements && i < c->n_exclusions; i++)
        elements[i] = c->exclusions[i]->list->items[0];
    return elements ? tdm_name_of_exclusion(r->catalog, table, elements, c->n_exclusions)
                    : (tdm_text){NULL, 0};
}

void tdm_replay_add_constraint(tdm_replay *r, tdm_table *table,
                               const PgQuery__Constraint *constraint)
{
    const PgQuery__Constraint *c = constraint;
    bool foreign = c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN;

    if (is_refused(r, table, c))
        return;
    tdm_value columns = {.text = foreign ? tdm_keys_names(r, c->fk_attrs, c->n_fk_attrs)
                                         : tdm_keys_names(r, c->keys, c->n_keys)};
    tdm_key key = {.kind = TDM_KIND_CONSTRAINT, .on = table, .name = chosen_name(r, table, c)};
    bool decided = r->of.if_not_exists;
    r->of.if_not_exists = false; // of the table or column, not of the constraint
    tdm_outcome outcome = tdm_replay_may_create(r, &key);
    r->of.if_not_exists = decided;
    if (outcome != TDM_OUTCOME_CREATE)
        return;
    key.indexed = is_indexed(c);
    if (*c->indexname)
        columns = take_index(r, table, c->indexname);
    r->says = print(r, c);
    tdm_object *object = tdm_replay_make(r, &key);
    if (!object)
        return;
    if (!table->columns_known || r->catalog->open)
        object->place = r->statement->place;
    define(r, object, c, columns);
    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
        mark_not_null(r, table, columns.text);
    if (table->partitioned && c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_CHECK)
        tdm_replay_index_partitions(r, table, object);
}

static const char *string_of(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static bool same_names(PgQuery__Node *const *left, size_t left_count, PgQuery__Node *const *right,
                       size_t right_count)
{
    if (left_count != right_count)
        return false;
    for (size_t i = 0; i < left_count; i++)
        if (strcmp(string_of(left[i]), string_of(right[i])) != 0)
            return false;
    return true;
}

static bool same_index(const PgQuery__Constraint *a, const PgQuery__Constraint *b)
{
    return same_names(a->keys, a->n_keys, b->keys, b->n_keys) &&
           same_names(a->including, a->n_including, b->including, b->n_including) &&
           a->nulls_not_distinct == b->nulls_not_distinct && a->deferrable == b->deferrable &&
           a->initdeferred == b->initdeferred;
}

static bool is_key(const PgQuery__Constraint *c, PgQuery__ConstrType type)
{
    return c->contype == type && c->n_keys > 0;
}

// The server makes one index of two keys of one statement that are the same, the primary key before
// the others; the name of the second serves when the first has none (transformIndexConstraints).
// Gives the constraints that are left, or NULL when out of memory.
static PgQuery__Constraint **merge_keys(tdm_replay *r, PgQuery__Constraint *const *constraints,
                                        size_t count)
{
    PgQuery__Constraint **left = tdm_arena_array(r->catalog->arena, count, sizeof *left);

    for (size_t i = 0; left && i < count; i++) {
        left[i] = tdm_arena_new_of(r->catalog->arena, PgQuery__Constraint);
        if (!left[i])
            return NULL;
        *left[i] = *constraints[i];
    }
    for (size_t i = 0; left && i < count; i++)
        for (size_t j = 0; j < count && is_key(left[i], PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE);
             j++) {
            bool before = is_key(left[j], PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) ||
                          (j < i && is_key(left[j], PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE));
            if (!before || !same_index(left[i], left[j]))
                continue;
            if (!*left[j]->conname)
                left[j]->conname = left[i]->conname;
            left[i]->contype = PG_QUERY__CONSTR_TYPE__CONSTR_TYPE_UNDEFINED;
        }
    return left;
}

void tdm_replay_add_constraints(tdm_replay *r, tdm_table *table, PgQuery__Constraint *const *given,
                                size_t count)
{
    // transformCreateStmt: checks come with the table, then the indexes with the primary key first,
    // then foreign keys.
    static const PgQuery__ConstrType order[] = {
        PG_QUERY__CONSTR_TYPE__CONSTR_CHECK,
        PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY,
        PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE,
        PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN,
    };
    PgQuery__Constraint **constraints = merge_keys(r, given, count);

    for (size_t i = 0; constraints && i < sizeof order / sizeof *order; i++)
        for (size_t j = 0; j < count; j++) {
            PgQuery__ConstrType type = constraints[j]->contype;
            bool exclusion = type == PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION &&
                             order[i] == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE;
            if (type == order[i] || exclusion)
                tdm_replay_add_constraint(r, table, constraints[j]);
        }
}

// --- Changing and dropping ----------------------------------------------------------------------

void tdm_replay_drop_constraint(tdm_replay *r, tdm_table *table, tdm_text name, bool missing_ok)
{
    tdm_key key = {.kind = TDM_KIND_CONSTRAINT, .on = table, .name = name};
    const tdm_object *found = tdm_catalog_get(r->catalog, &key);
    bool there = found && !found->dropped && !found->uncertain;

    // Without its columns known, a table may have constraints that nobody has seen.
    if (!there && !table->columns_known && !r->catalog->open) {
        if (missing_ok) {
            tdm_replay_opaque(r, tdm_replay_text(r,
                                                 "whether constraint %.*s on %.*s exists "
                                                 "cannot be known",
                                                 TDM_TEXT_ARG(name), TDM_TEXT_ARG(table->name)));
            return;
        }
        (void)tdm_replay_make(r, &key);
    }
    tdm_object *object = tdm_replay_target(r, &key, missing_ok);
    if (!object)
        return;
    tdm_replay_drop_parts(r, table, object);
    tdm_replay_remove(r, object);
}

void tdm_replay_alter_constraint(tdm_replay *r, tdm_table *table,
                                 const PgQuery__AlterTableCmd *command)
{
    bool validates = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint;
    const PgQuery__Constraint *c =
        command->def && command->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT
            ? command->def->constraint
            : NULL;
    tdm_key key = {.kind = TDM_KIND_CONSTRAINT,
                   .on = table,
                   .name = tdm_replay_copy(r, validates || !c ? command->name : c->conname)};
    tdm_object *object = tdm_replay_target(r, &key, false);

    if (!object)
        return;
    if (validates)
        tdm_replay_assign_flag(r, object, TDM_ATTR_NOT_VALID, false);
    else if (c)
        tdm_replay_assign_text(r, object, TDM_ATTR_DEFERRABLE, deferrable_of(c));
}
