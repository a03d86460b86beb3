#include "compare/attributes.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

// --- Defaults -----------------------------------------------------------------------------------

static bool is_integer(tdm_text text)
{
    size_t at = text.size && text.data[0] == '-' ? 1 : 0;

    for (size_t i = at; i < text.size; i++)
        if (!tdm_is_digit(text.data[i]))
            return false;
    return text.size > at && (text.size == at + 1 || text.data[at] != '0');
}

static bool is_boolean(tdm_text text)
{
    return tdm_text_equal_nocase(text, TDM_TEXT("true")) ||
           tdm_text_equal_nocase(text, TDM_TEXT("false"));
}

// 'text' without a quote inside.
static bool is_string(tdm_text text)
{
    return text.size >= 2 && text.data[0] == '\'' && text.data[text.size - 1] == '\'' &&
           tdm_text_find_char(tdm_text_slice(text, 1, text.size - 1), '\'') == SIZE_MAX;
}

static bool is_character_type(tdm_text type)
{
    return tdm_text_is(type, "text") || tdm_text_starts(type, TDM_TEXT("character varying"));
}

// "1", "1.0": digits, and at most one point between them.
static bool is_decimal(tdm_text text)
{
    size_t point = tdm_text_find_char(text, '.');

    for (size_t i = 0; i < text.size; i++)
        if (i != point && !tdm_is_digit(text.data[i]))
            return false;
    return text.size > 0 && point != 0 && point + 1 != text.size;
}

static tdm_text without_quotes(tdm_text text)
{
    return is_string(text) ? tdm_text_slice(text, 1, text.size - 1) : text;
}

// A literal of unknown type is read by the input function of the column's type when the default is
// stored (parse_coerce.c coerce_type), so that '0' and 0 are one value on an integer column, 'true'
// and true on a boolean one. On a text column they are not.
static tdm_comparison compare_constants(tdm_text type, tdm_text left, tdm_text right)
{
    static const char *const integers[] = {"smallint", "integer", "bigint"};
    enum { DIGITS_THAT_FIT = 4 };
    bool integer = false;

    left = without_quotes(left);
    right = without_quotes(right);
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        integer = integer || tdm_text_is(type, integers[i]);
    if (integer && is_integer(left) && is_integer(right) && left.size <= DIGITS_THAT_FIT &&
        right.size <= DIGITS_THAT_FIT)
        return tdm_text_equal(left, right) ? TDM_COMPARE_EQUAL : TDM_COMPARE_DIFFERENT;
    if ((tdm_text_is(type, "numeric") || tdm_text_starts(type, TDM_TEXT("numeric("))) &&
        is_decimal(left) && tdm_text_equal(left, right))
        return TDM_COMPARE_EQUAL;
    if (tdm_text_is(type, "boolean") && is_boolean(left) && is_boolean(right))
        return tdm_text_equal_nocase(left, right) ? TDM_COMPARE_EQUAL : TDM_COMPARE_DIFFERENT;
    return TDM_COMPARE_UNKNOWN;
}

tdm_comparison tdm_compare_defaults(tdm_text type, tdm_text left, tdm_text right)
{
    tdm_comparison constants = compare_constants(type, left, right);
    bool values = (is_integer(left) && is_integer(right)) ||
                  (is_boolean(left) && is_boolean(right)) ||
                  (is_character_type(type) && is_string(left) && is_string(right));
    bool null = tdm_text_equal_nocase(left, TDM_TEXT("null")) ||
                tdm_text_equal_nocase(right, TDM_TEXT("null"));

    if (constants != TDM_COMPARE_UNKNOWN)
        return constants;
    // A number on a column of characters is stored as a number and its conversion.
    bool mixed = is_character_type(type) &&
                 ((is_string(left) && is_integer(right)) || (is_integer(left) && is_string(right)));
    // Both name their sequence, and the digests have told the sequences apart.
    bool sequences = tdm_text_starts(left, TDM_TEXT("nextval('")) &&
                     tdm_text_starts(right, TDM_TEXT("nextval('"));
    if (values || mixed || sequences)
        return TDM_COMPARE_DIFFERENT;
    // A default on one side alone; DEFAULT NULL hides the default of a domain.
    if ((left.size == 0 || right.size == 0) && !null)
        return TDM_COMPARE_DIFFERENT;
    return TDM_COMPARE_UNKNOWN;
}

// --- Values in general --------------------------------------------------------------------------

static bool is_set(const tdm_value *value)
{
    return value->text.size > 0;
}

// Whether two texts are the same but for white space.
static bool same_but_for_space(tdm_text left, tdm_text right)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < left.size && tdm_is_space(left.data[i]))
            i++;
        while (j < right.size && tdm_is_space(right.data[j]))
            j++;
        if (i == left.size || j == right.size)
            return i == left.size && j == right.size;
        if (left.data[i++] != right.data[j++])
            return false;
    }
}

static tdm_comparison equal_or_different(bool equal)
{
    return equal ? TDM_COMPARE_EQUAL : TDM_COMPARE_DIFFERENT;
}

