// Making tandem.lock out of a pairing and the lock that stands there.
#include <tandem/lock.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/lock_meaning.h"
#include "pair/pair.h"
#include "sql/identity.h"

typedef struct lock_maker {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_lock_options *options;
    const tdm_pairing *pairing;
    bool *acknowledged; // by pair
    tdm_map written;    // keys of the members that have a line
    TDM_VECTOR(tdm_lock_line) lines;
    size_t left_out;
} lock_maker;

static tdm_text name_of(const tdm_frozen *item)
{
    return item->member->revision ? item->member->name : tdm_lock_version(item->member);
}

// --- What may change ----------------------------------------------------------------------------

static bool may_change(const lock_maker *in, const tdm_frozen *item)
{
    for (size_t i = 0; i < in->options->refreeze_count; i++)
        if (tdm_text_is(name_of(item), in->options->refreeze[i]))
            return true;
    return false;
}

static tdm_status refuse_change(const tdm_frozen *item, tdm_error *err)
{
    static const char *const what[] = {
        [TDM_FROZEN_SAME] = "has another name now",
        [TDM_FROZEN_CHANGED] = "means something else now",
        [TDM_FROZEN_UNKNOWN] = "has changed, and its meaning was frozen by another tandem",
        [TDM_FROZEN_GONE] = "is no longer there",
    };
    tdm_text name = name_of(item);
    tdm_fail(err, TDM_ERROR_HISTORY, item->line->place, "%s %.*s is frozen and %s",
             item->member->revision ? "revision" : "migration", TDM_TEXT_ARG(name),
             what[item->state]);
    return tdm_hint(err,
                    "Put it back. If no database can have run it, --refreeze %.*s freezes it as "
                    "it is.",
                    TDM_TEXT_ARG(name));
}

// What was acknowledged may change: the reason then has to be given again.
static tdm_status check_frozen(const lock_maker *in, tdm_error *err)
{
    const tdm_frozen_list *frozen = &in->pairing->frozen;
    for (size_t i = 0; i < frozen->count; i++) {
        const tdm_frozen *item = &frozen->items[i];
        bool open = item->line->kind == TDM_LOCK_ACKNOWLEDGED && item->state != TDM_FROZEN_GONE;
        if (item->line->kind == TDM_LOCK_DRAFT)
            continue;
        bool moved = (item->state != TDM_FROZEN_SAME && !open) || item->renamed;
        if (moved && !may_change(in, item))
            return refuse_change(item, err);
    }
    return TDM_OK;
}

// --- Acknowledging ------------------------------------------------------------------------------

static bool names_pair(const lock_maker *in, const tdm_group *group, const char *name)
{
    for (size_t i = 0; i < group->revision_count; i++)
        if (tdm_text_is(tdm_project_chain_revision(in->project, group->revisions[i])->id, name))
            return true;
    for (size_t i = 0; i < group->migration_count; i++)
        if (tdm_text_is(tdm_project_folder_migration(in->project, group->migrations[i])->version,
                        name))
            return true;
    return false;
}

static tdm_status acknowledge(lock_maker *in, const char *name, tdm_error *err)
{
    for (size_t i = 0; i < in->pairing->pair_count; i++) {
        const tdm_paired *pair = &in->pairing->pairs[i];
        if (!names_pair(in, &pair->group, name))
            continue;
        if (pair->verdict == TDM_VERDICT_IDENTICAL || pair->verdict == TDM_VERDICT_EQUIVALENT ||
            pair->verdict == TDM_VERDICT_ALONE)
            return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                            "there is nothing to acknowledge: the pair of '%s' is %s", name,
                            tdm_verdict_name(pair->verdict));
        in->acknowledged[i] = true;
        return TDM_OK;
    }
    return tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE, "there is no revision or version '%s'",
                    name);
}

