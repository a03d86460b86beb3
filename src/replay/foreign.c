// Foreign data: wrappers, servers, user mappings and foreign tables.
//
// What options hold may be secret: all of a user mapping's, and of others those whose names say so.
// Of these the names alone are kept for showing, and a digest for comparing; no server is asked for
// them.
#include "replay/definition.h"
#include "replay/objects.h"

#include "base/text.h"
#include "catalog/secret.h"

// --- Options ------------------------------------------------------------------------------------

// "host=example": as pg_foreign_server.srvoptions has it. The secret ones are collected apart, as
// they are.
typedef struct option_lists {
    tdm_text_list open;
    tdm_text_list secret;
    bool all_secret;
} option_lists;

static tdm_text name_of(tdm_text option)
{
    return tdm_text_slice(option, 0, tdm_text_find_char(option, '='));
}

static void add_option(tdm_replay *r, option_lists *lists, const PgQuery__DefElem *option)
{
    tdm_text text = tdm_replay_text(r, "%s=%s", option->defname, tdm_kinds_string(option->arg));
    bool secret = lists->all_secret || tdm_is_secret(tdm_text_of(option->defname));

    tdm_kinds_push(r, secret ? &lists->secret : &lists->open, text);
}

static bool is_named(PgQuery__Node *const *options, size_t count, tdm_text name)
{
    for (size_t i = 0; i < count; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            tdm_text_equal(tdm_text_of(options[i]->def_elem->defname), name))
            return true;
    return false;
}

// What was there and is not named stays.
static void keep_options(tdm_replay *r, tdm_text_list *list, const tdm_value *before,
                         PgQuery__Node *const *options, size_t count)
{
    for (tdm_text rest = before ? before->text : (tdm_text){NULL, 0}; rest.size;) {
        size_t comma = tdm_text_find(rest, TDM_TEXT(", "));
        tdm_text one = tdm_text_slice(rest, 0, comma);
        if (!is_named(options, count, name_of(one)))
            tdm_kinds_push(r, list, one);
        rest = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, comma + 2);
    }
}

// The names alone, and a digest over all of it. Of what was there before only the digest is known,
// so that a change of some gives the digest of the old one and the change.
static tdm_value secrets_of(tdm_replay *r, const tdm_text_list *secret, const tdm_value *before,
                            const tdm_text_list *kept)
{
    tdm_text_list names = *kept;
    tdm_value value = {0};

    if (secret->texts.count == 0 && kept->texts.count == 0)
        return value;
    for (size_t i = 0; i < secret->texts.count; i++)
        tdm_kinds_push(r, &names, name_of(secret->texts.items[i]));
    value.text = tdm_set_of(r->catalog, names.texts.items, names.texts.count);
    tdm_text all = tdm_set_of(r->catalog, secret->texts.items, secret->texts.count);
    if (tdm_digest_of(all, &value.digest, NULL) != TDM_OK)
        r->failed = true;
    if (before && kept->texts.count)
        value.digest = tdm_replay_chain(r, before->digest, value.digest);
    return value;
}

void tdm_replay_set_foreign_options(tdm_replay *r, tdm_object *object,
                                    PgQuery__Node *const *options, size_t count)
{
    option_lists lists = {.all_secret = object->kind == TDM_KIND_USER_MAPPING};
    const tdm_value *secrets = tdm_object_value(object, TDM_ATTR_SECRETS);
    tdm_text_list kept = {0};
    bool changes = false;

    if (count == 0)
        return;
    keep_options(r, &lists.open, tdm_object_value(object, TDM_ATTR_OPTIONS), options, count);
    keep_options(r, &kept, secrets, options, count);
    for (size_t i = 0; i < count; i++) {
        const PgQuery__Node *node = options[i];
        if (node->node_case != PG_QUERY__NODE__NODE_DEF_ELEM)
            continue;
        changes =
            changes || lists.all_secret || tdm_is_secret(tdm_text_of(node->def_elem->defname));
        if (node->def_elem->defaction != PG_QUERY__DEF_ELEM_ACTION__DEFELEM_DROP)
            add_option(r, &lists, node->def_elem);
    }
    tdm_replay_assign_text(r, object, TDM_ATTR_OPTIONS,
                           tdm_set_of(r->catalog, lists.open.texts.items, lists.open.texts.count));
    if (changes)
        tdm_replay_assign(r, object, TDM_ATTR_SECRETS,
                          secrets_of(r, &lists.secret, secrets, &kept));
}

