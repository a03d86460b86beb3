#include "report/explain.h"

const tdm_exit_row tdm_exit_rows[] = {
    {TDM_EXIT_OK, "done, and nothing to report"},
    {TDM_EXIT_FINDING,
     "ran fine, and the answer is no: a mismatch, something that cannot be known"},
    {TDM_EXIT_USAGE, "wrong usage or configuration; nothing was done"},
    {TDM_EXIT_PROJECT, "the project could not be read or written"},
    {TDM_EXIT_CONNECT, "could not connect, or not allowed"},
    {TDM_EXIT_REFUSED, "the server refused a migration; rolled back, nothing of it applied"},
    {TDM_EXIT_LOCKED, "somebody else holds the lock, or the target is refused"},
    {TDM_EXIT_PARTIAL,
     "partly applied, or the outcome is unknown; the message says what is there. Of "
     "many targets: some were changed, others failed"},
    {TDM_EXIT_BUG, "an internal check failed, or memory ran out"},
    {TDM_EXIT_INTERRUPTED, "interrupted (SIGINT), after cleaning up"},
    {TDM_EXIT_TERMINATED, "terminated (SIGTERM, SIGHUP), after cleaning up"},
};
const size_t tdm_exit_row_count = sizeof tdm_exit_rows / sizeof *tdm_exit_rows;

void tdm_exit_codes_markdown(tdm_buffer *out)
{
    tdm_buffer_puts(out, "# Exit codes\n\n"
                         "| code | meaning |\n|---:|---|\n");
    for (size_t i = 0; i < tdm_exit_row_count; i++)
        tdm_buffer_putf(out, "| %d | %s |\n", (int)tdm_exit_rows[i].code, tdm_exit_rows[i].meaning);
    tdm_buffer_puts(
        out, "\nA program that is killed by a closed pipe ends with SIGPIPE, as `cat` does.\n\n"
             "# Errors\n\n"
             "An error is a failure of the run, as opposed to a [finding](findings.md), which "
             "is an answer. Its\nname stands in brackets at the end of the first line: "
             "`tandem: error: ... [config]`.\n\n"
             "| error | exit code | meaning |\n|---|---:|---|\n");
    for (int code = TDM_ERROR_NONE + 1; code < TDM_ERROR_COUNT; code++) {
        tdm_error_code error = (tdm_error_code)code;
        tdm_buffer_putf(out, "| `%s` | %d | %s |\n", tdm_error_name(error),
                        (int)tdm_error_exit(error), tdm_error_meaning(error));
    }
}
