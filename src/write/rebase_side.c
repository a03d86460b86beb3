// Whose is whose: what the other line of history has is theirs and stays, the rest is ours.
#include "write/rebase.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/lock_file.h"

static const tdm_revision *revision_at(const tdm_rebaser *in, size_t index)
{
    return tdm_project_chain_revision(in->project, index);
}

static const tdm_migration *migration_at(const tdm_rebaser *in, size_t index)
{
    return tdm_project_folder_migration(in->project, index);
}

static tdm_status refuse(const tdm_rebaser *in, tdm_place place, const char *format, ...)
    TDM_PRINTF(3, 4);

static tdm_status refuse(const tdm_rebaser *in, tdm_place place, const char *format, ...)
{
    tdm_buffer what = TDM_BUFFER_INIT(sizeof in->err->message);
    va_list args;
    va_start(args, format);
    tdm_buffer_vputf(&what, format, args);
    va_end(args);
    tdm_fail(in->err, TDM_ERROR_HISTORY, place, "%s", what.data ? what.data : "out of memory");
    tdm_buffer_free(&what);
    return TDM_FAILED;
}

// --- What the other line has --------------------------------------------------------------------

static tdm_status names_of(tdm_rebaser *in, tdm_project *project, tdm_map *revisions,
                           tdm_map *files)
{
    tdm_map_init(revisions, in->arena);
    tdm_map_init(files, in->arena);
    for (size_t i = 0; i < tdm_project_revision_count(project); i++)
        if (!tdm_map_put(revisions, tdm_project_chain_revision(project, i)->id, in))
            return tdm_fail_memory(in->err);
    for (size_t i = 0; i < tdm_project_migration_count(project); i++)
        if (!tdm_map_put(files, tdm_project_folder_migration(project, i)->file_name, in))
            return tdm_fail_memory(in->err);
    return TDM_OK;
}

static tdm_status fail_behind(const tdm_rebaser *in, const char *kind, tdm_text name)
{
    refuse(in, TDM_NOWHERE, "%s %.*s of %.*s is not here", kind, TDM_TEXT_ARG(name),
           TDM_TEXT_ARG(in->other.name));
    return tdm_hint(in->err, "Merge it, or rebase upon it, first.");
}

// Ours can only be put behind theirs when all of theirs are here.
static tdm_status check_all_here(const tdm_rebaser *in)
{
    const tdm_folder *theirs = tdm_project_folder(in->other.project);
    tdm_map here;
    tdm_map_init(&here, in->arena);
    for (size_t i = 0; i < tdm_project_revision_count(in->other.project); i++) {
        tdm_text id = tdm_project_chain_revision(in->other.project, i)->id;
        if (!tdm_chain_get(tdm_project_chain(in->project), id))
            return fail_behind(in, "revision", id);
    }
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++)
        if (!tdm_map_put(&here, migration_at(in, i)->file_name, (void *)in->project))
            return tdm_fail_memory(in->err);
    for (size_t i = 0; i < theirs->count; i++)
        if (!tdm_map_has(&here, theirs->migrations[i].file_name))
            return fail_behind(in, "migration", theirs->migrations[i].file_name);
    return TDM_OK;
}

static tdm_status take_what_is_not_theirs(tdm_rebaser *in)
{
    tdm_map revisions;
    tdm_map files;
    if (check_all_here(in) != TDM_OK ||
        names_of(in, in->other.project, &revisions, &files) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++)
        in->ours[i] = !tdm_map_has(&revisions, revision_at(in, i)->id);
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++)
        in->our_migrations[i] = !tdm_map_has(&files, migration_at(in, i)->file_name);
    return TDM_OK;
}

// --- What was named -----------------------------------------------------------------------------

static tdm_status add_with_children(tdm_rebaser *in, const char *name, tdm_revision_set *set)
{
    tdm_walker walker;
    tdm_revision *revision = tdm_chain_get(tdm_project_chain(in->project), tdm_text_of(name));
    if (!revision)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE, "there is no revision '%s'",
                        name);
    if (tdm_walker_start(in->arena, tdm_project_chain(in->project), &walker, in->err) != TDM_OK)
        return TDM_FAILED;
    return tdm_walk_one(&walker, revision, TDM_ALL_CHILDREN, set, in->err);
}

static tdm_status take_named(tdm_rebaser *in)
{
    tdm_revision_set set;
    if (!tdm_set_new(in->arena, tdm_project_chain(in->project), &set))
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < in->options->revision_count; i++)
        if (add_with_children(in, in->options->revisions[i], &set) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        bool named = tdm_set_has(&set, revision_at(in, i));
        if (named && in->other.project && !in->ours[i])
            return refuse(in, revision_at(in, i)->id_place, "revision %.*s is in %.*s already",
                          TDM_TEXT_ARG(revision_at(in, i)->id), TDM_TEXT_ARG(in->other.name));
        in->ours[i] = named;
    }
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++)
        in->our_migrations[i] = false;
    return TDM_OK;
}

