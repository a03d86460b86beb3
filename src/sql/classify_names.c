#include "sql/classify_parts.h"

#include "base/text.h"

static tdm_text copy(tdm_sql_names *names, const char *string)
{
    return tdm_arena_text(names->arena, tdm_text_of(string));
}

static void push(tdm_sql_names *names, tdm_sql_name name)
{
    // A failure stays in the arena.
    (void)tdm_vector_push(names->arena, names, name);
}

static void add(tdm_sql_names *names, const char *schema, const char *name, const char *column)
{
    push(names, (tdm_sql_name){copy(names, schema), copy(names, name), copy(names, column)});
}

static void add_range(tdm_sql_names *names, const PgQuery__RangeVar *range, const char *column)
{
    if (range)
        add(names, range->schemaname, range->relname, column);
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// A qualified name is a list of strings: [database,] [schema,] name.
static void add_strings(tdm_sql_names *names, PgQuery__Node *const *parts, size_t count)
{
    if (count)
        add(names, count > 1 ? string_of(parts[count - 2]) : "", string_of(parts[count - 1]), "");
}

// The same with what stands on a relation at its end: a column, policy, trigger, rule, constraint.
static void add_member(tdm_sql_names *names, PgQuery__Node *const *parts, size_t count)
{
    if (count > 1)
        add(names, count > 2 ? string_of(parts[count - 3]) : "", string_of(parts[count - 2]),
            string_of(parts[count - 1]));
    else
        add_strings(names, parts, count);
}

static bool is_member(PgQuery__ObjectType type)
{
    return type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE;
}

// The object of DROP, COMMENT, RENAME, ... in each of the forms that the grammar gives it.
static void add_object(tdm_sql_names *names, const PgQuery__Node *object, PgQuery__ObjectType type)
{
    if (!object)
        return;
    switch (object->node_case) {
    case PG_QUERY__NODE__NODE_STRING:
        add(names, "", object->string->sval, "");
        break;
    case PG_QUERY__NODE__NODE_LIST:
        if (is_member(type))
            add_member(names, object->list->items, object->list->n_items);
        else
            add_strings(names, object->list->items, object->list->n_items);
        break;
    case PG_QUERY__NODE__NODE_TYPE_NAME:
        add_strings(names, object->type_name->names, object->type_name->n_names);
        break;
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
        add_strings(names, object->object_with_args->objname, object->object_with_args->n_objname);
        break;
    case PG_QUERY__NODE__NODE_RANGE_VAR:
        add_range(names, object->range_var, "");
        break;
    default: // operators, casts, large objects: nothing that a later question asks by name
        break;
    }
}

static void add_objects(tdm_sql_names *names, PgQuery__Node *const *objects, size_t count,
                        PgQuery__ObjectType type)
{
    for (size_t i = 0; i < count; i++)
        add_object(names, objects[i], type);
}

static void add_rename(tdm_sql_names *names, const PgQuery__RenameStmt *rename)
{
    if (rename->relation)
        add_range(names, rename->relation, rename->subname);
    else if (rename->object)
        add_object(names, rename->object, rename->rename_type);
    else
        add(names, "", rename->subname, "");
}

static void add_relation_or_object(tdm_sql_names *names, const PgQuery__RangeVar *relation,
                                   const PgQuery__Node *object, PgQuery__ObjectType type)
{
    if (relation)
        add_range(names, relation, "");
    else
        add_object(names, object, type);
}

static void add_vacuumed(tdm_sql_names *names, const PgQuery__VacuumStmt *vacuum)
{
    for (size_t i = 0; i < vacuum->n_rels; i++)
        if (vacuum->rels[i]->node_case == PG_QUERY__NODE__NODE_VACUUM_RELATION)
            add_range(names, vacuum->rels[i]->vacuum_relation->relation, "");
}

// Statements on data.
static bool take_data(tdm_sql_names *names, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        add_range(names, node->insert_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        add_range(names, node->update_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        add_range(names, node->delete_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        add_range(names, node->merge_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        add_range(names, node->copy_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        add_objects(names, node->truncate_stmt->relations, node->truncate_stmt->n_relations,
                    PG_QUERY__OBJECT_TYPE__OBJECT_TABLE);
        return true;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        add_objects(names, node->lock_stmt->relations, node->lock_stmt->n_relations,
                    PG_QUERY__OBJECT_TYPE__OBJECT_TABLE);
        return true;
    case PG_QUERY__NODE__NODE_CALL_STMT:
        add_strings(names, node->call_stmt->funccall->funcname,
                    node->call_stmt->funccall->n_funcname);
        return true;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        add_vacuumed(names, node->vacuum_stmt);
        return true;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        add_range(names, node->reindex_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        add_range(names, node->cluster_stmt->relation, "");
        return true;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        add_range(names, node->refresh_mat_view_stmt->relation, "");
        return true;
    default:
        return false;
    }
}

// Statements on objects of every kind.
static bool take_any_object(tdm_sql_names *names, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
        add_objects(names, node->drop_stmt->objects, node->drop_stmt->n_objects,
                    node->drop_stmt->remove_type);
        return true;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        add_rename(names, node->rename_stmt);
        return true;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        add_object(names, node->comment_stmt->object, node->comment_stmt->objtype);
        return true;
    case PG_QUERY__NODE__NODE_SEC_LABEL_STMT:
        add_object(names, node->sec_label_stmt->object, node->sec_label_stmt->objtype);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        add_relation_or_object(names, node->alter_owner_stmt->relation,
                               node->alter_owner_stmt->object, node->alter_owner_stmt->object_type);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        add_relation_or_object(names, node->alter_object_schema_stmt->relation,
                               node->alter_object_schema_stmt->object,
                               node->alter_object_schema_stmt->object_type);
        return true;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
        add_objects(names, node->grant_stmt->objects, node->grant_stmt->n_objects,
                    node->grant_stmt->objtype);
        return true;
    default:
        return false;
    }
}

// Types, functions, and objects that bear one plain name.
static bool take_named(tdm_sql_names *names, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        add(names, "", node->create_schema_stmt->schemaname, "");
        return true;
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        add(names, "", node->create_extension_stmt->extname, "");
        return true;
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
        add(names, "", node->alter_extension_stmt->extname, "");
        return true;
    case PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT:
        add(names, "", node->create_event_trig_stmt->trigname, "");
        return true;
    case PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT:
        add(names, "", node->alter_event_trig_stmt->trigname, "");
        return true;
    case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
        add(names, "", node->create_publication_stmt->pubname, "");
        return true;
    case PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT:
        add(names, "", node->alter_publication_stmt->pubname, "");
        return true;
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        add_strings(names, node->create_enum_stmt->type_name, node->create_enum_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        add_strings(names, node->alter_enum_stmt->type_name, node->alter_enum_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
        add_strings(names, node->create_range_stmt->type_name,
                    node->create_range_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        add_strings(names, node->create_domain_stmt->domainname,
                    node->create_domain_stmt->n_domainname);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
        add_strings(names, node->alter_domain_stmt->type_name,
                    node->alter_domain_stmt->n_type_name);
        return true;
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
        add_strings(names, node->define_stmt->defnames, node->define_stmt->n_defnames);
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        add_strings(names, node->create_function_stmt->funcname,
                    node->create_function_stmt->n_funcname);
        return true;
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
        add_strings(names, node->alter_function_stmt->func->objname,
                    node->alter_function_stmt->func->n_objname);
        return true;
    default:
        return false;
    }
}

void tdm_sql_take_names(tdm_sql_names *names, const PgQuery__Node *node)
{
    if (take_data(names, node) || take_any_object(names, node) || take_named(names, node))
        return;
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        add_range(names, node->create_stmt->relation, "");
        break;
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
        add_range(names, node->create_foreign_table_stmt->base_stmt->relation, "");
        break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        add_range(names, node->create_table_as_stmt->into->rel, "");
        break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        if (node->select_stmt->into_clause)
            add_range(names, node->select_stmt->into_clause->rel, "");
        break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        add_range(names, node->alter_table_stmt->relation, "");
        break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        add(names, node->index_stmt->relation->schemaname, node->index_stmt->idxname, "");
        break;
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        add_range(names, node->create_seq_stmt->sequence, "");
        break;
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
        add_range(names, node->alter_seq_stmt->sequence, "");
        break;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        add_range(names, node->view_stmt->view, "");
        break;
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
        add_range(names, node->composite_type_stmt->typevar, "");
        break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        add_range(names, node->create_trig_stmt->relation, node->create_trig_stmt->trigname);
        break;
    case PG_QUERY__NODE__NODE_RULE_STMT:
        add_range(names, node->rule_stmt->relation, node->rule_stmt->rulename);
        break;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
        add_range(names, node->create_policy_stmt->table, node->create_policy_stmt->policy_name);
        break;
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
        add_range(names, node->alter_policy_stmt->table, node->alter_policy_stmt->policy_name);
        break;
    default: // names nothing that a later question asks for
        break;
    }
}
