#include "catalog/kinds.h"

const char *tdm_kind_name(tdm_kind kind)
{
    static const char *const names[] = {
#define X(constant, name, space, catalogs) name,
        TDM_KINDS(X)
#undef X
    };

    return kind < TDM_KIND_COUNT ? names[kind] : "object";
}

tdm_space tdm_kind_space(tdm_kind kind)
{
    static const tdm_space spaces[] = {
#define X(constant, name, space, catalogs) space,
        TDM_KINDS(X)
#undef X
    };

    return kind < TDM_KIND_COUNT ? spaces[kind] : TDM_SPACE_SCHEMA;
}

const char *tdm_attribute_name(tdm_attribute attribute)
{
    static const char *const names[] = {
#define X(constant, name, mode) name,
        TDM_ATTRIBUTES(X)
#undef X
    };

    return attribute < TDM_ATTR_COUNT ? names[attribute] : "attribute";
}

tdm_mode tdm_attribute_mode(tdm_attribute attribute)
{
    static const tdm_mode modes[] = {
#define X(constant, name, mode) mode,
        TDM_ATTRIBUTES(X)
#undef X
    };

    return attribute < TDM_ATTR_COUNT ? modes[attribute] : TDM_MODE_TEXT;
}
