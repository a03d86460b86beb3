#include "pair/leak.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/session.h"

static tdm_status follow(tdm_arena *arena, const tdm_statement *statement, tdm_leak *leak,
                         tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;
    tdm_sql_class of;
    tdm_text name;
    if (tdm_sql_parse(statement, &tree, &cause) != TDM_OK)
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    tdm_status status = tdm_sql_classify(arena, tree, &of, err);
    if (status == TDM_OK) {
        switch (tdm_session_effect_of(&of, tree, &name)) {
        case TDM_SESSION_NONE:
            break;
        case TDM_SESSION_SETS:
            *leak = (tdm_leak){true, tdm_arena_text(arena, name), statement->place};
            break;
        case TDM_SESSION_RESETS:
            leak->there = leak->there && !tdm_text_equal_nocase(leak->name, name);
            break;
        case TDM_SESSION_RESETS_ALL:
            leak->there = false;
            break;
        }
    }
    tdm_sql_tree_free(tree);
    return status;
}

tdm_status tdm_leak_follow(tdm_arena *arena, const tdm_statements *statements, tdm_leak *leak,
                           tdm_error *err)
{
    for (size_t i = 0; i < statements->count; i++)
        if (!statements->items[i].opaque && tdm_session_may_change(statements->items[i].sql) &&
            follow(arena, &statements->items[i], leak, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
