// Statements whose way back stands in their own words, whatever it was before: they fail where what
// they do was done already.
#include "inverse/steps.h"

#include "base/limits.h"
#include "sql/quote.h"
#include "sql/tree.h"

static void put_table(tdm_buffer *out, const PgQuery__RangeVar *table)
{
    tdm_sql_put_qualified(out, tdm_text_of(table->schemaname), tdm_text_of(table->relname));
}

// ADD TABLE refuses a table that is published already.
static bool put_published(tdm_buffer *out, const PgQuery__AlterPublicationStmt *alter)
{
    if (alter->action != PG_QUERY__ALTER_PUBLICATION_ACTION__AP_AddObjects || alter->n_options)
        return false;
    tdm_buffer_puts(out, "ALTER PUBLICATION ");
    tdm_sql_put_ident(out, tdm_text_of(alter->pubname));
    for (size_t i = 0; i < alter->n_pubobjects; i++) {
        const PgQuery__Node *node = alter->pubobjects[i];
        const PgQuery__PublicationObjSpec *spec =
            node->node_case == PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC
                ? node->publication_obj_spec
                : NULL;
        if (!spec || !spec->pubtable || !spec->pubtable->relation)
            return false;
        tdm_buffer_puts(out, i ? ", " : " DROP TABLE ");
        put_table(out, spec->pubtable->relation);
    }
    return alter->n_pubobjects > 0;
}

static bool put_back(tdm_buffer *out, const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT &&
           put_published(out, node->alter_publication_stmt);
}

bool tdm_undo_by_words(tdm_inverter *in, const tdm_change *change)
{
    tdm_statement statement = {.sql = change->sql};
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;

    // In a block it may be the one that fails and is caught.
    if (change->sql.data != in->statement->sql.data ||
        tdm_sql_parse(&statement, &tree, &ignored) != TDM_OK)
        return false;
    bool written = put_back(&sql, tree->node);
    tdm_sql_tree_free(tree);
    if (written)
        tdm_step_sql(in, &sql, TDM_RANK_IN_TURN, (tdm_text){NULL, 0});
    else
        tdm_buffer_free(&sql);
    return written;
}
