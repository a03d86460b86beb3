#include <tandem/drift.h>

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "plan/expected.h"

static tdm_drift_kind kind_of(const tdm_difference *difference)
{
    if (difference->reason.size)
        return TDM_DRIFT_UNKNOWN;
    if (!tdm_text_is(difference->attribute, "existence"))
        return TDM_DRIFT_DIFFERENT;
    return difference->left.size ? TDM_DRIFT_MISSING : TDM_DRIFT_EXTRA;
}

tdm_drift_item tdm_drift_of(const tdm_difference *difference)
{
    return (tdm_drift_item){
        .kind = kind_of(difference),
        .object = difference->object,
        .attribute = difference->attribute,
        .expected = difference->left,
        .actual = difference->right,
        .reason = difference->reason,
        .place = difference->left_place,
    };
}

typedef TDM_VECTOR(tdm_drift_item) item_list;

// Takes out of the expected catalog what a server is not read for, and lists it.
static void list_unread(tdm_catalog *expected, tdm_arena *arena, item_list *ret)
{
    for (size_t i = 0; i < tdm_catalog_object_count(expected); i++) {
        tdm_object *object = (tdm_object *)tdm_catalog_object_at(expected, i);
        if (object->dropped || tdm_live_reads(object->kind))
            continue;
        tdm_drift_item item = {
            .kind = TDM_DRIFT_UNKNOWN,
            .object = tdm_arena_printf(arena, "%s %.*s", tdm_kind_name(object->kind),
                                       TDM_TEXT_ARG(object->name)),
            .attribute = TDM_TEXT("existence"),
            .reason = TDM_TEXT("the target is not read for this"),
            .place = object->place,
        };
        (void)tdm_vector_push(arena, ret, item);
        tdm_catalog_drop(expected, object);
    }
}

static tdm_status fill(tdm_drift *drift, const tdm_differences *differences,
                       const item_list *unread, tdm_arena *arena, tdm_error *err)
{
    size_t count = differences->count + unread->count;
    tdm_drift_item *items = tdm_arena_array(arena, count, sizeof *items);

    if (!items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < unread->count; i++)
        items[differences->count + i] = unread->items[i];
    for (size_t i = 0; i < differences->count; i++) {
        items[i] = tdm_drift_of(&differences->items[i]);
        drift->unknown += items[i].kind == TDM_DRIFT_UNKNOWN;
    }
    drift->items = items;
    drift->item_count = count;
    drift->unknown += unread->count;
    return TDM_OK;
}

static tdm_status live_options(const tdm_drift_options *options, tdm_arena *arena,
                               tdm_live_options *ret, tdm_error *err)
{
    tdm_text *schemas = tdm_arena_array(arena, options->schema_count, sizeof *schemas);

    if (!schemas)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < options->schema_count; i++)
        schemas[i] = tdm_text_of(options->schemas[i]);
    *ret = (tdm_live_options){
        .schemas = schemas,
        .schema_count = options->schema_count,
        .all_schemas = options->all_schemas,
    };
    return TDM_OK;
}

static size_t count_objects(const tdm_catalog *catalog)
{
    size_t count = tdm_catalog_table_count(catalog);

    for (size_t i = 0; i < tdm_catalog_object_count(catalog); i++)
        count += !tdm_catalog_object_at(catalog, i)->dropped;
    return count;
}

static tdm_status find(const tdm_full_plan *plan, tdm_session *session,
                       const tdm_live_options *options, tdm_drift *drift, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(plan->project);
    tdm_expected expected;
    tdm_catalog *live;
    tdm_differences differences = {0};
    tdm_comparison verdict;
    item_list unread = {0};

    if (tdm_expected_of_plan(plan, arena, &expected, err) != TDM_OK ||
        tdm_live_read(session, options, arena, &live, err) != TDM_OK)
        return TDM_FAILED;
    tdm_live_keep_asked(expected.catalog, options);
    tdm_expected_set_aside(live, expected.catalog, &plan->histories.table);
    if (options->schema_count)
        tdm_live_keep_asked(live, options);
    list_unread(expected.catalog, arena, &unread);
    drift->pair_count = expected.pair_count;
    drift->object_count = count_objects(live);
    if (tdm_catalog_compare(expected.catalog, live, arena, &differences, &verdict, err) != TDM_OK)
        return TDM_FAILED;
    return fill(drift, &differences, &unread, arena, err);
}

tdm_status tdm_drift_find(tdm_project *project, tdm_session *session,
                          const tdm_drift_options *options, const tdm_drift **ret, tdm_error *err)
{
    const tdm_plan_options as_it_is = {0};
    const tdm_plan *plan;
    tdm_live_options asked;
    tdm_drift *drift = tdm_arena_new_of(tdm_project_arena(project), tdm_drift);

    if (!drift)
        return tdm_fail_memory(err);
    if (tdm_plan_make(project, session, &as_it_is, &plan, err) != TDM_OK ||
        live_options(options, tdm_project_arena(project), &asked, err) != TDM_OK)
        return TDM_FAILED;
    drift->target = plan->target;
    *ret = drift;
    return find(tdm_plan_inside(plan), session, &asked, drift, err);
}
