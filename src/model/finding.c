#include <tandem/finding.h>

typedef struct finding_row {
    const char *code;
    tdm_severity severity;
    const char *title;
} finding_row;

static const finding_row rows[TDM_FINDING_COUNT] = {
#define X(constant, code, severity, title) [constant] = {code, TDM_SEVERITY_##severity, title},
    TDM_FINDINGS(X)
#undef X
};

const char *tdm_finding_code(tdm_finding_kind kind)
{
    return rows[kind].code;
}

const char *tdm_finding_title(tdm_finding_kind kind)
{
    return rows[kind].title;
}

tdm_severity tdm_finding_default_severity(tdm_finding_kind kind)
{
    return rows[kind].severity;
}

const char *tdm_severity_name(tdm_severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}