static bool is_default(const tdm_value *value)
{
    return tdm_text_is(value->text, "DEFAULT");
}

// The expression in "ALWAYS AS (a * 2) STORED"; every other text as it is.
static tdm_text expression_in(tdm_text text)
{
    tdm_text before = TDM_TEXT("ALWAYS AS "), after = TDM_TEXT(" STORED");

    if (!tdm_text_starts(text, before) || !tdm_text_ends(text, after))
        return text;
    return tdm_text_slice(text, before.size, text.size - after.size);
}

static bool is_identity(const tdm_value *value)
{
    return tdm_text_ends(value->text, TDM_TEXT("AS IDENTITY"));
}

// Without a word the owner is the role that ran the statements, and what an extension's control
// file says is its version and schema.
static bool is_up_to_server(tdm_attribute attribute)
{
    return attribute == TDM_ATTR_OWNER || attribute == TDM_ATTR_VERSION ||
           attribute == TDM_ATTR_IN_SCHEMA;
}

tdm_comparison tdm_compare_values(tdm_attribute attribute, const tdm_value *left,
                                  const tdm_value *right)
{
    bool equal = tdm_text_equal(left->text, right->text);

    if (left->reason.size || right->reason.size)
        return TDM_COMPARE_UNKNOWN;
    if (tdm_attribute_mode(attribute) == TDM_MODE_GRANTS)
        return tdm_compare_grants(left->text, right->text);
    if (is_set(left) != is_set(right))
        return is_up_to_server(attribute) ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_DIFFERENT;
    if (attribute == TDM_ATTR_GENERATED && (is_identity(left) || is_identity(right)))
        return equal_or_different(equal);
    if (attribute == TDM_ATTR_PARTITION_BOUND && is_default(left) != is_default(right))
        return TDM_COMPARE_DIFFERENT;
    switch (tdm_attribute_mode(attribute)) {
    case TDM_MODE_TEXT:
    case TDM_MODE_FLAG:
    case TDM_MODE_NAMES:
    case TDM_MODE_SET:
        return equal_or_different(equal);
    case TDM_MODE_TYPE:
        return tdm_compare_types(left->text, right->text);
    case TDM_MODE_EXPRESSION:
    case TDM_MODE_KEYS:
    case TDM_MODE_QUERY:
        return tdm_digest_equal(left->digest, right->digest)
                   ? TDM_COMPARE_EQUAL
                   : tdm_compare_expressions(tdm_attribute_mode(attribute),
                                             expression_in(left->text), expression_in(right->text));
    case TDM_MODE_BODY:
        return !equal && same_but_for_space(left->text, right->text) ? TDM_COMPARE_UNKNOWN
                                                                     : equal_or_different(equal);
    case TDM_MODE_GRANTS:
        break;
    case TDM_MODE_SECRET: // the same may have come about in several steps
        if (!equal)
            return TDM_COMPARE_DIFFERENT;
        return tdm_digest_equal(left->digest, right->digest) ? TDM_COMPARE_EQUAL
                                                             : TDM_COMPARE_UNKNOWN;
    }
    return TDM_COMPARE_UNKNOWN;
}

const char *tdm_compare_reason(tdm_attribute attribute)
{
    switch (tdm_attribute_mode(attribute)) {
    case TDM_MODE_GRANTS:
        return "what a role may do where one side says nothing of it is not known";
    case TDM_MODE_SECRET:
        return "what they hold is kept secret, and may be the same";
    case TDM_MODE_TEXT:
    case TDM_MODE_FLAG:
    case TDM_MODE_NAMES:
    case TDM_MODE_SET:
    case TDM_MODE_TYPE:
    case TDM_MODE_EXPRESSION:
    case TDM_MODE_KEYS:
    case TDM_MODE_QUERY:
    case TDM_MODE_BODY:
        break;
    }
    return "the two expressions are not compared";
}

// --- Collecting ---------------------------------------------------------------------------------

void tdm_comparer_add(tdm_comparer *comparer, tdm_comparison comparison, tdm_difference difference,
                      const char *reason)
{
    if (comparison == TDM_COMPARE_EQUAL)
        return;
    if (comparison == TDM_COMPARE_UNKNOWN && difference.reason.size == 0)
        difference.reason = tdm_text_of(reason);
    comparer->different = comparer->different || comparison == TDM_COMPARE_DIFFERENT;
    comparer->unknown = comparer->unknown || comparison == TDM_COMPARE_UNKNOWN;
    if (!tdm_vector_push(comparer->arena, comparer->differences, difference))
        comparer->failed = true;
}

tdm_status tdm_comparer_end(const tdm_comparer *comparer, tdm_comparison *ret, tdm_error *err)
{
    if (comparer->failed || !tdm_arena_ok(comparer->arena))
        return tdm_fail_memory(err);
    *ret = comparer->different ? TDM_COMPARE_DIFFERENT
           : comparer->unknown ? TDM_COMPARE_UNKNOWN
                               : TDM_COMPARE_EQUAL;
    return TDM_OK;
}
