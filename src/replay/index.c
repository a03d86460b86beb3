// Indexes.
#include "catalog/expression.h"
#include "catalog/names.h"
#include "catalog/value.h"
#include "replay/keys.h"
#include "replay/objects.h"

#include "base/limits.h"
#include "base/text.h"
#include "sql/excerpt.h"

#include <string.h>

// --- Elements and options -----------------------------------------------------------------------

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

tdm_text tdm_keys_names(tdm_replay *r, PgQuery__Node *const *names, size_t count)
{
    tdm_text *texts = tdm_arena_array(r->catalog->arena, count, sizeof *texts);

    for (size_t i = 0; texts && i < count; i++)
        texts[i] = names[i]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM
                       ? tdm_text_of(names[i]->index_elem->name)
                       : tdm_text_of(string_of(names[i]));
    return texts ? tdm_names_of(r->catalog, texts, count) : (tdm_text){NULL, 0};
}

tdm_value tdm_keys_of_index(tdm_replay *r, const PgQuery__IndexStmt *index)
{
    return (tdm_value){
        .text = tdm_keys_print(r->catalog->arena, r->tree, index->index_params,
                               index->n_index_params, NULL),
        .digest = tdm_value_keys_digest(r->catalog, index),
    };
}

tdm_value tdm_keys_of_exclusion(tdm_replay *r, const PgQuery__Constraint *constraint)
{
    tdm_text text = {NULL, 0};
    PgQuery__Constraint keys = PG_QUERY__CONSTRAINT__INIT;

    for (size_t i = 0; i < constraint->n_exclusions; i++) {
        const PgQuery__List *pair = constraint->exclusions[i]->list;
        const PgQuery__Node *names = pair->n_items > 1 ? pair->items[1] : NULL;
        tdm_text element = tdm_keys_print(r->catalog->arena, r->tree, pair->items, 1, NULL);
        const char *operator=
                names && names->node_case == PG_QUERY__NODE__NODE_LIST && names->list->n_items
            ? string_of(names->list->items[names->list->n_items - 1])
            : "";
        text = tdm_replay_text(r, "%.*s%s%.*s WITH %s", TDM_TEXT_ARG(text), i ? ", " : "",
                               TDM_TEXT_ARG(element), operator);
    }
    keys.n_exclusions = constraint->n_exclusions;
    keys.exclusions = constraint->exclusions;
    return (tdm_value){.text = text, .digest = tdm_value_digest(r->catalog, &keys.base)};
}

// btree is what is there without the word.
tdm_text tdm_replay_method(tdm_replay *r, const char *method)
{
    return strcmp(method, "btree") == 0 ? (tdm_text){NULL, 0} : tdm_replay_copy(r, method);
}

tdm_text tdm_replay_tablespace(tdm_replay *r, const char *name)
{
    return strcmp(name, "pg_default") == 0 ? (tdm_text){NULL, 0} : tdm_replay_copy(r, name);
}

