// Fuzz target of the SQL room: any text is split, each statement parsed, identified and classified.
// It must not crash, leak, or disagree with itself. Words for the fuzzer stand in sql.dict.
#include "base/text.h"
#include "sql/classify.h"
#include "sql/identity.h"
#include "sql/split.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

// A statement means the same as itself, parsed twice.
static void check_identity(const tdm_statement *statement)
{
    tdm_digest first, second;
    bool parsed;

    require(tdm_sql_identity_of(statement->sql, &first, &parsed, NULL) == TDM_OK);
    require(tdm_sql_identity_of(statement->sql, &second, NULL, NULL) == TDM_OK);
    require(tdm_digest_equal(first, second));
    // What the split took for a statement is one.
    require(parsed == !statement->opaque);
}

static void check_class(tdm_arena *arena, const tdm_statement *statement)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class sort;

    if (tdm_sql_parse(statement, &tree, NULL) != TDM_OK)
        return;
    require(tdm_sql_classify(arena, tree, &sort, NULL) == TDM_OK);
    tdm_sql_tree_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_text source = {(const char *)data, size};
    tdm_statements statements;

    if (!arena)
        return 0;
    require(tdm_sql_split(arena, "fuzz.sql", source, &statements, NULL) == TDM_OK);
    for (size_t i = 0; i < statements.count; i++) {
        check_identity(&statements.items[i]);
        check_class(arena, &statements.items[i]);
    }
    tdm_arena_free(arena);
    return 0;
}
