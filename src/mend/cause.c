// Writing down what was found.
#include "mend/mender.h"

#include "base/text.h"

enum {
    SHOWN = 5, // differences of one cause
};

tdm_text tdm_mend_step_name(const tdm_mender *m, size_t step)
{
    const tdm_pair_info *pair = &m->plan->plan.steps[step].pair;
    tdm_text name = {0};
    for (size_t i = 0; i < pair->revision_count; i++)
        name = tdm_arena_printf(m->arena, "%.*s%s%.*s", TDM_TEXT_ARG(name), i ? ", " : "",
                                TDM_TEXT_ARG(pair->revisions[i].id));
    if (pair->migration_count == 0)
        return name;
    name = tdm_arena_printf(m->arena, "%.*s%s", TDM_TEXT_ARG(name), name.size ? " (" : "");
    for (size_t i = 0; i < pair->migration_count; i++)
        name = tdm_arena_printf(m->arena, "%.*s%s%.*s_%.*s", TDM_TEXT_ARG(name), i ? ", " : "",
                                TDM_TEXT_ARG(pair->migrations[i].version),
                                TDM_TEXT_ARG(pair->migrations[i].name));
    return pair->revision_count ? tdm_arena_printf(m->arena, "%.*s)", TDM_TEXT_ARG(name)) : name;
}

tdm_cause_writer tdm_cause_begin(tdm_mender *m, tdm_finding_kind kind, tdm_text message)
{
    return (tdm_cause_writer){
        .mender = m,
        .cause.finding = {.kind = kind,
                          .severity = tdm_finding_default_severity(kind),
                          .message = message},
    };
}

void tdm_cause_about(tdm_cause_writer *w, size_t step)
{
    const tdm_pair_info *pair = &w->mender->plan->plan.steps[step].pair;
    tdm_finding *finding = &w->cause.finding;
    if (pair->revision_count) {
        finding->revision = pair->revisions[0].id;
        finding->place = pair->revisions[0].place;
    }
    if (pair->migration_count) {
        finding->version = pair->migrations[0].version;
        finding->place = pair->migrations[0].place;
    }
}

void tdm_cause_evidence(tdm_cause_writer *w, tdm_text line)
{
    (void)tdm_vector_push(w->mender->arena, &w->evidence, line);
}

static tdm_text with_place(tdm_arena *arena, tdm_text line, tdm_place place)
{
    return place.file ? tdm_arena_printf(arena, "%.*s (%s:%u)", TDM_TEXT_ARG(line), place.file,
                                         (unsigned)place.line)
                      : line;
}

void tdm_cause_differences(tdm_cause_writer *w, const char *intro, const tdm_difference *items,
                           size_t count)
{
    tdm_arena *arena = w->mender->arena;
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        tdm_text line =
            with_place(arena, tdm_difference_print(arena, &items[i]), items[i].left_place);
        tdm_cause_evidence(w, tdm_arena_printf(arena, "%s: %.*s", intro, TDM_TEXT_ARG(line)));
    }
    if (count > SHOWN)
        tdm_cause_evidence(w, tdm_arena_printf(arena, "%s: %zu more", intro, count - SHOWN));
}

void tdm_cause_end(tdm_cause_writer *w, bool mended, tdm_text hint)
{
    w->cause.evidence = w->evidence.items;
    w->cause.evidence_count = w->evidence.count;
    w->cause.mended = mended;
    w->cause.finding.hint = hint;
    (void)tdm_vector_push(w->mender->arena, &w->mender->causes, w->cause);
}
