// Binding arguments to the parameters that a row describes.
#include "revision/arguments.h"

#include "revision/objects.h"

#include <string.h>

typedef struct parameter {
    tdm_text name;
    bool optional;
    bool keyword_only;
    bool ignored;
} parameter;

typedef struct signature {
    parameter items[TDM_PARAMETERS_MAX];
    size_t count;
    size_t positional;
    bool takes_rest;
    bool takes_extra;
} signature;

static bool next_word(tdm_text *rest, tdm_text *ret)
{
    *rest = tdm_text_trim(*rest);
    if (rest->size == 0)
        return false;
    size_t space = tdm_text_find_char(*rest, ' ');
    *ret = space == SIZE_MAX ? *rest : tdm_text_slice(*rest, 0, space);
    *rest = tdm_text_from(*rest, ret->size);
    return true;
}

static void read_signature(const char *text, signature *ret)
{
    tdm_text rest = tdm_text_of(text), word;
    bool keyword_only = false;
    *ret = (signature){0};
    while (next_word(&rest, &word)) {
        if (tdm_text_is(word, "|")) {
            keyword_only = true;
        } else if (tdm_text_is(word, "**")) {
            ret->takes_extra = true;
        } else if (word.data[0] == '*') {
            ret->takes_rest = true;
            keyword_only = true;
        } else if (ret->count < TDM_PARAMETERS_MAX) {
            parameter p = {.keyword_only = keyword_only, .name = word};
            if (p.name.data[0] == '~') {
                p.ignored = true;
                p.name = tdm_text_from(p.name, 1);
            }
            if (p.name.data[p.name.size - 1] == '=') {
                p.optional = true;
                p.name.size--;
            }
            ret->positional += keyword_only ? 0 : 1;
            ret->items[ret->count++] = p;
        }
    }
}

static size_t find_parameter(const signature *s, tdm_text name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (tdm_text_equal(s->items[i].name, name))
            return i;
    }
    return SIZE_MAX;
}

static void note_unknown(tdm_bound *bound, tdm_py value)
{
    if (!bound->unknown)
        bound->unknown = tdm_py_find_unknown(value);
}

static bool too_many(tdm_host *host, const signature *s, const char *function, size_t given,
                     bool method)
{
    size_t self = method ? 1 : 0, required = 0;
    for (size_t i = 0; i < s->positional; i++)
        required += s->items[i].optional ? 0 : 1;
    size_t maximum = s->positional + self;
    const char *were = given + self == 1 ? "was" : "were";
    if (required < s->positional)
        tdm_py_raise(host->in, "TypeError",
                     "%s() takes from %zu to %zu positional arguments but %zu %s given", function,
                     required + self, maximum, given + self, were);
    else
        tdm_py_raise(host->in, "TypeError", "%s() takes %zu positional argument%s but %zu %s given",
                     function, maximum, maximum == 1 ? "" : "s", given + self, were);
    return false;
}

// "'a'", "'a' and 'b'", "'a', 'b', and 'c'".
static tdm_text join_missing(tdm_arena *arena, const tdm_text *names, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(4096);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tdm_buffer_puts(&out, count == 2 ? " and " : i + 1 == count ? ", and " : ", ");
        tdm_buffer_putf(&out, "'%.*s'", TDM_TEXT_ARG(names[i]));
    }
    return tdm_buffer_take(&out, arena);
}

static bool check_missing(tdm_host *host, const signature *s, const char *function,
                          const tdm_bound *bound)
{
    tdm_text missing[TDM_PARAMETERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!s->items[i].optional && !bound->values[i])
            missing[count++] = s->items[i].name;
    }
    if (count == 0)
        return true;
    tdm_text list = join_missing(host->arena, missing, count);
    tdm_py_raise(host->in, "TypeError", "%s() missing %zu required positional argument%s: %.*s",
                 function, count, count == 1 ? "" : "s", TDM_TEXT_ARG(list));
    return false;
}

static bool bind_keyword(tdm_host *host, const signature *s, tdm_text name, tdm_py value,
                         tdm_bound *ret)
{
    size_t at = find_parameter(s, name);
    if (at == SIZE_MAX) {
        if (!s->takes_extra) {
            tdm_py_raise(host->in, "TypeError", "%s() got an unexpected keyword argument '%.*s'",
                         ret->function, TDM_TEXT_ARG(name));
            return false;
        }
        note_unknown(ret, value);
        return tdm_vector_push(host->arena, &ret->extra_names, name) &&
               tdm_vector_push(host->arena, &ret->extra, value);
    }
    if (ret->values[at]) {
        tdm_py_raise(host->in, "TypeError", "%s() got multiple values for argument '%.*s'",
                     ret->function, TDM_TEXT_ARG(name));
        return false;
    }
    ret->values[at] = value;
    if (!s->items[at].ignored)
        note_unknown(ret, value);
    return true;
}

