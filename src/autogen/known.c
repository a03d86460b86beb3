// What the catalog knows of the schema that a statement meets.
#include "autogen/writer.h"

#include "base/vector.h"
#include "catalog/platform.h"
#include "sql/lexer.h"

static const tdm_table *find_table(tdm_writer *w, const PgQuery__RangeVar *range)
{
    const tdm_table *table = NULL;
    if (!w->input->before ||
        tdm_catalog_table(w->input->before, tdm_text_of(range->schemaname),
                          tdm_text_of(range->relname), &table, NULL) != TDM_KNOWN_YES)
        return NULL;
    return table;
}

static const tdm_object *find_object(tdm_writer *w, const tdm_question *question)
{
    const tdm_object *object = NULL;
    if (!w->input->before ||
        tdm_catalog_object(w->input->before, question, &object, NULL) != TDM_KNOWN_YES)
        return NULL;
    return object->modelled ? object : NULL;
}

// --- Lists of names -----------------------------------------------------------------------------

// A name of a list as it was before quote_ident.
static tdm_text unquoted(tdm_arena *arena, tdm_text token)
{
    tdm_buffer out = TDM_BUFFER_INIT(token.size + 1);
    if (token.size < 2 || token.data[0] != '"')
        return token;
    for (size_t i = 1; i + 1 < token.size; i++) {
        tdm_buffer_putc(&out, token.data[i]);
        if (token.data[i] == '"')
            i++;
    }
    return tdm_buffer_take(&out, arena);
}

typedef TDM_VECTOR(tdm_text) name_vector;

// Cuts `a, "B, c"` of an attribute.
static bool read_list(tdm_writer *w, const tdm_value *value, name_vector *ret)
{
    if (!value || value->reason.size)
        return false;
    tdm_sql_lexer lexer = {.source = value->text};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return true;
        if (tdm_sql_token_is_char(&lexer, &token, ','))
            continue;
        tdm_text name = unquoted(w->arena, tdm_sql_token_text(&lexer, &token));
        if (!tdm_vector_push(w->arena, ret, name))
            return false;
    }
}

// --- Questions ----------------------------------------------------------------------------------

bool tdm_writer_enum_labels(tdm_writer *w, tdm_text schema, tdm_text name, tdm_text *ret)
{
    tdm_question question = {.kind = TDM_KIND_TYPE, .schema = schema, .name = name};
    const tdm_object *type = find_object(w, &question);
    const tdm_value *form = type ? tdm_object_value(type, TDM_ATTR_FORM) : NULL;
    tdm_buffer out = TDM_BUFFER_INIT(w->out.maximum);
    name_vector labels = {0};

    if (!form || !tdm_text_is(form->text, "enum") ||
        !read_list(w, tdm_object_value(type, TDM_ATTR_LABELS), &labels))
        return false;
    for (size_t i = 0; i < labels.count; i++) {
        tdm_buffer_puts(&out, i ? ", " : "");
        tdm_py_put_string(&out, labels.items[i]);
    }
    *ret = tdm_buffer_take(&out, w->arena);
    return tdm_arena_ok(w->arena);
}

static const tdm_object *find_constraint(const tdm_table *table, const char *form)
{
    for (size_t i = 0; i < table->members.count; i++) {
        const tdm_object *member = table->members.items[i];
        const tdm_value *value = tdm_object_value(member, TDM_ATTR_FORM);
        if (member->kind == TDM_KIND_CONSTRAINT && member->modelled && !member->dropped &&
            !member->uncertain && value && tdm_text_is(value->text, form))
            return member;
    }
    return NULL;
}

bool tdm_writer_primary_key(tdm_writer *w, const PgQuery__RangeVar *range, const tdm_text **ret,
                            size_t *ret_count)
{
    const tdm_table *table = find_table(w, range);
    const tdm_object *key = table ? find_constraint(table, "PRIMARY KEY") : NULL;
    const char *platform =
        tdm_platform_key(tdm_text_of(range->schemaname), tdm_text_of(range->relname));
    name_vector names = {0};

    if (platform && !table) {
        if (!tdm_vector_push(w->arena, &names, tdm_text_of(platform)))
            return false;
    } else if (!key || !read_list(w, tdm_object_value(key, TDM_ATTR_COLUMNS), &names)) {
        return false;
    }
    *ret = names.items;
    *ret_count = names.count;
    return names.count > 0;
}

const tdm_column *tdm_writer_known_column(tdm_writer *w, const PgQuery__RangeVar *table,
                                          const char *name)
{
    const tdm_column *column = NULL;
    if (!w->input->before || tdm_catalog_column(w->input->before, tdm_text_of(table->schemaname),
                                                tdm_text_of(table->relname), tdm_text_of(name),
                                                &column, NULL) != TDM_KNOWN_YES)
        return NULL;
    return column;
}

const char *tdm_writer_constraint_type(tdm_writer *w, const PgQuery__RangeVar *range,
                                       const char *name)
{
    static const struct {
        const char *form;
        const char *type;
    } rows[] = {{"PRIMARY KEY", "primary"},
                {"UNIQUE", "unique"},
                {"FOREIGN KEY", "foreignkey"},
                {"CHECK", "check"}};
    const tdm_table *table = find_table(w, range);
    if (!table)
        return NULL;
    tdm_question question = {.kind = TDM_KIND_CONSTRAINT,
                             .schema = table->schema,
                             .table = table->name,
                             .name = tdm_text_of(name)};
    const tdm_object *constraint = find_object(w, &question);
    const tdm_value *form = constraint ? tdm_object_value(constraint, TDM_ATTR_FORM) : NULL;
    for (size_t i = 0; form && i < sizeof rows / sizeof *rows; i++)
        if (tdm_text_is(form->text, rows[i].form))
            return rows[i].type;
    return NULL;
}

bool tdm_writer_is_childless(tdm_writer *w, const PgQuery__RangeVar *range)
{
    const tdm_table *table = find_table(w, range);

    if (!table || table->partitioned || !tdm_catalog_is_closed(w->input->before, NULL, NULL))
        return false;
    for (size_t i = 0; i < tdm_catalog_table_count(w->input->before); i++)
        if (tdm_object_value(tdm_catalog_table_at(w->input->before, i), TDM_ATTR_INHERITS))
            return false;
    return true;
}

tdm_text tdm_writer_table_comment(tdm_writer *w, const PgQuery__RangeVar *range)
{
    const tdm_table *table = find_table(w, range);
    const tdm_value *comment = table ? tdm_object_value(table, TDM_ATTR_COMMENT) : NULL;

    return comment ? comment->text : (tdm_text){NULL, 0};
}

tdm_text tdm_writer_index_table(tdm_writer *w, tdm_text schema, tdm_text name)
{
    tdm_question question = {.kind = TDM_KIND_INDEX, .schema = schema, .name = name};
    const tdm_object *index = find_object(w, &question);
    return index && index->on ? index->on->name : (tdm_text){NULL, 0};
}
