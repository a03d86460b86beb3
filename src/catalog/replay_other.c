// Objects that are not modelled: known by kind and name, told apart by the identity of the
// statements that made them.
#include "catalog/names.h"
#include "catalog/objects.h"
#include "catalog/replay_parts.h"

#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/platform.h"
#include "sql/excerpt.h"

#include <string.h>

static bool is_there(const tdm_other *other)
{
    return other && !other->dropped && !other->uncertain;
}

// Whether it is known that there is no such object. Extensions bring functions and types; those
// that may bring more open the catalog.
static bool is_absent(const tdm_replay *r, const tdm_other *other, const tdm_replay_object *object)
{
    if (r->catalog->open || (other && !other->dropped))
        return false;
    if (tdm_text_is(object->kind, "type"))
        return !tdm_extension_type(object->name) && !tdm_platform_schema(object->schema);
    if (!tdm_text_is(object->kind, "function"))
        return !tdm_platform_schema(object->schema);
    for (size_t i = 0; i < r->catalog->others.count; i++)
        if (tdm_text_is(r->catalog->others.items[i]->kind, "extension") &&
            !r->catalog->others.items[i]->dropped)
            return false;
    return true;
}

void tdm_replay_touch(tdm_replay *r, const tdm_replay_object *object)
{
    tdm_other *other =
        tdm_catalog_add_other(r->catalog, object->kind, object->schema, object->name);

    if (!other) {
        r->failed = true;
        return;
    }
    bool there = is_there(other);
    if (there && object->creates && object->after.size &&
        tdm_digest_equal(other->identity, object->identity))
        return;
    tdm_text printed = tdm_catalog_print(r->catalog, object->schema, object->name);
    tdm_replay_record(
        r, (tdm_change){.kind = TDM_CHANGE_OTHER,
                        .object = tdm_replay_text(r, "%.*s %.*s", TDM_TEXT_ARG(object->kind),
                                                  TDM_TEXT_ARG(printed)),
                        .object_kind = object->kind,
                        .before = object->creates ? (tdm_text){NULL, 0} : TDM_TEXT("exists"),
                        .after = object->after,
                        .identity = object->identity});
    if (object->creates || other->dropped)
        other->identity = object->identity;
    else
        other->identity = tdm_replay_chain(r, other->identity, object->identity);
    other->dropped = object->after.size == 0;
    other->uncertain = false;
    if (object->creates || object->table.size)
        other->table = object->table;
    other->place = r->statement->place;
}

// --- What is the same but for a word ------------------------------------------------------------

// A qualified name whose schema says nothing new.
static void strip(const tdm_replay *r, PgQuery__Node ***parts, size_t *count)
{
    size_t skip = tdm_object_default_schema(r, *parts, *count);

    *parts += skip;
    *count -= skip;
}

