// uuid.UUID and decimal.Decimal: constants that are printed and compared.
#include "python/number.h"
#include "python/std.h"

#include <string.h>

static const py_other_type uuid_kind, decimal_kind;

// Both hold a text: a UUID its canonical form, a Decimal what str() of it gives.
static tdm_text text_of(tdm_py value)
{
    return *(const tdm_text *)value->other.data;
}

static tdm_py new_value(tdm_interp *in, const py_other_type *kind, tdm_text text)
{
    tdm_text *made = tdm_arena_new_of(in->arena, tdm_text);
    if (!made)
        return in->out_of_memory;
    *made = tdm_arena_text(in->arena, text);
    return tdm_py_other(in, kind, made);
}

static tdm_py to_str(tdm_interp *in, tdm_py self)
{
    return tdm_py_str(in, text_of(self));
}

static bool hash_text(tdm_py self, uint64_t *ret)
{
    uint64_t hash = 14695981039346656037U;
    tdm_text text = text_of(self);
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211U;
    *ret = hash;
    return true;
}

// ---- UUID ----

static bool is_hex(char c)
{
    return tdm_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// uuid.UUID(hex): "urn:", "uuid:", braces and hyphens are dropped, 32 digits must be left.
static bool canonical_uuid(tdm_text text, char ret[37])
{
    char digits[32];
    size_t count = 0;
    if (tdm_text_starts(text, TDM_TEXT("urn:")))
        text = tdm_text_from(text, 4);
    if (tdm_text_starts(text, TDM_TEXT("uuid:")))
        text = tdm_text_from(text, 5);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '-' || c == '{' || c == '}')
            continue;
        if (!is_hex(c) || count == 32)
            return false;
        digits[count++] = tdm_to_lower(c);
    }
    if (count != 32)
        return false;
    for (size_t i = 0, at = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            ret[at++] = '-';
        ret[at++] = digits[i];
    }
    ret[36] = '\0';
    return true;
}

static tdm_py make_uuid(tdm_interp *in, void *data, const tdm_py_args *args)
{
    char text[37];
    tdm_py read[7];
    (void)data;
    if (!tdm_py_read_args(in, args, "UUID",
                          "hex=,bytes=,bytes_le=,fields=,int=,version=,is_safe=", read))
        return NULL;
    if (!read[0] || read[0]->kind != TDM_PY_STR)
        return tdm_py_unfollowed(in, "a UUID of anything but text");
    if (read[5])
        return tdm_py_unfollowed(in, "UUID(version=)");
    if (!canonical_uuid(read[0]->text, text))
        return tdm_py_raise(in, "ValueError", "badly formed hexadecimal UUID string");
    return new_value(in, &uuid_kind, tdm_text_of(text));
}

static tdm_py uuid_hex(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_text text = text_of(data);
    char hex[33];
    size_t count = 0;
    (void)args;
    for (size_t i = 0; i < text.size && count < 32; i++)
        if (text.data[i] != '-')
            hex[count++] = text.data[i];
    return tdm_py_text_value(in, (tdm_text){hex, count});
}

static tdm_py uuid_repr(tdm_interp *in, tdm_py self)
{
    tdm_buffer out = TDM_BUFFER_INIT(100);
    tdm_buffer_putf(&out, "UUID('%.*s')", TDM_TEXT_ARG(text_of(self)));
    return tdm_py_buffer_value(in, &out);
}

static int order_uuids(tdm_py a, tdm_py b)
{
    int order = tdm_text_compare(text_of(a), text_of(b));
    return (order > 0) - (order < 0);
}

static const py_row uuid_rows[] = {
    {"bytes", NULL, 0}, {"fields", NULL, 0}, {"hex", uuid_hex, PY_ROW_PROPERTY},
    {"int", NULL, 0},   {"urn", NULL, 0},    {"version", NULL, 0},
};

const py_builtin_type tdm_py_uuid_type = {"uuid.UUID", TDM_PY_OTHER,
                                          &uuid_kind,  make_uuid,
                                          uuid_rows,   sizeof uuid_rows / sizeof *uuid_rows,
                                          NULL};