bool tdm_bind(tdm_host *host, const char *function, const char *parameters, bool method,
              const tdm_py_args *args, tdm_bound *ret)
{
    signature s;
    read_signature(parameters, &s);
    *ret = (tdm_bound){.host = host, .function = function, .count = s.count, .place = args->place};
    for (size_t i = 0; i < s.count; i++)
        ret->names[i] = s.items[i].name;
    if (args->count > s.positional && !s.takes_rest)
        return too_many(host, &s, function, args->count, method);
    for (size_t i = 0; i < args->count; i++) {
        if (i < s.positional)
            ret->values[i] = args->positional[i];
        if (i >= s.positional || !s.items[i].ignored)
            note_unknown(ret, args->positional[i]);
    }
    if (args->count > s.positional) {
        ret->rest = args->positional + s.positional;
        ret->rest_count = args->count - s.positional;
    }
    for (size_t i = 0; i < args->named_count; i++) {
        if (!bind_keyword(host, &s, args->names[i], args->named[i], ret))
            return false;
    }
    return check_missing(host, &s, function, ret);
}

tdm_py tdm_arg(const tdm_bound *bound, const char *name)
{
    for (size_t i = 0; i < bound->count; i++) {
        if (tdm_text_is(bound->names[i], name))
            return bound->values[i];
    }
    return NULL;
}

bool tdm_arg_absent(const tdm_bound *bound, const char *name)
{
    tdm_py value = tdm_arg(bound, name);
    return !value || tdm_py_kind_of(value) == TDM_PY_NONE;
}

static void refuse(tdm_bound *bound, const char *what)
{
    if (!bound->unknown)
        bound->unknown =
            tdm_host_unknown(bound->host, "%s() with %s is not covered", bound->function, what);
}

void tdm_arg_refuse(tdm_bound *bound, const char *name)
{
    tdm_text what = tdm_arena_printf(bound->host->arena, "this %s", name);
    refuse(bound, what.data ? what.data : name);
}

tdm_flag tdm_flag_from(tdm_bound *bound, tdm_py value)
{
    if (!value)
        return TDM_FLAG_NONE;
    switch (tdm_py_kind_of(value)) {
    case TDM_PY_NONE:
        return TDM_FLAG_NONE;
    case TDM_PY_BOOL:
    case TDM_PY_INT:
        return tdm_py_as_int(value) ? TDM_FLAG_TRUE : TDM_FLAG_FALSE;
    case TDM_PY_STR:
        return tdm_py_as_text(value).size > 0 ? TDM_FLAG_TRUE : TDM_FLAG_FALSE;
    default:
        refuse(bound, "a flag that is no truth value");
        return TDM_FLAG_NONE;
    }
}

tdm_flag tdm_arg_flag(tdm_bound *bound, const char *name)
{
    return tdm_flag_from(bound, tdm_arg(bound, name));
}

bool tdm_arg_truth(tdm_bound *bound, const char *name, bool standard)
{
    tdm_py value = tdm_arg(bound, name);
    return value ? tdm_flag_from(bound, value) == TDM_FLAG_TRUE : standard;
}

tdm_number tdm_arg_number(tdm_bound *bound, const char *name)
{
    tdm_py value = tdm_arg(bound, name);
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return (tdm_number){0};
    if (tdm_py_kind_of(value) == TDM_PY_INT)
        return (tdm_number){true, tdm_py_as_int(value)};
    tdm_arg_refuse(bound, name);
    return (tdm_number){0};
}

tdm_name tdm_name_from(tdm_bound *bound, tdm_py value)
{
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return TDM_NO_NAME;
    if (tdm_py_kind_of(value) == TDM_PY_STR)
        return tdm_name_of(tdm_py_as_text(value));
    const tdm_name *name = tdm_data_of(value, &tdm_name_object);
    if (name)
        return *name;
    refuse(bound, "a name that is no text");
    return TDM_NO_NAME;
}

tdm_name tdm_arg_name(tdm_bound *bound, const char *name)
{
    return tdm_name_from(bound, tdm_arg(bound, name));
}

tdm_text tdm_arg_text(tdm_bound *bound, const char *name)
{
    return tdm_arg_name(bound, name).text;
}