// The identity of what a statement defines: OR REPLACE, IF NOT EXISTS and CONCURRENTLY decide how,
// not what; the name is the object's key.
static tdm_digest identity_of(tdm_replay *r, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT: {
        PgQuery__IndexStmt bare = *node->index_stmt;
        bare.idxname = (char *)"";
        bare.if_not_exists = bare.concurrent = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT: {
        PgQuery__CreateSeqStmt bare = *node->create_seq_stmt;
        bare.if_not_exists = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT: {
        PgQuery__CreateExtensionStmt bare = *node->create_extension_stmt;
        bare.if_not_exists = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_VIEW_STMT: {
        PgQuery__ViewStmt bare = *node->view_stmt;
        bare.replace = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: {
        PgQuery__CreateTrigStmt bare = *node->create_trig_stmt;
        bare.replace = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_RULE_STMT: {
        PgQuery__RuleStmt bare = *node->rule_stmt;
        bare.replace = 0;
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT: {
        PgQuery__CreateFunctionStmt bare = *node->create_function_stmt;
        bare.replace = 0;
        strip(r, &bare.funcname, &bare.n_funcname);
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT: {
        PgQuery__CreateEnumStmt bare = *node->create_enum_stmt;
        strip(r, &bare.type_name, &bare.n_type_name);
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: {
        PgQuery__AlterEnumStmt bare = *node->alter_enum_stmt;
        strip(r, &bare.type_name, &bare.n_type_name);
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT: {
        PgQuery__CreateDomainStmt bare = *node->create_domain_stmt;
        strip(r, &bare.domainname, &bare.n_domainname);
        return tdm_replay_identity(r, &bare.base);
    }
    case PG_QUERY__NODE__NODE_COMMENT_STMT: {
        PgQuery__CommentStmt bare = *node->comment_stmt;
        bare.object = NULL;
        return tdm_replay_identity(r, &bare.base);
    }
    default:
        return tdm_replay_identity(r, &node->base);
    }
}

// --- Each kind of statement ---------------------------------------------------------------------

static tdm_replay_object object_of(tdm_replay *r, const char *kind, tdm_object_name name)
{
    return (tdm_replay_object){
        .kind = tdm_text_of(kind),
        .schema = name.schema,
        .name = name.name,
        .table = name.table,
        .after = tdm_sql_one_line(r->catalog->arena, r->statement->sql),
        .identity = identity_of(r, r->tree->node),
    };
}

static void refuse(tdm_replay *r, const tdm_replay_object *object, const char *why)
{
    tdm_replay_opaque(r,
                      tdm_replay_text(r, "the server refuses it: %.*s %.*s %s",
                                      TDM_TEXT_ARG(object->kind), TDM_TEXT_ARG(object->name), why));
}

static void doubt(tdm_replay *r, const tdm_replay_object *object)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s %.*s exists cannot be known",
                                         TDM_TEXT_ARG(object->kind), TDM_TEXT_ARG(object->name)));
}

// What the server raises when such an object exists already.
static const char *condition_of(tdm_sql_kind kind)
{
    switch (kind) {
    case TDM_SQL_INDEX:
    case TDM_SQL_VIEW:
    case TDM_SQL_SEQUENCE:
        return "duplicate_table";
    case TDM_SQL_FUNCTION:
        return "duplicate_function";
    default:
        return "duplicate_object";
    }
}

static void create(tdm_replay *r, tdm_replay_object object)
{
    const tdm_other *other = tdm_catalog_other(r->catalog, object.kind, object.schema, object.name);
    bool there = is_there(other);
    // An extension is there afterwards, whoever made it.
    bool settled = tdm_text_is(object.kind, "extension");

    object.creates = true;
    if (there && r->of.if_not_exists)
        return;
    if (there && !r->of.or_replace) {
        tdm_replay_refuse(r, condition_of(r->of.kind),
                          tdm_replay_text(r, "the server refuses it: %.*s %.*s already exists",
                                          TDM_TEXT_ARG(object.kind), TDM_TEXT_ARG(object.name)));
        return;
    }
    if ((r->of.if_not_exists || (r->catalog->careful && !r->of.or_replace)) && !settled &&
        !is_absent(r, other, &object)) {
        doubt(r, &object);
        return;
    }
    tdm_replay_touch(r, &object);
    if (settled && !tdm_extension_is_known(object.name))
        tdm_catalog_open(r->catalog,
                         tdm_replay_text(r, "extension %.*s may bring tables of its own",
                                         TDM_TEXT_ARG(object.name)),
                         r->statement->place);
}

static void drop(tdm_replay *r, tdm_replay_object object)
{
    const tdm_other *other = tdm_catalog_other(r->catalog, object.kind, object.schema, object.name);
    bool absent = !is_there(other) && is_absent(r, other, &object);

    object.after = (tdm_text){NULL, 0};
    if (absent && r->of.if_exists)
        return;
    if (absent) {
        refuse(r, &object, "does not exist");
        return;
    }
    tdm_replay_touch(r, &object);
}

// The first column of an index that its table is known not to have, or NULL.
static const char *missing_column(const tdm_replay *r, const tdm_table *table,
                                  const PgQuery__IndexStmt *index)
{
    if (!table || !table->columns_known || r->catalog->open)
        return NULL;
    for (size_t i = 0; i < index->n_index_params; i++) {
        const PgQuery__Node *node = index->index_params[i];
        const char *name =
            node->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM ? node->index_elem->name : "";
        if (*name && !tdm_table_column(table, tdm_text_of(name)))
            return name;
    }
    return NULL;
}

static void create_index(tdm_replay *r, const PgQuery__IndexStmt *index)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, index->relation);
    tdm_object_name table = tdm_object_of_range(r, index->relation);
    // The server looks for table and columns before it looks whether the index is there.
    if (found.known == TDM_KNOWN_NO_OBJECT) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %.*s",
                                             TDM_TEXT_ARG(table.name)));
        return;
    }
    const char *missing = missing_column(r, found.table, index);
    if (missing) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: there is no column %s", missing));
        return;
    }
    tdm_object_name name = {.schema = table.schema};
    tdm_table unknown = {.schema = table.schema, .name = table.name};

    name.table = tdm_catalog_print(r->catalog, table.schema, table.name);
    name.name = tdm_arena_text(r->catalog->arena, tdm_text_of(index->idxname));
    if (name.name.size == 0)
        name.name = tdm_name_of_index(r->catalog,
                                      found.known == TDM_KNOWN_YES ? found.table : &unknown, index);
    if (name.name.size == 0) {
        tdm_replay_opaque(r,
                          TDM_TEXT("the name of an unnamed index on an expression is not known"));
        return;
    }
    create(r, object_of(r, "index", name));
    tdm_catalog_take(r->catalog, name.schema, name.name, true);
}

