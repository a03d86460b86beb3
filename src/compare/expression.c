// Comparing expressions that are not identical, as far as that can be told from their trees.
//
// The server stores an expression analysed, so that many spellings end in one (BETWEEN, IN, casts
// of constants). Two trees of different shape are therefore not compared. Two of the same shape
// that differ in one place, and there in something that no analysis takes away (another column,
// another number, another operator), are stored as different expressions.
#include "compare/attributes.h"

#include "base/text.h"
#include "sql/tree.h"

#include <string.h>

typedef struct walker {
    size_t leaves; // places where they are sure to differ
    bool doubt;    // places where they may
} walker;

// --- Leaves -------------------------------------------------------------------------------------

// A word that is no other spelling of a value of any type: letters and underscores, none of the
// words that Booleans, dates and numbers are written in.
static bool is_plain_word(tdm_text text)
{
    static const char *const special[] = {
        "t",   "f",   "true", "false", "yes",      "no",        "on",
        "off", "y",   "n",    "now",   "today",    "epoch",     "tomorrow",
        "nan", "inf", "null", "empty", "infinity", "yesterday", "allballs"};

    for (size_t i = 0; i < text.size; i++)
        if (!((text.data[i] >= 'a' && text.data[i] <= 'z') || text.data[i] == '_'))
            return false;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (tdm_text_is(text, special[i]))
            return false;
    // Names of months and days.
    return text.size > 0 && (text.size > 3 || tdm_text_find_char(text, '_') != SIZE_MAX);
}

static bool is_comparison(const char *name)
{
    static const char *const names[] = {"=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "||"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

// Strings are names of columns, operators and types, or the values of constants, by what holds
// them.
static void differ_in_string(walker *w, const ProtobufCMessageDescriptor *holder, const char *left,
                             const char *right)
{
    bool column = holder == &pg_query__column_ref__descriptor;
    bool operator= holder == & pg_query__a__expr__descriptor;
    bool constant = holder == &pg_query__a__const__descriptor;

    if (column || (operator&& is_comparison(left) && is_comparison(right)) ||
        (constant && is_plain_word(tdm_text_of(left)) && is_plain_word(tdm_text_of(right))))
        w->leaves++;
    else
        w->doubt = true;
}

static void differ_in_number(walker *w, const ProtobufCMessageDescriptor *type)
{
    bool sure = type == &pg_query__integer__descriptor || type == &pg_query__boolean__descriptor ||
                type == &pg_query__bool_expr__descriptor ||
                type == &pg_query__null_test__descriptor;

    if (sure)
        w->leaves++;
    else
        w->doubt = true;
}

// --- The walk -----------------------------------------------------------------------------------

static void walk(walker *w, const ProtobufCMessageDescriptor *holder, const ProtobufCMessage *left,
                 const ProtobufCMessage *right);

static bool is_location(const ProtobufCFieldDescriptor *field)
{
    return strstr(field->name, "location") != NULL;
}

static bool is_wide(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_INT64 || type == PROTOBUF_C_TYPE_UINT64 ||
           type == PROTOBUF_C_TYPE_DOUBLE;
}

static uint64_t number_at(ProtobufCType type, const char *at)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    protobuf_c_boolean flag = 0;

    if (is_wide(type)) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    if (type == PROTOBUF_C_TYPE_BOOL) {
        memcpy(&flag, at, sizeof flag);
        return flag != 0;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

// A message that only holds a value is seen through the one that holds it.
static const ProtobufCMessageDescriptor *holder_of(const ProtobufCMessageDescriptor *holder,
                                                   const ProtobufCMessage *message)
{
    bool thin = message->descriptor == &pg_query__node__descriptor ||
                message->descriptor == &pg_query__string__descriptor;

    return thin ? holder : message->descriptor;
}

static void walk_value(walker *w, const ProtobufCMessageDescriptor *holder,
                       const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                       const char *const at[2])
{
    const ProtobufCMessageDescriptor *above = holder_of(holder, message);

    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        walk(w, above, *(const ProtobufCMessage *const *)at[0],
             *(const ProtobufCMessage *const *)at[1]);
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *left = *(const char *const *)at[0], *right = *(const char *const *)at[1];
        if (strcmp(left ? left : "", right ? right : "") != 0)
            differ_in_string(w, above, left ? left : "", right ? right : "");
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        w->doubt = true;
    } else if (number_at(field->type, at[0]) != number_at(field->type, at[1])) {
        differ_in_number(w, message->descriptor);
    }
}

static size_t step_of(ProtobufCType type)
{
    if (type == PROTOBUF_C_TYPE_MESSAGE || type == PROTOBUF_C_TYPE_STRING)
        return sizeof(void *);
    return is_wide(type) ? sizeof(uint64_t) : sizeof(uint32_t);
}

static void walk_repeated(walker *w, const ProtobufCMessageDescriptor *holder,
                          const ProtobufCMessage *const messages[2],
                          const ProtobufCFieldDescriptor *field)
{
    size_t counts[2];
    const char *items[2];

    for (int i = 0; i < 2; i++) {
        counts[i] = *(const size_t *)((const char *)messages[i] + field->quantifier_offset);
        items[i] = *(const char *const *)((const char *)messages[i] + field->offset);
    }
    if (counts[0] != counts[1]) {
        // One more value in a list of values; AND and OR may be bracketed in other ways.
        if (messages[0]->descriptor == &pg_query__list__descriptor ||
            messages[0]->descriptor == &pg_query__a__array_expr__descriptor)
            w->leaves++;
        else
            w->doubt = true;
        return;
    }
    for (size_t i = 0; i < counts[0]; i++) {
        size_t step = i * step_of(field->type);
        walk_value(w, holder, messages[0], field,
                   (const char *const[2]){items[0] + step, items[1] + step});
    }
}

static void walk_field(walker *w, const ProtobufCMessageDescriptor *holder,
                       const ProtobufCMessage *const messages[2],
                       const ProtobufCFieldDescriptor *field)
{
    const char *left = (const char *)messages[0], *right = (const char *)messages[1];

    if (is_location(field))
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        walk_repeated(w, holder, messages, field);
        return;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        uint32_t l = *(const uint32_t *)(left + field->quantifier_offset);
        uint32_t r = *(const uint32_t *)(right + field->quantifier_offset);
        if (l != r)
            w->doubt = true;
        if (l != r || l != field->id)
            return;
    }
    walk_value(w, holder, messages[0], field,
               (const char *const[2]){left + field->offset, right + field->offset});
}

static void walk(walker *w, const ProtobufCMessageDescriptor *holder, const ProtobufCMessage *left,
                 const ProtobufCMessage *right)
{
    if (w->doubt || (!left && !right))
        return;
    if (!left || !right || left->descriptor != right->descriptor) {
        w->doubt = true;
        return;
    }
    for (unsigned i = 0; i < left->descriptor->n_fields && !w->doubt; i++)
        walk_field(w, holder, (const ProtobufCMessage *const[2]){left, right},
                   &left->descriptor->fields[i]);
}

static tdm_comparison compare_trees(const ProtobufCMessage *left, const ProtobufCMessage *right)
{
    walker w = {0};

    walk(&w, NULL, left, right);
    return !w.doubt && w.leaves == 1 ? TDM_COMPARE_DIFFERENT : TDM_COMPARE_UNKNOWN;
}

// --- The elements of an index -------------------------------------------------------------------

static bool is_first(const PgQuery__IndexElem *element)
{
    if (element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
        return true;
    return element->nulls_ordering != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST &&
           element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
}

static tdm_comparison compare_order(const PgQuery__IndexElem *a, const PgQuery__IndexElem *b)
{
    bool desc = a->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;

    return desc == (b->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC) && is_first(a) == is_first(b)
               ? TDM_COMPARE_EQUAL
               : TDM_COMPARE_DIFFERENT;
}

static const char *last_of(PgQuery__Node *const *parts, size_t count)
{
    return count && parts[count - 1]->node_case == PG_QUERY__NODE__NODE_STRING
               ? parts[count - 1]->string->sval
               : "";
}

// An operator class or collation. That which is there without the word depends on the type.
static tdm_comparison compare_words(const char *left, const char *right)
{
    if (strcmp(left, right) == 0)
        return TDM_COMPARE_EQUAL;
    return *left && *right ? TDM_COMPARE_DIFFERENT : TDM_COMPARE_UNKNOWN;
}

static tdm_comparison compare_element(const PgQuery__IndexElem *a, const PgQuery__IndexElem *b)
{
    tdm_comparison found[] = {
        compare_order(a, b),
        compare_words(last_of(a->opclass, a->n_opclass), last_of(b->opclass, b->n_opclass)),
        compare_words(last_of(a->collation, a->n_collation), last_of(b->collation, b->n_collation)),
        TDM_COMPARE_EQUAL,
    };

    if (!a->expr != !b->expr || (!a->expr && strcmp(a->name, b->name) != 0))
        return TDM_COMPARE_DIFFERENT;
    if (a->expr)
        found[3] = compare_trees(&a->expr->base, &b->expr->base);
    tdm_comparison worst = TDM_COMPARE_EQUAL;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i] == TDM_COMPARE_DIFFERENT ||
            (found[i] == TDM_COMPARE_UNKNOWN && worst == TDM_COMPARE_EQUAL))
            worst = found[i];
    return worst;
}

