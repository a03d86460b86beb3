#include "revision/sa_result.h"

#include <string.h>

// --- Values -------------------------------------------------------------------------------------

static tdm_py not_told(tdm_host *host)
{
    return tdm_host_unknown(host, "only whether it exists can be known, not what it is");
}

static tdm_py some_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    (void)name;
    return not_told(tdm_host_of(in));
}

static tdm_py some_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    (void)op;
    (void)left;
    (void)right;
    return not_told(tdm_host_of(in));
}

static tdm_py some_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)self;
    (void)key;
    return not_told(tdm_host_of(in));
}

static tdm_py some_iterate(tdm_interp *in, tdm_py self)
{
    (void)self;
    return not_told(tdm_host_of(in));
}

static tdm_py some_text(tdm_interp *in, tdm_py self)
{
    (void)self;
    return not_told(tdm_host_of(in));
}

static const tdm_py_class some_object = {.name = "str",
                                         .inert = true,
                                         .get_attr = some_attr,
                                         .get_item = some_item,
                                         .operate = some_operate,
                                         .iterate = some_iterate,
                                         .to_str = some_text};

tdm_py tdm_some_value(tdm_host *host)
{
    return tdm_object(host, &some_object, host);
}

// How a number that is 1 or more compares with `other`: every such number must agree.
static bool positive_compares(tdm_py_operator op, int64_t other, bool *ret)
{
    switch (op) {
    case TDM_PY_GT:
    case TDM_PY_NE:
        *ret = true;
        return other <= 0;
    case TDM_PY_GE:
        *ret = true;
        return other <= 1;
    case TDM_PY_EQ:
    case TDM_PY_LE:
        *ret = false;
        return other <= 0;
    case TDM_PY_LT:
        *ret = false;
        return other <= 1;
    default: // arithmetic
        return false;
    }
}

static tdm_py positive_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    static const struct {
        tdm_py_operator of, turned;
    } turns[] = {{TDM_PY_GT, TDM_PY_LT}, {TDM_PY_LT, TDM_PY_GT}, {TDM_PY_GE, TDM_PY_LE},
                 {TDM_PY_LE, TDM_PY_GE}, {TDM_PY_EQ, TDM_PY_EQ}, {TDM_PY_NE, TDM_PY_NE}};
    bool reversed = tdm_py_kind_of(left) != TDM_PY_NATIVE;
    tdm_py other = reversed ? left : right;
    bool answer = false;
    for (size_t i = 0; other && i < sizeof turns / sizeof *turns; i++) {
        tdm_py_operator seen = reversed ? turns[i].turned : turns[i].of;
        if (turns[i].of == op && tdm_py_kind_of(other) == TDM_PY_INT &&
            positive_compares(seen, tdm_py_as_int(other), &answer))
            return tdm_py_bool(in, answer);
    }
    return not_told(tdm_host_of(in));
}

static const tdm_py_class positive_object = {.name = "int",
                                             .inert = true,
                                             .get_attr = some_attr,
                                             .operate = positive_operate,
                                             .to_str = some_text};

static tdm_py value_of(tdm_host *host, const tdm_schema_value *value)
{
    switch (value->kind) {
    case TDM_SCHEMA_VALUE_UNKNOWN:
        break;
    case TDM_SCHEMA_VALUE_NULL:
        return tdm_py_none(host->in);
    case TDM_SCHEMA_VALUE_SOME:
        return tdm_some_value(host);
    case TDM_SCHEMA_VALUE_POSITIVE:
        return tdm_object(host, &positive_object, host);
    case TDM_SCHEMA_VALUE_BOOL:
        return tdm_py_bool(host->in, value->number != 0);
    case TDM_SCHEMA_VALUE_INT:
        return tdm_py_int(host->in, value->number);
    case TDM_SCHEMA_VALUE_TEXT:
        return tdm_py_str(host->in, value->text);
    }
    return not_told(host);
}

// --- Rows ---------------------------------------------------------------------------------------

static const tdm_schema_value *find_value(const tdm_schema_reply *reply, tdm_text name)
{
    for (size_t i = 0; i < reply->value_count; i++)
        if (tdm_text_equal(reply->values[i].name, name))
            return &reply->values[i];
    return NULL;
}

static tdm_py row_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const tdm_schema_value *value = find_value(tdm_py_native_data(self), name);
    return value ? value_of(tdm_host_of(in), value) : not_told(tdm_host_of(in));
}

static tdm_py row_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    const tdm_schema_reply *reply = tdm_py_native_data(self);
    if (tdm_py_kind_of(key) == TDM_PY_STR)
        return row_attr(in, self, tdm_py_as_text(key));
    if (tdm_py_kind_of(key) != TDM_PY_INT)
        return not_told(tdm_host_of(in));
    int64_t index = tdm_py_as_int(key);
    if (index < 0)
        index += (int64_t)reply->value_count;
    if (index < 0 || (size_t)index >= reply->value_count)
        return not_told(tdm_host_of(in));
    return value_of(tdm_host_of(in), &reply->values[index]);
}

static tdm_py row_iterate(tdm_interp *in, tdm_py self)
{
    const tdm_schema_reply *reply = tdm_py_native_data(self);
    tdm_host *host = tdm_host_of(in);
    tdm_py *items = tdm_arena_array(host->arena, reply->value_count + 1, sizeof *items);
    if (!items || reply->value_count == 0)
        return not_told(host);
    for (size_t i = 0; i < reply->value_count; i++)
        items[i] = value_of(host, &reply->values[i]);
    return tdm_py_tuple(in, items, reply->value_count);
}