// --- Pairs --------------------------------------------------------------------------------------

// Both sides of a pair go together; one that is ours in part only cannot.
static tdm_status check_group(tdm_rebaser *in, const tdm_group *group)
{
    size_t ours = 0;
    bool named = !in->other.project || in->options->revision_count;
    for (size_t i = 0; i < group->revision_count; i++)
        ours += in->ours[group->revisions[i]];
    for (size_t i = 0; named && ours && i < group->migration_count; i++)
        in->our_migrations[group->migrations[i]] = true;
    for (size_t i = 0; i < group->migration_count; i++)
        ours += in->our_migrations[group->migrations[i]];
    if (ours == 0 || ours == group->revision_count + group->migration_count)
        return TDM_OK;
    if (group->revision_count == 0)
        return TDM_OK;
    const tdm_revision *revision = revision_at(in, group->revisions[0]);
    return refuse(in, revision->id_place,
                  "the pair of revision %.*s is in part ours and in part theirs",
                  TDM_TEXT_ARG(revision->id));
}

static tdm_status check_groups(tdm_rebaser *in)
{
    for (size_t i = 0; i < in->pairing->pair_count; i++)
        if (check_group(in, &in->pairing->pairs[i].group) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- What cannot be moved -----------------------------------------------------------------------

static bool is_ours(const tdm_rebaser *in, const tdm_revision *revision)
{
    return tdm_set_has(&in->our_set, revision);
}

static tdm_status make_set(tdm_rebaser *in)
{
    if (!tdm_set_new(in->arena, tdm_project_chain(in->project), &in->our_set))
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++)
        if (in->ours[i])
            tdm_set_add(&in->our_set, revision_at(in, i));
    return TDM_OK;
}

// Where ids are dates, two branches take the same one on the same day.
static tdm_status refuse_double(const tdm_rebaser *in, const tdm_revision *revision)
{
    refuse(in, revision->id_place, "the id %.*s is used twice", TDM_TEXT_ARG(revision->id));
    return tdm_hint(in->err, "Give the revision of ours another one: in `revision`, in the name of "
                             "its file, and in its migration's \"-- tandem: revision\" line.");
}

static tdm_status check_shape(const tdm_rebaser *in, const tdm_revision *revision)
{
    if (revision->down.count > 1) {
        refuse(in, revision->down_place, "revision %.*s of ours joins branches",
               TDM_TEXT_ARG(revision->id));
        return tdm_hint(in->err, "Ours become one line behind theirs, which leaves nothing to "
                                 "join. Delete it, and run `tandem rebase` again.");
    }
    if (revision->down.count == 0)
        return refuse(in, revision->id_place, "revision %.*s of ours begins a chain of its own",
                      TDM_TEXT_ARG(revision->id));
    if (revision->labels.count)
        return refuse(in, revision->labels_place,
                      "revision %.*s of ours begins a branch with a label, which is meant to stand "
                      "beside the others",
                      TDM_TEXT_ARG(revision->id));
    return TDM_OK;
}

static tdm_status check_theirs(const tdm_rebaser *in, const tdm_revision *revision)
{
    for (size_t i = 0; i < revision->needs.count; i++)
        if (is_ours(in, revision->needs.items[i]))
            return refuse(in, revision->down_place,
                          "revision %.*s of theirs builds on %.*s of ours",
                          TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(revision->needs.items[i]->id));
    return TDM_OK;
}

static tdm_status check_shapes(const tdm_rebaser *in)
{
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *revision = revision_at(in, i);
        if ((in->ours[i] ? check_shape(in, revision) : check_theirs(in, revision)) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// --- What was deployed --------------------------------------------------------------------------

static tdm_status check_protected(tdm_rebaser *in, tdm_project *branch)
{
    tdm_text name = tdm_setting_text(tdm_project_settings(in->project), TDM_SETTING_GIT_PROTECTED);
    tdm_map revisions;
    tdm_map files;
    if (names_of(in, branch, &revisions, &files) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *revision = revision_at(in, i);
        if (!in->ours[i] || !tdm_map_has(&revisions, revision->id))
            continue;
        refuse(in, revision->id_place, "revision %.*s is on the protected branch '%.*s' already",
               TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(name));
        return tdm_hint(in->err, "--onto %.*s keeps what stands there, and moves the others.",
                        TDM_TEXT_ARG(name));
    }
    return TDM_OK;
}

static tdm_status check_settings(tdm_rebaser *in)
{
    tdm_project *branch = NULL;
    bool has_git = in->other.project;
    if (!has_git)
        return TDM_OK;
    if (tdm_project_protected(in->project, in->options->project, &branch, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = branch ? check_protected(in, branch) : TDM_OK;
    tdm_project_free(branch);
    return status;
}

static tdm_status fail_frozen(const tdm_rebaser *in, const tdm_lock_line *line,
                              const tdm_lock_member *member)
{
    tdm_text name = member->revision ? member->name : tdm_lock_version(member);
    bool theirs = in->other.project;
    refuse(in, line->place, "%s %.*s is frozen in %s", member->revision ? "revision" : "migration",
           TDM_TEXT_ARG(name), theirs ? "their tandem.lock" : "tandem.lock");
    return theirs ? TDM_FAILED
                  : tdm_hint(in->err, "Say --onto BRANCH: what is frozen only here may be moved.");
}

// A lock that both lines have says what was frozen before they parted. Without another line to
// compare with, everything frozen counts.
static tdm_status check_lock(const tdm_rebaser *in, const tdm_lock *lock)
{
    tdm_map ours;
    tdm_map_init(&ours, in->arena);
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        tdm_lock_member member = {.revision = true, .name = revision_at(in, i)->id};
        if (in->ours[i] && !tdm_map_put(&ours, tdm_lock_key(in->arena, &member), in->arena))
            return tdm_fail_memory(in->err);
    }
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++) {
        tdm_text file = migration_at(in, i)->file_name;
        tdm_lock_member member = {.name = tdm_text_slice(file, 0, file.size - 4)};
        if (in->our_migrations[i] &&
            !tdm_map_put(&ours, tdm_lock_key(in->arena, &member), in->arena))
            return tdm_fail_memory(in->err);
    }
    for (size_t i = 0; i < lock->count; i++)
        for (size_t k = 0; lock->lines[i].kind != TDM_LOCK_DRAFT && k < lock->lines[i].count; k++)
            if (tdm_map_has(&ours, tdm_lock_key(in->arena, &lock->lines[i].members[k])))
                return fail_frozen(in, &lock->lines[i], &lock->lines[i].members[k]);
    return TDM_OK;
}

static tdm_status check_locks(tdm_rebaser *in)
{
    tdm_lock lock = in->pairing->lock;
    if (in->other.project && tdm_lock_load(in->other.project, false, &lock, in->err) != TDM_OK)
        return TDM_FAILED;
    return check_lock(in, &lock);
}

// --- Their last revision ------------------------------------------------------------------------

// The ends of their lines above a revision of theirs.
static tdm_status ends_above(const tdm_rebaser *in, tdm_revision *revision,
                             const tdm_revision **ret, size_t *ret_count)
{
    tdm_revision_set above;
    tdm_walker walker;
    if (!tdm_set_new(in->arena, tdm_project_chain(in->project), &above))
        return tdm_fail_memory(in->err);
    if (tdm_walker_start(in->arena, tdm_project_chain(in->project), &walker, in->err) != TDM_OK ||
        tdm_walk_one(&walker, revision, TDM_CHILDREN, &above, in->err) != TDM_OK)
        return TDM_FAILED;
    *ret_count = 0;
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *at = revision_at(in, i);
        bool ends = !in->ours[i] && tdm_set_has(&above, at);
        for (size_t k = 0; ends && k < at->children.count; k++)
            ends = is_ours(in, at->children.items[k]);
        if (!ends)
            continue;
        *ret = at;
        (*ret_count)++;
    }
    return TDM_OK;
}

static tdm_status find_tip(tdm_rebaser *in)
{
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *revision = revision_at(in, i);
        const tdm_revision *tip = NULL;
        size_t count = 0;
        if (!in->ours[i] || is_ours(in, revision->parents.items[0]))
            continue;
        if (ends_above(in, revision->parents.items[0], &tip, &count) != TDM_OK)
            return TDM_FAILED;
        if (count != 1 || (in->tip && in->tip != tip)) {
            refuse(in, revision->down_place,
                   "theirs have several ends, and which of them ours are to follow is not known");
            return tdm_hint(in->err, "Join them first: `alembic merge` with their heads.");
        }
        in->tip = tip;
    }
    return TDM_OK;
}

static tdm_status check_ids(const tdm_rebaser *in)
{
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++)
        if (revision_at(in, i)->replaced)
            return refuse_double(in, revision_at(in, i));
    return TDM_OK;
}

tdm_status tdm_rebase_sides(tdm_rebaser *in)
{
    const tdm_rebase_options *options = in->options;
    in->ours = tdm_arena_array(in->arena, tdm_project_revision_count(in->project), sizeof(bool));
    in->our_migrations =
        tdm_arena_array(in->arena, tdm_project_migration_count(in->project), sizeof(bool));
    if (!in->ours || !in->our_migrations)
        return tdm_fail_memory(in->err);
    if (check_ids(in) != TDM_OK)
        return TDM_FAILED;
    if ((options->onto || options->revision_count == 0) &&
        (tdm_project_other_line(in->project, options->project, options->onto, &in->other,
                                in->err) != TDM_OK ||
         take_what_is_not_theirs(in) != TDM_OK))
        return TDM_FAILED;
    if (options->revision_count && take_named(in) != TDM_OK)
        return TDM_FAILED;
    if (check_groups(in) != TDM_OK || make_set(in) != TDM_OK || check_shapes(in) != TDM_OK ||
        check_settings(in) != TDM_OK || check_locks(in) != TDM_OK)
        return TDM_FAILED;
    return find_tip(in);
}
