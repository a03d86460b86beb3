// The casts of pg_cast.dat that ALTER COLUMN TYPE takes without USING are those for assignment.
// Every type has a way to text for assignment, and from text an explicit one, by what it is written
// as (find_coercion_pathway in parse_coerce.c).
#include "inverse/conversion.h"

typedef enum family {
    FAMILY_NONE, // of a statement or an extension, or one without casts
    FAMILY_TEXT,
    FAMILY_NUMBER,
    FAMILY_MOMENT,
    FAMILY_JSON,
    FAMILY_BITS,
    FAMILY_ADDRESS,
    FAMILY_ALONE,
} family;

static const struct {
    const char *type;
    family family;
} families[] = {
    {"text", FAMILY_TEXT},
    {"character varying", FAMILY_TEXT},
    {"character", FAMILY_TEXT},
    {"name", FAMILY_TEXT},
    {"smallint", FAMILY_NUMBER},
    {"integer", FAMILY_NUMBER},
    {"bigint", FAMILY_NUMBER},
    {"numeric", FAMILY_NUMBER},
    {"real", FAMILY_NUMBER},
    {"double precision", FAMILY_NUMBER},
    {"date", FAMILY_MOMENT},
    {"timestamp without time zone", FAMILY_MOMENT},
    {"timestamp with time zone", FAMILY_MOMENT},
    {"json", FAMILY_JSON},
    {"jsonb", FAMILY_JSON},
    {"bit", FAMILY_BITS},
    {"bit varying", FAMILY_BITS},
    {"inet", FAMILY_ADDRESS},
    {"cidr", FAMILY_ADDRESS},
    {"boolean", FAMILY_ALONE},
    {"bytea", FAMILY_ALONE},
    {"interval", FAMILY_ALONE},
    {"macaddr", FAMILY_ALONE},
    {"money", FAMILY_ALONE},
    {"oid", FAMILY_ALONE},
    {"time without time zone", FAMILY_ALONE},
    {"time with time zone", FAMILY_ALONE},
    {"tsvector", FAMILY_ALONE},
    {"uuid", FAMILY_ALONE},
    {"xml", FAMILY_ALONE},
};

// "numeric(10,2)" and "timestamp(3) with time zone" without what stands in brackets.
static bool is_type(tdm_text type, const char *name)
{
    size_t open = tdm_text_find_char(type, '('), close = tdm_text_find_char(type, ')');
    tdm_text wanted = tdm_text_of(name);

    if (open == SIZE_MAX || close == SIZE_MAX || close < open)
        return tdm_text_equal(type, wanted);
    tdm_text before = tdm_text_slice(type, 0, open), after = tdm_text_from(type, close + 1);
    return before.size + after.size == wanted.size && tdm_text_starts(wanted, before) &&
           tdm_text_ends(wanted, after);
}

static family family_of(tdm_text type)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (is_type(type, families[i].type))
            return families[i].family;
    return FAMILY_NONE;
}

// Takes the brackets of an array away.
static bool is_array(tdm_text *type)
{
    size_t open = tdm_text_find(*type, TDM_TEXT("["));

    if (open == SIZE_MAX)
        return false;
    *type = tdm_text_slice(*type, 0, open);
    return true;
}

// Another length or precision of one type.
static bool is_same_type(tdm_text a, tdm_text b)
{
    tdm_text of_a = tdm_text_slice(a, 0, tdm_text_find_char(a, '('));
    tdm_text of_b = tdm_text_slice(b, 0, tdm_text_find_char(b, '('));

    return tdm_text_equal(of_a, of_b);
}

tdm_conversion_way tdm_conversion_between(tdm_text from, tdm_text to)
{
    bool from_array = is_array(&from), to_array = is_array(&to);
    family is = family_of(from), wanted = family_of(to);

    if (from_array != to_array) {
        if (to_array)
            return is == FAMILY_TEXT ? TDM_CONVERSION_CAST : TDM_CONVERSION_NONE;
        return wanted == FAMILY_TEXT ? TDM_CONVERSION_ASSIGNED : TDM_CONVERSION_NONE;
    }
    if (wanted == FAMILY_TEXT || is_same_type(from, to))
        return TDM_CONVERSION_ASSIGNED;
    if (is == FAMILY_TEXT)
        return TDM_CONVERSION_CAST;
    if (is == FAMILY_NONE)
        return wanted == FAMILY_NONE ? TDM_CONVERSION_TEXT : TDM_CONVERSION_NONE;
    return is == wanted && is != FAMILY_ALONE ? TDM_CONVERSION_ASSIGNED : TDM_CONVERSION_NONE;
}
