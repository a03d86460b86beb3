// Constraints: not modelled, but named as the server names them and told apart by identity, so that
// one written beside a column and one added by ALTER TABLE are the same object.
#include "catalog/replay_parts.h"

#include "base/text.h"
#include "catalog/names.h"
#include "sql/excerpt.h"

#include <string.h>

static const char *kind_of(const PgQuery__Constraint *constraint)
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

static tdm_text list(tdm_replay *r, PgQuery__Node *const *names, size_t count)
{
    tdm_text joined = {NULL, 0};

    for (size_t i = 0; i < count; i++)
        if (names[i]->node_case == PG_QUERY__NODE__NODE_STRING)
            joined = tdm_replay_text(r, "%.*s%s%s", TDM_TEXT_ARG(joined), i ? ", " : "",
                                     names[i]->string->sval);
    return joined;
}

static const char *action(const char *letter)
{
    static const char *const actions[] = {"r RESTRICT", "c CASCADE", "n SET NULL", "d SET DEFAULT"};

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (*letter && actions[i][0] == *letter)
            return actions[i] + 2;
    return NULL;
}

// For messages: "FOREIGN KEY (a) REFERENCES u (b) ON DELETE CASCADE".
static tdm_text print(tdm_replay *r, const PgQuery__Constraint *c)
{
    tdm_text keys = list(r, c->keys, c->n_keys);

    if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) {
        tdm_text text = tdm_sql_excerpt(r->tree, &c->raw_expr->base);
        return tdm_replay_text(r, "CHECK %.*s", TDM_TEXT_ARG(text));
    }
    if (c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN || !c->pktable)
        return tdm_replay_text(r, "%s (%.*s)", kind_of(c), TDM_TEXT_ARG(keys));
    keys = list(r, c->fk_attrs, c->n_fk_attrs);
    tdm_text others = list(r, c->pk_attrs, c->n_pk_attrs);
    const char *delete = action(c->fk_del_action), *update = action(c->fk_upd_action);
    return tdm_replay_text(r, "FOREIGN KEY (%.*s) REFERENCES %s%s%s%s%.*s%s%s%s%s%s",
                           TDM_TEXT_ARG(keys), c->pktable->schemaname,
                           *c->pktable->schemaname ? "." : "", c->pktable->relname,
                           others.size ? " (" : "", TDM_TEXT_ARG(others), others.size ? ")" : "",
                           delete ? " ON DELETE " : "", delete ? delete : "",
                           update ? " ON UPDATE " : "", update ? update : "");
}

// A primary key makes its columns NOT NULL (parse_utilcmd.c transformIndexConstraint; tablecmds.c
// ATPrepSetNotNull for ALTER TABLE).
static void mark_not_null(tdm_replay *r, tdm_table *table, const PgQuery__Constraint *constraint)
{
    for (size_t i = 0; i < constraint->n_keys; i++) {
        if (constraint->keys[i]->node_case != PG_QUERY__NODE__NODE_STRING)
            continue;
        tdm_column *column =
            tdm_table_column(table, tdm_text_of(constraint->keys[i]->string->sval));
        if (column)
            tdm_replay_set_not_null(r, table, column, true);
    }
}

void tdm_replay_add_constraint(tdm_replay *r, tdm_table *table,
                               const PgQuery__Constraint *constraint)
{
    PgQuery__Constraint bare = *constraint;
    tdm_text name = tdm_arena_text(r->catalog->arena, tdm_text_of(constraint->conname));

    // USING INDEX gives the index's name to the constraint.
    if (name.size == 0 && *constraint->indexname)
        name = tdm_arena_text(r->catalog->arena, tdm_text_of(constraint->indexname));
    if (name.size == 0)
        name = tdm_name_of_constraint(r->catalog, table, constraint);
    if (name.size == 0)
        name = TDM_TEXT("an unnamed one");
    bare.conname = (char *)"";
    tdm_replay_object object = {
        .key = {.kind = TDM_KIND_CONSTRAINT,
                .on = table,
                .name = name,
                .indexed = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ||
                           constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE ||
                           constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION},
        .after = print(r, constraint),
        .identity = tdm_replay_identity(r, &bare.base),
        .creates = true,
    };
    const tdm_object *other = tdm_catalog_get(r->catalog, &object.key);
    if (other && !other->dropped && !other->uncertain) {
        tdm_replay_refuse(r, "duplicate_object",
                          tdm_replay_text(r,
                                          "the server refuses it: constraint %.*s on %.*s exists",
                                          TDM_TEXT_ARG(name), TDM_TEXT_ARG(table->name)));
        return;
    }
    if (r->catalog->careful &&
        (r->catalog->open || !table->columns_known || (other && !other->dropped))) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether constraint %.*s exists cannot be known",
                                             TDM_TEXT_ARG(name)));
        return;
    }
    tdm_replay_touch(r, &object);
    if (constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
        mark_not_null(r, table, constraint);
}

void tdm_replay_drop_constraint(tdm_replay *r, tdm_table *table, tdm_text name, bool missing_ok)
{
    tdm_replay_object object = {
        .key = {.kind = TDM_KIND_CONSTRAINT, .on = table, .name = name},
        .identity = tdm_replay_identity(r, &r->tree->node->base),
    };
    const tdm_object *other = tdm_catalog_get(r->catalog, &object.key);
    bool there = other && !other->dropped && !other->uncertain;
    bool known = there || (!r->catalog->open && table->columns_known &&
                           !(other && other->uncertain && !other->dropped));

    if (!there && known && missing_ok)
        return;
    if (!there && known) {
        tdm_replay_opaque(r, tdm_replay_text(r,
                                             "the server refuses it: there is no constraint "
                                             "%.*s on %.*s",
                                             TDM_TEXT_ARG(name), TDM_TEXT_ARG(table->name)));
        return;
    }
    tdm_replay_touch(r, &object);
}