static const py_other_type uuid_kind = {
    .behaviour = {.name = "uuid.UUID", .to_str = to_str, .inert = true},
    .type = &tdm_py_uuid_type,
    .hash = hash_text,
    .order = order_uuids,
    .repr = uuid_repr,
};

// ---- Decimal ----

// Digits with at most one point, as a person writes an amount; exponents are not followed.
static bool is_plain_decimal(tdm_text text)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (tdm_is_digit(c))
            digits++;
        else if (c == '.')
            points++;
        else if (!(i == 0 && c == '-'))
            return false;
    }
    return digits && points <= 1;
}

// str(Decimal("007.50")) is "7.50"; ".5" prints as "0.5" and "5." as "5".
static tdm_py canonical_decimal(tdm_interp *in, tdm_text text)
{
    char *made = tdm_arena_alloc(in->arena, text.size + 2);
    size_t at = 0, i = 0;
    if (!made)
        return in->out_of_memory;
    if (text.data[0] == '-')
        made[at++] = text.data[i++];
    while (i + 1 < text.size && text.data[i] == '0' && text.data[i + 1] != '.')
        i++;
    if (text.data[i] == '.')
        made[at++] = '0';
    for (; i < text.size; i++)
        if (text.data[i] != '.' || i + 1 < text.size)
            made[at++] = text.data[i];
    // From 0.0000001 on Python prints an exponent.
    tdm_text result = {made, at};
    if (tdm_text_starts(result, TDM_TEXT("0.000000")) ||
        tdm_text_starts(result, TDM_TEXT("-0.000000")))
        return tdm_py_unfollowed(in, "so small a Decimal");
    return new_value(in, &decimal_kind, result);
}

static tdm_py make_decimal(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "Decimal", "value=,context=", read))
        return NULL;
    if (!read[0])
        return new_value(in, &decimal_kind, TDM_TEXT("0"));
    tdm_py value = tdm_py_plain(read[0]);
    if (value->kind == TDM_PY_INT) {
        tdm_py text = tdm_py_to_str(in, value);
        return text && text->kind == TDM_PY_STR ? new_value(in, &decimal_kind, text->text) : text;
    }
    if (value->kind == TDM_PY_OTHER && value->other.type == &decimal_kind)
        return value;
    if (value->kind != TDM_PY_STR || !is_plain_decimal(tdm_text_trim(value->text)))
        return tdm_py_unfollowed(in, "this Decimal");
    return canonical_decimal(in, tdm_text_trim(value->text));
}

static tdm_py decimal_repr(tdm_interp *in, tdm_py self)
{
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    tdm_buffer_puts(&out, "Decimal('");
    tdm_buffer_put(&out, text_of(self));
    tdm_buffer_puts(&out, "')");
    return tdm_py_buffer_value(in, &out);
}

static tdm_py decimal_truth(tdm_interp *in, tdm_py self)
{
    tdm_text text = text_of(self);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= '1' && text.data[i] <= '9')
            return in->yes;
    return in->no;
}

static tdm_py decimal_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    (void)left;
    (void)right;
    return tdm_py_unfollowed(in, op <= TDM_PY_BIT_XOR ? "arithmetic of a Decimal"
                                                      : "comparing a Decimal");
}

static tdm_py decimal_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    return tdm_py_unfollowed(in, "Decimal.%.*s", TDM_TEXT_ARG(name));
}

const py_builtin_type tdm_py_decimal_type = {
    "decimal.Decimal", TDM_PY_OTHER, &decimal_kind, make_decimal, NULL, 0, NULL};

static const py_other_type decimal_kind = {
    .behaviour = {.name = "decimal.Decimal",
                  .get_attr = decimal_attr,
                  .operate = decimal_operate,
                  .truth = decimal_truth,
                  .to_str = to_str,
                  .inert = true},
    .type = &tdm_py_decimal_type,
    .hash = hash_text,
    .repr = decimal_repr,
};