static const tdm_py_class row_object = {.name = "sqlalchemy.engine.Row",
                                        .inert = true,
                                        .get_attr = row_attr,
                                        .get_item = row_item,
                                        .operate = some_operate,
                                        .iterate = row_iterate};

// --- Results ------------------------------------------------------------------------------------

typedef struct result {
    const tdm_schema_reply *reply;
    bool scalars;
    bool used; // rows were taken: what is left is not followed
} result;

static tdm_py first_of(tdm_host *host, const result *r)
{
    if (r->scalars)
        return r->reply->value_count ? value_of(host, &r->reply->values[0]) : not_told(host);
    return tdm_object(host, &row_object, r->reply);
}

// More than one row, of which nothing else is known: true, and never empty.
static const tdm_py_class rows_object = {.name = "list",
                                         .inert = true,
                                         .get_attr = some_attr,
                                         .get_item = some_item,
                                         .operate = some_operate,
                                         .iterate = some_iterate};

static tdm_py take_one(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    result *r = tdm_py_native_data(self);
    (void)bound;
    if (r->used)
        return not_told(host);
    r->used = true;
    return r->reply->answer == TDM_ANSWER_NO ? tdm_py_none(host->in) : first_of(host, r);
}

// one(), one_or_none(): several rows raise.
static tdm_py take_only(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const result *r = tdm_py_native_data(self);
    if (r->reply->answer == TDM_ANSWER_YES && !r->reply->single)
        return not_told(host);
    return take_one(host, self, bound);
}

static tdm_py take_scalar(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    result *r = tdm_py_native_data(self);
    (void)bound;
    if (r->used)
        return not_told(host);
    r->used = true;
    return tdm_query_scalar(host, r->reply);
}

// scalar_one(): no row raises, and so do several.
static tdm_py take_scalar_one(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const result *r = tdm_py_native_data(self);
    bool or_none = strcmp(bound->function, "scalar_one_or_none") == 0;
    if ((r->reply->answer == TDM_ANSWER_YES && !r->reply->single) ||
        (r->reply->answer == TDM_ANSWER_NO && !or_none))
        return not_told(host);
    return take_scalar(host, self, bound);
}

static tdm_py all_of(tdm_host *host, result *r)
{
    if (r->used)
        return not_told(host);
    r->used = true;
    if (r->reply->answer == TDM_ANSWER_NO)
        return tdm_py_list(host->in, NULL, 0);
    if (!r->reply->single)
        return tdm_object(host, &rows_object, host);
    tdm_py only = first_of(host, r);
    return tdm_py_list(host->in, &only, 1);
}

static tdm_py take_all(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return all_of(host, tdm_py_native_data(self));
}

static tdm_py make_scalars(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const result *r = tdm_py_native_data(self);
    result *copy = tdm_arena_new_of(host->arena, result);
    (void)bound;
    if (!copy || r->used)
        return not_told(host);
    *copy = (result){.reply = r->reply, .scalars = true};
    return tdm_object(host, tdm_py_native_class(self), copy);
}

static tdm_py same_result(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static tdm_py nothing(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return tdm_py_none(host->in);
}

static const tdm_method_row result_methods[] = {
    {"first", "", take_one},
    {"fetchone", "", take_one},
    {"one", "", take_only},
    {"one_or_none", "", take_only},
    {"scalar", "", take_scalar},
    {"scalar_one", "", take_scalar_one},
    {"scalar_one_or_none", "", take_scalar_one},
    {"all", "", take_all},
    {"fetchall", "", take_all},
    {"scalars", "~index=", make_scalars},
    {"mappings", "", same_result},
    {"close", "", nothing},
};

static tdm_py result_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const result *r = tdm_py_native_data(self);
    // The mock connection gives None in the place of a result.
    tdm_host_offline_raises(host);
    if (tdm_text_is(name, "rowcount") && r->reply->answer == TDM_ANSWER_NO)
        return tdm_py_int(in, 0);
    if (tdm_text_is(name, "rowcount"))
        return r->reply->single ? tdm_py_int(in, 1) : tdm_object(host, &positive_object, host);
    tdm_py method = tdm_find_method(host, result_methods,
                                    sizeof result_methods / sizeof *result_methods, self, name);
    return method ? method : not_told(host);
}

static tdm_py result_iterate(tdm_interp *in, tdm_py self)
{
    tdm_host *host = tdm_host_of(in);
    tdm_host_offline_raises(host);
    tdm_py rows = all_of(host, tdm_py_native_data(self));
    return tdm_py_kind_of(rows) == TDM_PY_LIST ? rows : not_told(host);
}

// A result is true; the None of --sql mode is not.
static tdm_py result_truth(tdm_interp *in, tdm_py self)
{
    tdm_host *host = tdm_host_of(in);
    (void)self;
    if (host->options->online)
        return tdm_py_bool(in, true);
    return tdm_host_unknown(host, "it differs between --sql mode and a connection");
}

static const tdm_py_class result_object = {.name = "sqlalchemy.engine.CursorResult",
                                           .inert = true,
                                           .get_attr = result_attr,
                                           .operate = some_operate,
                                           .iterate = result_iterate,
                                           .truth = result_truth};

tdm_py tdm_query_result(tdm_host *host, const tdm_schema_reply *reply)
{
    result *r = tdm_arena_new_of(host->arena, result);
    if (!r)
        return not_told(host);
    r->reply = reply;
    return tdm_object(host, &result_object, r);
}

tdm_py tdm_query_scalar(tdm_host *host, const tdm_schema_reply *reply)
{
    if (reply->answer == TDM_ANSWER_NO)
        return tdm_py_none(host->in);
    return reply->value_count ? value_of(host, &reply->values[0]) : not_told(host);
}
