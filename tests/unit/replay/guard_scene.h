// Deciding the first statement of a text, for the tests of guards.
#ifndef GUARD_SCENE_H
#define GUARD_SCENE_H

#include "replay/scene.h"

// The first statement of a text, decided.
static inline tdm_guard decide(scene *s, const char *sql)
{
    tdm_statements statements;
    tdm_sql_tree *tree = NULL;
    tdm_guard guard;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_sql_split(s->arena, "guard.sql", tdm_text_of(sql), &statements, &err),
                     TDM_OK);
    assert_int_equal(statements.count, 1);
    if (tdm_sql_parse(&statements.items[0], &tree, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(
        tdm_guard_decide(s->catalog, s->arena, &statements.items[0], tree, &guard, &err), TDM_OK);
    tdm_sql_tree_free(tree);
    return guard;
}

#define IF_THEN(condition) "DO $$ BEGIN IF " condition " THEN CREATE SCHEMA told; END IF; END $$"

typedef struct question {
    const char *condition;
    const char *answer; // "yes", "no", or the reason why it cannot be known
} question;

static inline void assert_answers(scene *s, const question *questions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_text sql = tdm_arena_printf(s->arena, IF_THEN("%s"), questions[i].condition);
        tdm_guard guard = decide(s, sql.data);
        tdm_text got = guard.verdict == TDM_GUARD_UNKNOWN ? guard.reason
                       : guard.statements.count           ? TDM_TEXT("yes")
                                                          : TDM_TEXT("no");
        if (!tdm_text_is(got, questions[i].answer))
            print_error("asked: %s\nanswered: %.*s\n", questions[i].condition, TDM_TEXT_ARG(got));
        assert_text_equal(got, questions[i].answer);
    }
}

#define ASSERT_ANSWERS(s, questions)                                                               \
    assert_answers((s), (questions), sizeof(questions) / sizeof *(questions))

#define COLUMNS "SELECT 1 FROM information_schema.columns WHERE "
#define TABLES "SELECT 1 FROM information_schema.tables WHERE "
#define FORM "the condition asks in a form that is not understood"

#endif
