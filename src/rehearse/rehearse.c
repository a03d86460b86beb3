// A rehearsal: the order of its parts, and what is compared with what.
#include "plan/expected.h"
#include "rehearse/rehearsal.h"

#include "base/error.h"
#include "base/text.h"
#include "project/emission.h"

typedef struct rehearsal {
    tdm_project *project;
    tdm_arena *arena;
    tdm_stage stage;
    tdm_version_table table; // alembic_version, which no chain makes
    TDM_VECTOR(tdm_rehearse_run) runs;
    TDM_VECTOR(tdm_rehearse_comparison) comparisons;
    tdm_error *err;
} rehearsal;

// One side: its database, and what is known of it.
typedef struct side {
    bool supabase;
    bool there;
    const char *url;
    tdm_session *session;
    tdm_catalog *before; // as read
    tdm_catalog *live;   // as read after the chain ran
    tdm_catalog *model;  // of what ran
    bool whole;          // the chain ran to its end
} side;

static size_t file_count(const rehearsal *r, const side *s)
{
    return s->supabase ? tdm_project_migration_count(r->project)
                       : tdm_project_revision_count(r->project);
}

static tdm_status statements_of(const rehearsal *r, const side *s, size_t index,
                                const tdm_statements **ret)
{
    if (s->supabase)
        return tdm_project_migration_statements(r->project, index, ret, r->err);
    return tdm_project_revision_statements(r->project, index, ret, r->err);
}

// --- Extensions ---------------------------------------------------------------------------------

static void add_name(tdm_arena *arena, tdm_name_list *list, tdm_text name)
{
    for (size_t i = 0; i < list->count; i++)
        if (tdm_text_equal(list->items[i], name))
            return;
    (void)tdm_vector_push(arena, list, name);
}

// What the statements make on the model tells which extensions they need.
static tdm_status needed_extensions(const rehearsal *r, const side *s, tdm_name_list *ret)
{
    tdm_arena *scratch = tdm_arena_new(0);
    tdm_catalog *catalog = NULL;
    const tdm_statements *statements;
    tdm_status status =
        scratch ? tdm_catalog_new(scratch, true, &catalog, r->err) : tdm_fail_memory(r->err);

    for (size_t i = 0; status == TDM_OK && i < file_count(r, s); i++) {
        status = statements_of(r, s, i, &statements);
        if (status == TDM_OK)
            status = tdm_expected_replay(catalog, statements, s->supabase, r->err);
    }
    for (size_t i = 0; status == TDM_OK && i < tdm_catalog_object_count(catalog); i++) {
        const tdm_object *object = tdm_catalog_object_at(catalog, i);
        if (object->kind == TDM_KIND_EXTENSION && !object->dropped)
            add_name(r->arena, ret, tdm_arena_text(r->arena, object->name));
    }
    tdm_arena_free(scratch);
    return status;
}

// --- Running ------------------------------------------------------------------------------------

