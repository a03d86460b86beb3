// A finding as lines, for formats that have one field of text for all of it.
#include "report/report.h"

#include "report/safe.h"

static void put_labelled(tdm_buffer *out, const char *label, tdm_text text, const char *prefix)
{
    tdm_buffer_putf(out, "\n%s%s", prefix, label);
    tdm_put_safe_lines(out, text, prefix);
}

void tdm_put_finding_lines(tdm_buffer *out, const tdm_finding *finding, const char *prefix)
{
    tdm_put_safe_lines(out, finding->message, prefix);
    if (finding->says.size)
        put_labelled(out, "says: ", finding->says, prefix);
    if (finding->other_place.file) {
        tdm_buffer_putf(out, "\n%sthe other side: ", prefix);
        tdm_put_place(out, finding->other_place);
    }
    if (finding->other_says.size)
        put_labelled(out, "says: ", finding->other_says, prefix);
    if (finding->hint.size)
        put_labelled(out, "hint: ", finding->hint, prefix);
}
