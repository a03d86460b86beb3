// Whether a table has a column, and whether the column is what is asked for.
#include "replay/lookup_parts.h"

#include "base/text.h"
#include "sql/builtin.h"

// information_schema.columns.data_type: the type without its length, "ARRAY", "USER-DEFINED".
// False: not known.
static bool data_type_of(const tdm_lookup *l, const tdm_column *column, tdm_text *ret)
{
    size_t open = tdm_text_find_char(column->type, '('),
           close = tdm_text_find_char(column->type, ')');

    if (!column->plain_type || column->type.size == 0)
        return false;
    *ret = column->type;
    if (column->type.data[column->type.size - 1] == ']')
        *ret = TDM_TEXT("ARRAY");
    else if (open != SIZE_MAX && close != SIZE_MAX)
        *ret = tdm_arena_printf(l->arena, "%.*s%.*s", (int)open, column->type.data,
                                TDM_TEXT_ARG(tdm_text_from(column->type, close + 1)));
    return true;
}

static tdm_text last_part(tdm_text name)
{
    size_t dot = SIZE_MAX;

    for (size_t i = 0; i < name.size; i++)
        dot = name.data[i] == '.' ? i : dot;
    return dot == SIZE_MAX ? name : tdm_text_from(name, dot + 1);
}

// format_type prints a type of PostgreSQL's own in one way, and no other way is equal. One of the
// project may come with its schema or without.
static tdm_truth has_format(const tdm_lookup *l, const tdm_column *column)
{
    if (tdm_text_equal(column->type, l->format))
        return column->plain_type ? TDM_TRUTH_YES : TDM_TRUTH_UNKNOWN;
    return column->plain_type || !tdm_text_equal(last_part(column->type), last_part(l->format))
               ? TDM_TRUTH_NO
               : TDM_TRUTH_UNKNOWN;
}

// to_regtype reads every name of a type: "int4", "_mood". Those that may mean the column's type in
// other words are not told apart.
static tdm_truth has_own_type(const tdm_lookup *l, const tdm_column *column)
{
    tdm_text wanted = last_part(l->own_type);

    tdm_text here = tdm_arena_printf(l->arena, "%.*s.%.*s",
                                     TDM_TEXT_ARG(tdm_catalog_creation_schema(l->catalog)),
                                     TDM_TEXT_ARG(l->own_type));

    if (tdm_text_equal(column->type, l->own_type) || tdm_text_equal(column->type, here))
        return TDM_TRUTH_YES;
    if (wanted.size == 0 || wanted.data[0] == '_' || tdm_sql_builtin_type(wanted, NULL) ||
        tdm_text_find_char(wanted, ' ') != SIZE_MAX || tdm_text_find_char(wanted, '(') != SIZE_MAX)
        return TDM_TRUTH_UNKNOWN;
    if (!column->plain_type && tdm_text_equal_nocase(last_part(column->type), wanted))
        return TDM_TRUTH_UNKNOWN;
    return TDM_TRUTH_NO;
}

static tdm_truth has_type(const tdm_lookup *l, const tdm_column *column)
{
    if (column->type.size == 0)
        return TDM_TRUTH_UNKNOWN;
    return l->format.size ? has_format(l, column) : has_own_type(l, column);
}

static bool asks_what_it_is(const tdm_lookup *l)
{
    return l->nullable != TDM_WISH_ANY || l->formatted != TDM_WISH_ANY ||
           l->identity != TDM_WISH_ANY || l->data_type.size;
}

static tdm_reply found_column(const tdm_lookup *l, const tdm_column *column)
{
    tdm_text type = {NULL, 0};
    bool fits = l->nullable == TDM_WISH_ANY || column->not_null == (l->nullable == TDM_WISH_NO);
    tdm_truth typed = l->formatted == TDM_WISH_ANY ? TDM_TRUTH_YES : has_type(l, column);

    if (l->catalog->open || l->catalog->vague.size || (!l->schema.size && !l->visible) ||
        typed == TDM_TRUTH_UNKNOWN || (l->data_type.size && !data_type_of(l, column, &type)))
        return tdm_lookup_unknown(TDM_TEXT("what the column is now cannot be known"),
                                  tdm_lookup_say(l, "column", true));
    fits = fits && (!l->data_type.size || tdm_text_equal(type, l->data_type));
    fits = fits && (l->formatted == TDM_WISH_ANY ||
                    (typed == TDM_TRUTH_YES) == (l->formatted == TDM_WISH_YES));
    fits = fits && (l->identity == TDM_WISH_ANY ||
                    tdm_text_find(column->generated, TDM_TEXT("AS IDENTITY")) == SIZE_MAX);
    return tdm_lookup_reply(fits ? TDM_TRUTH_YES : TDM_TRUTH_NO, tdm_lookup_say(l, "column", fits));
}

tdm_reply tdm_lookup_column(const tdm_lookup *l)
{
    tdm_text asked = tdm_lookup_say(l, "column", false), vague = {NULL, 0};
    bool seen = false;

    if (l->table.size == 0 || l->name.size == 0)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no table or no column"),
                                  (tdm_text){NULL, 0});
    for (size_t i = 0; i < l->catalog->tables.count; i++) {
        const tdm_table *table = l->catalog->tables.items[i];
        if (!tdm_lookup_is_candidate(l, table->schema, table->name))
            continue;
        if (l->visible &&
            table != tdm_catalog_find(l->catalog, (tdm_text){NULL, 0}, l->table).table)
            continue;
        seen = true;
        const tdm_column *column = tdm_table_column(table, l->name);
        if (column && asks_what_it_is(l))
            return found_column(l, column);
        if (column)
            return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "column", true));
        if (!table->columns_known && vague.size == 0)
            vague = table->reason.size ? table->reason : TDM_TEXT("its columns are not known");
    }
    if (vague.size)
        return tdm_lookup_unknown(vague, asked);
    if (tdm_lookup_has_other(l))
        return tdm_lookup_unknown(TDM_TEXT("an object that is not modelled has this name"), asked);
    // 'no_such_table'::regclass is an error.
    if (l->visible && !l->lenient && !seen)
        return tdm_lookup_unknown(TDM_TEXT("the table that it names is not there"), asked);
    return tdm_lookup_absent(l, asked, l->name);
}
