#include "alembic/offline.h"

#include "alembic/order.h"
#include "alembic/revision_arg.h"
#include "alembic/version_table.h"
#include "sqlalchemy/sql_print.h"

#include "base/error.h"
#include "base/vector.h"

typedef struct printer {
    tdm_arena *arena;
    const tdm_chain *chain;
    const tdm_offline_options *options;
    tdm_env_mode env;
    tdm_version_table table;
    tdm_heads heads;
    tdm_steps steps;
    tdm_text range;  // what Alembic is asked
    tdm_text answer; // what it says, when `asked`
    bool asked;
    tdm_run_memo *memo;
    tdm_buffer *out;
    tdm_offline_result *result;
    bool inside;  // a transaction block of the revision's own
    bool outside; // an autocommit block
    tdm_error *err;
} printer;

static void put_plain(printer *in, const char *text)
{
    tdm_buffer_puts(in->out, text);
    tdm_buffer_puts(in->out, "\n\n");
}

// Statements of the version table go through the same gate as those of revisions.
static tdm_status put_statement(printer *in, tdm_buffer *statement)
{
    tdm_status status = tdm_buffer_check(statement, in->err);
    tdm_text text = tdm_offline_chunk(in->arena, tdm_buffer_take(statement, in->arena));
    if (status != TDM_OK)
        return status;
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    tdm_buffer_put(in->out, text);
    tdm_buffer_puts(in->out, "\n\n");
    return TDM_OK;
}

static void put_remark(printer *in, const char *what, tdm_place place, tdm_text reason)
{
    tdm_buffer_putf(in->out, "-- tandem: %s %s:%u: ", what, place.file ? place.file : "?",
                    place.line);
    for (size_t i = 0; i < reason.size; i++)
        tdm_buffer_putc(in->out,
                        (char)((unsigned char)reason.data[i] < ' ' ? ' ' : reason.data[i]));
    tdm_buffer_puts(in->out, "\n\n");
}

// What cannot be known: a comment in its place, or the end.
static tdm_status put_opaque(printer *in, tdm_place place, tdm_text reason)
{
    if (in->options->strict)
        return tdm_fail(in->err, TDM_ERROR_OPAQUE, place, "%.*s", TDM_TEXT_ARG(reason));
    in->result->opaque++;
    put_remark(in, "opaque", place, reason);
    return TDM_OK;
}

typedef struct env_question {
    const char *name;
    const tdm_env_value *value;
} env_question;

