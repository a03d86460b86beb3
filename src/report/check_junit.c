// JUnit XML, as the xUnit plugin of Jenkins describes it (junit-10.xsd). One test case for each
// pair and one for each thing that is looked for beside the pairs, so that a green run shows what
// was checked. A finding of severity error fails its case; the others are its output.
//
// That schema has no attribute for a file or a line of a test case, and Jenkins refuses what it
// does not know: the text of a failure begins with its place.
//
// XML 1.0 has no way to write most control characters; they are shown as escapes, like everywhere.
#include "report/report.h"

#include "base/map.h"
#include "base/vector.h"
#include "report/safe.h"

typedef struct test_case {
    const char *class_name;
    tdm_text name;
    const tdm_finding **items;
    size_t count;
    size_t capacity;
    size_t errors;
} test_case;

typedef struct test_suite {
    const char *name;
    test_case *cases;
    size_t count;
} test_suite;

// --- XML ----------------------------------------------------------------------------------------

static void put_xml(tdm_buffer *out, tdm_text text)
{
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t code_point = tdm_utf8_next(text, &at);
        if (code_point == '&')
            tdm_buffer_puts(out, "&amp;");
        else if (code_point == '<')
            tdm_buffer_puts(out, "&lt;");
        else if (code_point == '>')
            tdm_buffer_puts(out, "&gt;");
        else if (code_point == '"')
            tdm_buffer_puts(out, "&quot;");
        else if (code_point == 0xFFFE || code_point == 0xFFFF)
            tdm_buffer_puts(out, "\xEF\xBF\xBD"); // no characters of XML
        else
            tdm_buffer_put(out, tdm_text_slice(text, start, at));
    }
}

static void put_attribute(tdm_buffer *out, const char *name, tdm_text value)
{
    tdm_buffer safe = TDM_BUFFER_INIT(out->maximum);
    tdm_put_safe(&safe, value);
    tdm_buffer_putf(out, " %s=\"", name);
    put_xml(out, tdm_buffer_text(&safe));
    tdm_buffer_putc(out, '"');
    out->failed = out->failed || safe.failed;
    tdm_buffer_free(&safe);
}

static void put_counts(tdm_buffer *out, size_t tests, size_t failures, size_t errors)
{
    tdm_buffer_putf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", tests, failures, errors);
}

// --- Which finding belongs to which case --------------------------------------------------------

// What is about one pair and therefore fails that pair's case.
static bool is_of_pair(tdm_finding_kind kind)
{
    switch (kind) {
    case TDM_FINDING_MISSING_MIGRATION:
    case TDM_FINDING_MISSING_REVISION:
    case TDM_FINDING_DIFFERENT:
    case TDM_FINDING_OPAQUE_PAIR:
    case TDM_FINDING_RESIDUE:
        return true;
    default: // the chain, the folder, the order: one case for each code
        return false;
    }
}

static tdm_text name_of_pair(tdm_arena *arena, const tdm_pair_info *pair)
{
    tdm_text revisions = tdm_pair_revisions(arena, pair);
    tdm_text versions = tdm_pair_versions(arena, pair);
    return tdm_arena_printf(arena, "%.*s = %.*s", TDM_TEXT_ARG(revisions), TDM_TEXT_ARG(versions));
}

// A revision may have the same text as a version: the maps are two.
typedef struct case_owners {
    tdm_map by_revision;
    tdm_map by_version;
} case_owners;

static void make_pair_cases(tdm_arena *arena, const tdm_check_result *result, test_suite *suite,
                            case_owners *owners)
{
    tdm_map_init(&owners->by_revision, arena);
    tdm_map_init(&owners->by_version, arena);
    for (size_t i = 0; i < result->pair_count; i++) {
        const tdm_pair_info *pair = &result->pairs[i];
        test_case *test = &suite->cases[i];
        test->class_name = "tandem.pair";
        test->name = name_of_pair(arena, pair);
        for (size_t j = 0; j < pair->revision_count; j++)
            (void)tdm_map_put(&owners->by_revision, pair->revisions[j].id, test);
        for (size_t j = 0; j < pair->migration_count; j++)
            (void)tdm_map_put(&owners->by_version, pair->migrations[j].version, test);
    }
}

static void make_check_cases(tdm_arena *arena, test_suite *suite)
{
    for (int i = 0; i < TDM_FINDING_COUNT; i++) {
        tdm_finding_kind kind = (tdm_finding_kind)i;
        suite->cases[i].class_name = "tandem.check";
        suite->cases[i].name =
            tdm_arena_printf(arena, "%s: %s", tdm_finding_code(kind), tdm_finding_title(kind));
    }
}

static test_case *owner_of(const case_owners *owners, const test_suite *checks,
                           const tdm_finding *finding)
{
    test_case *found = NULL;
    if (is_of_pair(finding->kind)) {
        found = tdm_map_get(&owners->by_revision, finding->revision);
        if (!found)
            found = tdm_map_get(&owners->by_version, finding->version);
    }
    return found ? found : &checks->cases[finding->kind];
}

// Codes that are about pairs are told by the pairs; they have a case only where no pair took one.
static bool is_shown(const test_case *test, size_t kind, bool of_checks)
{
    return !of_checks || test->count || !is_of_pair((tdm_finding_kind)kind);
}

// --- Writing ------------------------------------------------------------------------------------

