#include "write/native.h"

#include "base/limits.h"
#include "base/text.h"
#include "sql/lexer.h"

enum {
    MOST_WORDS = 5,
};

// Words that a statement begins with, and the guard that comes behind the first `keep` of them.
// Longer ones stand before shorter ones.
typedef struct native {
    const char *words[MOST_WORDS];
    size_t keep;
    const char *guard;
} native;

static const native natives[] = {
    {{"CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"}, 4, " IF NOT EXISTS"},
    {{"CREATE", "UNIQUE", "INDEX"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "INDEX", "CONCURRENTLY"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "INDEX"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "UNLOGGED", "TABLE"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "FOREIGN", "TABLE"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "TABLE"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "SEQUENCE"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "SCHEMA"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "EXTENSION"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "MATERIALIZED", "VIEW"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "STATISTICS"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "COLLATION"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "SERVER"}, 2, " IF NOT EXISTS"},
    {{"CREATE", "USER", "MAPPING"}, 3, " IF NOT EXISTS"},
    {{"CREATE", "VIEW"}, 1, " OR REPLACE"},
    {{"CREATE", "RECURSIVE", "VIEW"}, 1, " OR REPLACE"},
    {{"CREATE", "FUNCTION"}, 1, " OR REPLACE"},
    {{"CREATE", "PROCEDURE"}, 1, " OR REPLACE"},
    {{"CREATE", "TRIGGER"}, 1, " OR REPLACE"}, // PostgreSQL 14; not CONSTRAINT TRIGGER
    {{"CREATE", "RULE"}, 1, " OR REPLACE"},
    {{"DROP", "INDEX", "CONCURRENTLY"}, 3, " IF EXISTS"},
    {{"DROP", "MATERIALIZED", "VIEW"}, 3, " IF EXISTS"},
    {{"DROP", "FOREIGN", "TABLE"}, 3, " IF EXISTS"},
    {{"DROP", "FOREIGN", "DATA", "WRAPPER"}, 4, " IF EXISTS"},
    {{"DROP", "EVENT", "TRIGGER"}, 3, " IF EXISTS"},
    {{"DROP", "USER", "MAPPING"}, 3, " IF EXISTS"},
    {{"DROP", "OPERATOR", "CLASS"}, 3, " IF EXISTS"},
    {{"DROP", "OPERATOR", "FAMILY"}, 3, " IF EXISTS"},
    {{"DROP", "ACCESS", "METHOD"}, 3, " IF EXISTS"},
    {{"DROP", "TEXT", "SEARCH", "CONFIGURATION"}, 4, " IF EXISTS"},
    {{"DROP", "TEXT", "SEARCH", "DICTIONARY"}, 4, " IF EXISTS"},
    {{"DROP", "TEXT", "SEARCH", "PARSER"}, 4, " IF EXISTS"},
    {{"DROP", "TEXT", "SEARCH", "TEMPLATE"}, 4, " IF EXISTS"},
};

// Kinds whose name is one word: DROP TABLE, DROP POLICY, ...
static const native drop_one = {{"DROP", NULL}, 2, " IF EXISTS"};

// Where a guard goes, or SIZE_MAX when the statement begins with other words.
static size_t place_of(tdm_text sql, const native *row)
{
    tdm_sql_lexer lexer = {.source = sql};
    size_t end = SIZE_MAX;

    for (size_t i = 0; i < row->keep || (i < MOST_WORDS && row->words[i]); i++) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind != TDM_SQL_TOKEN_WORD ||
            (row->words[i] && !tdm_sql_token_is(&lexer, &token, row->words[i])))
            return SIZE_MAX;
        if (i + 1 == row->keep)
            end = token.end;
    }
    return end;
}

static tdm_text put_at(tdm_arena *arena, tdm_text sql, size_t at, const char *guard)
{
    return tdm_arena_printf(arena, "%.*s%s%.*s", (int)at, sql.data, guard,
                            TDM_TEXT_ARG(tdm_text_from(sql, at)));
}

static bool put_row(tdm_arena *arena, tdm_text sql, const native *row, tdm_text *ret)
{
    size_t at = place_of(sql, row);

    if (at == SIZE_MAX)
        return false;
    *ret = put_at(arena, sql, at, row->guard);
    return true;
}

static bool put_first(tdm_arena *arena, tdm_text sql, tdm_text *ret)
{
    for (size_t i = 0; i < sizeof natives / sizeof *natives; i++)
        if (put_row(arena, sql, &natives[i], ret))
            return true;
    return false;
}

// --- ALTER TABLE --------------------------------------------------------------------------------

// What runs twice as well as once.
static bool is_repeatable(PgQuery__AlterTableType type)
{
    switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity:
        return true;
    default:
        return false;
    }
}

// The last word before the guard of a command, or "" when the command needs none; NULL: there is
// no guard. A word in `ret_optional` may follow it.
static const char *word_before(const PgQuery__AlterTableCmd *command, const char **ret_optional,
                               const char **ret_guard)
{
    *ret_optional = "";
    *ret_guard = " IF EXISTS";
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        *ret_optional = "COLUMN";
        *ret_guard = " IF NOT EXISTS";
        return command->missing_ok ? "" : "ADD";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        *ret_optional = "COLUMN";
        return command->missing_ok ? "" : "DROP";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        return command->missing_ok ? "" : "CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
        return command->missing_ok ? "" : "EXPRESSION";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
        return command->missing_ok ? "" : "IDENTITY";
    default:
        return is_repeatable(command->subtype) ? "" : NULL;
    }
}

