// What can be told of a push without a connection: files that no push could run as they mean it.
//
// Which of them are pending is not known yet, so that only what is never right counts, and a file
// that says why it is as it is (`-- tandem:ignore TD204 reason`) does not.
#include <tandem/push.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/review.h"
#include "project/project.h"
#include "sql/lexer.h"

typedef struct preflight {
    tdm_project *project;
    tdm_arena *arena; // of one file
    tdm_error *err;
} preflight;

// Words without which a file need not be split.
static bool is_suspect(tdm_text source)
{
    static const char *const words[] = {"CONCURRENTLY", "VACUUM", "SYSTEM",   "COMMIT",
                                        "ROLLBACK",     "START",  "DATABASE", "ABORT"};
    tdm_sql_lexer lexer = {.source = source};
    bool begun = false;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        // BEGIN; and not the BEGIN of a block, which stands inside a literal or before words.
        if (begun && tdm_sql_token_is_char(&lexer, &token, ';'))
            return true;
        begun = tdm_sql_token_is(&lexer, &token, "BEGIN") ||
                (begun && (tdm_sql_token_is(&lexer, &token, "WORK") ||
                           tdm_sql_token_is(&lexer, &token, "TRANSACTION")));
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (tdm_sql_token_is(&lexer, &token, words[i]))
                return true;
    }
}

static bool says_why(tdm_text source)
{
    size_t at = tdm_text_find(source, TDM_TEXT("tandem:ignore"));
    return at != SIZE_MAX &&
           tdm_text_find(tdm_text_from(source, at), TDM_TEXT("TD204")) != SIZE_MAX;
}

typedef enum control {
    CONTROL_NONE,
    CONTROL_BEGINS,
    CONTROL_ENDS,
} control;

static control control_of(const tdm_statement *statement)
{
    static const struct {
        const char *word;
        control control;
    } words[] = {
        {"BEGIN", CONTROL_BEGINS}, {"START", CONTROL_BEGINS}, {"COMMIT", CONTROL_ENDS},
        {"END", CONTROL_ENDS},     {"ABORT", CONTROL_ENDS},   {"ROLLBACK", CONTROL_ENDS},
    };
    tdm_sql_lexer lexer = {.source = statement->sql};
    tdm_sql_token token = tdm_sql_next(&lexer);
    tdm_sql_token next = tdm_sql_next(&lexer);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tdm_sql_token_is(&lexer, &token, words[i].word))
            return tdm_sql_token_is(&lexer, &next, "TO") ||
                           tdm_sql_token_is(&lexer, &next, "PREPARED")
                       ? CONTROL_NONE
                       : words[i].control;
    return CONTROL_NONE;
}

static tdm_status refuse(preflight *p, tdm_place place, const char *what)
{
    tdm_fail(p->err, TDM_ERROR_HISTORY, place, "%s", what);
    return tdm_hint(
        p->err, "Nothing was connected to. A file that is applied everywhere may stay as it is: "
                "`-- tandem:ignore TD204 reason` above the statement.");
}

static tdm_status check_balance(preflight *p, const tdm_statements *statements)
{
    const tdm_statement *open = NULL;
    for (size_t i = 0; i < statements->count; i++) {
        const tdm_statement *statement = &statements->items[i];
        control found = statement->opaque ? CONTROL_NONE : control_of(statement);
        if (found == CONTROL_BEGINS && open)
            return refuse(p, statement->place, "a transaction begins inside another one");
        if (found == CONTROL_ENDS && !open)
            return refuse(p, statement->place,
                          "a transaction ends here that the migration did not begin");
        if (found != CONTROL_NONE)
            open = found == CONTROL_BEGINS ? statement : NULL;
    }
    return open ? refuse(p, open->place,
                         "the transaction that begins here is never ended: what follows would be "
                         "run and lost")
                : TDM_OK;
}

static tdm_status check_mix(preflight *p, const tdm_statements *statements)
{
    const tdm_review_facts facts = {0};
    tdm_review review;
    if (tdm_review_statements(p->arena, statements, &facts, &review, p->err) != TDM_OK)
        return TDM_FAILED;
    if (!review.divided || review.problem.size == 0)
        return TDM_OK;
    tdm_text what = tdm_arena_printf(p->arena, "%.*s", TDM_TEXT_ARG(review.problem));
    return what.data ? refuse(p, review.place, what.data) : tdm_fail_memory(p->err);
}

tdm_status tdm_push_preflight(tdm_project *project, tdm_error *err)
{
    preflight p = {.project = project, .err = err};
    tdm_status status = TDM_OK;
    for (size_t i = 0; status == TDM_OK && i < tdm_project_migration_count(project); i++) {
        tdm_text source = tdm_project_folder_migration(project, i)->source;
        const tdm_statements *statements;
        if (!is_suspect(source) || says_why(source))
            continue;
        p.arena = tdm_arena_new(0);
        if (!p.arena)
            return tdm_fail_memory(err);
        status = tdm_project_migration_statements(project, i, &statements, err);
        if (status == TDM_OK)
            status = check_balance(&p, statements);
        if (status == TDM_OK)
            status = check_mix(&p, statements);
        tdm_arena_free(p.arena);
    }
    return status;
}