// One option as pg_class.reloptions has it.
static tdm_text option_text(tdm_replay *r, const PgQuery__DefElem *option)
{
    const PgQuery__Node *arg = option->arg;
    const char *space = *option->defnamespace ? "." : "";
    tdm_text value = TDM_TEXT("true");

    if (arg && arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
        value = tdm_replay_text(r, "%d", arg->integer->ival);
    else if (arg && arg->node_case == PG_QUERY__NODE__NODE_FLOAT)
        value = tdm_text_of(arg->float_->fval);
    else if (arg && arg->node_case == PG_QUERY__NODE__NODE_STRING)
        value = tdm_text_of(arg->string->sval);
    else if (arg && arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN)
        value = tdm_text_of(arg->boolean->boolval ? "true" : "false");
    else if (arg && arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
        value = tdm_text_of(string_of(
            arg->type_name->n_names ? arg->type_name->names[arg->type_name->n_names - 1] : NULL));
    return tdm_replay_text(r, "%s%s%s=%.*s", option->defnamespace, space, option->defname,
                           TDM_TEXT_ARG(value));
}

tdm_text tdm_replay_options(tdm_replay *r, PgQuery__Node *const *options, size_t count)
{
    tdm_text *texts = tdm_arena_array(r->catalog->arena, count, sizeof *texts);
    size_t found = 0;

    for (size_t i = 0; texts && i < count; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            texts[found++] = option_text(r, options[i]->def_elem);
    return texts ? tdm_set_of(r->catalog, texts, found) : (tdm_text){NULL, 0};
}

// --- CREATE INDEX -------------------------------------------------------------------------------

// The first column of an index that its table is known not to have, or NULL.
static const char *missing_column(const tdm_replay *r, const tdm_table *table,
                                  const PgQuery__IndexStmt *index)
{
    if (!table->columns_known || r->catalog->open)
        return NULL;
    for (size_t i = 0; i < index->n_index_params + index->n_index_including_params; i++) {
        const PgQuery__Node *node = i < index->n_index_params
                                        ? index->index_params[i]
                                        : index->index_including_params[i - index->n_index_params];
        const char *name =
            node->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM ? node->index_elem->name : "";
        if (*name && !tdm_table_column(table, tdm_text_of(name)))
            return name;
    }
    return NULL;
}

// The predicate is the last part of the statement.
static tdm_value predicate_of(tdm_replay *r, const PgQuery__Node *where)
{
    tdm_value value = tdm_replay_value_of(r, where);
    int32_t first = tdm_sql_first_location(&where->base);
    tdm_text sql = r->tree->sql;

    if (first <= 0)
        return value;
    size_t start = (size_t)first;
    while (start > 0 && (tdm_is_space(sql.data[start - 1]) || sql.data[start - 1] == '('))
        start--;
    value.text = tdm_arena_text(r->catalog->arena, tdm_text_trim(tdm_text_from(sql, start)));
    return value;
}

static void define(tdm_replay *r, tdm_object *object, const PgQuery__IndexStmt *index)
{
    tdm_replay_assign(r, object, TDM_ATTR_KEYS, tdm_keys_of_index(r, index));
    tdm_replay_assign_text(r, object, TDM_ATTR_METHOD, tdm_replay_method(r, index->access_method));
    tdm_replay_assign_flag(r, object, TDM_ATTR_UNIQUE, index->unique);
    tdm_replay_assign_flag(r, object, TDM_ATTR_NULLS_NOT_DISTINCT, index->nulls_not_distinct);
    tdm_replay_assign_text(
        r, object, TDM_ATTR_INCLUDE,
        tdm_keys_names(r, index->index_including_params, index->n_index_including_params));
    if (index->where_clause)
        tdm_replay_assign(r, object, TDM_ATTR_PREDICATE, predicate_of(r, index->where_clause));
    tdm_replay_assign_text(r, object, TDM_ATTR_OPTIONS,
                           tdm_replay_options(r, index->options, index->n_options));
    tdm_replay_assign_text(r, object, TDM_ATTR_TABLESPACE,
                           tdm_replay_tablespace(r, index->table_space));
}

void tdm_replay_create_index(tdm_replay *r)
{
    const PgQuery__IndexStmt *index = r->tree->node->index_stmt;
    tdm_object *table = tdm_object_relation(r, index->relation);

    // The server looks for table and columns before it looks whether the index is there.
    if (!table) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s",
                                             index->relation->relname));
        return;
    }
    const char *missing = missing_column(r, table, index);
    if (missing) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: there is no column %s", missing));
        return;
    }
    tdm_key key = {.kind = TDM_KIND_INDEX,
                   .schema = table->schema,
                   .on = table,
                   .name = tdm_replay_copy(r, index->idxname)};
    bool chosen = key.name.size == 0;
    if (chosen)
        key.name = tdm_name_of_index(r->catalog, table, index);
    if (tdm_replay_may_create(r, &key) != TDM_OUTCOME_CREATE)
        return;
    tdm_object *object = tdm_replay_make(r, &key);
    if (!object)
        return;
    define(r, object, index);
    if (table->partitioned && index->relation->inh)
        tdm_replay_index_partitions(r, table, object);
}
