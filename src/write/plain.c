#include "write/plain.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/classify.h"
#include "sql/identity.h"
#include "supabase/header.h"
#include "supabase/stored.h"

void tdm_put_migration_header(tdm_buffer *out, const tdm_revision *revision)
{
    tdm_text rest = revision->message;
    tdm_text line;
    bool order = false;
    // A message may have several lines; they are one sentence.
    tdm_text start = tdm_text_trim(rest);
    order = tdm_text_equal_nocase(tdm_text_slice(start, 0, 6), TDM_TEXT("tandem")) ||
            tdm_text_equal_nocase(tdm_text_slice(start, 0, 8), TDM_TEXT("pg-delta"));
    if (start.size && !order) {
        tdm_buffer_puts(out, "--");
        while (tdm_text_next_line(&rest, &line)) {
            line = tdm_text_trim(line);
            if (line.size == 0)
                continue;
            tdm_buffer_putc(out, ' ');
            for (size_t i = 0; i < line.size; i++)
                tdm_buffer_putc(out,
                                (char)((unsigned char)line.data[i] < 0x20 ? ' ' : line.data[i]));
        }
        tdm_buffer_putc(out, '\n');
    }
    tdm_buffer_puts(out, "-- tandem: revision ");
    tdm_buffer_put(out, revision->id);
    tdm_buffer_putc(out, '\n');
}

void tdm_put_statement(tdm_buffer *out, tdm_text sql)
{
    size_t line = sql.size;
    while (line > 0 && sql.data[line - 1] != '\n')
        line--;
    tdm_buffer_put(out, sql);
    // Two dashes may also stand in a literal; then the line break changes nothing.
    if (tdm_text_find(tdm_text_from(sql, line), TDM_TEXT("--")) != SIZE_MAX)
        tdm_buffer_putc(out, '\n');
    tdm_buffer_puts(out, ";\n");
}

// --- What may stand in a migration --------------------------------------------------------------

static tdm_status refuse_opaque(const tdm_revision *revision, const tdm_statement *statement,
                                tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_OPAQUE, statement->place, "revision '%.*s' cannot be converted: %.*s",
             TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(statement->reason));
    return tdm_hint(err,
                    "Nothing was converted. Write this migration yourself, or name the revisions "
                    "that are to be converted.");
}

static tdm_status check_class(const tdm_revision *revision, const tdm_statement *statement,
                              const tdm_sql_class *kind, bool alone, tdm_error *err)
{
    if (kind->control != TDM_SQL_CONTROL_NONE) {
        tdm_fail(err, TDM_ERROR_SQL, statement->place,
                 "revision '%.*s' controls its own transaction here", TDM_TEXT_ARG(revision->id));
        return tdm_hint(err,
                        "One migration is one transaction: leave BEGIN and COMMIT to the push.");
    }
    bool outside = statement->outside || kind->block == TDM_SQL_BLOCK_NEVER;
    if (outside && !alone) {
        tdm_fail(err, TDM_ERROR_SQL, statement->place,
                 "revision '%.*s' runs this statement outside a transaction, beside others",
                 TDM_TEXT_ARG(revision->id));
        return tdm_hint(err, "Give the statement a revision of its own.");
    }
    if (kind->from_stdin)
        return tdm_fail(err, TDM_ERROR_SQL, statement->place,
                        "a migration cannot hold the data of COPY FROM STDIN");
    return TDM_OK;
}