tdm_type *tdm_type_from(tdm_bound *bound, tdm_py value)
{
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return NULL;
    tdm_type *type = tdm_data_of(value, &tdm_type_object);
    if (type)
        return type;
    // A class stands for an instance without arguments; so does anything that makes types.
    if (tdm_data_of(value, &tdm_type_class_object) || tdm_data_of(value, &tdm_callable_object)) {
        tdm_py made = tdm_py_call(bound->host->in, value, &(tdm_py_args){.place = bound->place});
        type = made ? tdm_data_of(made, &tdm_type_object) : NULL;
        if (type)
            return type;
        if (made && !bound->unknown)
            bound->unknown = tdm_py_find_unknown(made);
    }
    refuse(bound, "a type that is not known here");
    return NULL;
}

tdm_type *tdm_arg_type(tdm_bound *bound, const char *name)
{
    return tdm_type_from(bound, tdm_arg(bound, name));
}

// A string iterates its characters, as it does in Python.
static void split_characters(tdm_bound *bound, tdm_text text, tdm_names *ret)
{
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        tdm_utf8_next(text, &at);
        (void)tdm_vector_push(bound->host->arena, ret,
                              tdm_name_of(tdm_text_slice(text, start, at)));
    }
}

static void push_name(tdm_bound *bound, tdm_py item, tdm_names *ret)
{
    const tdm_column *column = tdm_data_of(item, &tdm_column_object);
    const tdm_expr *expr = tdm_data_of(item, &tdm_expr_object);
    tdm_name name;
    if (column)
        name = column->name;
    else if (expr && expr->kind == TDM_EXPR_COLUMN)
        name = expr->name;
    else
        name = tdm_name_from(bound, item);
    (void)tdm_vector_push(bound->host->arena, ret, name);
}

tdm_names tdm_names_from(tdm_bound *bound, tdm_py value)
{
    tdm_names names = {0};
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return names;
    if (tdm_py_kind_of(value) == TDM_PY_STR) {
        split_characters(bound, tdm_py_as_text(value), &names);
        return names;
    }
    tdm_py items = tdm_py_iterate(bound->host->in, value);
    tdm_py_kind kind = items ? tdm_py_kind_of(items) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
        refuse(bound, "a list of names that cannot be known");
        return names;
    }
    for (size_t i = 0; i < tdm_py_count(items); i++)
        push_name(bound, tdm_py_item(items, i), &names);
    return names;
}

tdm_names tdm_arg_names(tdm_bound *bound, const char *name)
{
    return tdm_names_from(bound, tdm_arg(bound, name));
}

tdm_expr *tdm_arg_sql(tdm_bound *bound, const char *name)
{
    tdm_py value = tdm_arg(bound, name);
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return NULL;
    if (tdm_py_kind_of(value) == TDM_PY_STR)
        return tdm_expr_text(bound->host->arena, tdm_py_as_text(value));
    tdm_expr *expr = tdm_expr_from(bound->host, value);
    if (!expr)
        tdm_arg_refuse(bound, name);
    return expr;
}

tdm_py tdm_arg_option(const tdm_bound *bound, const char *option)
{
    for (size_t i = 0; i < bound->extra.count; i++) {
        tdm_text name = bound->extra_names.items[i];
        if (tdm_text_starts(name, TDM_TEXT("postgresql_")) &&
            tdm_text_is(tdm_text_from(name, strlen("postgresql_")), option))
            return bound->extra.items[i];
    }
    return NULL;
}

static bool has_word(const char *words, tdm_text wanted)
{
    tdm_text rest = tdm_text_of(words), word;
    while (next_word(&rest, &word)) {
        if (tdm_text_equal(word, wanted))
            return true;
    }
    return false;
}

bool tdm_check_options(tdm_bound *bound, const char *options, const char *construct)
{
    for (size_t i = 0; i < bound->extra.count; i++) {
        tdm_text name = bound->extra_names.items[i];
        size_t underscore = tdm_text_find_char(tdm_text_from(name, 1), '_');
        if (underscore == SIZE_MAX || underscore + 2 >= name.size) {
            tdm_py_raise(bound->host->in, "TypeError",
                         "Additional arguments should be named <dialectname>_<argument>, got "
                         "'%.*s'",
                         TDM_TEXT_ARG(name));
            return false;
        }
        if (tdm_text_starts(name, TDM_TEXT("postgresql_")) &&
            !has_word(options, tdm_text_from(name, strlen("postgresql_")))) {
            tdm_py_raise(bound->host->in, "ArgumentError",
                         "Argument '%.*s' is not accepted by dialect 'postgresql' on behalf of "
                         "<class 'sqlalchemy.%s'>",
                         TDM_TEXT_ARG(name), construct);
            return false;
        }
    }
    return true;
}