static tdm_comparison compare_keys(const PgQuery__IndexStmt *a, const PgQuery__IndexStmt *b)
{
    if (a->n_index_params != b->n_index_params)
        return TDM_COMPARE_DIFFERENT;
    for (size_t i = 0; i < a->n_index_params; i++)
        if (compare_element(a->index_params[i]->index_elem, b->index_params[i]->index_elem) ==
            TDM_COMPARE_DIFFERENT)
            return TDM_COMPARE_DIFFERENT;
    return TDM_COMPARE_UNKNOWN;
}

// --- Texts --------------------------------------------------------------------------------------

static tdm_sql_tree *parse(tdm_mode mode, tdm_text text)
{
    tdm_buffer sql = TDM_BUFFER_INIT(text.size + 64);
    tdm_sql_tree *tree = NULL;

    if (mode != TDM_MODE_QUERY)
        tdm_buffer_puts(&sql, mode == TDM_MODE_KEYS ? "CREATE INDEX ON t (" : "SELECT (");
    tdm_buffer_put(&sql, text);
    if (mode != TDM_MODE_QUERY)
        tdm_buffer_puts(&sql, ")");
    if (tdm_sql_parse_text(tdm_buffer_text(&sql), &tree, NULL) != TDM_OK)
        tree = NULL;
    tdm_buffer_free(&sql);
    return tree;
}

tdm_comparison tdm_compare_expressions(tdm_mode mode, tdm_text left, tdm_text right)
{
    tdm_sql_tree *a = parse(mode, left), *b = parse(mode, right);
    tdm_comparison result = TDM_COMPARE_UNKNOWN;

    if (a && b && mode == TDM_MODE_KEYS && a->node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT &&
        b->node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
        result = compare_keys(a->node->index_stmt, b->node->index_stmt);
    else if (a && b && mode != TDM_MODE_KEYS)
        result = compare_trees(&a->node->base, &b->node->base);
    tdm_sql_tree_free(a);
    tdm_sql_tree_free(b);
    return result;
}
