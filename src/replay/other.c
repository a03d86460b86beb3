// Objects that are not modelled: known by kind and name, told apart by the identity of the
// statements that made them.
#include "catalog/names.h"
#include "replay/objects.h"
#include "replay/parts.h"

#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/platform.h"
#include "sql/excerpt.h"

#include <string.h>

static bool is_there(const tdm_object *other)
{
    return other && !other->dropped && !other->uncertain;
}

// Whether it is known that there is no such object. Extensions bring functions and types; those
// that may bring more open the catalog.
static bool is_absent(const tdm_replay *r, const tdm_object *other, const tdm_key *key)
{
    if (r->catalog->open || (other && !other->dropped))
        return false;
    if (key->kind == TDM_KIND_TYPE)
        return !tdm_extension_type(key->name) && !tdm_platform_schema(key->schema);
    if (key->kind != TDM_KIND_FUNCTION)
        return !tdm_platform_schema(key->schema);
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind == TDM_KIND_EXTENSION &&
            !r->catalog->objects.items[i]->dropped)
            return false;
    return true;
}

// A CREATE that replaces nothing fails on what is there.
static bool is_new(const tdm_replay *r, const tdm_object *other, const tdm_key *key)
{
    bool plain = r->of.verb == TDM_SQL_CREATE && !r->of.or_replace && !r->of.if_not_exists;

    return plain || is_absent(r, other, key);
}

// A new record in place of one that is dropped, with its identity.
static tdm_object *revive(tdm_replay *r, const tdm_object *before, const tdm_key *key)
{
    tdm_object *object = tdm_catalog_put(r->catalog, key, r->statement->place);

    if (object) {
        object->modelled = false;
        object->columns_known = false;
        object->reason = TDM_TEXT("what made it is not modelled");
        object->identity = before->identity;
    }
    return object;
}

void tdm_replay_touch(tdm_replay *r, const tdm_replay_object *object)
{
    tdm_object *other = tdm_catalog_record(r->catalog, &object->key);

    if (!other) {
        r->failed = true;
        return;
    }
    bool there = is_there(other);
    bool anew = !there && object->creates && is_new(r, other, &object->key);
    const tdm_object *gone = there ? tdm_object_copy(r->catalog->arena, other) : NULL;
    if (there && object->creates && object->after.size && !other->modelled &&
        tdm_digest_equal(other->identity, object->identity))
        return;
    // What its attributes are now is not known.
    if (there && object->after.size && other->modelled) {
        if (object->creates)
            tdm_replay_remove(r, other);
        else
            other->modelled = false;
    }
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_STATEMENT,
                                      .key = tdm_replay_key_of(other),
                                      .object = tdm_object_print(r->catalog, other),
                                      .exists = object->after.size > 0,
                                      .creates = object->creates,
                                      .gone = gone,
                                      .anew = anew,
                                      .after = {.text = object->after},
                                      .identity = object->identity});
    if (object->creates || other->dropped)
        other->identity = object->identity;
    else
        other->identity = tdm_replay_chain(r, other->identity, object->identity);
    if (object->after.size && other->dropped)
        other = revive(r, other, &object->key);
    else if (!object->after.size)
        tdm_catalog_drop(r->catalog, other);
    if (!other)
        return;
    if (object->creates)
        tdm_making_begin(r, other);
    else
        tdm_making_add(r, other);
    other->uncertain = false;
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

static tdm_replay_object object_of(tdm_replay *r, tdm_key key)
{
    return (tdm_replay_object){
        .key = key,
        .after = r->shown.size ? r->shown : tdm_sql_one_line(r->catalog->arena, r->statement->sql),
        .identity = identity_of(r, r->tree->node),
    };
}

static void refuse(tdm_replay *r, const tdm_replay_object *object, const char *why)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %s %.*s %s",
                                         tdm_kind_name(object->key.kind),
                                         TDM_TEXT_ARG(object->key.name), why));
}

