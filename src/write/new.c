#include <tandem/new.h>

#include "autogen/python.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "project/project.h"
#include "write/name.h"
#include "write/new_name.h"
#include "write/plain.h"
#include "write/revision_file.h"
#include "write/version.h"

typedef struct maker {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_new_options *options;
    tdm_text message;
    tdm_text id;
    const tdm_revision *head; // NULL in an empty chain
    tdm_statements statements;
    tdm_error *err;
} maker;

// --- What the new revision is -------------------------------------------------------------------

static tdm_status find_head(maker *m)
{
    const tdm_chain *chain = tdm_project_chain(m->project);
    tdm_buffer names = TDM_BUFFER_INIT(sizeof m->err->message / 2);
    if (tdm_chain_check(chain, m->err) != TDM_OK)
        return TDM_FAILED;
    m->head = chain->heads.count ? chain->heads.items[0] : NULL;
    if (chain->heads.count < 2)
        return TDM_OK;
    for (size_t i = 0; i < chain->heads.count; i++) {
        tdm_buffer_puts(&names, i ? ", " : "");
        tdm_buffer_put(&names, chain->heads.items[i]->id);
    }
    tdm_fail(m->err, TDM_ERROR_REVISION, TDM_NOWHERE, "the chain has %zu heads: %s",
             chain->heads.count, names.failed ? "too many to name" : names.data);
    tdm_buffer_free(&names);
    return tdm_hint(m->err, "Join them first: `alembic merge heads -m \"...\"`.");
}

static bool has_id(const maker *m, tdm_text id)
{
    for (size_t i = 0; i < tdm_project_revision_count(m->project); i++) {
        if (tdm_text_equal(tdm_project_chain_revision(m->project, i)->id, id))
            return true;
    }
    return false;
}

static tdm_status next_dated_id(maker *m)
{
    tdm_new_moment at = tdm_new_wall(m->options->time);
    for (unsigned number = 1; number <= 999999; number++) {
        m->id = tdm_arena_printf(m->arena, "%04u%02u%02u_%06u", at.year, at.month, at.day, number);
        if (!tdm_arena_ok(m->arena))
            return tdm_fail_memory(m->err);
        if (!has_id(m, m->id))
            return TDM_OK;
    }
    return tdm_fail(m->err, TDM_ERROR_REVISION, TDM_NOWHERE, "no id is free for this day");
}

