// Collecting findings: what check has to say, in no order yet.
#ifndef PAIR_FINDINGS_H
#define PAIR_FINDINGS_H

#include <tandem/finding.h>

#include "base/arena.h"
#include "base/vector.h"
#include "pair/pair.h"

typedef struct tdm_finding_list {
    tdm_finding *items;
    size_t count;
    size_t capacity;
    tdm_arena *arena;
} tdm_finding_list;

// Adds a finding; a severity is that of its kind unless `finding.severity` says more: pass
// tdm_finding_of(kind) and change what must change. Failing is remembered by the arena.
tdm_finding tdm_finding_of(tdm_finding_kind kind);
void tdm_finding_add(tdm_finding_list *list, tdm_finding finding);

// By file, line, column, code, then message: the same in every format.
void tdm_findings_sort(tdm_finding_list *list);

// What is wrong with one side by itself.
void tdm_findings_of_chain(tdm_finding_list *list, tdm_project *project);
TDM_MUST_CHECK tdm_status tdm_findings_of_folder(tdm_finding_list *list, tdm_project *project,
                                                 tdm_error *err);
// What is wrong between the sides.
void tdm_findings_of_pairing(tdm_finding_list *list, tdm_project *project,
                             const tdm_pairing *pairing);

// What the protected branch froze (tdm_project_options.base) and what became of it.
TDM_MUST_CHECK tdm_status tdm_findings_of_base(tdm_finding_list *list, tdm_project *project,
                                               tdm_error *err);
// What tandem.lock froze and what became of it; what `list` says already is not said again.
void tdm_findings_of_frozen(tdm_finding_list *list, tdm_project *project,
                            const tdm_pairing *pairing);

#endif