static void doubt(tdm_replay *r, const tdm_replay_object *object)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "whether %s %.*s exists cannot be known",
                                         tdm_kind_name(object->key.kind),
                                         TDM_TEXT_ARG(object->key.name)));
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
    const tdm_object *other = tdm_catalog_get(r->catalog, &object.key);
    bool there = is_there(other);
    // An extension is there afterwards, whoever made it.
    bool settled = object.key.kind == TDM_KIND_EXTENSION;

    object.creates = true;
    if (there && r->of.if_not_exists)
        return;
    if (there && !r->of.or_replace) {
        tdm_replay_refuse(r, condition_of(r->of.kind),
                          tdm_replay_text(r, "the server refuses it: %s %.*s already exists",
                                          tdm_kind_name(object.key.kind),
                                          TDM_TEXT_ARG(object.key.name)));
        return;
    }
    if ((r->of.if_not_exists || (r->catalog->careful && !r->of.or_replace)) && !settled &&
        !is_absent(r, other, &object.key)) {
        doubt(r, &object);
        return;
    }
    tdm_replay_touch(r, &object);
    if (settled && !tdm_extension_is_known(object.key.name))
        tdm_catalog_open(r->catalog,
                         tdm_replay_text(r, "extension %.*s may bring tables of its own",
                                         TDM_TEXT_ARG(object.key.name)),
                         r->statement->place);
}

void tdm_replay_other_named(tdm_replay *r, const tdm_key *key)
{
    create(r, object_of(r, *key));
}

void tdm_replay_other_changed(tdm_replay *r, const tdm_key *key)
{
    tdm_replay_object object = object_of(r, *key);

    tdm_replay_touch(r, &object);
}

static void drop(tdm_replay *r, tdm_replay_object object)
{
    const tdm_object *other = tdm_catalog_get(r->catalog, &object.key);
    bool absent = !is_there(other) && is_absent(r, other, &object.key);

    object.after = (tdm_text){NULL, 0};
    if (absent && r->of.if_exists)
        return;
    if (absent) {
        refuse(r, &object, "does not exist");
        return;
    }
    tdm_replay_touch(r, &object);
}

static void drop_objects(tdm_replay *r, const PgQuery__DropStmt *statement)
{
    for (size_t i = 0; i < statement->n_objects; i++) {
        drop(r, object_of(r, tdm_object_of_node(r, statement->objects[i], statement->remove_type)));
    }
    if (statement->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return;
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind != TDM_KIND_SCHEMA)
            r->catalog->objects.items[i]->uncertain = true;
    // The columns of a dropped type go with it.
    if (r->of.kind == TDM_SQL_TYPE || r->of.kind == TDM_SQL_EXTENSION)
        tdm_replay_opaque(r, TDM_TEXT("CASCADE may drop columns"));
}

static tdm_text name_of(tdm_replay *r, const char *command, const tdm_key *key)
{
    tdm_text on = key->on ? key->on->name : (tdm_text){NULL, 0};

    return tdm_replay_text(r, "on %s%s%s %.*s%s%.*s", command, *command ? " " : "",
                           tdm_kind_name(key->kind), TDM_TEXT_ARG(key->name), on.size ? " on " : "",
                           TDM_TEXT_ARG(on));
}

// Comments, owners, grants: one object for each thing that they are about.
static void about(tdm_replay *r, tdm_kind kind, tdm_key key, bool anew)
{
    tdm_replay_object object = object_of(r, key);

    object.key.kind = kind;
    object.key.name = name_of(r, r->of.command, &key);
    object.creates = anew;
    tdm_replay_touch(r, &object);
}

static void comment(tdm_replay *r, const PgQuery__CommentStmt *statement)
{
    tdm_key key = tdm_object_of_node(r, statement->object, statement->objtype);
    tdm_replay_object object = object_of(r, key);

    object.key.kind = TDM_KIND_COMMENT;
    object.key.name = name_of(r, "", &key);
    object.creates = true;
    if (!*statement->comment)
        object.after = (tdm_text){NULL, 0};
    tdm_replay_touch(r, &object);
}