// Behind the word at or after `lexer`, and behind the optional one that follows it.
static size_t behind_word(tdm_sql_lexer *lexer, const char *word, const char *optional)
{
    for (;;) {
        tdm_sql_token token = tdm_sql_next(lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return SIZE_MAX;
        if (!tdm_sql_token_is(lexer, &token, word))
            continue;
        tdm_sql_lexer ahead = *lexer;
        tdm_sql_token next = tdm_sql_next(&ahead);
        if (!*optional || !tdm_sql_token_is(&ahead, &next, optional))
            return token.end;
        *lexer = ahead;
        return next.end;
    }
}

// Moves behind the next comma that is in no brackets.
static void next_command(tdm_sql_lexer *lexer)
{
    size_t depth = 0;
    tdm_sql_token token;

    while ((token = tdm_sql_next(lexer)).kind != TDM_SQL_TOKEN_END) {
        if (tdm_sql_token_is_char(lexer, &token, '(') || tdm_sql_token_is_char(lexer, &token, '['))
            depth++;
        else if (tdm_sql_token_is_char(lexer, &token, ')') ||
                 tdm_sql_token_is_char(lexer, &token, ']'))
            depth -= depth > 0;
        else if (depth == 0 && tdm_sql_token_is_char(lexer, &token, ','))
            return;
    }
}

// Moves behind ALTER TABLE [IF EXISTS] [ONLY] name [*].
static void skip_table(tdm_sql_lexer *lexer)
{
    tdm_sql_lexer at = *lexer;
    tdm_sql_token token = tdm_sql_next(&at);

    while (tdm_sql_token_is(&at, &token, "ALTER") || tdm_sql_token_is(&at, &token, "TABLE") ||
           tdm_sql_token_is(&at, &token, "IF") || tdm_sql_token_is(&at, &token, "EXISTS") ||
           tdm_sql_token_is(&at, &token, "ONLY"))
        token = tdm_sql_next(&at);
    *lexer = at; // behind the first part of the name
    for (;;) {
        token = tdm_sql_next(&at);
        if (!tdm_sql_token_is_char(&at, &token, '.'))
            return;
        (void)tdm_sql_next(&at);
        *lexer = at;
    }
}

static bool alter_table(tdm_arena *arena, tdm_text sql, const PgQuery__AlterTableStmt *alter,
                        tdm_text *ret)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_sql_lexer lexer = {.source = sql};
    size_t done = 0;
    bool all = true;

    skip_table(&lexer);
    for (size_t i = 0; all && i < alter->n_cmds; i++) {
        const char *optional, *guard;
        const char *word = word_before(alter->cmds[i]->alter_table_cmd, &optional, &guard);
        all = word != NULL;
        if (word && *word) {
            size_t at = behind_word(&lexer, word, optional);
            all = at != SIZE_MAX;
            tdm_buffer_put(&out, tdm_text_slice(sql, done, all ? at : done));
            tdm_buffer_puts(&out, guard);
            done = all ? at : done;
        }
        next_command(&lexer);
    }
    tdm_buffer_put(&out, tdm_text_from(sql, done));
    all = all && tdm_buffer_check(&out, NULL) == TDM_OK;
    *ret = tdm_buffer_take(&out, arena);
    return all;
}

// --- Other changes ------------------------------------------------------------------------------

// ALTER TYPE name ADD VALUE
static bool add_value(tdm_arena *arena, tdm_text sql, tdm_text *ret)
{
    tdm_sql_lexer lexer = {.source = sql};
    size_t add = behind_word(&lexer, "ADD", "VALUE");

    if (add == SIZE_MAX)
        return false;
    *ret = put_at(arena, sql, add, " IF NOT EXISTS");
    return true;
}

static bool has_name(const PgQuery__IndexStmt *index)
{
    return index->idxname[0] != '\0';
}

bool tdm_native_guard(tdm_arena *arena, const tdm_sql_tree *tree, const tdm_sql_class *kind,
                      tdm_text *ret)
{
    const PgQuery__Node *node = tree->node;
    bool alters = node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT;

    *ret = tree->sql;
    if (kind->if_not_exists || kind->or_replace || (kind->if_exists && !alters))
        return true;
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return alter_table(arena, tree->sql, node->alter_table_stmt, ret);
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        return !node->alter_enum_stmt->old_val[0] && add_value(arena, tree->sql, ret);
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return has_name(node->index_stmt) && put_first(arena, tree->sql, ret);
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        // With objects in it IF NOT EXISTS is refused.
        return node->create_schema_stmt->n_schema_elts == 0 && put_first(arena, tree->sql, ret);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return put_first(arena, tree->sql, ret) || put_row(arena, tree->sql, &drop_one, ret);
    default:
        return put_first(arena, tree->sql, ret);
    }
}