// What env.py does not say in a literal changes the text in a way that nobody can know.
static tdm_status put_unknown_settings(printer *in)
{
    const env_question questions[] = {
        {"version_table", &in->env.version_table},
        {"version_table_schema", &in->env.version_table_schema},
        {"version_table_pk", &in->env.version_table_pk},
        {"transaction_per_migration", &in->env.transaction_per_migration},
        {"transactional_ddl", &in->env.transactional_ddl},
        {"literal_binds", &in->env.literal_binds},
        {"paramstyle", &in->env.paramstyle},
        {"begin_transaction", &in->env.begin_transaction},
        {"context.execute", &in->env.extra},
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const tdm_env_value *value = questions[i].value;
        if (value->state != TDM_ENV_UNKNOWN)
            continue;
        tdm_text reason = tdm_arena_printf(in->arena, "%s is not a literal: %.*s",
                                           questions[i].name, TDM_TEXT_ARG(value->text));
        if (put_opaque(in, value->place, reason) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// A setting that is not known is taken as stock, below the comment that says so.
static void settle(tdm_env_value *value, const char *text, bool flag)
{
    if (value->state != TDM_ENV_UNKNOWN)
        return;
    value->text = tdm_text_of(text);
    value->flag = flag;
}

static void settle_settings(printer *in)
{
    tdm_env_mode *env = &in->env;
    settle(&env->version_table, "alembic_version", false);
    settle(&env->version_table_schema, "", false);
    settle(&env->version_table_pk, "", true);
    settle(&env->transaction_per_migration, "", false);
    settle(&env->transactional_ddl, "", true);
    settle(&env->paramstyle, "named", false);
    settle(&env->begin_transaction, "", true);
    in->table = (tdm_version_table){
        .name = env->version_table.text,
        .schema = env->version_table_schema.text,
        .no_primary_key = !env->version_table_pk.flag,
        .double_percent = tdm_text_is(env->paramstyle.text, "pyformat") ||
                          tdm_text_is(env->paramstyle.text, "format"),
    };
}

static void put_texts(tdm_buffer *out, tdm_texts texts)
{
    for (size_t i = 0; i < texts.count; i++) {
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_buffer_put(out, texts.items[i]);
    }
}

static void put_ids(tdm_buffer *out, tdm_revision_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_buffer_put(out, list.items[i]->id);
    }
}

// "-- Running upgrade a, b -> c": down_revision as it is written, without dependencies.
static void put_comment(tdm_buffer *out, const tdm_step *step)
{
    const tdm_revision *revision = step->revision;
    if (!revision) {
        tdm_buffer_puts(out, "-- Running stamp_revision ");
        put_ids(out, step->from);
        tdm_buffer_puts(out, " -> ");
        put_ids(out, step->to);
    } else if (step->direction == TDM_UPGRADE) {
        tdm_buffer_puts(out, "-- Running upgrade ");
        put_texts(out, revision->down);
        tdm_buffer_puts(out, " -> ");
        tdm_buffer_put(out, revision->id);
    } else {
        tdm_buffer_puts(out, "-- Running downgrade ");
        tdm_buffer_put(out, revision->id);
        tdm_buffer_puts(out, " -> ");
        put_texts(out, revision->down);
    }
}

// An autocommit block commits first; a transaction block begins first, and is none with one
// transaction for each revision (MigrationContext.begin_transaction).
static void put_transaction(printer *in, bool begin)
{
    bool block = begin ? !in->outside : in->inside;
    if (block)
        in->inside = begin;
    else
        in->outside = !begin;
    if (!in->env.transactional_ddl.flag || (block && in->env.transaction_per_migration.flag))
        return;
    put_plain(in, begin ? "BEGIN;" : "COMMIT;");
}

static tdm_status put_emission(printer *in, const tdm_emission *emission)
{
    switch (emission->kind) {
    case TDM_EMISSION_SQL:
        tdm_buffer_put(in->out, emission->offline);
        tdm_buffer_puts(in->out, "\n\n");
        return TDM_OK;
    case TDM_EMISSION_BEGIN:
        put_transaction(in, true);
        return TDM_OK;
    case TDM_EMISSION_COMMIT:
        put_transaction(in, false);
        return TDM_OK;
    case TDM_EMISSION_OPAQUE:
        return put_opaque(in, emission->place, emission->reason);
    }
    return TDM_OK;
}

// --- Asking Alembic -----------------------------------------------------------------------------

// The statements on the version table as they are printed, the first of them first.
static tdm_status first_row(printer *in, const tdm_row_changes *changes, tdm_text *ret)
{
    tdm_buffer statement = TDM_BUFFER_INIT(1 << 20);
    *ret = (tdm_text){NULL, 0};
    if (changes->count)
        tdm_row_change_put(&statement, &in->table, &changes->items[0]);
    tdm_status status = tdm_buffer_check(&statement, in->err);
    *ret = tdm_buffer_take(&statement, in->arena);
    return status;
}

static tdm_text comment_of(printer *in, const tdm_step *step)
{
    tdm_buffer comment = TDM_BUFFER_INIT(1 << 20);
    put_comment(&comment, step);
    return tdm_buffer_take(&comment, in->arena);
}

static tdm_status ask(printer *in, bool downgrade, tdm_place place)
{
    tdm_alembic_question question = {downgrade, in->range, place};
    if (in->asked)
        return TDM_OK;
    // Alembic would take it for an option.
    if (tdm_text_starts(in->range, TDM_TEXT("-")))
        return tdm_fail(in->err, TDM_ERROR_OPAQUE, place,
                        "Alembic cannot be asked for '%.*s', which begins with a dash",
                        TDM_TEXT_ARG(in->range));
    in->asked = true;
    return in->options->ask(in->options->ask_context, &question, in->arena, &in->answer, in->err);
}

static tdm_status ask_for_step(printer *in, size_t at, const tdm_row_changes *changes,
                               tdm_place place, tdm_text *ret)
{
    const tdm_step *step = &in->steps.items[at];
    tdm_asked_bounds bounds = {.comment = comment_of(in, step)};
    if (at + 1 < in->steps.count)
        bounds.next = comment_of(in, step + 1);
    if (first_row(in, changes, &bounds.row) != TDM_OK ||
        ask(in, step->direction == TDM_DOWNGRADE, place) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    return tdm_asked_text(in->answer, &bounds, place, ret, in->err);
}

static const tdm_emission *first_opaque(const tdm_script *script)
{
    for (size_t i = 0; i < script->count; i++)
        if (script->emissions[i].kind == TDM_EMISSION_OPAQUE)
            return &script->emissions[i];
    return NULL;
}

static tdm_status put_asked(printer *in, size_t at, const tdm_row_changes *changes,
                            const tdm_emission *opaque)
{
    tdm_text text = {NULL, 0};
    if (ask_for_step(in, at, changes, opaque->place, &text) != TDM_OK)
        return TDM_FAILED;
    put_remark(in, "asked Alembic for", opaque->place, opaque->reason);
    tdm_buffer_put(in->out, text);
    tdm_buffer_puts(in->out, text.size ? "\n\n" : "");
    in->result->asked++;
    return TDM_OK;
}

// --- The steps ----------------------------------------------------------------------------------

static tdm_status put_script(printer *in, const tdm_revision *revision, const tdm_script *script)
{
    for (size_t i = 0; i < script->count; i++)
        if (put_emission(in, &script->emissions[i]) != TDM_OK)
            return TDM_FAILED;
    if (!script->raised)
        return TDM_OK;
    tdm_fail(in->err, TDM_ERROR_PYTHON, script->raised_at, "%.*s%s%.*s",
             TDM_TEXT_ARG(script->exception), script->message.size ? ": " : "",
             TDM_TEXT_ARG(script->message));
    return tdm_hint(in->err, "Revision %.*s raises this; Alembic stops here too.",
                    TDM_TEXT_ARG(revision->id));
}

static tdm_status get_script(printer *in, size_t at, tdm_script *ret)
{
    const tdm_step *step = &in->steps.items[at];
    const tdm_script_source *source = in->options->source;
    tdm_render_options options = {0};
    if (source)
        return source->script(source->context, at, in->memo, ret, in->err);
    if (in->options->render)
        options = *in->options->render;
    options.strict_offline = in->options->strict;
    return tdm_render_revision(in->arena, step->revision->path, step->revision->source,
                               step->direction, &options, in->memo, ret, in->err);
}

static tdm_status put_revision(printer *in, size_t at, const tdm_row_changes *changes)
{
    const tdm_revision *revision = in->steps.items[at].revision;
    tdm_script script = {0};
    if (get_script(in, at, &script) != TDM_OK)
        return TDM_FAILED;
    const tdm_emission *opaque = first_opaque(&script);
    if (opaque && in->options->ask)
        return put_asked(in, at, changes, opaque);
    return put_script(in, revision, &script);
}

static tdm_status put_rows(printer *in, const tdm_row_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        tdm_buffer statement = TDM_BUFFER_INIT(1 << 20);
        tdm_row_change_put(&statement, &in->table, &changes->items[i]);
        if (put_statement(in, &statement) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status put_step(printer *in, size_t at)
{
    const tdm_step *step = &in->steps.items[at];
    tdm_row_changes changes;
    bool each = in->env.transactional_ddl.flag && in->env.transaction_per_migration.flag;
    if (each)
        put_plain(in, "BEGIN;");
    if (in->heads.count == 0) {
        tdm_buffer statement = TDM_BUFFER_INIT(1 << 20);
        tdm_version_table_create(&statement, &in->table);
        if (put_statement(in, &statement) != TDM_OK)
            return TDM_FAILED;
    }
    put_comment(in->out, step);
    tdm_buffer_puts(in->out, "\n\n");
    if (tdm_heads_step(&in->heads, step, &changes, in->err) != TDM_OK ||
        (step->revision && put_revision(in, at, &changes) != TDM_OK) ||
        put_rows(in, &changes) != TDM_OK)
        return TDM_FAILED;
    if (each)
        put_plain(in, "COMMIT;");
    in->result->steps++;
    return TDM_OK;
}

static tdm_status put_steps(printer *in)
{
    bool whole = in->env.transactional_ddl.flag && in->env.begin_transaction.flag &&
                 !in->env.transaction_per_migration.flag;
    if (whole)
        put_plain(in, "BEGIN;");
    for (size_t i = 0; i < in->steps.count; i++)
        if (put_step(in, i) != TDM_OK)
            return TDM_FAILED;
    if (whole)
        put_plain(in, "COMMIT;");
    return tdm_buffer_check(in->out, in->err);
}

static tdm_status find_start(const tdm_chain *chain, const tdm_range *range, tdm_revision **ret,
                             tdm_error *err)
{
    *ret = NULL;
    if (!range->has_start || tdm_text_is(range->start, "base"))
        return TDM_OK;
    if (tdm_revision_find(chain, range->start, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (*ret)
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE, "'%.*s' names no revision to start from",
                    TDM_TEXT_ARG(range->start));
}

static tdm_status find_steps(printer *in, tdm_offline_command command, tdm_revision_list current,
                             tdm_text target, tdm_steps *ret)
{
    switch (command) {
    case TDM_OFFLINE_UPGRADE:
        return tdm_upgrade_steps(in->arena, in->chain, current, target, ret, in->err);
    case TDM_OFFLINE_DOWNGRADE:
        return tdm_downgrade_steps(in->arena, in->chain, current, target, ret, in->err);
    case TDM_OFFLINE_STAMP:
        break;
    }
    return tdm_stamp_steps(in->arena, in->chain, current, target, ret, in->err);
}

// Everything but the printing.
static tdm_status prepare(printer *in, tdm_offline_command command, tdm_text argument)
{
    tdm_range range;
    tdm_revision *start = NULL;
    in->memo = tdm_run_memo_new(in->arena);
    if (!in->memo)
        return tdm_fail_memory(in->err);
    if (tdm_chain_check(in->chain, in->err) != TDM_OK ||
        tdm_range_parse(argument, &range, in->err) != TDM_OK)
        return TDM_FAILED;
    if (command == TDM_OFFLINE_DOWNGRADE && !range.has_start)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "downgrade with --sql requires <fromrev>:<torev>");
    if (find_start(in->chain, &range, &start, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_revision_list current = {&start, start != NULL};
    if (find_steps(in, command, current, range.end, &in->steps) != TDM_OK)
        return TDM_FAILED;
    in->range =
        tdm_arena_printf(in->arena, "%.*s:%.*s", TDM_TEXT_ARG(start ? start->id : TDM_TEXT("base")),
                         TDM_TEXT_ARG(range.end));
    return tdm_heads_start(in->arena, in->chain, current, &in->heads, in->err);
}

tdm_status tdm_offline_run(tdm_arena *arena, const tdm_chain *chain, tdm_offline_command command,
                           tdm_text argument, const tdm_offline_options *options, tdm_buffer *out,
                           tdm_offline_result *ret, tdm_error *err)
{
    tdm_env stock;
    tdm_env_stock(&stock);
    *ret = (tdm_offline_result){0};
    printer in = {.arena = arena,
                  .chain = chain,
                  .options = options,
                  .env = options->env ? *options->env : stock.offline,
                  .out = out,
                  .result = ret,
                  .err = err};
    if (prepare(&in, command, argument) != TDM_OK || put_unknown_settings(&in) != TDM_OK)
        return TDM_FAILED;
    settle_settings(&in);
    if (options->source &&
        options->source->prepare(options->source->context, &in.steps, err) != TDM_OK)
        return TDM_FAILED;
    return put_steps(&in);
}

tdm_status tdm_offline_ask(tdm_arena *arena, const tdm_chain *chain, const tdm_step *step,
                           tdm_place place, const tdm_offline_options *options, tdm_text *ret,
                           tdm_error *err)
{
    const tdm_revision *revision = step->revision;
    bool upgrade = step->direction == TDM_UPGRADE;
    tdm_text parent = revision->down.count ? revision->down.items[0] : TDM_TEXT("base");
    tdm_text range =
        tdm_arena_printf(arena, "%.*s:%.*s", TDM_TEXT_ARG(upgrade ? parent : revision->id),
                         TDM_TEXT_ARG(upgrade ? revision->id : parent));
    tdm_env stock;
    tdm_row_changes changes;
    tdm_env_stock(&stock);
    printer in = {.arena = arena,
                  .chain = chain,
                  .options = options,
                  .env = options->env ? *options->env : stock.offline,
                  .err = err};
    if (prepare(&in, upgrade ? TDM_OFFLINE_UPGRADE : TDM_OFFLINE_DOWNGRADE, range) != TDM_OK)
        return TDM_FAILED;
    if (in.steps.count != 1 || in.steps.items[0].revision != revision)
        return tdm_fail(err, TDM_ERROR_OPAQUE, place,
                        "Alembic does not run this revision without others");
    settle_settings(&in);
    if (tdm_heads_step(&in.heads, &in.steps.items[0], &changes, err) != TDM_OK)
        return TDM_FAILED;
    return ask_for_step(&in, 0, &changes, place, ret);
}
