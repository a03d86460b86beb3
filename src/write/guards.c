#include "write/guards.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"
#include "replay/replay.h"
#include "sql/excerpt.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/quote.h"
#include "write/condition.h"
#include "write/native.h"
#include "write/plain.h"

typedef struct guarded {
    const tdm_statement *statement;
    tdm_sql_class kind;
    tdm_condition condition;
    tdm_text native; // with PostgreSQL's own guards, or empty
    tdm_sql_name of; // the column that it says something of; empty: none
    bool asks;       // its test stands for PostgreSQL's own guard
    bool outside;    // of transactions: it stands in no block
    size_t number;   // of the variable with the outcome of its test; 0: nobody asks
    size_t made_by;  // of a data statement: what made its table or column, plus one
} guarded;

typedef struct guarder {
    tdm_arena *arena;
    tdm_catalog *catalog;
    guarded *items;
    size_t count;
    size_t variables;
    TDM_VECTOR(tdm_statement) made;
    TDM_VECTOR(tdm_text) comments;
    TDM_VECTOR(bool) unguarded;
    TDM_VECTOR(tdm_text) notes;
    tdm_error *err;
} guarder;

// --- What the catalog tells ---------------------------------------------------------------------

static const PgQuery__AlterTableCmd *only_command(const tdm_sql_tree *tree)
{
    if (tree->node->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_STMT ||
        tree->node->alter_table_stmt->n_cmds != 1)
        return NULL;
    return tree->node->alter_table_stmt->cmds[0]->alter_table_cmd;
}

// The type of the column that the command changes; empty: not known.
static tdm_text type_of(const guarder *in, const guarded *item,
                        const PgQuery__AlterTableCmd *command, bool *ret_builtin)
{
    const tdm_sql_name *name = &item->kind.names[0];
    tdm_found table = tdm_catalog_find(in->catalog, name->schema, name->name);
    const tdm_column *column = table.known == TDM_KNOWN_YES
                                   ? tdm_table_column(table.table, tdm_text_of(command->name))
                                   : NULL;
    *ret_builtin = column && column->plain_type;
    return column ? column->type : (tdm_text){NULL, 0};
}

// The name that PostgreSQL gave to what the statement made.
static tdm_text given_name(const tdm_effect *effect, tdm_kind kind)
{
    for (size_t i = 0; i < effect->count; i++)
        if (effect->items[i].kind == TDM_CHANGE_EXISTENCE && effect->items[i].exists &&
            effect->items[i].key.kind == kind)
            return effect->items[i].key.name;
    return (tdm_text){NULL, 0};
}

static void name_unnamed(guarder *in, guarded *item, const tdm_sql_tree *tree,
                         const tdm_effect *effect)
{
    const PgQuery__AlterTableCmd *command = only_command(tree);
    bool constraint = command && command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint;
    bool index = tree->node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT;
    tdm_sql_name name = {0};
    if (item->condition.kind != TDM_CONDITION_REFUSED || item->native.size ||
        (!constraint && !index))
        return;
    name.column = given_name(effect, constraint ? TDM_KIND_CONSTRAINT : TDM_KIND_INDEX);
    if (name.column.size == 0)
        return;
    if (index) {
        name.schema =
            tdm_arena_text(in->arena, tdm_text_of(tree->node->index_stmt->relation->schemaname));
        name.name =
            tdm_arena_text(in->arena, tdm_text_of(tree->node->index_stmt->relation->relname));
        item->condition = tdm_condition_index(in->arena, name);
        return;
    }
    name.schema = item->kind.names[0].schema;
    name.name = item->kind.names[0].name;
    item->condition = tdm_condition_constraint(in->arena, name);
}

// A change of type is known by the type that it ends in. Between two that are one, only rows
// change.
static void ask_for_type(guarder *in, guarded *item, const PgQuery__AlterTableCmd *command,
                         tdm_text before)
{
    bool builtin = false;
    tdm_sql_name name = item->kind.names[0];
    tdm_text after = type_of(in, item, command, &builtin);
    if (before.size == 0 || after.size == 0 || tdm_text_equal(before, after) ||
        (!builtin && tdm_text_find_char(after, '(') != SIZE_MAX))
        return;
    name.column = tdm_arena_text(in->arena, tdm_text_of(command->name));
    item->condition = tdm_condition_type(in->arena, name, after, builtin);
}

// --- Reading ------------------------------------------------------------------------------------

