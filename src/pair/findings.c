#include "pair/findings.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

tdm_finding tdm_finding_of(tdm_finding_kind kind)
{
    return (tdm_finding){.kind = kind, .severity = tdm_finding_default_severity(kind)};
}

void tdm_finding_add(tdm_finding_list *list, tdm_finding finding)
{
    (void)tdm_vector_push(list->arena, list, finding);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
    const tdm_finding *a = left;
    const tdm_finding *b = right;
    int order = tdm_text_compare(tdm_text_of(a->place.file), tdm_text_of(b->place.file));
    if (order == 0)
        order = compare_numbers(a->place.line, b->place.line);
    if (order == 0)
        order = compare_numbers(a->place.column, b->place.column);
    if (order == 0)
        order = strcmp(tdm_finding_code(a->kind), tdm_finding_code(b->kind));
    if (order == 0)
        order = tdm_text_compare(a->message, b->message);
    if (order == 0)
        order = tdm_text_compare(a->revision, b->revision);
    return order ? order : tdm_text_compare(a->version, b->version);
}

void tdm_findings_sort(tdm_finding_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare);
}
