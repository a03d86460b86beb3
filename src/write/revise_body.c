#include "write/revise.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "pair/session.h"
#include "replay/replay.h"
#include "sql/classify.h"
#include "sql/tree.h"

// --- Reading ------------------------------------------------------------------------------------

typedef struct reader {
    tdm_arena *arena;
    tdm_catalog *catalog;
    tdm_revise_file *file;
    bool pgvector;
    bool begun; // behind a BEGIN
    TDM_VECTOR(tdm_sql_tree *) trees;
    TDM_VECTOR(tdm_round_step) there; // the statements that parse
} reader;

static tdm_status refuse_control(const tdm_statement *statement, tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_SQL, statement->place,
             "this migration controls its own transaction, and not by one BEGIN and one COMMIT");
    return tdm_hint(err, "Alembic runs a revision in a transaction of its own: take BEGIN, COMMIT "
                         "and savepoints out.");
}

// BEGIN and COMMIT are left out where they stand in turn; what is undone, or kept when the rest is
// undone, has no counterpart in a revision.
static tdm_status check_control(const tdm_sql_tree *tree, const tdm_sql_class *of,
                                tdm_revise_group *group, bool *ret_begun, tdm_error *err)
{
    if (of->control != TDM_SQL_CONTROL_YES)
        return TDM_OK;
    if (tree->node->node_case != PG_QUERY__NODE__NODE_TRANSACTION_STMT)
        return refuse_control(group->statement, err);
    switch (tree->node->transaction_stmt->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
        if (*ret_begun)
            return refuse_control(group->statement, err);
        *ret_begun = true;
        break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
        if (!*ret_begun)
            return refuse_control(group->statement, err);
        *ret_begun = false;
        break;
    default:
        return refuse_control(group->statement, err);
    }
    group->left_out = true;
    return TDM_OK;
}

