#include "plan/plan_review.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "sql/quote.h"

static void refuse(const tdm_plan_reviewing *r, tdm_plan_step *step, tdm_text problem,
                   tdm_place place)
{
    step->action = TDM_ACTION_REFUSED;
    step->reason = place.file ? tdm_arena_printf(r->arena, "%.*s (%s:%u)", TDM_TEXT_ARG(problem),
                                                 place.file, (unsigned)place.line)
                              : problem;
}

// --- What only a catalog knows -------------------------------------------------------------------

// Whether the server has a partitioned relation, or a subscription with a slot, of this name.
static tdm_status ask_server(const tdm_plan_reviewing *r, tdm_text name, bool *ret, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    tdm_buffer_puts(&sql, "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relkind IN "
                          "('p', 'I') AND oid = pg_catalog.to_regclass(");
    tdm_sql_put_literal(&sql, name);
    tdm_buffer_puts(&sql, ")) OR EXISTS (SELECT FROM pg_catalog.pg_subscription WHERE "
                          "subslotname IS NOT NULL AND pg_catalog.quote_ident(subname) = ");
    tdm_sql_put_literal(&sql, name);
    tdm_buffer_puts(&sql, ") AS found");
    if (tdm_session_query(r->session, tdm_buffer_take(&sql, r->arena), r->arena, &rows, err) !=
        TDM_OK)
        return TDM_FAILED;
    *ret = rows.row_count == 1 && tdm_text_is(tdm_db_at(&rows, 0, 0)->text, "t");
    return TDM_OK;
}

static bool makes_partitioned(const tdm_statement *statement, tdm_text name)
{
    tdm_sql_tree *tree = NULL;
    tdm_error ignored = TDM_ERROR_INIT;
    bool made = false;
    if (statement->opaque || tdm_sql_parse(statement, &tree, &ignored) != TDM_OK)
        return false;
    const PgQuery__Node *node = tree->node;
    if (node->node_case == PG_QUERY__NODE__NODE_CREATE_STMT && node->create_stmt->partspec) {
        tdm_buffer said = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        tdm_sql_put_qualified(&said, tdm_text_of(node->create_stmt->relation->schemaname),
                              tdm_text_of(node->create_stmt->relation->relname));
        made = tdm_text_equal(tdm_buffer_text(&said), name);
        tdm_buffer_free(&said);
    }
    tdm_sql_tree_free(tree);
    return made;
}

// Whether the migration itself makes a partitioned table of this name before.
static bool is_pending(const tdm_statements *statements, size_t before, tdm_text name)
{
    for (size_t i = 0; i < before; i++)
        if (makes_partitioned(&statements->items[i], name))
            return true;
    return false;
}

// Asks about every name once; `ret_found` says whether the review must be made again.
static tdm_status ask_catalog(const tdm_plan_reviewing *r, const tdm_plan_work *work,
                              bool *ret_found, tdm_error *err)
{
    *ret_found = false;
    for (size_t i = 0; i < work->statements.count; i++) {
        tdm_text name = work->review.items[i].question;
        bool found = false;
        if (name.size == 0 || tdm_map_has(&r->plan->partitioned, name))
            continue;
        if (ask_server(r, name, &found, err) != TDM_OK)
            return TDM_FAILED;
        found = found || is_pending(&work->statements, i, name);
        if (found && !tdm_map_put(&r->plan->partitioned, name, (void *)r->plan))
            return tdm_fail_memory(err);
        *ret_found = *ret_found || found;
    }
    return TDM_OK;
}

// --- One migration -------------------------------------------------------------------------------

static tdm_text key_of(const tdm_plan_step *step, size_t first)
{
    return first < step->pair.migration_count ? step->pair.migrations[first].version
                                              : step->pair.revisions[0].id;
}

static tdm_status read_work(const tdm_plan_reviewing *r, const tdm_plan_part *part,
                            tdm_plan_work *ret, tdm_error *err)
{
    const tdm_review_facts facts = {.partitioned = &r->plan->partitioned,
                                    .no_session = !r->plan->holds_session};
    // What is recorded alone is not gone on with, whatever has been run of it.
    const tdm_journal none = {0};
    const tdm_journal *journal =
        part->step->action == TDM_ACTION_APPLY ? &r->plan->histories.journal : &none;
    size_t first;
    size_t end;
    tdm_plan_part_range(part, &first, &end);
    ret->key = key_of(part->step, first);
    bool again;
    if (tdm_plan_part_statements(r->plan->project, part, r->arena, &ret->statements, err) !=
            TDM_OK ||
        tdm_review_statements(r->arena, &ret->statements, &facts, &ret->review, err) != TDM_OK ||
        ask_catalog(r, ret, &again, err) != TDM_OK ||
        (again &&
         tdm_review_statements(r->arena, &ret->statements, &facts, &ret->review, err) != TDM_OK))
        return TDM_FAILED;
    const tdm_parts_input input = {&ret->statements, &ret->review, journal, ret->key};
    return tdm_parts_make(r->arena, &input, &ret->parts, err);
}

static void judge_work(const tdm_plan_reviewing *r, const tdm_plan_work *work, tdm_plan_step *step)
{
    const tdm_review *found = &work->review;
    if (found->problem.size)
        refuse(r, step, found->problem, found->place);
    else if (found->unknown && !r->plan->holds_session)
        refuse(r, step,
               TDM_TEXT("a statement has syntax that is not known here: whether it ends the "
                        "transaction could not be seen over the API"),
               found->unknown_place);
    else if (work->parts.problem.size)
        refuse(r, step, work->parts.problem, work->parts.place);
    step->transactions += work->parts.count;
    if (step->unfinished.size == 0)
        step->unfinished = tdm_parts_say(r->arena, &work->parts);
}

tdm_status tdm_plan_review_step(const tdm_plan_reviewing *r, tdm_plan_step *step,
                                tdm_plan_item *item, tdm_error *err)
{
    size_t count = tdm_plan_unit_count(step, item);
    tdm_plan_work *works = tdm_arena_array(r->arena, count, sizeof *works);
    if (!works)
        return tdm_fail_memory(err);
    item->works = works;
    for (size_t i = 0; i < count && step->action != TDM_ACTION_REFUSED; i++) {
        tdm_plan_part part = {step, item, i};
        if (read_work(r, &part, &works[i], err) != TDM_OK)
            return TDM_FAILED;
        judge_work(r, &works[i], step);
    }
    return tdm_arena_ok(r->arena) ? TDM_OK : tdm_fail_memory(err);
}
