// `tandem sql`: the script of a range as Alembic prints it, and every revision alone.
#include <tandem/sql.h>

#include "project/kept.h"
#include "project/run_alembic.h"
#include "project/state.h"

#include "alembic/offline.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"

static tdm_status fail_writing(tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "the output could not be written");
}

// What a range runs, one after the other.
typedef struct range_scripts {
    tdm_project *project;
    tdm_evaluation mode;
    tdm_wanted *wanted; // by step
} range_scripts;

static tdm_status prepare(void *context, const tdm_steps *steps, tdm_error *err)
{
    range_scripts *in = context;
    tdm_wanted *wanted = tdm_arena_array(in->project->arena, steps->count, sizeof *wanted);
    if (!wanted)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < steps->count; i++) {
        wanted[i].revision = steps->items[i].revision;
        wanted[i].direction = steps->items[i].direction;
    }
    in->wanted = wanted;
    return tdm_wanted_take(in->project, in->mode, wanted, steps->count, err);
}

static tdm_status script_of(void *context, size_t step, tdm_run_memo *memo, tdm_script *ret,
                            tdm_error *err)
{
    const range_scripts *in = context;
    const tdm_wanted *wanted = &in->wanted[step];
    tdm_wanting wanting = {in->project, in->mode, memo, in->project->arena};
    if (tdm_wanted_holds(&wanting, wanted)) {
        *ret = wanted->script;
        return TDM_OK;
    }
    if (tdm_project_settle_naming(in->project, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_wanted_render(&wanting, wanted, ret, err);
}

tdm_status tdm_sql(tdm_project *project, const tdm_sql_options *options, tdm_writer write,
                   void *context, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_offline_result result;
    range_scripts scripts = {
        .project = project,
        .mode = options->strict ? TDM_EVALUATE_STRICT : TDM_EVALUATE_OFFLINE,
    };
    tdm_script_source source = {.context = &scripts, .prepare = prepare, .script = script_of};
    tdm_offline_options offline = {
        .env = &project->env.offline,
        .source = &source,
        .strict = options->strict,
    };
    tdm_text range = options->range ? tdm_text_of(options->range) : TDM_TEXT("heads");
    if (options->run_alembic) {
        if (tdm_run_alembic_check(project, err) != TDM_OK)
            return TDM_FAILED;
        offline.ask = tdm_run_alembic;
        offline.ask_context = project;
    }
    tdm_status status =
        tdm_offline_run(project->arena, project->chain,
                        options->downgrade ? TDM_OFFLINE_DOWNGRADE : TDM_OFFLINE_UPGRADE, range,
                        &offline, &out, &result, err);
    if (status == TDM_OK)
        status = tdm_buffer_check(&out, err);
    if (status == TDM_OK && !write(context, tdm_buffer_text(&out)))
        status = fail_writing(err);
    tdm_buffer_free(&out);
    if (status == TDM_OK && options->opaque)
        *options->opaque = result.opaque;
    return status;
}

// --- Each revision alone ------------------------------------------------------------------------

typedef struct each {
    tdm_project *project;
    tdm_rendered_callback call;
    void *context;
    tdm_arena *arena; // of one revision and direction
    bool ask;
} each;

static tdm_status hand_over(each *e, tdm_rendered *rendered, tdm_error *err)
{
    if (!tdm_arena_ok(e->arena))
        return tdm_fail_memory(err);
    return e->call(e->context, rendered) ? TDM_OK : fail_writing(err);
}

static tdm_status hand_over_opaque(each *e, tdm_rendered rendered, tdm_text reason, tdm_place place,
                                   tdm_error *err)
{
    tdm_rendered_statement whole = {.line = place.line, .opaque = true, .reason = reason};
    rendered.statements = &whole;
    rendered.count = 1;
    return hand_over(e, &rendered, err);
}

static tdm_status fill(each *e, const tdm_script *script, tdm_rendered *rendered, tdm_error *err)
{
    TDM_VECTOR(tdm_rendered_statement) list = {0};
    for (size_t i = 0; i < script->count; i++) {
        const tdm_emission *emission = &script->emissions[i];
        tdm_rendered_statement statement = {
            .sql = emission->offline,
            .line = emission->place.line,
            .opaque = emission->kind == TDM_EMISSION_OPAQUE,
            .reason = emission->reason,
        };
        if (!tdm_vector_push(e->arena, &list, statement))
            return tdm_fail_memory(err);
    }
    rendered->statements = list.items;
    rendered->count = list.count;
    if (script->raised)
        rendered->raised = tdm_arena_printf(e->arena, "%.*s: %.*s", TDM_TEXT_ARG(script->exception),
                                            TDM_TEXT_ARG(script->message));
    return TDM_OK;
}

// Whether the failure to ask is of this revision alone, and no reason to end.
static bool is_of_revision(tdm_error_code code)
{
    return code == TDM_ERROR_PYTHON || code == TDM_ERROR_OPAQUE || code == TDM_ERROR_LIMIT ||
           code == TDM_ERROR_CHAIN;
}

// Puts what Alembic prints in the place of all statements, when one of them is opaque.
static tdm_status ask(each *e, tdm_revision *revision, const tdm_script *script,
                      tdm_rendered *rendered, tdm_error *err)
{
    size_t first = 0;
    tdm_error cause = TDM_ERROR_INIT;
    tdm_step step = {.direction = rendered->downgrade ? TDM_DOWNGRADE : TDM_UPGRADE,
                     .revision = revision};
    tdm_offline_options options = {
        .env = &e->project->env.offline, .ask = tdm_run_alembic, .ask_context = e->project};
    while (first < script->count && script->emissions[first].kind != TDM_EMISSION_OPAQUE)
        first++;
    if (first == script->count)
        return TDM_OK;
    const tdm_emission *emission = &script->emissions[first];
    tdm_rendered_statement *statement = tdm_arena_new_of(e->arena, tdm_rendered_statement);
    if (!statement)
        return tdm_fail_memory(err);
    if (tdm_offline_ask(e->arena, e->project->chain, &step, emission->place, &options,
                        &statement->sql, &cause) == TDM_OK) {
        statement->line = emission->place.line;
        statement->asked = true;
        statement->reason = emission->reason;
        rendered->statements = statement;
        rendered->count = 1;
        rendered->raised = (tdm_text){NULL, 0};
        return TDM_OK;
    }
    if (!is_of_revision(cause.code))
        return tdm_fail(err, cause.code, cause.place, "%s", cause.message);
    script->emissions[first].reason = tdm_arena_printf(
        e->arena, "%.*s; Alembic was asked: %s", TDM_TEXT_ARG(emission->reason), cause.message);
    return fill(e, script, rendered, err);
}

static tdm_status render_one(each *e, tdm_revision *revision, const tdm_wanted *wanted,
                             tdm_error *err)
{
    tdm_wanting wanting = {e->project, TDM_EVALUATE_OFFLINE, tdm_run_memo_new(e->arena), e->arena};
    tdm_script script = {0};
    tdm_error cause = TDM_ERROR_INIT;
    tdm_rendered rendered = {
        .revision = revision->id,
        .file = revision->path,
        .downgrade = wanted->direction == TDM_DOWNGRADE,
    };
    if (!wanting.memo)
        return tdm_fail_memory(err);
    if (tdm_wanted_holds(&wanting, wanted)) {
        script = wanted->script;
    } else if (tdm_project_settle_naming(e->project, err) != TDM_OK) {
        return TDM_FAILED;
    } else if (tdm_wanted_render(&wanting, wanted, &script, &cause) != TDM_OK) {
        if (cause.code == TDM_ERROR_MEMORY)
            return tdm_fail_memory(err);
        return hand_over_opaque(e, rendered, tdm_text_of(cause.message), cause.place, err);
    }
    if (fill(e, &script, &rendered, err) != TDM_OK ||
        (e->ask && ask(e, revision, &script, &rendered, err) != TDM_OK))
        return TDM_FAILED;
    return hand_over(e, &rendered, err);
}

// Both directions of every revision.
static tdm_status render_all(each *e, tdm_error *err)
{
    const tdm_project *project = e->project;
    size_t count = project->revision_count * 2;
    tdm_wanted *wanted = tdm_arena_array(project->arena, count, sizeof *wanted);
    if (!wanted)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        wanted[i].revision = project->revisions[i / 2].revision;
        wanted[i].direction = i % 2 ? TDM_DOWNGRADE : TDM_UPGRADE;
    }
    if (tdm_wanted_take(e->project, TDM_EVALUATE_OFFLINE, wanted, count, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        e->arena = tdm_arena_new(0);
        tdm_status status = e->arena
                                ? render_one(e, project->revisions[i / 2].revision, &wanted[i], err)
                                : tdm_fail_memory(err);
        tdm_arena_free(e->arena);
        if (status != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status render_each(each e, tdm_error *err)
{
    const tdm_project *project = e.project;
    if (render_all(&e, err) != TDM_OK)
        return TDM_FAILED;
    e.arena = project->arena;
    for (size_t i = 0; i < project->chain->problem_count; i++) {
        const tdm_problem *problem = &project->chain->problems[i];
        if (problem->kind != TDM_PROBLEM_UNREADABLE || problem->revision)
            continue;
        tdm_rendered rendered = {.file = problem->place.file};
        for (int direction = 0; direction < 2; direction++) {
            rendered.downgrade = direction == 1;
            if (hand_over_opaque(&e, rendered, problem->message, problem->place, err) != TDM_OK)
                return TDM_FAILED;
        }
    }
    return TDM_OK;
}

tdm_status tdm_sql_each(tdm_project *project, tdm_rendered_callback call, void *context,
                        tdm_error *err)
{
    return render_each((each){.project = project, .call = call, .context = context}, err);
}

tdm_status tdm_sql_each_asking(tdm_project *project, tdm_rendered_callback call, void *context,
                               tdm_error *err)
{
    if (tdm_run_alembic_check(project, err) != TDM_OK)
        return TDM_FAILED;
    return render_each((each){.project = project, .call = call, .context = context, .ask = true},
                       err);
}
