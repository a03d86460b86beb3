#include "pair/baseline.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/link_state.h"

static tdm_status unknown(const tdm_settings *settings, tdm_setting_id id, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_CONFIG, settings->values[id].place, "%s: there is no '%.*s'",
                    tdm_setting_key(id), TDM_TEXT_ARG(tdm_setting_text(settings, id)));
}

// The revision and all that it needs. Revisions come in upgrade order, so that one pass from the
// end is enough.
static bool mark_revisions(const tdm_link_input *input, tdm_text id, bool *marked)
{
    bool found = false;
    for (size_t i = input->revision_count; i-- > 0;) {
        const tdm_link_revision *revision = &input->revisions[i];
        if (!found && tdm_text_equal(revision->id, id))
            found = marked[i] = true;
        for (size_t k = 0; marked[i] && k < revision->need_count; k++)
            marked[revision->needs[k]] = true;
    }
    return found;
}

static bool mark_migrations(const tdm_link_input *input, tdm_text version, bool *marked)
{
    bool found = false;
    for (size_t i = input->migration_count; i-- > 0;) {
        found = found || tdm_text_equal(input->migrations[i].version, version);
        marked[i] = found;
    }
    return found;
}

tdm_status tdm_baseline_read(tdm_arena *arena, const tdm_settings *settings,
                             const tdm_link_input *input, tdm_baseline *ret, tdm_error *err)
{
    tdm_text revision = tdm_setting_text(settings, TDM_SETTING_PAIRING_BASELINE_REVISION);
    tdm_text version = tdm_setting_text(settings, TDM_SETTING_PAIRING_BASELINE_VERSION);
    *ret = (tdm_baseline){0};
    if (revision.size == 0 && version.size == 0)
        return TDM_OK;
    ret->revisions = tdm_arena_array(arena, input->revision_count, sizeof(bool));
    ret->migrations = tdm_arena_array(arena, input->migration_count, sizeof(bool));
    if (!ret->revisions || !ret->migrations)
        return tdm_fail_memory(err);
    if (revision.size && !mark_revisions(input, revision, ret->revisions))
        return unknown(settings, TDM_SETTING_PAIRING_BASELINE_REVISION, err);
    if (version.size && !mark_migrations(input, version, ret->migrations))
        return unknown(settings, TDM_SETTING_PAIRING_BASELINE_VERSION, err);
    return TDM_OK;
}

bool tdm_baseline_holds(const tdm_baseline *baseline, const tdm_group *group)
{
    if (!baseline->revisions)
        return false;
    for (size_t i = 0; i < group->revision_count; i++)
        if (!baseline->revisions[group->revisions[i]])
            return false;
    for (size_t i = 0; i < group->migration_count; i++)
        if (!baseline->migrations[group->migrations[i]])
            return false;
    return true;
}

// Everything on either side with the first of the other: that holds one group together.
static tdm_status join(tdm_link_state *state, uint32_t revision, uint32_t migration, tdm_error *err)
{
    tdm_link_edge edge = {revision, migration, TDM_LINK_LOCK,
                          state->input->migrations[migration].place,
                          TDM_TEXT("both lie before the baseline of tandem.toml")};
    return tdm_link_add(state, edge, err);
}

static size_t first_of(const bool *marked, size_t count)
{
    size_t i = 0;
    while (i < count && !marked[i])
        i++;
    return i;
}

tdm_status tdm_link_by_baseline(tdm_link_state *state, tdm_error *err)
{
    const tdm_link_input *input = state->input;
    const tdm_baseline *baseline = input->baseline;
    if (!baseline || !baseline->revisions)
        return TDM_OK;
    size_t revision = first_of(baseline->revisions, input->revision_count);
    size_t migration = first_of(baseline->migrations, input->migration_count);
    if (revision == input->revision_count || migration == input->migration_count)
        return TDM_OK;
    for (size_t i = revision; i < input->revision_count; i++)
        if (baseline->revisions[i] && join(state, (uint32_t)i, (uint32_t)migration, err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = migration; i < input->migration_count; i++)
        if (baseline->migrations[i] && join(state, (uint32_t)revision, (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
