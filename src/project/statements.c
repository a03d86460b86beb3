// Scripts and statements on demand.
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "project/emission.h"
#include "project/history.h"

// A revision that cannot be evaluated at all (a syntax error, a limit) is one opaque emission, so
// that whoever compares, converts or pushes meets the reason where the statements would be.
static tdm_status opaque_script(tdm_project *project, const tdm_error *cause, tdm_script *ret,
                                tdm_error *err)
{
    tdm_emission *emission = tdm_arena_new_of(project->arena, tdm_emission);
    if (!emission)
        return tdm_fail_memory(err);
    emission->kind = TDM_EMISSION_OPAQUE;
    emission->reason = tdm_arena_text(project->arena, tdm_text_of(cause->message));
    emission->place = cause->place;
    if (cause->place.file)
        emission->place.file = tdm_arena_string(project->arena, tdm_text_of(cause->place.file));
    *ret = (tdm_script){.emissions = emission, .count = 1};
    return tdm_arena_ok(project->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status render(tdm_project *project, const tdm_wanted *wanted, tdm_run_memo *memo,
                         tdm_script *ret, tdm_error *err)
{
    tdm_error cause = TDM_ERROR_INIT;
    tdm_wanting in = {project, TDM_EVALUATE_ONLINE, memo, project->arena};
    if (tdm_wanted_holds(&in, wanted)) {
        *ret = wanted->script;
        return TDM_OK;
    }
    if (tdm_project_settle_naming(project, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_wanted_render(&in, wanted, ret, &cause) == TDM_OK)
        return TDM_OK;
    if (cause.code == TDM_ERROR_MEMORY)
        return tdm_fail_memory(err);
    return opaque_script(project, &cause, ret, err);
}

static tdm_status take_kept(tdm_project *project, tdm_error *err)
{
    if (project->wanted)
        return TDM_OK;
    project->wanted =
        tdm_arena_array(project->arena, project->revision_count, sizeof *project->wanted);
    if (!project->wanted)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < project->revision_count; i++)
        project->wanted[i].revision = project->revisions[i].revision;
    return tdm_wanted_take(project, TDM_EVALUATE_ONLINE, project->wanted, project->revision_count,
                           err);
}

static tdm_status upgrade_next(tdm_project *project, tdm_error *err)
{
    size_t index = project->upgraded;
    if (render(project, &project->wanted[index], project->memo,
               &project->revisions[index].scripts[TDM_UPGRADE], err) != TDM_OK)
        return TDM_FAILED;
    project->upgraded++;
    return TDM_OK;
}

static tdm_status downgrade(tdm_project *project, tdm_revision_state *state, tdm_error *err)
{
    tdm_wanted wanted = {.revision = state->revision, .direction = TDM_DOWNGRADE};
    if (!state->downgraded &&
        render(project, &wanted, NULL, &state->scripts[TDM_DOWNGRADE], err) != TDM_OK)
        return TDM_FAILED;
    state->downgraded = true;
    return TDM_OK;
}

tdm_status tdm_project_script(tdm_project *project, size_t index, tdm_direction direction,
                              const tdm_script **ret, tdm_error *err)
{
    tdm_revision_state *state = &project->revisions[index];
    if (direction == TDM_DOWNGRADE && downgrade(project, state, err) != TDM_OK)
        return TDM_FAILED;
    if (direction == TDM_UPGRADE && take_kept(project, err) != TDM_OK)
        return TDM_FAILED;
    // The memo must have seen every earlier revision of the run.
    while (direction == TDM_UPGRADE && project->upgraded <= index)
        if (upgrade_next(project, err) != TDM_OK)
            return TDM_FAILED;
    *ret = &state->scripts[direction];
    return TDM_OK;
}

static tdm_status add_opaque(tdm_project *project, tdm_statement_list *list,
                             tdm_statement statement, tdm_error *err)
{
    statement.opaque = true;
    return tdm_vector_push(project->arena, list, statement) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status make_statements(tdm_project *project, size_t index, tdm_direction direction,
                                  tdm_statements *ret, tdm_error *err)
{
    const tdm_script *script;
    tdm_statement_list list = {0};
    if (tdm_project_script(project, index, direction, &script, err) != TDM_OK ||
        tdm_history_decide(project->history, index, direction, script, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < script->count; i++)
        if (tdm_emission_statements(project->arena, &script->emissions[i], (uint32_t)i, &list,
                                    err) != TDM_OK)
            return TDM_FAILED;
    if (script->raised) {
        tdm_statement end = {
            .place = script->raised_at,
            .source = (uint32_t)script->count,
            .reason =
                tdm_arena_printf(project->arena, "%s() raises %.*s: %.*s",
                                 direction == TDM_UPGRADE ? "upgrade" : "downgrade",
                                 TDM_TEXT_ARG(script->exception), TDM_TEXT_ARG(script->message)),
        };
        if (add_opaque(project, &list, end, err) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_statements){list.items, list.count};
    return TDM_OK;
}

tdm_status tdm_project_revision_statements(tdm_project *project, size_t index,
                                           const tdm_statements **ret, tdm_error *err)
{
    tdm_revision_state *state = &project->revisions[index];
    *ret = &state->statements;
    if (!state->has_statements &&
        make_statements(project, index, TDM_UPGRADE, &state->statements, err) != TDM_OK)
        return TDM_FAILED;
    state->has_statements = true;
    return TDM_OK;
}

tdm_status tdm_project_downgrade_statements(tdm_project *project, size_t index, tdm_statements *ret,
                                            tdm_error *err)
{
    return make_statements(project, index, TDM_DOWNGRADE, ret, err);
}

// Where the table is not known, no step can be told from another block.
static tdm_status take_record(tdm_project *project, tdm_migration_state *state, tdm_error *err)
{
    tdm_statements *statements = &state->statements;
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_version_table table;
    tdm_version_step record;
    bool found = false;
    if (statements->count == 0 || tdm_project_version_table(project, &table, &ignored) != TDM_OK)
        return TDM_OK;
    const tdm_statement *last = &statements->items[statements->count - 1];
    if (tdm_version_step_read(project->arena, last->sql, &table, &found, &record, err) != TDM_OK)
        return TDM_FAILED;
    if (!found)
        return TDM_OK;
    tdm_version_step *kept = tdm_arena_new_of(project->arena, tdm_version_step);
    if (!kept)
        return tdm_fail_memory(err);
    *kept = record;
    state->record = kept;
    state->record_place = last->place;
    statements->count--;
    return TDM_OK;
}

const tdm_version_step *tdm_project_migration_record(const tdm_project *project, size_t index,
                                                     tdm_place *ret_place)
{
    *ret_place = project->migrations[index].record_place;
    return project->migrations[index].record;
}

tdm_status tdm_project_migration_statements(tdm_project *project, size_t index,
                                            const tdm_statements **ret, tdm_error *err)
{
    tdm_migration_state *state = &project->migrations[index];
    const tdm_migration *migration = state->migration;
    *ret = &state->statements;
    if (state->has_statements)
        return TDM_OK;
    if (migration->problem.size) {
        tdm_statement_list list = {0};
        tdm_statement whole = {.place = migration->problem_place, .reason = migration->problem};
        if (add_opaque(project, &list, whole, err) != TDM_OK)
            return TDM_FAILED;
        state->statements = (tdm_statements){list.items, list.count};
    } else if (tdm_sql_split(project->arena, migration->path, migration->source, &state->statements,
                             err) != TDM_OK ||
               take_record(project, state, err) != TDM_OK) {
        return TDM_FAILED;
    }
    state->has_statements = true;
    return TDM_OK;
}
