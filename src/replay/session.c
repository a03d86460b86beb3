// Statements that define nothing: data, settings, transactions, and queries that may run code.
#include "replay/parts.h"

#include "base/text.h"
#include "base/vector.h"
#include "catalog/platform.h"
#include "sql/visit.h"

#include <string.h>

void tdm_replay_plain(tdm_replay *r, tdm_change_kind kind)
{
    tdm_replay_record(r, (tdm_change){.kind = kind,
                                      .object = tdm_text_of(r->of.command),
                                      .identity = tdm_replay_identity(r, &r->tree->node->base)});
}

// --- The search path ----------------------------------------------------------------------------

static void add_to_path(tdm_replay *r, tdm_text name)
{
    // No schema bears the name of the role that migrates.
    if (tdm_text_is(name, "$user") || tdm_text_is(name, "pg_catalog") || name.size == 0)
        return;
    if (!tdm_vector_push(r->catalog->arena, &r->catalog->path,
                         tdm_arena_text(r->catalog->arena, name)))
        r->failed = true;
}

static tdm_text constant_of(const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return tdm_text_of(node->a_const->sval->sval);
    return (tdm_text){NULL, 0};
}

// "a, "b"" as the server reads a list of names in one string (SplitIdentifierString).
static void add_list_to_path(tdm_replay *r, tdm_text list)
{
    while (list.size) {
        size_t comma = tdm_text_find_char(list, ',');
        tdm_text name = tdm_text_trim(tdm_text_slice(list, 0, comma));
        if (name.size > 1 && name.data[0] == '"')
            name = tdm_text_slice(name, 1, name.size - 1);
        add_to_path(r, name);
        list = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(list, comma + 1);
    }
}

static void set_path(tdm_replay *r, const PgQuery__VariableSetStmt *statement)
{
    if (statement->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE) {
        tdm_catalog_reset_session(r->catalog);
        return;
    }
    r->catalog->path.count = 0;
    for (size_t i = 0; i < statement->n_args; i++)
        add_to_path(r, constant_of(statement->args[i]));
}

// RESET ALL leaves it as it is (guc_tables.c, GUC_NO_RESET_ALL).
static void set_role(tdm_replay *r, const PgQuery__VariableSetStmt *statement)
{
    tdm_text role = statement->n_args ? constant_of(statement->args[0]) : (tdm_text){NULL, 0};

    r->catalog->role = tdm_text_is(role, "none") ? (tdm_text){NULL, 0}
                                                 : tdm_arena_text(r->catalog->arena, role);
}

void tdm_replay_set(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;

    tdm_replay_plain(r, TDM_CHANGE_SESSION);
    if (node->node_case != PG_QUERY__NODE__NODE_VARIABLE_SET_STMT)
        return;
    const PgQuery__VariableSetStmt *statement = node->variable_set_stmt;
    if (statement->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL)
        tdm_catalog_reset_session(r->catalog);
    else if (strcmp(statement->name, "role") == 0 ||
             strcmp(statement->name, "session_authorization") == 0)
        set_role(r, statement);
    else if (strcmp(statement->name, "search_path") == 0)
        set_path(r, statement);
    else if (strcmp(statement->name, "standard_conforming_strings") == 0 && statement->n_args &&
             !tdm_text_is(constant_of(statement->args[0]), "on"))
        tdm_replay_opaque(r, TDM_TEXT("string constants after it are read in another way"));
}

// --- Queries ------------------------------------------------------------------------------------

// Functions of PostgreSQL that define nothing. Any other may be one that does.
static bool is_harmless(tdm_text name)
{
    static const char *const names[] = {
        "setval",
        "nextval",
        "currval",
        "lastval",
        "set_config",
        "current_setting",
        "count",
        "min",
        "max",
        "sum",
        "avg",
        "now",
        "pg_notify",
        "pg_sleep",
        "lower",
        "upper",
        "length",
        "concat",
        "format",
        "md5",
        "encode",
        "decode",
        "random",
        "gen_random_uuid",
        "jsonb_agg",
        "json_agg",
        "array_agg",
        "string_agg",
        "unnest",
        "generate_series",
        "date_trunc",
        "extract",
        "to_char",
        "to_timestamp",
        "version",
        "current_database",
        "json_build_object",
        "jsonb_build_object",
        "row_to_json",
        "to_jsonb",
        "pg_advisory_lock",
        "pg_advisory_xact_lock",
        "pg_get_serial_sequence",
        "to_regclass",
        "current_schema",
        "clock_timestamp",
        "array_length",
        "row_number",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i]))
            return true;
    return false;
}

typedef struct calls {
    const PgQuery__FuncCall *path;    // set_config('search_path', ...)
    const PgQuery__FuncCall *unknown; // the first call of something not known
} calls;

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static void see_call(calls *seen, const PgQuery__FuncCall *call)
{
    size_t count = call->n_funcname;
    tdm_text name = tdm_text_of(string_of(count ? call->funcname[count - 1] : NULL));
    bool system =
        count == 1 || tdm_text_is(tdm_text_of(string_of(call->funcname[0])), "pg_catalog");

    // Functions of the platform's schemas define nothing outside them.
    tdm_text schema = tdm_text_of(string_of(count == 2 ? call->funcname[0] : NULL));
    bool platform = tdm_platform_schema(schema) && !tdm_text_starts(schema, TDM_TEXT("pg_"));

    if (!seen->unknown && !(system && is_harmless(name)) && !platform)
        seen->unknown = call;
    if (system && tdm_text_is(name, "set_config") && call->n_args == 3 &&
        tdm_text_is(constant_of(call->args[0]), "search_path"))
        seen->path = call;
}

static bool see(void *context, const ProtobufCMessage *message)
{
    if (message->descriptor == &pg_query__func_call__descriptor)
        see_call(context, (const PgQuery__FuncCall *)message);
    return true;
}

const char *tdm_replay_unknown_call(const ProtobufCMessage *message)
{
    calls seen = {0};

    tdm_sql_visit(message, see, &seen);
    if (!seen.unknown || seen.unknown->n_funcname == 0)
        return seen.unknown ? "?" : NULL;
    return string_of(seen.unknown->funcname[seen.unknown->n_funcname - 1]);
}

// A query runs in its place like a data statement. A function that is not PostgreSQL's own may
// define anything (SELECT audit.track('t')), so that absence is not known after it.
void tdm_replay_select(tdm_replay *r)
{
    calls seen = {0};

    tdm_sql_visit(&r->tree->node->base, see, &seen);
    tdm_replay_plain(r, TDM_CHANGE_DATA);
    if (seen.path) {
        r->catalog->path.count = 0;
        add_list_to_path(r, constant_of(seen.path->args[1]));
    }
    if (!seen.unknown)
        return;
    const char *name = string_of(seen.unknown->funcname[seen.unknown->n_funcname - 1]);
    tdm_catalog_open(r->catalog,
                     tdm_replay_text(r, "function %s, called before, may define anything", name),
                     r->statement->place);
}

void tdm_replay_transaction(tdm_replay *r)
{
    PgQuery__TransactionStmtKind kind = r->tree->node->transaction_stmt->kind;

    tdm_replay_plain(r, TDM_CHANGE_SESSION);
    if (kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK ||
        kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO ||
        kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED)
        tdm_replay_opaque(r, TDM_TEXT("what it undoes is not modelled"));
}
