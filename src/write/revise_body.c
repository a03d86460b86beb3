#include "write/revise.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalog/replay.h"
#include "sql/classify.h"
#include "sql/tree.h"

// --- Reading ------------------------------------------------------------------------------------

static tdm_status check_class(const tdm_statement *statement, const tdm_sql_class *of,
                              tdm_error *err)
{
    if (of->control == TDM_SQL_CONTROL_YES) {
        tdm_fail(err, TDM_ERROR_SQL, statement->place,
                 "this migration controls its own transaction");
        return tdm_hint(err, "Take BEGIN and COMMIT out: Alembic runs a revision in a transaction "
                             "of its own, and so does Supabase with a migration.");
    }
    if (of->from_stdin)
        return tdm_fail(err, TDM_ERROR_SQL, statement->place,
                        "a revision cannot hold the data of COPY FROM STDIN");
    return TDM_OK;
}

static tdm_status read_parsed(tdm_arena *arena, tdm_catalog *catalog, bool pgvector,
                              const tdm_sql_tree *tree, tdm_revise_group *group, tdm_error *err)
{
    tdm_sql_class of;
    tdm_autogen_input input = {.tree = tree, .before = catalog, .pgvector = pgvector};
    tdm_effect effect;

    tdm_effect_init(&effect, arena);
    if (tdm_sql_classify(arena, tree, &of, err) != TDM_OK ||
        check_class(group->statement, &of, err) != TDM_OK ||
        tdm_autogen_directives(arena, &input, &group->typed, err) != TDM_OK)
        return TDM_FAILED;
    group->outside = of.block == TDM_SQL_BLOCK_NEVER;
    return tdm_catalog_apply(catalog, group->statement, tree, &effect, err);
}

// Text that the grammar of PostgreSQL 15 refuses may be that of a newer one: it stays as it is.
static tdm_status read_unparsed(tdm_arena *arena, tdm_catalog *catalog, tdm_revise_group *group,
                                tdm_error *err)
{
    const tdm_statement *statement = group->statement;
    if (statement->sql.size == 0)
        return tdm_fail(err, TDM_ERROR_OPAQUE, statement->place, "%.*s",
                        TDM_TEXT_ARG(statement->reason));
    tdm_catalog_open(catalog, TDM_TEXT("a statement that is not understood"), statement->place);
    return tdm_autogen_execute(arena, statement->sql, &group->typed, err);
}

static tdm_status read_statement(tdm_arena *arena, tdm_catalog *catalog, bool pgvector,
                                 tdm_revise_group *group, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;

    if (group->statement->opaque || tdm_sql_parse(group->statement, &tree, &cause) != TDM_OK)
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err)
                                              : read_unparsed(arena, catalog, group, err);
    tdm_status status = read_parsed(arena, catalog, pgvector, tree, group, err);
    tdm_sql_tree_free(tree);
    return status;
}

tdm_status tdm_revise_read(tdm_project *project, tdm_catalog *catalog, bool pgvector,
                           tdm_revise_file *file, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const tdm_statements *statements = NULL;

    tdm_catalog_reset_session(catalog);
    if (tdm_project_migration_statements(project, file->migration, &statements, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++) {
        tdm_revise_group group = {.statement = &statements->items[i]};
        if (read_statement(arena, catalog, pgvector, &group, err) != TDM_OK)
            return TDM_FAILED;
        if (!tdm_vector_push(arena, &file->groups, group))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
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

static void put_group(tdm_arena *arena, tdm_revise_group *group, tdm_buffer *out,
                      unsigned *ret_imports, tdm_error *err)
{
    tdm_directives executed;
    const tdm_directives *directives = &group->typed;

    if (group->executed && group->typed.typed) {
        if (tdm_autogen_execute(arena, group->statement->sql, &executed, err) != TDM_OK) {
            out->failed = true;
            return;
        }
        directives = &executed;
    }
    tdm_buffer_puts(out, out->size ? "\n    " : "");
    group->line = lines_in(tdm_buffer_text(out));
    if (group->outside)
        tdm_buffer_puts(out, "with op.get_context().autocommit_block():\n        ");
    tdm_buffer_put(out, directives->python);
    group->last_line = lines_in(tdm_buffer_text(out));
    *ret_imports |= directives->imports;
}

// Lines of the body become lines of the file.
static void place_groups(tdm_revise_file *file)
{
    size_t at = tdm_text_find(file->made.text, file->input.upgrade);
    uint32_t first = lines_in(tdm_text_slice(file->made.text, 0, at)) + 1;
    for (size_t i = 0; i < file->groups.count; i++) {
        file->groups.items[i].line += first;
        file->groups.items[i].last_line += first;
    }
}

tdm_status tdm_revise_write(tdm_project *project, tdm_revise_file *file, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_revision *header = tdm_arena_new_of(arena, tdm_revision);
    unsigned wanted = 0;

    for (size_t i = 0; i < file->groups.count; i++)
        put_group(arena, &file->groups.items[i], &out, &wanted, err);
    if (!header || tdm_buffer_check(&out, err) != TDM_OK) {
        tdm_buffer_free(&out);
        return header ? TDM_FAILED : tdm_fail_memory(err);
    }
    file->input.upgrade = tdm_buffer_take(&out, arena);
    file->input.imports = put_imports(arena, wanted);
    if (tdm_revision_file(project, &file->input, &file->made, header, err) != TDM_OK)
        return TDM_FAILED;
    place_groups(file);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