// --- Wrappers -----------------------------------------------------------------------------------

static void set_wrapper_functions(tdm_replay *r, tdm_object *wrapper,
                                  PgQuery__Node *const *functions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const PgQuery__DefElem *one = functions[i]->def_elem;
        const PgQuery__Node *arg = one->arg;
        bool list = arg && arg->node_case == PG_QUERY__NODE__NODE_LIST;
        tdm_text function = list ? tdm_definition_function(r, arg->list->items, arg->list->n_items)
                                 : (tdm_text){NULL, 0};
        tdm_replay_assign_text(r, wrapper,
                               tdm_text_is(tdm_text_of(one->defname), "handler")
                                   ? TDM_ATTR_HANDLER
                                   : TDM_ATTR_VALIDATOR,
                               function);
    }
}

void tdm_replay_create_wrapper(tdm_replay *r)
{
    const PgQuery__CreateFdwStmt *create = r->tree->node->create_fdw_stmt;
    tdm_key key = {.kind = TDM_KIND_WRAPPER, .name = tdm_replay_copy(r, create->fdwname)};
    tdm_object *wrapper = tdm_kinds_begin(r, &key);

    if (!wrapper)
        return;
    set_wrapper_functions(r, wrapper, create->func_options, create->n_func_options);
    tdm_replay_set_foreign_options(r, wrapper, create->options, create->n_options);
}

void tdm_replay_alter_wrapper(tdm_replay *r)
{
    const PgQuery__AlterFdwStmt *alter = r->tree->node->alter_fdw_stmt;
    tdm_key key = {.kind = TDM_KIND_WRAPPER, .name = tdm_replay_copy(r, alter->fdwname)};
    tdm_object *wrapper = tdm_kinds_altered(r, &key);

    if (!wrapper)
        return;
    set_wrapper_functions(r, wrapper, alter->func_options, alter->n_func_options);
    tdm_replay_set_foreign_options(r, wrapper, alter->options, alter->n_options);
}

// --- Servers ------------------------------------------------------------------------------------

void tdm_replay_create_server(tdm_replay *r)
{
    const PgQuery__CreateForeignServerStmt *create = r->tree->node->create_foreign_server_stmt;
    tdm_key key = {.kind = TDM_KIND_SERVER, .name = tdm_replay_copy(r, create->servername)};

    r->shown = tdm_replay_text(r, "CREATE SERVER %s", create->servername);
    tdm_object *server = tdm_kinds_begin(r, &key);
    if (!server)
        return;
    tdm_replay_assign_text(r, server, TDM_ATTR_FORM, tdm_replay_copy(r, create->servertype));
    tdm_replay_assign_text(r, server, TDM_ATTR_VERSION, tdm_replay_copy(r, create->version));
    tdm_replay_assign_text(r, server, TDM_ATTR_WRAPPER, tdm_replay_copy(r, create->fdwname));
    tdm_replay_set_foreign_options(r, server, create->options, create->n_options);
}

void tdm_replay_alter_server(tdm_replay *r)
{
    const PgQuery__AlterForeignServerStmt *alter = r->tree->node->alter_foreign_server_stmt;
    tdm_key key = {.kind = TDM_KIND_SERVER, .name = tdm_replay_copy(r, alter->servername)};

    r->shown = tdm_replay_text(r, "ALTER SERVER %s", alter->servername);
    tdm_object *server = tdm_kinds_altered(r, &key);
    if (!server)
        return;
    if (alter->has_version)
        tdm_replay_assign_text(r, server, TDM_ATTR_VERSION, tdm_replay_copy(r, alter->version));
    tdm_replay_set_foreign_options(r, server, alter->options, alter->n_options);
}

// --- User mappings ------------------------------------------------------------------------------

// "alice on server s"; a role that depends on the session is not told apart from another.
static bool key_of_mapping(tdm_replay *r, const char *verb, const PgQuery__RoleSpec *role,
                           const char *server, tdm_key *ret)
{
    tdm_value user = role && role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC
                         ? (tdm_value){.text = TDM_TEXT("public")}
                         : tdm_replay_role(r, role);

    *ret =
        (tdm_key){.kind = TDM_KIND_USER_MAPPING,
                  .name = tdm_replay_text(r, "%.*s on server %s", TDM_TEXT_ARG(user.text), server)};
    r->shown = tdm_replay_text(r, "%s USER MAPPING FOR %.*s SERVER %s", verb,
                               TDM_TEXT_ARG(user.text), server);
    if (!user.reason.size)
        return true;
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_OPAQUE,
                                      .object = TDM_TEXT("statement"),
                                      .reason = user.reason});
    return false;
}