// A setting that outlives its statement is put back at the end of the revision.
static tdm_status note_setting(reader *in, const tdm_sql_tree *tree, const tdm_sql_class *of,
                               tdm_error *err)
{
    tdm_text name;
    if (of->local || tdm_session_effect_of(of, tree, &name) != TDM_SESSION_SETS || !name.size)
        return TDM_OK;
    for (size_t i = 0; i < in->file->settings.count; i++)
        if (tdm_text_equal(in->file->settings.items[i], name))
            return TDM_OK;
    tdm_text copy = tdm_arena_text(in->arena, name);
    return tdm_vector_push(in->arena, &in->file->settings, copy) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status apply(reader *in, const tdm_sql_tree *tree, const tdm_revise_group *group,
                        tdm_error *err)
{
    tdm_effect effect;

    tdm_effect_init(&effect, in->arena);
    if (tdm_catalog_apply(in->catalog, group->statement, tree, &effect, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_revise_back(in->arena, in->file, in->catalog, group->statement, &effect, err);
}

static tdm_status read_parsed(reader *in, const tdm_sql_tree *tree, tdm_revise_group *group,
                              tdm_error *err)
{
    tdm_arena *arena = in->arena;
    tdm_sql_class of;
    tdm_autogen_input input = {.tree = tree, .before = in->catalog, .pgvector = in->pgvector};

    if (tdm_sql_classify(arena, tree, &of, err) != TDM_OK ||
        check_control(tree, &of, group, &in->begun, err) != TDM_OK ||
        note_setting(in, tree, &of, err) != TDM_OK ||
        tdm_autogen_directives(arena, &input, &group->typed, err) != TDM_OK)
        return TDM_FAILED;
    if (of.from_stdin)
        return tdm_fail(err, TDM_ERROR_SQL, group->statement->place,
                        "a revision cannot hold the data of COPY FROM STDIN");
    group->outside = of.block == TDM_SQL_BLOCK_NEVER;
    return apply(in, tree, group, err);
}

// Text that the grammar of PostgreSQL 15 refuses may be that of a newer one: it stays as it is.
static tdm_status read_unparsed(reader *in, tdm_revise_group *group, tdm_error *err)
{
    const tdm_statement *statement = group->statement;
    if (statement->sql.size == 0)
        return tdm_fail(err, TDM_ERROR_OPAQUE, statement->place, "%.*s",
                        TDM_TEXT_ARG(statement->reason));
    tdm_catalog_open(in->catalog, TDM_TEXT("a statement that is not understood"), statement->place);
    return tdm_autogen_execute(in->arena, statement->sql, &group->typed, err);
}

static tdm_status read_statement(reader *in, tdm_revise_group *group, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;

    if (group->statement->opaque || tdm_sql_parse(group->statement, &tree, &cause) != TDM_OK)
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err)
                                              : read_unparsed(in, group, err);
    tdm_round_step step = {group->statement, tree};
    if (!tdm_vector_push(in->arena, &in->trees, tree)) {
        tdm_sql_tree_free(tree);
        return tdm_fail_memory(err);
    }
    return tdm_vector_push(in->arena, &in->there, step) ? read_parsed(in, tree, group, err)
                                                        : tdm_fail_memory(err);
}

static tdm_status read_file(reader *in, const tdm_statements *statements, tdm_error *err)
{
    for (size_t i = 0; i < statements->count; i++) {
        tdm_revise_group group = {.statement = &statements->items[i]};
        if (read_statement(in, &group, err) != TDM_OK)
            return TDM_FAILED;
        if (!tdm_vector_push(in->arena, &in->file->groups, group))
            return tdm_fail_memory(err);
    }
    return tdm_revise_turn_back(in->arena, in->file, err);
}

tdm_status tdm_revise_read(tdm_project *project, tdm_revise_catalogs *catalogs, bool pgvector,
                           tdm_revise_file *file, tdm_error *err)
{
    reader in = {.arena = tdm_project_arena(project),
                 .catalog = catalogs->now,
                 .file = file,
                 .pgvector = pgvector};
    const tdm_statements *statements = NULL;

    tdm_catalog_reset_session(in.catalog);
    if (tdm_project_migration_statements(project, file->migration, &statements, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = read_file(&in, statements, err);
    if (status == TDM_OK)
        status =
            tdm_revise_prove_back(in.arena, file, catalogs, in.there.items, in.there.count, err);
    for (size_t i = 0; i < in.trees.count; i++)
        tdm_sql_tree_free(in.trees.items[i]);
    return status;
}

// --- Writing ------------------------------------------------------------------------------------

static const char *const imports[] = {
    [TDM_IMPORT_PGVECTOR] = "import pgvector.sqlalchemy",
    [TDM_IMPORT_POSTGRESQL] = "from sqlalchemy.dialects import postgresql",
};

// One per line, sorted as autogenerate sorts them: by their bytes.
static tdm_text put_imports(tdm_arena *arena, unsigned wanted)
{
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    for (size_t i = sizeof imports / sizeof *imports; i-- > 0;) {
        if (!imports[i] || !(wanted & i))
            continue;
        tdm_buffer_puts(&out, out.size ? "\n" : "");
        tdm_buffer_puts(&out, imports[i]);
    }
    return tdm_buffer_take(&out, arena);
}

static uint32_t lines_in(tdm_text text)
{
    uint32_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    return lines;
}

// A body being written, and how many lines it has.
typedef struct body {
    tdm_arena *arena;
    tdm_buffer out;
    uint32_t lines;
    unsigned imports;
    bool joined; // what comes next stands where the text ends, not on a line of its own
} body;

static void put(body *in, tdm_text text)
{
    tdm_buffer_put(&in->out, text);
    in->lines += lines_in(text);
}

static tdm_status put_group(body *in, tdm_revise_group *group, tdm_error *err)
{
    tdm_directives directives = group->typed;

    if (group->left_out)
        return TDM_OK;
    if (group->executed && group->typed.typed &&
        tdm_autogen_execute(in->arena, group->statement->sql, &directives, err) != TDM_OK)
        return TDM_FAILED;
    put(in, in->out.size && !in->joined ? TDM_TEXT("\n    ") : TDM_TEXT(""));
    in->joined = false;
    group->line = in->lines;
    if (group->outside)
        put(in, TDM_TEXT("with op.get_context().autocommit_block():\n        "));
    put(in, directives.python);
    group->last_line = in->lines;
    in->imports |= directives.imports;
    return TDM_OK;
}

// A setting ends with its file in Supabase, and goes on into the next revision in Alembic.
static tdm_status put_resets(body *in, const tdm_revise_file *file, tdm_error *err)
{
    for (size_t i = 0; i < file->settings.count; i++) {
        tdm_directives reset;
        tdm_text sql =
            tdm_arena_printf(in->arena, "RESET %.*s", TDM_TEXT_ARG(file->settings.items[i]));
        if (tdm_autogen_execute(in->arena, sql, &reset, err) != TDM_OK)
            return TDM_FAILED;
        put(in, TDM_TEXT("\n    "));
        put(in, reset.python);
    }
    return TDM_OK;
}

static tdm_status put_upgrade(body *in, tdm_revise_file *file, tdm_error *err)
{
    for (size_t i = 0; i < file->groups.count; i++)
        if (put_group(in, &file->groups.items[i], err) != TDM_OK)
            return TDM_FAILED;
    return put_resets(in, file, err);
}

static tdm_status put_downgrade(body *in, tdm_revise_file *file, tdm_error *err)
{
    tdm_buffer head = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    tdm_revise_put_losses(&head, file);
    put(in, tdm_buffer_text(&head));
    in->out.failed = in->out.failed || head.failed;
    tdm_buffer_free(&head);
    // Comments end where the first statement is to stand, a raise does not.
    in->joined = in->out.size && !file->raises;
    for (size_t i = 0; i < file->backs.count; i++)
        if (put_group(in, &file->backs.items[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

typedef tdm_status body_writer(body *in, tdm_revise_file *file, tdm_error *err);

static tdm_status put_body(tdm_arena *arena, tdm_revise_file *file, body_writer *writer,
                           unsigned *ret_imports, tdm_text *ret, tdm_error *err)
{
    body in = {.arena = arena, .out = TDM_BUFFER_INIT(TDM_LIMIT_FILE)};

    if (writer(&in, file, err) != TDM_OK || tdm_buffer_check(&in.out, err) != TDM_OK) {
        tdm_buffer_free(&in.out);
        return TDM_FAILED;
    }
    *ret_imports |= in.imports;
    *ret = tdm_buffer_take(&in.out, arena);
    return TDM_OK;
}

static void move_group(tdm_revise_group *group, uint32_t lines)
{
    group->line += lines;
    group->last_line += lines;
}

// Lines of the bodies become lines of the file. A downgrade() may say what its upgrade() says, so
// the two are told apart by their order, which is the template's.
static void place_groups(tdm_revise_file *file)
{
    tdm_text text = file->made.text;
    size_t up = tdm_text_find(text, file->input.upgrade);
    size_t behind = up == SIZE_MAX ? 0 : up + file->input.upgrade.size;
    size_t down = tdm_text_find(tdm_text_slice(text, behind, text.size), file->input.downgrade);
    down = down == SIZE_MAX ? tdm_text_find(text, file->input.downgrade) : behind + down;
    uint32_t up_line = lines_in(tdm_text_slice(text, 0, up)) + 1;
    uint32_t down_line = lines_in(tdm_text_slice(text, 0, down)) + 1;

    for (size_t i = 0; i < file->groups.count; i++)
        move_group(&file->groups.items[i], up_line);
    for (size_t i = 0; i < file->backs.count; i++)
        move_group(&file->backs.items[i], down_line);
}

tdm_status tdm_revise_write(tdm_project *project, tdm_revise_file *file, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_revision *header = tdm_arena_new_of(arena, tdm_revision);
    unsigned wanted = 0;

    if (!header)
        return tdm_fail_memory(err);
    if (put_body(arena, file, put_upgrade, &wanted, &file->input.upgrade, err) != TDM_OK ||
        put_body(arena, file, put_downgrade, &wanted, &file->input.downgrade, err) != TDM_OK)
        return TDM_FAILED;
    file->input.imports = put_imports(arena, wanted);
    if (tdm_revision_file(project, &file->input, &file->made, header, err) != TDM_OK)
        return TDM_FAILED;
    place_groups(file);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