void tdm_replay_other_grant(tdm_replay *r, const PgQuery__Node *on)
{
    about(r, TDM_KIND_GRANT, tdm_object_of_node(r, on, r->tree->node->grant_stmt->objtype), false);
}

// A statement on a single object, by the first of the names that it gives.
static void by_name(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;
    bool materialized = node->node_case == PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT;
    tdm_kind kind =
        materialized ? TDM_KIND_MATERIALIZED_VIEW : tdm_object_kind_of_class(r->of.kind);
    tdm_key key = {.kind = kind, .schema = tdm_catalog_creation_schema(r->catalog)};

    if (r->of.name_count == 0) {
        about(r, kind, key, false);
        return;
    }
    const tdm_sql_name *first = &r->of.names[0];
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;
    range.schemaname = tdm_arena_string(r->catalog->arena, first->schema);
    range.relname = tdm_arena_string(r->catalog->arena, first->name);
    if (!range.schemaname || !range.relname)
        return;
    if (first->column.size)
        key = tdm_object_on(r, kind, &range, tdm_arena_string(r->catalog->arena, first->column));
    else {
        key.name = first->name;
        if (first->schema.size)
            key.schema = first->schema;
    }
    if (tdm_kind_space(kind) == TDM_SPACE_GLOBAL)
        key.schema = (tdm_text){NULL, 0};
    tdm_replay_object object = object_of(r, key);
    if (r->of.verb == TDM_SQL_CREATE)
        create(r, object);
    else if (r->of.verb == TDM_SQL_DROP)
        drop(r, object);
    else
        tdm_replay_touch(r, &object);
}

// --- Renaming -----------------------------------------------------------------------------------

// The new name beside the old one: "p on t" keeps its table, "f(integer)" its arguments.
static tdm_text renamed(tdm_replay *r, const PgQuery__RenameStmt *statement, tdm_text old)
{
    size_t arguments = tdm_text_find_char(old, '(');
    tdm_text rest = {NULL, 0};

    if (r->of.kind == TDM_SQL_FUNCTION && arguments != SIZE_MAX)
        rest = tdm_text_from(old, arguments);
    return tdm_replay_text(r, "%s%.*s", statement->newname, TDM_TEXT_ARG(rest));
}

static void rename_other(tdm_replay *r, const PgQuery__RenameStmt *statement)
{
    tdm_kind kind = tdm_object_kind(statement->rename_type);
    tdm_key key;

    if (statement->relation && *statement->subname)
        key = tdm_object_on(r, kind, statement->relation, statement->subname);
    else if (statement->relation)
        key = tdm_object_of_range(r, kind, statement->relation);
    else
        key = tdm_object_of_node(r, statement->object, statement->rename_type);
    tdm_replay_object object = object_of(r, key);
    tdm_replay_touch(r, &object);
    tdm_object *before = tdm_catalog_live(r->catalog, &key);
    // A part of the object was renamed, and not the object.
    if (!before || statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE ||
        statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN)
        return;
    (void)tdm_replay_rename_object(r, before, before->schema, renamed(r, statement, before->name));
}

void tdm_replay_other(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;

    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
        drop_objects(r, node->drop_stmt);
        break;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        comment(r, node->comment_stmt);
        break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        create(r, object_of(r, tdm_object_of_function(r, node->create_function_stmt)));
        break;
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        about(r, TDM_KIND_OWNER,
              tdm_object_of_node(r, node->alter_owner_stmt->object,
                                 node->alter_owner_stmt->object_type),
              true);
        break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        create(r, object_of(r, tdm_object_on(r, TDM_KIND_TRIGGER, node->create_trig_stmt->relation,
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