static void put_findings(tdm_buffer *out, const test_case *test, bool errors)
{
    tdm_buffer lines = TDM_BUFFER_INIT(out->maximum);
    const char *before = "";
    for (size_t i = 0; i < test->count; i++) {
        const tdm_finding *finding = test->items[i];
        if ((finding->severity == TDM_SEVERITY_ERROR) != errors)
            continue;
        tdm_buffer_puts(&lines, before);
        if (finding->place.file) {
            tdm_put_place(&lines, finding->place);
            tdm_buffer_puts(&lines, ": ");
        }
        tdm_buffer_putf(&lines, "%s [%s]: ", tdm_severity_name(finding->severity),
                        tdm_finding_code(finding->kind));
        tdm_put_finding_lines(&lines, finding, "    ");
        before = "\n";
    }
    put_xml(out, tdm_buffer_text(&lines));
    out->failed = out->failed || lines.failed;
    tdm_buffer_free(&lines);
}

static const tdm_finding *first_error(const test_case *test)
{
    for (size_t i = 0; i < test->count; i++) {
        if (test->items[i]->severity == TDM_SEVERITY_ERROR)
            return test->items[i];
    }
    return NULL;
}

static void put_case(const tdm_report *report, const test_case *test)
{
    tdm_buffer *out = report->out;
    const tdm_finding *failure = first_error(test);
    tdm_buffer_puts(out, "    <testcase");
    put_attribute(out, "classname", tdm_text_of(test->class_name));
    put_attribute(out, "name", test->name);
    tdm_buffer_puts(out, test->count ? " time=\"0\">\n" : " time=\"0\"/>\n");
    if (failure) {
        tdm_buffer_puts(out, "      <failure");
        put_attribute(out, "type", tdm_text_of(tdm_finding_code(failure->kind)));
        put_attribute(out, "message", failure->message);
        tdm_buffer_putc(out, '>');
        put_findings(out, test, true);
        tdm_buffer_puts(out, "</failure>\n");
    }
    if (test->count > test->errors) {
        tdm_buffer_puts(out, "      <system-out>");
        put_findings(out, test, false);
        tdm_buffer_puts(out, "</system-out>\n");
    }
    if (test->count)
        tdm_buffer_puts(out, "    </testcase>\n");
}

static void count(const test_suite *suite, bool of_checks, size_t *tests, size_t *failures)
{
    for (size_t i = 0; i < suite->count; i++) {
        *tests += is_shown(&suite->cases[i], i, of_checks);
        *failures += suite->cases[i].errors > 0;
    }
}

static void put_suite(const tdm_report *report, const test_suite *suite, bool of_checks)
{
    size_t tests = 0;
    size_t failures = 0;
    count(suite, of_checks, &tests, &failures);
    tdm_buffer_putf(report->out, "  <testsuite name=\"%s\"", suite->name);
    put_counts(report->out, tests, failures, 0);
    tdm_buffer_puts(report->out, " skipped=\"0\" time=\"0\">\n");
    for (size_t i = 0; i < suite->count; i++) {
        if (is_shown(&suite->cases[i], i, of_checks))
            put_case(report, &suite->cases[i]);
    }
    tdm_buffer_puts(report->out, "  </testsuite>\n");
}

static void put_suites(const tdm_report *report, const test_suite *pairs, const test_suite *checks)
{
    size_t tests = 0;
    size_t failures = 0;
    count(pairs, false, &tests, &failures);
    count(checks, true, &tests, &failures);
    tdm_buffer_puts(report->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                 "<testsuites name=\"tandem check\"");
    put_counts(report->out, tests, failures, 0);
    tdm_buffer_puts(report->out, " time=\"0\">\n");
    put_suite(report, pairs, false);
    put_suite(report, checks, true);
    tdm_buffer_puts(report->out, "</testsuites>\n");
}

void tdm_report_check_junit(const tdm_report *report, const tdm_check_result *result)
{
    tdm_arena *arena = report->arena;
    case_owners owners;
    test_suite pairs = {"pairs", tdm_arena_array(arena, result->pair_count, sizeof(test_case)),
                        result->pair_count};
    test_suite checks = {"checks", tdm_arena_array(arena, TDM_FINDING_COUNT, sizeof(test_case)),
                         TDM_FINDING_COUNT};
    if (pairs.cases && checks.cases) {
        make_pair_cases(arena, result, &pairs, &owners);
        make_check_cases(arena, &checks);
        for (size_t i = 0; i < result->finding_count; i++) {
            const tdm_finding *finding = &result->findings[i];
            test_case *test = owner_of(&owners, &checks, finding);
            test->errors += finding->severity == TDM_SEVERITY_ERROR;
            (void)tdm_vector_push(arena, test, finding);
        }
    }
    if (tdm_arena_ok(arena))
        put_suites(report, &pairs, &checks);
}

void tdm_report_failure_junit(tdm_buffer *out, const tdm_error *err)
{
    tdm_buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<testsuites name=\"tandem check\"");
    put_counts(out, 1, 0, 1);
    tdm_buffer_puts(out, " time=\"0\">\n  <testsuite name=\"checks\"");
    put_counts(out, 1, 0, 1);
    tdm_buffer_puts(out, " skipped=\"0\" time=\"0\">\n"
                         "    <testcase classname=\"tandem.check\" name=\"the project can be read\""
                         " time=\"0\">\n      <error");
    put_attribute(out, "type", tdm_text_of(tdm_error_name(err->code)));
    put_attribute(out, "message", tdm_text_of(err->message));
    tdm_buffer_puts(out, "/>\n    </testcase>\n  </testsuite>\n</testsuites>\n");
}
