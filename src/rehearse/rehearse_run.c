// Running one file of a chain on a server.
#include "base/error.h"
#include "base/text.h"
#include "plan/expected.h"
#include "plan/review.h"
#include "rehearse/rehearsal.h"

// Nothing of the file stays. A server that cannot be reached any more is a failure.
static tdm_status stop_at(tdm_session *session, const tdm_statement *statement, tdm_arena *arena,
                          tdm_rehearse_run *run, tdm_error *err)
{
    if (err->code != TDM_ERROR_SERVER)
        return TDM_FAILED;
    run->stopped = tdm_arena_printf(arena, "%.*s [%s]",
                                    TDM_TEXT_ARG(tdm_buffer_text(&session->failure.message)),
                                    session->failure.sqlstate);
    run->place = statement->place;
    run->refused = true;
    tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    return run->stopped.size ? TDM_OK : tdm_fail_memory(err);
}

static const tdm_statement *first_opaque(const tdm_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++)
        if (statements->items[i].opaque)
            return &statements->items[i];
    return NULL;
}

static tdm_status run_statements(tdm_session *session, const tdm_rehearsed_file *file,
                                 tdm_arena *arena, tdm_rehearse_run *run, tdm_error *err)
{
    for (size_t i = 0; i < file->statements->count; i++) {
        const tdm_statement *statement = &file->statements->items[i];
        if (tdm_session_run(session, statement->sql, arena, NULL, err) != TDM_OK)
            return stop_at(session, statement, arena, run, err);
        run->statements++;
    }
    return TDM_OK;
}

tdm_status tdm_rehearse_file(tdm_session *session, tdm_catalog *model,
                             const tdm_rehearsed_file *file, tdm_arena *arena,
                             tdm_rehearse_run *run, tdm_error *err)
{
    const tdm_statement *opaque = first_opaque(file->statements);
    const tdm_review_facts facts = {0};
    tdm_review review;

    if (opaque) {
        run->stopped = opaque->reason;
        run->place = opaque->place;
        return TDM_OK;
    }
    if (tdm_review_statements(arena, file->statements, &facts, &review, err) != TDM_OK)
        return TDM_FAILED;
    bool block = !review.divided && review.problem.size == 0;
    if ((file->supabase &&
         tdm_session_run(session, TDM_TEXT("RESET ALL"), arena, NULL, err) != TDM_OK) ||
        (block && tdm_session_run(session, TDM_TEXT("BEGIN"), arena, NULL, err) != TDM_OK) ||
        run_statements(session, file, arena, run, err) != TDM_OK)
        return TDM_FAILED;
    if (run->stopped.size)
        return TDM_OK;
    const tdm_statement end = {.place = file->statements->count ? file->statements->items[0].place
                                                                : TDM_NOWHERE};
    if (block && tdm_session_run(session, TDM_TEXT("COMMIT"), arena, NULL, err) != TDM_OK)
        return stop_at(session, &end, arena, run, err);
    run->files++;
    return tdm_expected_replay(model, file->statements, file->supabase, err);
}