static tdm_status replay(guarder *in, guarded *item, const tdm_sql_tree *tree)
{
    const PgQuery__AlterTableCmd *command = only_command(tree);
    bool retypes = command && command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType &&
                   item->kind.name_count == 1;
    bool builtin = false;
    tdm_text before = retypes ? type_of(in, item, command, &builtin) : (tdm_text){NULL, 0};
    tdm_effect effect;
    before = tdm_arena_text(in->arena, before);
    tdm_effect_init(&effect, in->arena);
    if (tdm_catalog_apply(in->catalog, item->statement, tree, &effect, in->err) != TDM_OK)
        return TDM_FAILED;
    if (retypes)
        ask_for_type(in, item, command, before);
    name_unnamed(in, item, tree, &effect);
    return TDM_OK;
}

static bool runs_always(const tdm_sql_class *kind)
{
    return kind->kind == TDM_SQL_SET || kind->kind == TDM_SQL_LOCK ||
           kind->kind == TDM_SQL_MAINTENANCE;
}

// The column that the statement changes and neither makes nor drops.
static tdm_sql_name column_of(const guarder *in, const guarded *item, const tdm_sql_tree *tree)
{
    const PgQuery__AlterTableCmd *command = only_command(tree);
    tdm_sql_name name = {0};
    if (item->condition.kind != TDM_CONDITION_NONE || item->kind.name_count != 1)
        return name;
    if (item->kind.kind == TDM_SQL_COMMENT)
        return item->kind.names[0];
    if (!command || !command->name[0] ||
        (command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault &&
         command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull &&
         command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull))
        return name;
    name = item->kind.names[0];
    name.column = tdm_arena_text(in->arena, tdm_text_of(command->name));
    return name;
}

static tdm_status read_tree(guarder *in, guarded *item, const tdm_sql_tree *tree)
{
    if (tdm_sql_classify(in->arena, tree, &item->kind, in->err) != TDM_OK ||
        tdm_condition_of(in->arena, tree, &item->condition, in->err) != TDM_OK)
        return TDM_FAILED;
    item->outside = item->statement->outside || item->kind.block == TDM_SQL_BLOCK_NEVER;
    if (runs_always(&item->kind))
        item->condition.kind = TDM_CONDITION_NONE;
    item->of = column_of(in, item, tree);
    tdm_text native;
    if (tdm_native_guard(in->arena, tree, &item->kind, &native))
        item->native = tdm_arena_text(in->arena, native);
    return replay(in, item, tree);
}

static tdm_status read_item(guarder *in, size_t index)
{
    guarded *item = &in->items[index];
    tdm_sql_tree *tree = NULL;
    if (item->statement->opaque)
        return tdm_fail(in->err, TDM_ERROR_OPAQUE, item->statement->place,
                        "this statement cannot be guarded: %.*s",
                        TDM_TEXT_ARG(item->statement->reason));
    if (tdm_sql_parse(item->statement, &tree, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = read_tree(in, item, tree);
    tdm_sql_tree_free(tree);
    return status;
}

static tdm_status check_made_again(const guarder *in, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (!tdm_condition_made_again(&in->items[i].condition, &in->items[index].condition))
            continue;
        tdm_fail(in->err, TDM_ERROR_SQL, in->items[i].statement->place,
                 "this statement cannot be guarded: it drops what is made again later, and would "
                 "drop that too");
        return tdm_hint(in->err, "Convert this revision without --guarded.");
    }
    return TDM_OK;
}

// --- Rows ---------------------------------------------------------------------------------------

static void refuse_rows(guarded *rows, const char *reason)
{
    rows->condition.kind = TDM_CONDITION_REFUSED;
    rows->condition.reason = reason;
}

// Whether all from `first` to `last` may stand in one block: PL/pgSQL has no SELECT whose result
// goes nowhere.
static bool fit_one_block(const guarder *in, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++)
        if (in->items[i].outside || in->items[i].kind.kind == TDM_SQL_SELECT ||
            in->items[i].kind.kind == TDM_SQL_DO || in->items[i].kind.kind == TDM_SQL_SET)
            return false;
    return true;
}

static void join_rows(guarder *in, size_t index)
{
    guarded *rows = &in->items[index];
    for (size_t i = index; i-- > 0;) {
        guarded *maker = &in->items[i];
        if (maker->condition.kind != TDM_CONDITION_TEST ||
            !tdm_condition_made_for(&maker->condition, &rows->condition))
            continue;
        if (!fit_one_block(in, i, index)) {
            refuse_rows(rows, "what made its table or column cannot stand in one block with it");
            return;
        }
        if (maker->number == 0)
            maker->number = ++in->variables;
        rows->made_by = i + 1;
        return;
    }
    refuse_rows(rows, "nothing tells whether these rows were changed already");
}