static tdm_status read_live(const rehearsal *r, const side *s, tdm_catalog **ret)
{
    const tdm_target_options target = {.url = s->url};
    const tdm_live_options options = {0};
    tdm_session *session = NULL;

    // A session of its own: what ran may have left settings and roles behind.
    if (tdm_session_open(&target, &session, r->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_live_read(session, &options, r->arena, ret, r->err);
    tdm_session_close(session);
    return status;
}

static tdm_status prepare(rehearsal *r, side *s, bool standins)
{
    tdm_target_options target = {0};

    s->there = file_count(r, s) > 0;
    if (!s->there)
        return TDM_OK;
    if (tdm_stage_database(&r->stage, s->supabase ? "supabase" : "alembic", standins, &s->url,
                           r->err) != TDM_OK)
        return TDM_FAILED;
    target.url = s->url;
    if (tdm_session_open(&target, &s->session, r->err) != TDM_OK ||
        tdm_catalog_new(r->arena, true, &s->model, r->err) != TDM_OK)
        return TDM_FAILED;
    return read_live(r, s, &s->before);
}

static tdm_status add_run(rehearsal *r, const tdm_rehearse_run *run)
{
    return tdm_vector_push(r->arena, &r->runs, *run) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status run_up(rehearsal *r, side *s, const char *name)
{
    tdm_rehearse_run run = {.name = name, .file_count = file_count(r, s)};
    tdm_rehearsed_file file = {.supabase = s->supabase};

    for (size_t i = 0; i < run.file_count && run.stopped.size == 0; i++)
        if (statements_of(r, s, i, &file.statements) != TDM_OK ||
            tdm_rehearse_file(s->session, s->model, &file, r->arena, &run, r->err) != TDM_OK)
            return TDM_FAILED;
    s->whole = run.stopped.size == 0;
    return add_run(r, &run);
}

// The statements of downgrade(), which a project does not keep.
static tdm_status downgrade_of(const rehearsal *r, size_t index, tdm_statements *ret)
{
    const tdm_script *script;
    tdm_statement_list list = {0};

    if (tdm_project_script(r->project, index, TDM_DOWNGRADE, &script, r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < script->count; i++)
        if (tdm_emission_statements(r->arena, &script->emissions[i], (uint32_t)i, &list, r->err) !=
            TDM_OK)
            return TDM_FAILED;
    if (script->raised) {
        tdm_statement end = {.place = script->raised_at,
                             .opaque = true,
                             .reason = tdm_arena_printf(r->arena, "downgrade() raises %.*s: %.*s",
                                                        TDM_TEXT_ARG(script->exception),
                                                        TDM_TEXT_ARG(script->message))};
        (void)tdm_vector_push(r->arena, &list, end);
    }
    *ret = (tdm_statements){list.items, list.count};
    return tdm_arena_ok(r->arena) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status run_down(rehearsal *r, side *s)
{
    tdm_rehearse_run run = {.name = "alembic downgrade", .file_count = file_count(r, s)};
    tdm_statements statements;
    tdm_rehearsed_file file = {.statements = &statements};
    tdm_catalog *unused;

    // The model of a way down is the catalog before, read from the server.
    if (tdm_catalog_new(r->arena, false, &unused, r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = run.file_count; i-- > 0 && run.stopped.size == 0;)
        if (downgrade_of(r, i, &statements) != TDM_OK ||
            tdm_rehearse_file(s->session, unused, &file, r->arena, &run, r->err) != TDM_OK)
            return TDM_FAILED;
    s->whole = run.stopped.size == 0;
    return add_run(r, &run);
}

// --- Comparing ----------------------------------------------------------------------------------

// A downgrade leaves the extensions that upgrades found or made: others may use them.
static bool is_left_extension(const tdm_difference *difference)
{
    return difference->left.size == 0 && tdm_text_is(difference->attribute, "existence") &&
           tdm_text_starts(difference->object, TDM_TEXT("extension "));
}

// What the Supabase side may have alone unless the settings say otherwise (pair/residue.h).
static bool is_residue(const tdm_difference *difference)
{
    static const char *const attributes[] = {"row level security", "forced row level security",
                                             "grants", "owner"};

    if (difference->left.size)
        return false;
    if (tdm_text_starts(difference->object, TDM_TEXT("policy ")))
        return tdm_text_is(difference->attribute, "existence");
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (tdm_text_is(difference->attribute, attributes[i]))
            return true;
    return false;
}

typedef struct comparing {
    const char *name;
    const char *first;
    const char *second;
    const tdm_catalog *left;
    const tdm_catalog *right;
    bool (*allowed)(const tdm_difference *difference); // NULL: nothing
    bool of_model;
} comparing;

static tdm_status compare(rehearsal *r, const comparing *what)
{
    tdm_differences differences = {0};
    tdm_comparison verdict;
    tdm_rehearse_comparison made = {.name = what->name,
                                    .first = what->first,
                                    .second = what->second,
                                    .of_model = what->of_model};

    if (tdm_catalog_compare(what->left, what->right, r->arena, &differences, &verdict, r->err) !=
        TDM_OK)
        return TDM_FAILED;
    tdm_drift_item *items = tdm_arena_array(r->arena, differences.count, sizeof *items);
    if (!items)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; i < differences.count; i++) {
        if (what->allowed && what->allowed(&differences.items[i])) {
            made.allowed++;
            continue;
        }
        items[made.item_count] = tdm_drift_of(&differences.items[i]);
        made.unknown += items[made.item_count++].kind == TDM_DRIFT_UNKNOWN;
    }
    made.items = items;
    return tdm_vector_push(r->arena, &r->comparisons, made) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status compare_with_model(rehearsal *r, side *s)
{
    const tdm_live_options options = {0};
    tdm_catalog *live;
    const comparing what = {
        .name = s->supabase ? "supabase and its model" : "alembic and its model",
        .first = "the model",
        .second = "the server",
        .left = s->model,
        .of_model = true,
    };

    if (tdm_catalog_clone(s->live, r->arena, &live, r->err) != TDM_OK)
        return TDM_FAILED;
    tdm_live_keep_asked(s->model, &options);
    tdm_live_drop_unread(s->model);
    tdm_expected_set_aside(live, s->model, &r->table);
    comparing with = what;
    with.right = live;
    return compare(r, &with);
}

static tdm_status there_and_back(rehearsal *r, side *s)
{
    tdm_catalog *down;
    tdm_catalog *again;

    if (run_down(r, s) != TDM_OK)
        return TDM_FAILED;
    if (!s->whole)
        return TDM_OK;
    if (read_live(r, s, &down) != TDM_OK ||
        compare(r, &(comparing){.name = "alembic down to base",
                                .first = "before the first revision",
                                .second = "after the last downgrade",
                                .left = s->before,
                                .right = down,
                                .allowed = is_left_extension}) != TDM_OK ||
        run_up(r, s, "alembic upgrade again") != TDM_OK)
        return TDM_FAILED;
    if (!s->whole)
        return TDM_OK;
    if (read_live(r, s, &again) != TDM_OK)
        return TDM_FAILED;
    return compare(r, &(comparing){.name = "alembic up, down and up again",
                                   .first = "the first way up",
                                   .second = "the second way up",
                                   .left = s->live,
                                   .right = again});
}

// --- The whole ----------------------------------------------------------------------------------

static tdm_status play_side(rehearsal *r, side *s)
{
    if (!s->there)
        return TDM_OK;
    if (run_up(r, s, s->supabase ? "supabase migrations" : "alembic upgrade") != TDM_OK ||
        read_live(r, s, &s->live) != TDM_OK)
        return TDM_FAILED;
    return compare_with_model(r, s);
}

static tdm_status play(rehearsal *r, side sides[2])
{
    bool standins = tdm_project_migration_count(r->project) > 0;

    for (size_t i = 0; i < 2; i++)
        if (prepare(r, &sides[i], standins) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < 2; i++)
        if (play_side(r, &sides[i]) != TDM_OK)
            return TDM_FAILED;
    if (sides[0].there && sides[1].there && sides[0].whole && sides[1].whole &&
        compare(r, &(comparing){.name = "alembic and supabase",
                                .first = "the revisions",
                                .second = "the migrations",
                                .left = sides[0].live,
                                .right = sides[1].live,
                                .allowed = is_residue}) != TDM_OK)
        return TDM_FAILED;
    return sides[0].there && sides[0].whole ? there_and_back(r, &sides[0]) : TDM_OK;
}

static void sum_up(const rehearsal *r, tdm_rehearsal *ret)
{
    *ret = (tdm_rehearsal){
        .server = tdm_arena_text(r->arena, r->stage.name),
        .missing = r->stage.missing.items,
        .missing_count = r->stage.missing.count,
        .runs = r->runs.items,
        .run_count = r->runs.count,
        .comparisons = r->comparisons.items,
        .comparison_count = r->comparisons.count,
        .unknown = r->stage.missing.count > 0,
    };
    for (size_t i = 0; i < r->runs.count; i++) {
        // Where an extension is missing, a refusal says nothing of the histories.
        ret->failed = ret->failed || (r->runs.items[i].refused && ret->missing_count == 0);
        ret->unknown = ret->unknown || r->runs.items[i].stopped.size;
    }
    for (size_t i = 0; i < r->comparisons.count; i++) {
        const tdm_rehearse_comparison *made = &r->comparisons.items[i];
        ret->failed = ret->failed || made->item_count > made->unknown;
        // What the model leaves open is what the rehearsal was there to settle.
        ret->unknown = ret->unknown || (made->unknown && !made->of_model);
    }
}

tdm_status tdm_rehearse(tdm_project *project, const tdm_rehearse_options *options,
                        const tdm_rehearsal **ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    rehearsal r = {.project = project,
                   .arena = arena,
                   .stage = {.arena = arena, .options = options},
                   .table = {.schema = TDM_TEXT("public"), .name = TDM_TEXT("alembic_version")},
                   .err = err};
    side sides[2] = {{.supabase = false}, {.supabase = true}};
    tdm_name_list extensions = {0};
    tdm_rehearsal *made = tdm_arena_new_of(arena, tdm_rehearsal);

    if (!made)
        return tdm_fail_memory(err);
    if (needed_extensions(&r, &sides[0], &extensions) != TDM_OK ||
        needed_extensions(&r, &sides[1], &extensions) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_stage_open(&r.stage, tdm_project_root(project), &extensions, err);
    if (status == TDM_OK)
        status = play(&r, sides);
    for (size_t i = 0; i < 2; i++)
        tdm_session_close(sides[i].session);
    tdm_stage_close(&r.stage);
    if (status != TDM_OK)
        return TDM_FAILED;
    sum_up(&r, made);
    *ret = made;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