void tdm_replay_create_user_mapping(tdm_replay *r)
{
    const PgQuery__CreateUserMappingStmt *create = r->tree->node->create_user_mapping_stmt;
    tdm_key key;

    if (!key_of_mapping(r, "CREATE", create->user, create->servername, &key))
        return;
    tdm_object *mapping = tdm_kinds_begin(r, &key);
    if (mapping)
        tdm_replay_set_foreign_options(r, mapping, create->options, create->n_options);
}

void tdm_replay_alter_user_mapping(tdm_replay *r)
{
    const PgQuery__AlterUserMappingStmt *alter = r->tree->node->alter_user_mapping_stmt;
    tdm_key key;

    if (!key_of_mapping(r, "ALTER", alter->user, alter->servername, &key))
        return;
    tdm_object *mapping = tdm_replay_target(r, &key, false);
    if (mapping)
        tdm_replay_set_foreign_options(r, mapping, alter->options, alter->n_options);
}

void tdm_replay_drop_user_mapping(tdm_replay *r)
{
    const PgQuery__DropUserMappingStmt *drop = r->tree->node->drop_user_mapping_stmt;
    tdm_key key;

    if (!key_of_mapping(r, "DROP", drop->user, drop->servername, &key))
        return;
    tdm_object *mapping = tdm_replay_target(r, &key, drop->missing_ok);
    if (mapping)
        tdm_replay_remove(r, mapping);
}

// --- Foreign tables -----------------------------------------------------------------------------

// "a integer, b text NOT NULL"; constraints, defaults and options of columns are not read.
static bool columns_of(tdm_replay *r, const PgQuery__CreateStmt *create, tdm_text *ret)
{
    tdm_text_list columns = {0};

    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *node = create->table_elts[i];
        if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF || node->column_def->n_fdwoptions ||
            node->column_def->coll_clause)
            return false;
        const PgQuery__ColumnDef *def = node->column_def;
        tdm_text name = tdm_text_of(def->colname), type = tdm_kinds_type(r, def->type_name);
        bool not_null = false;
        for (size_t j = 0; j < def->n_constraints; j++) {
            PgQuery__ConstrType one = def->constraints[j]->constraint->contype;
            if (one != PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL &&
                one != PG_QUERY__CONSTR_TYPE__CONSTR_NULL)
                return false;
            not_null = not_null || one == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
        }
        name = tdm_names_of(r->catalog, &name, 1);
        tdm_kinds_push(r, &columns,
                       tdm_replay_text(r, "%.*s %.*s%s", TDM_TEXT_ARG(name), TDM_TEXT_ARG(type),
                                       not_null ? " NOT NULL" : ""));
    }
    *ret = tdm_kinds_join(r, &columns, ", ");
    return create->n_inh_relations == 0 && !create->partbound;
}

void tdm_replay_create_foreign_table(tdm_replay *r)
{
    const PgQuery__CreateForeignTableStmt *create = r->tree->node->create_foreign_table_stmt;
    const PgQuery__RangeVar *range = create->base_stmt->relation;
    tdm_text fields = {NULL, 0};
    tdm_key key = {.kind = TDM_KIND_FOREIGN_TABLE,
                   .schema = *range->schemaname ? tdm_replay_copy(r, range->schemaname)
                                                : tdm_catalog_creation_schema(r->catalog),
                   .name = tdm_replay_copy(r, range->relname)};
    bool read = columns_of(r, create->base_stmt, &fields);

    r->shown = tdm_replay_text(r, "CREATE FOREIGN TABLE %s", range->relname);
    tdm_object *table = tdm_kinds_begin(r, &key);
    if (!table)
        return;
    table->columns_known = false;
    table->reason = TDM_TEXT("the columns of a foreign table are not followed");
    tdm_replay_assign(r, table, TDM_ATTR_FIELDS,
                      read ? (tdm_value){.text = fields}
                           : (tdm_value){.text = TDM_TEXT("columns"),
                                         .reason = TDM_TEXT("what its columns say is not read")});
    tdm_replay_assign_text(r, table, TDM_ATTR_SERVER, tdm_replay_copy(r, create->servername));
    tdm_replay_set_foreign_options(r, table, create->options, create->n_options);
}

void tdm_replay_import_schema(tdm_replay *r)
{
    tdm_replay_opaque(r, TDM_TEXT("which tables the foreign server has is not known"));
}