static void drop_objects(tdm_replay *r, const PgQuery__DropStmt *statement)
{
    for (size_t i = 0; i < statement->n_objects; i++) {
        tdm_object_name name = tdm_object_of_node(r, statement->objects[i], statement->remove_type);
        tdm_replay_object object = object_of(r, tdm_sql_kind_name(r->of.kind), name);
        drop(r, object);
        if (r->of.kind == TDM_SQL_INDEX)
            tdm_catalog_take(r->catalog, name.schema, name.name, false);
    }
    if (statement->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return;
    for (size_t i = 0; i < r->catalog->others.count; i++)
        r->catalog->others.items[i]->uncertain = true;
    // The columns of a dropped type go with it.
    if (r->of.kind == TDM_SQL_TYPE || r->of.kind == TDM_SQL_EXTENSION)
        tdm_replay_opaque(r, TDM_TEXT("CASCADE may drop columns"));
}

// Comments, owners, grants: one object for each thing that they are about.
static void about(tdm_replay *r, const char *kind, tdm_object_name name, bool anew)
{
    tdm_replay_object object = object_of(r, kind, name);

    object.name = tdm_replay_text(r, "on %s %.*s", r->of.command, TDM_TEXT_ARG(name.name));
    object.creates = anew;
    tdm_replay_touch(r, &object);
}

static void comment(tdm_replay *r, const PgQuery__CommentStmt *statement)
{
    tdm_object_name name = tdm_object_of_node(r, statement->object, statement->objtype);
    tdm_replay_object object = object_of(r, "comment", name);

    object.name =
        tdm_replay_text(r, "on %.*s (%d)", TDM_TEXT_ARG(name.name), (int)statement->objtype);
    object.creates = true;
    if (!*statement->comment)
        object.after = (tdm_text){NULL, 0};
    tdm_replay_touch(r, &object);
}

static void grant(tdm_replay *r, const PgQuery__GrantStmt *statement)
{
    for (size_t i = 0; i < statement->n_objects; i++)
        about(r, "grant", tdm_object_of_node(r, statement->objects[i], statement->objtype), false);
}

// A statement on a single object, by the first of the names that it gives.
static void by_name(tdm_replay *r)
{
    tdm_object_name name = {.schema = tdm_catalog_creation_schema(r->catalog)};

    if (r->of.name_count == 0) {
        about(r, tdm_sql_kind_name(r->of.kind), name, false);
        return;
    }
    const tdm_sql_name *first = &r->of.names[0];
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;
    range.schemaname = tdm_arena_string(r->catalog->arena, first->schema);
    range.relname = tdm_arena_string(r->catalog->arena, first->name);
    if (!range.schemaname || !range.relname)
        return;
    if (first->column.size)
        name = tdm_object_on(r, &range, tdm_arena_string(r->catalog->arena, first->column));
    else {
        name.name = first->name;
        if (first->schema.size)
            name.schema = first->schema;
    }
    // Extensions, publications, event triggers have no schema.
    if (r->of.kind == TDM_SQL_EXTENSION || r->of.kind == TDM_SQL_PUBLICATION ||
        r->of.kind == TDM_SQL_ROLE)
        name.schema = (tdm_text){NULL, 0};
    tdm_replay_object object = object_of(r, tdm_sql_kind_name(r->of.kind), name);
    if (r->of.verb == TDM_SQL_CREATE)
        create(r, object);
    else if (r->of.verb == TDM_SQL_DROP)
        drop(r, object);
    else
        tdm_replay_touch(r, &object);
}

// --- Renaming -----------------------------------------------------------------------------------

// The new name beside the old one: "p on t" keeps its table, "f(integer)" its arguments.
static tdm_object_name renamed(tdm_replay *r, const PgQuery__RenameStmt *statement,
                               tdm_object_name old)
{
    size_t arguments = tdm_text_find_char(old.name, '(');
    tdm_text rest = {NULL, 0};

    if (statement->relation && *statement->subname)
        return tdm_object_on(r, statement->relation, statement->newname);
    if (r->of.kind == TDM_SQL_FUNCTION && arguments != SIZE_MAX)
        rest = tdm_text_from(old.name, arguments);
    old.name = tdm_replay_text(r, "%s%.*s", statement->newname, TDM_TEXT_ARG(rest));
    return old;
}

static void rename_other(tdm_replay *r, const PgQuery__RenameStmt *statement)
{
    bool constraint = statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT;
    const char *kind = constraint ? "constraint" : tdm_sql_kind_name(r->of.kind);
    tdm_object_name old;

    if (statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) {
        tdm_replay_opaque(r, TDM_TEXT("renaming a schema is not modelled"));
        return;
    }
    if (statement->relation && *statement->subname)
        old = tdm_object_on(r, statement->relation, statement->subname);
    else if (statement->relation)
        old = tdm_object_of_range(r, statement->relation);
    else
        old = tdm_object_of_node(r, statement->object, statement->rename_type);
    tdm_replay_object object = object_of(r, kind, old);
    tdm_replay_touch(r, &object);
    tdm_other *before = tdm_catalog_other(r->catalog, object.kind, old.schema, old.name);
    // A part of the object was renamed, and not the object.
    if (!before || statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE ||
        statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN)
        return;
    tdm_object_name name = renamed(r, statement, old);
    tdm_other *after = tdm_catalog_add_other(r->catalog, object.kind, name.schema, name.name);
    if (!after)
        return;
    after->identity = before->identity;
    after->table = before->table;
    after->place = before->place;
    after->dropped = false;
    after->uncertain = before->uncertain;
    before->dropped = true;
}

void tdm_replay_other(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;

    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        create_index(r, node->index_stmt);
        break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        drop_objects(r, node->drop_stmt);
        break;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        comment(r, node->comment_stmt);
        break;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
        grant(r, node->grant_stmt);
        break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        create(r, object_of(r, "function", tdm_object_of_function(r, node->create_function_stmt)));
        break;
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        about(r, "owner",
              tdm_object_of_node(r, node->alter_owner_stmt->object,
                                 node->alter_owner_stmt->object_type),
              true);
        break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        create(r, object_of(r, "trigger",
                            tdm_object_on(r, node->create_trig_stmt->relation,
                                          node->create_trig_stmt->trigname)));
        break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        rename_other(r, node->rename_stmt);
        break;
    default:
        by_name(r);
        break;
    }
}
