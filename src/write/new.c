#include <tandem/new.h>

#include "alembic/config.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "project/project.h"
#include "write/name.h"
#include "write/new_name.h"
#include "write/new_template.h"
#include "write/plain.h"
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

tdm_text tdm_new_timezone(const tdm_project *project)
{
    return tdm_project_alembic(project)->timezone;
}

// --- What the new revision is -------------------------------------------------------------------

// The message stands raw between triple quotes of the template.
static tdm_status check_message(const maker *m)
{
    if (m->message.size == 0)
        return tdm_fail(m->err, TDM_ERROR_USAGE, TDM_NOWHERE, "the message is empty");
    for (size_t i = 0; i < m->message.size; i++) {
        unsigned char c = (unsigned char)m->message.data[i];
        if (c < 0x20 || c == 0x7F || c == '\\' || c == '"')
            return tdm_fail(m->err, TDM_ERROR_USAGE, TDM_NOWHERE,
                            "a message cannot hold line ends, backslashes and double quotes: it "
                            "stands in the revision's docstring");
    }
    if (tdm_utf8_error(m->message) != SIZE_MAX)
        return tdm_fail(m->err, TDM_ERROR_USAGE, TDM_NOWHERE, "the message is no UTF-8");
    return TDM_OK;
}

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

// "20241202_000002": the date, and a number within it.
static bool is_dated(tdm_text id)
{
    enum { DATE = 8, SIZE = 15 };
    for (size_t i = 0; i < id.size; i++) {
        if (i == DATE ? id.data[i] != '_' : !tdm_is_digit(id.data[i]))
            return false;
    }
    return id.size == SIZE;
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
        return m->head && is_dated(m->head->id) ? next_dated_id(m) : hashed_id(m);
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

// `text()` takes ":name" for a parameter unless a backslash stands before it (SQLAlchemy,
// TextClause._bind_params_regex: (?<![:\w\x5c]):(\w+)(?!:)).
static bool begins_parameter(tdm_text sql, size_t at)
{
    char before = at ? sql.data[at - 1] : ' ';
    size_t end = at + 1;
    if (sql.data[at] != ':' || before == ':' || before == '_' || tdm_is_alnum(before) ||
        (unsigned char)before >= 0x80)
        return false;
    while (end < sql.size && (tdm_is_alnum(sql.data[end]) || sql.data[end] == '_' ||
                              (unsigned char)sql.data[end] >= 0x80))
        end++;
    return end > at + 1;
}

static tdm_status put_execute(const maker *m, const tdm_statement *statement, tdm_buffer *out)
{
    tdm_text sql = statement->sql;
    tdm_buffer_puts(out, "op.execute(\n        \"\"\"\n");
    for (size_t i = 0; i < sql.size; i++) {
        char c = sql.data[i];
        if (c == '\\' && i + 1 < sql.size && sql.data[i + 1] == ':')
            return tdm_fail(m->err, TDM_ERROR_SQL, statement->place,
                            "a backslash before a colon cannot be written in op.execute");
        if (c == '\r')
            return tdm_fail(m->err, TDM_ERROR_SQL, statement->place,
                            "a carriage return cannot be written in op.execute");
        if (begins_parameter(sql, i))
            tdm_buffer_puts(out, "\\\\");
        else if (c == '\\' || (c == '"' && i + 1 < sql.size && sql.data[i + 1] == '"'))
            tdm_buffer_putc(out, '\\');
        tdm_buffer_putc(out, c);
    }
    tdm_buffer_puts(out, "\n\"\"\"\n    )");
    return TDM_OK;
}

static tdm_status read_sql(maker *m)
{
    if (!m->options->sql_path)
        return TDM_OK;
    return tdm_sql_split(m->arena, m->options->sql_path, m->options->sql, &m->statements, m->err);
}

static tdm_status put_upgrades(const maker *m, tdm_buffer *out)
{
    for (size_t i = 0; i < m->statements.count; i++) {
        tdm_buffer_puts(out, i ? "\n    " : "");
        if (put_execute(m, &m->statements.items[i], out) != TDM_OK)
            return TDM_FAILED;
    }
    return tdm_buffer_check(out, m->err);
}

// As str() of a datetime: microseconds unless they are 0, and the offset when a timezone is set.
static tdm_text create_date(const maker *m)
{
    tdm_new_time now = m->options->time;
    tdm_new_moment at = tdm_new_wall(now);
    unsigned offset = (unsigned)(now.offset < 0 ? -now.offset : now.offset);
    tdm_buffer out = TDM_BUFFER_INIT(100);
    tdm_buffer_putf(&out, "%04u-%02u-%02u %02u:%02u:%02u", at.year, at.month, at.day, at.hour,
                    at.minute, at.second);
    if (now.microseconds)
        tdm_buffer_putf(&out, ".%06u", now.microseconds);
    if (tdm_new_timezone(m->project).size)
        tdm_buffer_putf(&out, "%c%02u:%02u", now.offset < 0 ? '-' : '+', offset / 3600,
                        offset / 60 % 60);
    return tdm_buffer_take(&out, m->arena);
}

static const char *const no_way_back =
    "# The way back of SQL cannot be derived; write it here if there is one.\n"
    "    raise NotImplementedError(\"this revision cannot be undone\")";

static tdm_status render(const maker *m, const char *template_path, tdm_text template_text,
                         tdm_text *ret)
{
    tdm_buffer upgrades = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_status status = put_upgrades(m, &upgrades);
    const tdm_template_value values[] = {
        {"message", m->message},
        {"up_revision", m->id},
        {"down_revision", m->head ? m->head->id : (tdm_text){0}},
        {"branch_labels", {NULL, 0}},
        {"depends_on", {NULL, 0}},
        {"create_date", create_date(m)},
        {"imports", TDM_TEXT("")},
        {"upgrades", tdm_buffer_text(&upgrades)},
        {"downgrades", tdm_text_of(m->statements.count ? no_way_back : "")},
    };
    if (status == TDM_OK)
        status = tdm_template_render(template_path, template_text, values,
                                     sizeof values / sizeof *values, &out, m->err);
    if (status == TDM_OK)
        *ret = tdm_buffer_take(&out, m->arena);
    tdm_buffer_free(&upgrades);
    tdm_buffer_free(&out);
    return status == TDM_OK && !tdm_arena_ok(m->arena) ? tdm_fail_memory(m->err) : status;
}

// Where `alembic revision` would put it: the one folder of revisions, else the head's.
static tdm_status find_folder(const maker *m, tdm_text *ret)
{
    const tdm_alembic_config *config = tdm_project_alembic(m->project);
    if (config->version_count == 1)
        *ret = tdm_text_of(config->versions[0]);
    else if (m->head)
        *ret = tdm_path_folder(tdm_text_of(m->head->path));
    else if (config->version_count == 0)
        *ret = tdm_arena_printf(m->arena, "%s/versions", config->script_location);
    else
        return tdm_fail(m->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "there are several folders of revisions and none to follow");
    return TDM_OK;
}

// What was written says what it was to say; else the template does something unforeseen.
static tdm_status read_back(const maker *m, const char *path, tdm_text text, tdm_revision *ret)
{
    if (tdm_header_read(m->arena, path, text, ret, m->err) != TDM_OK)
        return TDM_FAILED;
    bool parent = m->head ? ret->down.count == 1 && tdm_text_equal(ret->down.items[0], m->head->id)
                          : ret->down.count == 0;
    if (!parent || !tdm_text_equal(ret->id, m->id) || !ret->has_upgrade)
        return tdm_fail(m->err, TDM_ERROR_CONFIG, (tdm_place){.file = path},
                        "what script.py.mako makes is not the revision that was asked for");
    return TDM_OK;
}

static tdm_status make_revision(const maker *m, tdm_converted *ret, tdm_revision *ret_revision)
{
    const tdm_alembic_config *config = tdm_project_alembic(m->project);
    tdm_text source;
    tdm_text name;
    tdm_text folder;
    if (!config->script_location)
        return tdm_fail(m->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "a new revision needs the project's script.py.mako, and no configuration "
                        "of Alembic says where it is");
    const char *template_path = tdm_path_join(m->arena, config->script_location, "script.py.mako");
    if (!template_path)
        return tdm_fail_memory(m->err);
    if (tdm_tree_read(tdm_project_tree(m->project), template_path, m->arena, &source, m->err) !=
            TDM_OK ||
        render(m, template_path, source, &ret->text) != TDM_OK ||
        find_folder(m, &folder) != TDM_OK ||
        tdm_new_file_name(m->arena, config, m->id, m->message, m->options->time, &name, m->err) !=
            TDM_OK)
        return TDM_FAILED;
    ret->revision = m->id;
    ret->path =
        tdm_arena_printf(m->arena, "%.*s/%.*s", TDM_TEXT_ARG(folder), TDM_TEXT_ARG(name)).data;
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(m->err);
    return read_back(m, ret->path, ret->text, ret_revision);
}

// --- The migration ------------------------------------------------------------------------------

static tdm_status choose_version(const maker *m, const tdm_revision *revision, tdm_text *ret)
{
    tdm_map taken;
    tdm_version_gap gap = {0};
    tdm_new_time utc = m->options->time;
    utc.offset = 0;
    tdm_new_moment at = tdm_new_wall(utc);
    tdm_text wish = is_dated(m->id)
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
    return tdm_plain_migration(m->arena, revision, &m->statements, ret->path, &ret->text, m->err);
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
    if (check_message(&m) != TDM_OK || find_head(&m) != TDM_OK || choose_id(&m) != TDM_OK ||
        read_sql(&m) != TDM_OK || make_revision(&m, &files[0], revision) != TDM_OK ||
        make_migration(&m, revision, &files[1]) != TDM_OK)
        return TDM_FAILED;
    files[0].version = files[1].version;
    *ret_warning = tdm_new_poor_message(m.arena, m.message);
    *ret = (tdm_conversion){.files = files, .count = 2};
    return tdm_arena_ok(m.arena) ? TDM_OK : tdm_fail_memory(err);
}