static tdm_status check_statement(const tdm_revision *revision, const tdm_statement *statement,
                                  bool alone, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class kind;
    if (statement->opaque)
        return refuse_opaque(revision, statement, err);
    if (tdm_sql_parse(statement, &tree, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_sql_classify(tree->arena, tree, &kind, err);
    if (status == TDM_OK)
        status = check_class(revision, statement, &kind, alone, err);
    tdm_sql_tree_free(tree);
    return status;
}

// --- Reading back -------------------------------------------------------------------------------

static tdm_status differs(const tdm_revision *revision, const tdm_statement *statement,
                          const char *who, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_SQL, statement ? statement->place : TDM_NOWHERE,
                    "revision '%.*s' cannot be written: %s", TDM_TEXT_ARG(revision->id), who);
}

static tdm_status check_own_reading(tdm_arena *arena, const tdm_revision *revision,
                                    const tdm_statements *wanted, const char *path, tdm_text text,
                                    tdm_error *err)
{
    tdm_statements got = {0};
    if (tdm_sql_split(arena, path, text, &got, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < wanted->count; i++) {
        tdm_sameness same = TDM_SAME_NO;
        if (i < got.count && !got.items[i].opaque &&
            tdm_sql_same(wanted->items[i].sql, got.items[i].sql, &same, err) != TDM_OK)
            return TDM_FAILED;
        if (same != TDM_SAME_YES)
            return differs(revision, &wanted->items[i],
                           "read back from the file, this statement is another one", err);
    }
    if (got.count != wanted->count)
        return differs(revision, NULL, "read back from the file, there are more statements", err);
    return TDM_OK;
}

// The Supabase CLI cuts files by rules of its own. Each of its pieces is the comments before a
// statement and the statement.
static tdm_status check_supabase_reading(tdm_arena *arena, const tdm_revision *revision,
                                         const tdm_statements *wanted, tdm_text text,
                                         tdm_error *err)
{
    tdm_stored stored = {0};
    if (tdm_stored_statements(arena, text, &stored, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < wanted->count; i++) {
        if (i >= stored.count || !tdm_text_ends(stored.statements[i], wanted->items[i].sql))
            return differs(revision, &wanted->items[i],
                           "the Supabase CLI would cut this statement at another place", err);
    }
    return TDM_OK;
}

static tdm_status check_link(tdm_arena *arena, const tdm_revision *revision, const char *path,
                             tdm_text text, tdm_error *err)
{
    tdm_migration migration = {.path = path, .source = text};
    if (!tdm_migration_header_read(arena, &migration))
        return tdm_fail_memory(err);
    if (migration.link_count != 1 || !tdm_text_equal(migration.links[0].revision, revision->id))
        return tdm_fail(err, TDM_ERROR_REVISION, revision->id_place,
                        "the id '%.*s' cannot be written into a migration's header",
                        TDM_TEXT_ARG(revision->id));
    return TDM_OK;
}

// --- The file -----------------------------------------------------------------------------------

static void put_all(tdm_buffer *out, const tdm_statements *statements, const tdm_text *comments)
{
    for (size_t i = 0; i < statements->count; i++) {
        tdm_buffer_putc(out, '\n');
        if (comments && comments[i].size) {
            tdm_buffer_put(out, comments[i]);
            tdm_buffer_putc(out, '\n');
        }
        tdm_put_statement(out, statements->items[i].sql);
    }
}

static void put_file(tdm_buffer *out, const tdm_plain_input *input)
{
    tdm_put_migration_header(out, input->revision);
    put_all(out, input->statements, input->comments);
    if (input->only_here && input->only_here->count) {
        tdm_buffer_puts(out, "\n" TDM_ONLY_HERE "\n");
        for (size_t i = 0; i < input->only_here->count; i++)
            tdm_put_statement(out, input->only_here->items[i].sql);
    }
    if (input->record.size) {
        tdm_buffer_puts(out, "\n-- For whoever applies this file without tandem.\n");
        tdm_put_statement(out, input->record);
    }
}

// Everything that the file has to say, in order.
static tdm_status list_all(tdm_arena *arena, const tdm_plain_input *input, tdm_statements *ret,
                           tdm_error *err)
{
    size_t more = input->only_here ? input->only_here->count : 0;
    tdm_statements all = {
        tdm_arena_array(arena, input->statements->count + more + 1, sizeof(tdm_statement)), 0};
    if (!all.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < input->statements->count; i++)
        all.items[all.count++] = input->statements->items[i];
    for (size_t i = 0; i < more; i++)
        all.items[all.count++] = input->only_here->items[i];
    if (input->record.size)
        all.items[all.count++] =
            (tdm_statement){.sql = input->record, .place = input->revision->id_place};
    *ret = all;
    return TDM_OK;
}

static tdm_status check_text(tdm_arena *arena, const tdm_plain_input *input, tdm_text text,
                             tdm_error *err)
{
    tdm_statements all = {0};
    if (list_all(arena, input, &all, err) != TDM_OK ||
        check_link(arena, input->revision, input->path, text, err) != TDM_OK ||
        check_own_reading(arena, input->revision, &all, input->path, text, err) != TDM_OK)
        return TDM_FAILED;
    return check_supabase_reading(arena, input->revision, &all, text, err);
}

tdm_status tdm_plain_migration(tdm_arena *arena, const tdm_plain_input *input, tdm_text *ret,
                               tdm_error *err)
{
    const tdm_statements *statements = input->statements;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t i = 0; i < statements->count; i++) {
        bool alone = statements->count == 1 && input->record.size == 0;
        if (check_statement(input->revision, &statements->items[i], alone, err) != TDM_OK)
            return TDM_FAILED;
    }
    put_file(&out, input);
    if (tdm_buffer_check(&out, err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    tdm_text text = tdm_buffer_take(&out, arena);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (check_text(arena, input, text, err) != TDM_OK)
        return TDM_FAILED;
    *ret = text;
    return TDM_OK;
}

tdm_status tdm_runs_outside(const tdm_statement *statement, bool *ret, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class kind;
    *ret = statement->outside;
    if (statement->outside || statement->opaque)
        return TDM_OK;
    if (tdm_sql_parse(statement, &tree, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_sql_classify(tree->arena, tree, &kind, err);
    *ret = status == TDM_OK && kind.block == TDM_SQL_BLOCK_NEVER;
    tdm_sql_tree_free(tree);
    return status;
}
