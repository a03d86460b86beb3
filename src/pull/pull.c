#include <tandem/pull.h>

#include "base/error.h"
#include "base/text.h"
#include "pull/puller.h"

static bool is_made(const tdm_puller *p, tdm_text id)
{
    for (size_t i = 0; i < p->files.count; i++)
        if (tdm_text_ends(tdm_text_of(p->files.items[i].path), TDM_TEXT(".py")) &&
            tdm_text_equal(p->files.items[i].revision, id))
            return true;
    return false;
}

// Rows of alembic_version that name no revision, neither one that is here nor a new one.
static tdm_status find_unknown(tdm_puller *p, tdm_pull *ret)
{
    TDM_VECTOR(tdm_text) unknown = {0};
    for (size_t i = 0; i < p->heads.count; i++)
        if (p->heads.items[i].kind == TDM_HEAD_UNKNOWN && !is_made(p, p->heads.items[i].row) &&
            !tdm_vector_push(p->arena, &unknown, p->heads.items[i].row))
            return tdm_fail_memory(p->err);
    ret->unknown = unknown.items;
    ret->unknown_count = unknown.count;
    return TDM_OK;
}

static size_t unstepped(const tdm_puller *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->files.count; i++) {
        const tdm_converted *file = &p->files.items[i];
        count += tdm_text_ends(tdm_text_of(file->path), TDM_TEXT(".py")) &&
                 !tdm_history_has(&p->histories.heads, file->revision);
    }
    return count;
}

// Whoever applied such a revision has its file, and it may be the twin of what was pulled: another
// revision of the same would be one too many.
static tdm_status check_unknown(const tdm_puller *p, const tdm_pull *pull)
{
    if (pull->unknown_count == 0 || pull->unstepped == 0)
        return TDM_OK;
    tdm_fail(p->err, TDM_ERROR_HISTORY, TDM_NOWHERE,
             "alembic_version in %.*s names %.*s, which no revision here has, and which may say "
             "what would be pulled",
             TDM_TEXT_ARG(pull->target), TDM_TEXT_ARG(pull->unknown[0]));
    return tdm_hint(p->err, "Nothing was written. Whoever applied it has its file, on another "
                            "branch perhaps; --no-twin writes the migrations alone.");
}

static tdm_status hand_out(tdm_puller *p, tdm_pull *ret)
{
    tdm_pull_row *rows = tdm_arena_array(p->arena, p->found.count, sizeof *rows);
    if (!rows)
        return tdm_fail_memory(p->err);
    *ret = (tdm_pull){
        .target = tdm_arena_text(p->arena, tdm_session_target(p->session)),
        .rows = rows,
        .row_count = p->found.count,
        .made = {.files = p->files.items, .count = p->files.count},
        .merge = p->merge,
    };
    for (size_t i = 0; i < p->found.count; i++) {
        rows[i] = p->found.items[i].is;
        ret->taken += rows[i].outcome == TDM_PULL_TAKEN && p->files.count;
        ret->refused += rows[i].outcome == TDM_PULL_REFUSED;
        ret->left += rows[i].outcome == TDM_PULL_REFUSED || rows[i].outcome == TDM_PULL_ELSEWHERE;
    }
    ret->unstepped = unstepped(p);
    if (find_unknown(p, ret) != TDM_OK)
        return TDM_FAILED;
    return check_unknown(p, ret);
}

tdm_status tdm_pull_make(tdm_project *project, tdm_session *session,
                         const tdm_pull_options *options, tdm_pull *ret, tdm_error *err)
{
    tdm_puller p = {.project = project,
                    .session = session,
                    .arena = tdm_project_arena(project),
                    .options = options,
                    .err = err};
    tdm_applied applied;
    if (tdm_pull_read(&p) != TDM_OK || tdm_pull_applied(&p, &applied) != TDM_OK)
        return TDM_FAILED;
    tdm_pull_check_late(&p, &applied);
    if (tdm_pull_files(&p, &applied) != TDM_OK)
        return TDM_FAILED;
    return hand_out(&p, ret);
}