// PostgreSQL's own guard. IF NOT EXISTS still reads the rest of the statement: an index on a column
// that got another name since fails in spite of it, and a test does not.
static tdm_text native_of(const guarded *item)
{
    return item->asks ? (tdm_text){NULL, 0} : item->native;
}

// Which statements have to ask, as their own guard does not do.
static tdm_status ask_where_needed(guarder *in, tdm_error *err)
{
    for (size_t i = 0; i < in->count; i++) {
        guarded *item = &in->items[i];
        tdm_statement again = *item->statement;
        bool nothing = false;
        if (item->native.size)
            again.sql = item->native;
        again.known = NULL;
        if (item->of.column.size == 0 &&
            (item->native.size == 0 || item->condition.kind != TDM_CONDITION_TEST))
            continue;
        if (tdm_changes_nothing(in->catalog, &again, &nothing, err) != TDM_OK)
            return TDM_FAILED;
        item->asks = !nothing;
        if (item->asks && item->of.column.size)
            item->condition = tdm_condition_column(in->arena, item->of);
    }
    return TDM_OK;
}

// --- Writing ------------------------------------------------------------------------------------

// A name that PL/pgSQL would take for one of its variables.
static bool has_variable(tdm_text sql)
{
    tdm_sql_lexer lexer = {.source = sql};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        tdm_text text = tdm_sql_token_text(&lexer, &token);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (tdm_text_equal_nocase(text, TDM_TEXT("found")) ||
            tdm_text_equal(text, TDM_TEXT("\"found\"")) ||
            tdm_text_starts(text, TDM_TEXT("tandem_made_")))
            return true;
    }
}

static void put_in_block(tdm_buffer *out, const char *indent, const guarded *item, tdm_text sql)
{
    tdm_buffer_puts(out, indent);
    if (tdm_sql_is_data(item->kind.kind) && has_variable(sql)) {
        tdm_buffer_puts(out, "EXECUTE ");
        tdm_sql_put_dollar(out, sql, "sql");
        tdm_buffer_puts(out, ";\n");
        return;
    }
    tdm_put_statement(out, sql);
}

static void put_if(tdm_buffer *out, const guarded *item, const char *condition, size_t number)
{
    if (number)
        tdm_buffer_putf(out, "    IF tandem_made_%zu THEN\n", number);
    else
        tdm_buffer_putf(out, "    IF %s THEN\n", condition);
    put_in_block(out, "        ", item, item->statement->sql);
    tdm_buffer_puts(out, "    END IF;\n");
}

static void put_guarded(const guarder *in, tdm_buffer *out, const guarded *item)
{
    const char *test = tdm_arena_string(in->arena, item->condition.test);
    if (item->number)
        tdm_buffer_putf(out, "    tandem_made_%zu := %s;\n", item->number, test);
    if (item->number)
        put_if(out, item, "", item->number);
    else if (item->condition.kind == TDM_CONDITION_DATA)
        put_if(out, item, "", in->items[item->made_by - 1].number);
    else if (native_of(item).size)
        put_in_block(out, "    ", item, native_of(item));
    else if (item->condition.kind == TDM_CONDITION_TEST)
        put_if(out, item, test, 0);
    else
        put_in_block(out, "    ", item, item->statement->sql);
}

static tdm_text block_of(guarder *in, size_t first, size_t last)
{
    tdm_buffer body = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool declares = false;
    tdm_buffer_putc(&body, '\n');
    for (size_t i = first; i <= last; i++) {
        if (in->items[i].number && !declares)
            tdm_buffer_puts(&body, "DECLARE\n");
        declares = declares || in->items[i].number;
        if (in->items[i].number)
            tdm_buffer_putf(&body, "    tandem_made_%zu boolean;\n", in->items[i].number);
    }
    tdm_buffer_puts(&body, "BEGIN\n");
    for (size_t i = first; i <= last; i++)
        put_guarded(in, &body, &in->items[i]);
    tdm_buffer_puts(&body, "END\n");
    tdm_buffer_puts(&out, "DO ");
    tdm_sql_put_dollar(&out, tdm_buffer_text(&body), "tandem");
    tdm_status status = tdm_buffer_check(&body, in->err);
    tdm_buffer_free(&body);
    if (status == TDM_OK)
        status = tdm_buffer_check(&out, in->err);
    tdm_text text = tdm_buffer_take(&out, in->arena);
    return status == TDM_OK ? text : (tdm_text){NULL, 0};
}

