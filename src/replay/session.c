// Statements that define nothing: data, settings, transactions, and queries that may run code.
#include "replay/parts.h"

#include "base/text.h"
#include "base/vector.h"
#include "replay/call.h"

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

// A query runs in its place like a data statement. A function that is not PostgreSQL's own may
// define anything (SELECT audit.track('t')), so that absence is not known after it, unless its body
// can be followed (follow_call.c) or changes rows alone.
void tdm_replay_select(tdm_replay *r)
{
    const ProtobufCMessage *tree = &r->tree->node->base;
    tdm_call_limits limits = TDM_CALL_LIMITS;
    const PgQuery__FuncCall *path = tdm_call_of_path(tree);
    const char *name = tdm_call_unknown(r->catalog, tree, &limits);

    if (name && tdm_replay_follow_call(r))
        return;
    tdm_replay_plain(r, TDM_CHANGE_DATA);
    if (path) {
        r->catalog->path.count = 0;
        add_list_to_path(r, constant_of(path->args[1]));
    }
    if (name)
        tdm_catalog_open(
            r->catalog,
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
