// What the protected branch holds must not change: every revision and migration of the base, held
// against the project as it stands.
#include "pair/findings.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "pair/lock_meaning.h"

typedef struct base_reader {
    tdm_finding_list *list;
    tdm_project *project;
    tdm_project *base;
    tdm_map names; // of the side at work: name -> pointer into `numbers`
    uint32_t *numbers;
} base_reader;

static size_t count_of(const tdm_project *project, bool revision)
{
    return revision ? tdm_project_revision_count(project) : tdm_project_migration_count(project);
}

static tdm_text name_of(const tdm_project *project, bool revision, size_t index)
{
    return revision ? tdm_project_chain_revision(project, index)->id
                    : tdm_project_folder_migration(project, index)->version;
}

static const char *path_of(const tdm_project *project, bool revision, size_t index)
{
    return revision ? tdm_project_chain_revision(project, index)->path
                    : tdm_project_folder_migration(project, index)->path;
}

static tdm_text source_of(const tdm_project *project, bool revision, size_t index)
{
    return revision ? tdm_project_chain_revision(project, index)->source
                    : tdm_project_folder_migration(project, index)->source;
}

static tdm_status index_side(base_reader *in, bool revision, tdm_error *err)
{
    tdm_arena *arena = in->list->arena;
    size_t count = count_of(in->project, revision);
    tdm_map_init(&in->names, arena);
    in->numbers = tdm_arena_array(arena, count, sizeof *in->numbers);
    for (size_t i = 0; in->numbers && i < count; i++) {
        tdm_text name = name_of(in->project, revision, i);
        in->numbers[i] = (uint32_t)i;
        if (!tdm_map_has(&in->names, name) && !tdm_map_put(&in->names, name, &in->numbers[i]))
            return tdm_fail_memory(err);
    }
    return in->numbers ? TDM_OK : tdm_fail_memory(err);
}

// --- Comparing ----------------------------------------------------------------------------------

// The same file, which reads none of the project's modules, needs no evaluation at all.
static tdm_status is_untouched(base_reader *in, bool revision, size_t old, size_t now, bool *ret,
                               tdm_error *err)
{
    const tdm_script *script;
    *ret =
        tdm_text_equal(source_of(in->base, revision, old), source_of(in->project, revision, now));
    if (!*ret || !revision)
        return TDM_OK;
    if (tdm_project_script(in->project, now, TDM_UPGRADE, &script, err) != TDM_OK)
        return TDM_FAILED;
    *ret = script->imported_count == 0;
    return TDM_OK;
}

static tdm_status means_the_same(base_reader *in, bool revision, size_t old, size_t now, bool *ret,
                                 tdm_error *err)
{
    tdm_digest meanings[2];
    if (is_untouched(in, revision, old, now, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (*ret)
        return TDM_OK;
    if (tdm_lock_meaning(in->base, revision, old, &meanings[0], err) != TDM_OK ||
        tdm_lock_meaning(in->project, revision, now, &meanings[1], err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_digest_equal(meanings[0], meanings[1]);
    return TDM_OK;
}

// --- Saying -------------------------------------------------------------------------------------

static tdm_status add(base_reader *in, bool revision, size_t old, tdm_finding finding,
                      const char *what, tdm_error *err)
{
    tdm_arena *arena = in->list->arena;
    tdm_text by;
    // The base lives only as long as the project, which is long enough for its texts.
    tdm_text name = name_of(in->base, revision, old);
    if (tdm_project_frozen_by(in->project, path_of(in->base, revision, old), &by, err) != TDM_OK)
        return TDM_FAILED;
    *(revision ? &finding.revision : &finding.version) = name;
    finding.message = tdm_arena_printf(arena, "%s %.*s %s; it is frozen since commit %.*s",
                                       revision ? "revision" : "migration", TDM_TEXT_ARG(name),
                                       what, TDM_TEXT_ARG(by));
    finding.hint = TDM_TEXT("Put it back as it is on the protected branch, and say the change in a "
                            "new revision and migration.");
    tdm_finding_add(in->list, finding);
    return TDM_OK;
}

static tdm_status check_file(base_reader *in, bool revision, size_t old, tdm_error *err)
{
    tdm_finding finding = tdm_finding_of(TDM_FINDING_FROZEN_GONE);
    const uint32_t *now = tdm_map_get(&in->names, name_of(in->base, revision, old));
    bool same;
    if (!now) {
        finding.place = (tdm_place){.file = path_of(in->base, revision, old)};
        return add(in, revision, old, finding, "is no longer there", err);
    }
    finding.place = revision ? tdm_project_chain_revision(in->project, *now)->id_place
                             : tdm_project_folder_migration(in->project, *now)->place;
    if (!revision && !tdm_text_equal(tdm_project_folder_migration(in->base, old)->name,
                                     tdm_project_folder_migration(in->project, *now)->name)) {
        finding.kind = TDM_FINDING_FROZEN_RENAMED;
        if (add(in, revision, old, finding, "has another name now", err) != TDM_OK)
            return TDM_FAILED;
    }
    if (means_the_same(in, revision, old, *now, &same, err) != TDM_OK)
        return TDM_FAILED;
    finding.kind = TDM_FINDING_FROZEN_CHANGED;
    return same ? TDM_OK : add(in, revision, old, finding, "means something else now", err);
}

tdm_status tdm_findings_of_base(tdm_finding_list *list, tdm_project *project, tdm_error *err)
{
    base_reader in = {.list = list, .project = project, .base = tdm_project_base(project)};
    for (int side = 0; in.base && side < 2; side++) {
        bool revision = side == 0;
        if (index_side(&in, revision, err) != TDM_OK)
            return TDM_FAILED;
        for (size_t i = 0; i < count_of(in.base, revision); i++)
            if (check_file(&in, revision, i, err) != TDM_OK)
                return TDM_FAILED;
    }
    return TDM_OK;
}