// Twelve hexadecimal digits, as Alembic's own; from what is unlike in any two revisions.
static tdm_status hashed_id(maker *m)
{
    enum { DIGITS = 12 };
    tdm_digest digest;
    char hex[33];
    tdm_text seed = tdm_arena_printf(m->arena, "%.*s|%.*s|%lld.%06u",
                                     TDM_TEXT_ARG(m->head ? m->head->id : (tdm_text){0}),
                                     TDM_TEXT_ARG(m->message), (long long)m->options->time.seconds,
                                     m->options->time.microseconds);
    if (tdm_digest_of(seed, &digest, m->err) != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(digest, hex);
    m->id = tdm_arena_text(m->arena, (tdm_text){hex, DIGITS});
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

static tdm_status choose_id(maker *m)
{
    if (!m->options->id)
        return m->head && tdm_revision_id_is_dated(m->head->id) ? next_dated_id(m) : hashed_id(m);
    m->id = tdm_text_of(m->options->id);
    for (size_t i = 0; i < m->id.size; i++) {
        char c = m->id.data[i];
        if (!tdm_is_alnum(c) && c != '_' && c != '.')
            return tdm_fail(m->err, TDM_ERROR_USAGE, TDM_NOWHERE,
                            "'%s' is no revision id: letters, digits and '_' only", m->options->id);
    }
    if (m->id.size == 0 || has_id(m, m->id))
        return tdm_fail(m->err, TDM_ERROR_USAGE, TDM_NOWHERE, "the id '%s' is taken",
                        m->options->id);
    return TDM_OK;
}

// --- The revision -------------------------------------------------------------------------------

static tdm_status read_sql(maker *m)
{
    if (!m->options->sql_path)
        return TDM_OK;
    return tdm_sql_split(m->arena, m->options->sql_path, m->options->sql, &m->statements, m->err);
}

static const char *const no_way_back =
    "# The way back of SQL cannot be derived; write it here if there is one.\n"
    "    raise NotImplementedError(\"this revision cannot be undone\")";

static tdm_status put_upgrades(const maker *m, tdm_text *ret)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t i = 0; i < m->statements.count; i++) {
        tdm_buffer_puts(&out, i ? "\n    " : "");
        tdm_py_put_execute(&out, m->statements.items[i].sql);
    }
    if (tdm_buffer_check(&out, m->err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    *ret = tdm_buffer_take(&out, m->arena);
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

static tdm_status make_revision(const maker *m, tdm_converted *ret, tdm_revision *ret_revision)
{
    tdm_revision_input input = {
        .id = m->id,
        .message = m->message,
        .downgrade = tdm_text_of(m->statements.count ? no_way_back : ""),
        .time = m->options->time,
    };
    if (m->head)
        input.parent = m->head->id;
    if (put_upgrades(m, &input.upgrade) != TDM_OK)
        return TDM_FAILED;
    return tdm_revision_file(m->project, &input, ret, ret_revision, m->err);
}

// --- The migration ------------------------------------------------------------------------------

static tdm_status choose_version(const maker *m, const tdm_revision *revision, tdm_text *ret)
{
    tdm_map taken;
    tdm_version_gap gap = {0};
    tdm_new_time utc = m->options->time;
    utc.offset = 0;
    tdm_new_moment at = tdm_new_wall(utc);
    tdm_text wish = tdm_revision_id_is_dated(m->id)
                        ? tdm_version_wish(m->arena, revision)
                        : tdm_arena_printf(m->arena, "%04u%02u%02u%02u%02u%02u", at.year, at.month,
                                           at.day, at.hour, at.minute, at.second);
    tdm_map_init(&taken, m->arena);
    for (size_t i = 0; i < tdm_project_migration_count(m->project); i++) {
        tdm_text version = tdm_project_migration(m->project, i).version;
        if (tdm_text_compare(version, gap.after) > 0)
            gap.after = version;
    }
    *ret = tdm_version_choose(m->arena, wish, &gap, &taken);
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(m->err);
    if (ret->size == 0)
        return tdm_fail(m->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "there is no version later than %.*s", TDM_TEXT_ARG(gap.after));
    return TDM_OK;
}

static tdm_status make_migration(const maker *m, const tdm_revision *revision, tdm_converted *ret)
{
    const tdm_folder *folder = tdm_project_folder(m->project);
    const char *where =
        folder->path && folder->path[0] ? folder->path : tdm_project_supabase(m->project)->folder;
    tdm_text name = tdm_migration_slug(m->arena, revision);
    ret->revision = m->id;
    if (choose_version(m, revision, &ret->version) != TDM_OK)
        return TDM_FAILED;
    ret->path = tdm_arena_printf(m->arena, "%s/%.*s_%.*s.sql",
                                 where && where[0] ? where : "supabase/migrations",
                                 TDM_TEXT_ARG(ret->version), TDM_TEXT_ARG(name))
                    .data;
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(m->err);
    tdm_plain_input input = {.revision = revision, .statements = &m->statements, .path = ret->path};
    return tdm_plain_migration(m->arena, &input, &ret->text, m->err);
}

tdm_status tdm_new(tdm_project *project, const tdm_new_options *options, tdm_conversion *ret,
                   tdm_text *ret_warning, tdm_error *err)
{
    maker m = {.project = project,
               .arena = tdm_project_arena(project),
               .options = options,
               .message = tdm_text_trim(tdm_text_of(options->message)),
               .err = err};
    tdm_revision *revision = tdm_arena_new_of(m.arena, tdm_revision);
    tdm_converted *files = tdm_arena_array(m.arena, 2, sizeof *files);
    if (!revision || !files)
        return tdm_fail_memory(err);
    if (tdm_revision_message_check(m.message, err) != TDM_OK || find_head(&m) != TDM_OK ||
        choose_id(&m) != TDM_OK || read_sql(&m) != TDM_OK ||
        make_revision(&m, &files[0], revision) != TDM_OK ||
        make_migration(&m, revision, &files[1]) != TDM_OK)
        return TDM_FAILED;
    files[0].version = files[1].version;
    *ret_warning = tdm_new_poor_message(m.arena, m.message);
    *ret = (tdm_conversion){.files = files, .count = 2};
    return tdm_arena_ok(m.arena) ? TDM_OK : tdm_fail_memory(err);
}
