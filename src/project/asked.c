// What a revision's statements rest on: the answers that its function was given about the schema.
#include "base/error.h"
#include "base/text.h"
#include "project/answer.h"
#include "project/state.h"
#include "replay/replay.h"

static const tdm_emission_guard *first_guard(const tdm_script *script)
{
    for (size_t i = 0; i < script->count; i++)
        if (script->emissions[i].guard && script->emissions[i].guard->decided)
            return script->emissions[i].guard;
    return NULL;
}

bool tdm_project_rests_on_schema(const tdm_project *project, size_t index, tdm_text *ret_asked)
{
    const tdm_revision_state *state = &project->revisions[index];
    const tdm_script *script = &state->scripts[TDM_UPGRADE];
    const tdm_emission_guard *guard = first_guard(script);
    if (index >= project->upgraded || (script->asked_count == 0 && !guard))
        return false;
    *ret_asked = script->asked_count ? script->asked[0].reply.asked : guard->asked;
    return true;
}

// --- The same questions to another catalog ------------------------------------------------------

typedef struct asker {
    tdm_arena *arena;
    tdm_catalog *catalog;
    const tdm_script *script;
    const tdm_statements *statements;
    size_t applied; // statements
    tdm_place differs;
} asker;

// What the function had sent before emission `index`.
static tdm_status go_to(asker *in, size_t index, tdm_error *err)
{
    tdm_effect effect;
    tdm_effect_init(&effect, in->arena);
    for (; in->applied < in->statements->count && in->statements->items[in->applied].source < index;
         in->applied++)
        if (tdm_catalog_apply(in->catalog, &in->statements->items[in->applied], NULL, &effect,
                              err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status ask_questions(asker *in, size_t *next, size_t index, tdm_error *err)
{
    for (; *next < in->script->asked_count && in->script->asked[*next].after <= index; ++*next) {
        const tdm_schema_asked *asked = &in->script->asked[*next];
        tdm_schema_reply reply;
        if (go_to(in, asked->after, err) != TDM_OK ||
            tdm_catalog_reply(in->catalog, &asked->question, in->arena, &reply, err) != TDM_OK)
            return TDM_FAILED;
        if (!in->differs.file && !tdm_schema_reply_equal(&reply, &asked->reply))
            in->differs = asked->place;
    }
    return TDM_OK;
}

static tdm_status ask_guard(asker *in, size_t index, tdm_error *err)
{
    const tdm_emission *emission = &in->script->emissions[index];
    tdm_schema_reply reply;
    for (const tdm_emission_guard *guard = emission->guard; guard; guard = guard->outer) {
        bool seen = index > 0 && in->script->emissions[index - 1].guard == guard;
        if (seen || !guard->decided || guard->sent == TDM_ANSWER_UNKNOWN)
            continue;
        if (go_to(in, index, err) != TDM_OK ||
            tdm_catalog_exists(in->catalog, &guard->question, in->arena, &reply, err) != TDM_OK)
            return TDM_FAILED;
        bool sent = (reply.answer == TDM_ANSWER_YES) == guard->when_there;
        // Of a guard inside another one that lets nothing through, nothing was asked.
        bool inner = guard->outer && guard->outer->sent == TDM_ANSWER_NO;
        if (!in->differs.file && !inner &&
            (reply.answer == TDM_ANSWER_UNKNOWN || sent != (guard->sent == TDM_ANSWER_YES)))
            in->differs = emission->place;
    }
    return TDM_OK;
}

tdm_status tdm_project_asked_same(tdm_project *project, size_t index, tdm_catalog *catalog,
                                  tdm_arena *arena, tdm_place *ret_differs, tdm_error *err)
{
    const tdm_revision_state *state = &project->revisions[index];
    asker in = {.arena = arena, .catalog = catalog, .script = &state->scripts[TDM_UPGRADE]};
    size_t next = 0;
    *ret_differs = TDM_NOWHERE;
    if (tdm_project_revision_statements(project, index, &in.statements, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < in.script->count; i++)
        if (ask_questions(&in, &next, i, err) != TDM_OK || ask_guard(&in, i, err) != TDM_OK)
            return TDM_FAILED;
    if (ask_questions(&in, &next, in.script->count, err) != TDM_OK)
        return TDM_FAILED;
    *ret_differs = in.differs;
    return TDM_OK;
}