static tdm_status acknowledge_all(lock_maker *in, tdm_error *err)
{
    const tdm_lock_options *options = in->options;
    tdm_text reason = tdm_text_trim(tdm_text_of(options->reason));
    if (options->acknowledge_count && reason.size == 0) {
        tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "an acknowledgement needs a reason");
        return tdm_hint(err, "Say --reason \"...\": whoever reads the lock wants to know.");
    }
    if (tdm_utf8_error(reason) != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "the reason is no UTF-8");
    for (size_t i = 0; i < options->acknowledge_count; i++)
        if (acknowledge(in, options->acknowledge[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- Lines --------------------------------------------------------------------------------------

static tdm_status fill_member(lock_maker *in, bool revision, uint32_t index, tdm_lock_kind kind,
                              tdm_lock_member *ret, tdm_error *err)
{
    ret->revision = revision;
    if (revision) {
        ret->name = tdm_project_chain_revision(in->project, index)->id;
    } else {
        const tdm_migration *migration = tdm_project_folder_migration(in->project, index);
        ret->name = tdm_arena_printf(in->arena, "%.*s_%.*s", TDM_TEXT_ARG(migration->version),
                                     TDM_TEXT_ARG(migration->name));
    }
    if (kind == TDM_LOCK_DRAFT)
        return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(err);
    if (tdm_lock_bytes(in->project, revision, index, &ret->bytes, err) != TDM_OK)
        return TDM_FAILED;
    bool tokens = kind == TDM_LOCK_ACKNOWLEDGED;
    return tokens ? tdm_lock_tokens(in->project, revision, index, &ret->meaning, err)
                  : tdm_lock_meaning(in->project, revision, index, &ret->meaning, err);
}

// Two files of one id cannot both be frozen under it; check reports them as what they are.
static tdm_status push_line(lock_maker *in, tdm_lock_line line, tdm_error *err)
{
    bool taken = false;
    for (size_t i = 0; i < line.count; i++)
        taken = taken || tdm_map_has(&in->written, tdm_lock_key(in->arena, &line.members[i]));
    in->left_out += taken;
    for (size_t i = 0; !taken && i < line.count; i++)
        if (!tdm_map_put(&in->written, tdm_lock_key(in->arena, &line.members[i]), in))
            return tdm_fail_memory(err);
    return taken || tdm_vector_push(in->arena, &in->lines, line) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status add_line(lock_maker *in, const tdm_group *group, tdm_lock_kind kind,
                           tdm_text reason, tdm_error *err)
{
    tdm_lock_line line = {.kind = kind, .reason = reason};
    size_t count = group->revision_count + group->migration_count;
    line.members = tdm_arena_array(in->arena, count, sizeof *line.members);
    if (!line.members)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < group->revision_count; i++)
        if (fill_member(in, true, group->revisions[i], kind, &line.members[line.count++], err) !=
            TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < group->migration_count; i++)
        if (fill_member(in, false, group->migrations[i], kind, &line.members[line.count++], err) !=
            TDM_OK)
            return TDM_FAILED;
    return push_line(in, line, err);
}

static bool is_draft(const lock_maker *in, const tdm_group *group)
{
    tdm_frozen_group names = {group->revisions, group->revision_count, group->migrations,
                              group->migration_count};
    const tdm_lock_line *line = tdm_frozen_line(&in->pairing->frozen, names);
    return line && line->kind == TDM_LOCK_DRAFT;
}

// A pair as `tandem new` makes it, with nothing filled in yet.
static tdm_status does_nothing(lock_maker *in, const tdm_group *group, bool *ret, tdm_error *err)
{
    const tdm_statements *statements;
    *ret = true;
    for (size_t i = 0; *ret && i < group->revision_count; i++) {
        if (tdm_project_revision_statements(in->project, group->revisions[i], &statements, err) !=
            TDM_OK)
            return TDM_FAILED;
        *ret = statements->count == 0;
    }
    for (size_t i = 0; *ret && i < group->migration_count; i++) {
        if (tdm_project_migration_statements(in->project, group->migrations[i], &statements, err) !=
            TDM_OK)
            return TDM_FAILED;
        *ret = statements->count == 0;
    }
    return TDM_OK;
}

// A draft stays one as long as there is nothing to freeze.
static tdm_status add_agreeing(lock_maker *in, const tdm_group *group, tdm_error *err)
{
    tdm_lock_kind kind = TDM_LOCK_PAIR;
    bool empty = false;
    if (is_draft(in, group)) {
        if (does_nothing(in, group, &empty, err) != TDM_OK)
            return TDM_FAILED;
        kind = empty ? TDM_LOCK_DRAFT : TDM_LOCK_PAIR;
    }
    return add_line(in, group, kind, (tdm_text){NULL, 0}, err);
}

static tdm_status add_pair(lock_maker *in, size_t index, tdm_error *err)
{
    const tdm_paired *pair = &in->pairing->pairs[index];
    if (in->acknowledged[index])
        return add_line(in, &pair->group, TDM_LOCK_ACKNOWLEDGED,
                        tdm_text_trim(tdm_text_of(in->options->reason)), err);
    switch (pair->verdict) {
    case TDM_VERDICT_IDENTICAL:
    case TDM_VERDICT_EQUIVALENT:
        return add_agreeing(in, &pair->group, err);
    case TDM_VERDICT_ALONE:
        return add_line(in, &pair->group, TDM_LOCK_ALONE, pair->detail, err);
    case TDM_VERDICT_ACKNOWLEDGED:
        return add_line(in, &pair->group, TDM_LOCK_ACKNOWLEDGED, pair->detail, err);
    case TDM_VERDICT_DIFFERENT:
    case TDM_VERDICT_OPAQUE:
    case TDM_VERDICT_MISSING:
        in->left_out++;
        return is_draft(in, &pair->group)
                   ? add_line(in, &pair->group, TDM_LOCK_DRAFT, (tdm_text){NULL, 0}, err)
                   : TDM_OK;
    }
    return TDM_OK;
}

static tdm_status print(lock_maker *in, tdm_locked *ret, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_lock lock = {
        .identity = TDM_SQL_IDENTITY_VERSION, .lines = in->lines.items, .count = in->lines.count};
    tdm_text old = {NULL, 0};
    tdm_status status = tdm_lock_print(&lock, &out, err);
    if (status == TDM_OK && in->pairing->lock.there)
        status = tdm_tree_read(tdm_project_tree(in->project), in->pairing->lock.path, in->arena,
                               &old, err);
    *ret = (tdm_locked){
        .path = in->pairing->lock.path,
        .text = tdm_buffer_take(&out, in->arena),
        .pairs = in->lines.count,
        .left_out = in->left_out,
    };
    tdm_buffer_free(&out);
    ret->changed = !tdm_text_equal(old, ret->text);
    if (status == TDM_OK && !tdm_arena_ok(in->arena))
        status = tdm_fail_memory(err);
    return status;
}

tdm_status tdm_lock_make(tdm_project *project, const tdm_lock_options *options, tdm_locked *ret,
                         tdm_error *err)
{
    lock_maker in = {.project = project, .arena = tdm_project_arena(project), .options = options};
    tdm_map_init(&in.written, in.arena);
    if (tdm_pairing_mending(project, &in.pairing, err) != TDM_OK)
        return TDM_FAILED;
    in.acknowledged = tdm_arena_array(in.arena, in.pairing->pair_count, sizeof *in.acknowledged);
    if (!in.acknowledged)
        return tdm_fail_memory(err);
    if (check_frozen(&in, err) != TDM_OK || acknowledge_all(&in, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < in.pairing->pair_count; i++)
        if (add_pair(&in, i, err) != TDM_OK)
            return TDM_FAILED;
    return print(&in, ret, err);
}

tdm_status tdm_lock_write(tdm_project *project, const tdm_locked *locked, tdm_error *err)
{
    tdm_text path = tdm_arena_printf(tdm_project_arena(project), "%s/%s", tdm_project_root(project),
                                     locked->path);
    return path.data ? tdm_file_write(path.data, locked->text, true, err) : tdm_fail_memory(err);
}