static tdm_status add(guarder *in, const guarded *item, tdm_text sql, const char *reason)
{
    tdm_statement statement = *item->statement;
    tdm_text comment = {NULL, 0};
    // VACUUM, REINDEX and their like change nothing that is looked for here.
    bool unguarded = reason != NULL || item->kind.kind == TDM_SQL_MAINTENANCE;
    if (sql.size == 0)
        return TDM_FAILED;
    if (!tdm_text_equal(sql, statement.sql)) {
        statement.sql = sql;
        statement.known = NULL;
        statement.exact = false;
    }
    if (reason) {
        tdm_text line = tdm_sql_one_line(in->arena, sql);
        comment = tdm_arena_printf(in->arena, "-- Not guarded: %s.", reason);
        tdm_text note = tdm_arena_printf(in->arena, "%.*s: %s", TDM_TEXT_ARG(line), reason);
        if (!tdm_vector_push(in->arena, &in->notes, note))
            return tdm_fail_memory(in->err);
    }
    if (!tdm_vector_push(in->arena, &in->made, statement) ||
        !tdm_vector_push(in->arena, &in->comments, comment) ||
        !tdm_vector_push(in->arena, &in->unguarded, unguarded))
        return tdm_fail_memory(in->err);
    return TDM_OK;
}

// What nothing tells about: a block of the author's may have its own guard.
static tdm_status add_unknown(guarder *in, const guarded *item)
{
    bool nothing = false;
    if (!tdm_sql_is_data(item->kind.kind) &&
        tdm_changes_nothing(in->catalog, item->statement, &nothing, in->err) != TDM_OK)
        return TDM_FAILED;
    return add(in, item, item->statement->sql, nothing ? NULL : item->condition.reason);
}

static tdm_status add_item(guarder *in, size_t index)
{
    const guarded *item = &in->items[index];
    if (native_of(item).size)
        return add(in, item, native_of(item), NULL);
    switch (item->condition.kind) {
    case TDM_CONDITION_NONE:
        return add(in, item, item->statement->sql, NULL);
    case TDM_CONDITION_TEST:
        return add(in, item, block_of(in, index, index), NULL);
    case TDM_CONDITION_DATA:
    case TDM_CONDITION_REFUSED:
        break;
    }
    return add_unknown(in, item);
}

// The last statement that must stand in one block with this one: its rows, and theirs.
static size_t end_of_block(const guarder *in, size_t first)
{
    size_t last = first;
    for (size_t i = first; i <= last; i++)
        for (size_t j = last + 1; in->items[i].number && j < in->count; j++)
            if (in->items[j].made_by == i + 1)
                last = j;
    return last;
}

// A statement that nothing tells about splits no block: its reason stands before the block.
static const char *reason_in(const guarder *in, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++)
        if (in->items[i].condition.kind == TDM_CONDITION_REFUSED && !in->items[i].native.size)
            return in->items[i].condition.reason;
    return NULL;
}

static tdm_status write_all(guarder *in)
{
    in->made.count = in->comments.count = in->unguarded.count = in->notes.count = 0;
    for (size_t i = 0; i < in->count; i++) {
        size_t last = end_of_block(in, i);
        tdm_status status =
            last == i ? add_item(in, i)
                      : add(in, &in->items[i], block_of(in, i, last), reason_in(in, i, last));
        if (status != TDM_OK)
            return TDM_FAILED;
        i = last;
    }
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status write_and_prove(guarder *in, tdm_guards *ret, tdm_error *err)
{
    if (write_all(in) != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_guards){.statements = {in->made.items, in->made.count},
                        .comments = in->comments.items,
                        .unguarded = in->unguarded.items,
                        .notes = {in->notes.items, in->notes.count}};
    return tdm_prove_twice(in->catalog, ret, err);
}

tdm_status tdm_guard_statements(tdm_arena *arena, tdm_catalog *catalog,
                                const tdm_statements *statements, tdm_guards *ret, tdm_error *err)
{
    guarder in = {.arena = arena, .catalog = catalog, .count = statements->count, .err = err};
    tdm_error first = TDM_ERROR_INIT;
    in.items = tdm_arena_array(arena, in.count + 1, sizeof *in.items);
    if (!in.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < in.count; i++) {
        in.items[i].statement = &statements->items[i];
        if (read_item(&in, i) != TDM_OK || check_made_again(&in, i) != TDM_OK)
            return TDM_FAILED;
        if (in.items[i].condition.kind == TDM_CONDITION_DATA)
            join_rows(&in, i);
    }
    if (write_and_prove(&in, ret, &first) == TDM_OK)
        return TDM_OK;
    return ask_where_needed(&in, err) == TDM_OK ? write_and_prove(&in, ret, err) : TDM_FAILED;
}
