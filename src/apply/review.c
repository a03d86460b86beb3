#include "apply/review.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/classify.h"

typedef struct reviewer {
    tdm_arena *arena;
    size_t count; // of statements
    tdm_review found;
} reviewer;

static void object(reviewer *r, const tdm_statement *statement, tdm_text problem)
{
    r->found.problem = problem;
    r->found.place = statement->place;
}

static void review_class(reviewer *r, const tdm_statement *statement, const tdm_sql_class *class)
{
    bool outside = class->block == TDM_SQL_BLOCK_NEVER || statement->outside;
    const char *name = class->block_reason ? class->block_reason : class->command;
    if (class->control == TDM_SQL_CONTROL_YES) {
        object(r, statement, TDM_TEXT("it begins or ends a transaction, which push does itself"));
    } else if (class->from_stdin) {
        object(r, statement,
               tdm_arena_printf(r->arena, "%s needs a client that sends or takes the data",
                                class->command));
    } else if (outside && r->count > 1) {
        object(r, statement,
               tdm_arena_printf(r->arena,
                                "%s cannot run inside a transaction: it must be the only statement "
                                "of its migration",
                                name));
    } else if (outside) {
        r->found.alone = true;
        r->found.leaves_rest = class->concurrently;
        r->found.place = statement->place;
    }
}

static tdm_status review_one(reviewer *r, const tdm_statement *statement, tdm_error *err)
{
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;
    tdm_sql_class class;
    if (statement->sql.size == 0 || (statement->opaque && statement->outside)) {
        object(r, statement, statement->reason);
        return TDM_OK;
    }
    if (tdm_sql_parse(statement, &tree, &ignored) != TDM_OK) {
        if (!r->found.unknown)
            r->found.unknown_place = statement->place;
        r->found.unknown = true;
        return ignored.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    }
    tdm_status status = tdm_sql_classify(r->arena, tree, &class, err);
    if (status == TDM_OK)
        review_class(r, statement, &class);
    tdm_sql_tree_free(tree);
    return status;
}

tdm_status tdm_review_statements(tdm_arena *arena, const tdm_statements *statements,
                                 tdm_review *ret, tdm_error *err)
{
    reviewer r = {.arena = arena, .count = statements->count};
    for (size_t i = 0; i < statements->count && r.found.problem.size == 0; i++)
        if (review_one(&r, &statements->items[i], err) != TDM_OK)
            return TDM_FAILED;
    *ret = r.found;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
