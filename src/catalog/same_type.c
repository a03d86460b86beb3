#include "catalog/same_type.h"

#include "base/text.h"

// The part of a printed type before its modifiers, arrays and options.
static tdm_text base_of(tdm_text type)
{
    for (size_t i = 0; i < type.size; i++)
        if (type.data[i] == '(' || type.data[i] == '[')
            return tdm_text_slice(type, 0, i);
    return type;
}

static tdm_text without_schema(tdm_text type)
{
    size_t dot = tdm_text_find_char(base_of(type), '.');

    return dot == SIZE_MAX ? type : tdm_text_from(type, dot + 1);
}

tdm_comparison tdm_compare_types(tdm_text left, tdm_text right)
{
    bool left_named = !tdm_text_equal(without_schema(left), left);
    bool right_named = !tdm_text_equal(without_schema(right), right);

    if (tdm_text_equal(left, right))
        return TDM_COMPARE_EQUAL;
    if (left_named != right_named &&
        tdm_text_equal(base_of(without_schema(left)), base_of(without_schema(right))))
        return TDM_COMPARE_UNKNOWN;
    return TDM_COMPARE_DIFFERENT;
}
