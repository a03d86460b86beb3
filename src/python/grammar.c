// What the builders need to know of tree-sitter's grammar: the numbers behind its names.
#include "python/build.h"

#include <stdlib.h>
#include <string.h>

static const char *const symbol_names[PY_SYM_COUNT] = {"",
#define X(constant, name) name,
                                                       PY_SYMBOLS(X)
#undef X
};

static const char *const field_names[PY_FIELD_COUNT] = {
    [PY_FIELD_ALIAS] = "alias",
    [PY_FIELD_ALTERNATIVE] = "alternative",
    [PY_FIELD_BODY] = "body",
    [PY_FIELD_CAUSE] = "cause",
    [PY_FIELD_FUNCTION] = "function",
    [PY_FIELD_LEFT] = "left",
    [PY_FIELD_MODULE_NAME] = "module_name",
    [PY_FIELD_NAME] = "name",
    [PY_FIELD_PARAMETERS] = "parameters",
    [PY_FIELD_RIGHT] = "right",
    [PY_FIELD_SUPERCLASSES] = "superclasses",
    [PY_FIELD_TYPE] = "type",
    [PY_FIELD_VALUE] = "value",
};

static int compare_name(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

tdm_status tdm_py_grammar_learn(const TSLanguage *language, py_grammar *ret, tdm_error *err)
{
    py_grammar grammar = {.symbol_count = ts_language_symbol_count(language),
                          .field_count = ts_language_field_count(language) + 1};
    if (grammar.symbol_count > PY_MAX_SYMBOLS || grammar.field_count > PY_MAX_FIELDS)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the Python grammar has grown");
    for (uint32_t i = 0; i < grammar.symbol_count; i++) {
        if (ts_language_symbol_type(language, (TSSymbol)i) != TSSymbolTypeRegular)
            continue;
        const char *const *found =
            bsearch(ts_language_symbol_name(language, (TSSymbol)i), symbol_names + 1,
                    PY_SYM_COUNT - 1, sizeof *symbol_names, compare_name);
        grammar.symbols[i] = found ? (uint8_t)(found - symbol_names) : PY_SYM_OTHER;
    }
    for (uint8_t i = 1; i < PY_FIELD_COUNT; i++) {
        TSFieldId id = ts_language_field_id_for_name(language, field_names[i],
                                                     (uint32_t)strlen(field_names[i]));
        if (id && id < grammar.field_count)
            grammar.fields[id] = i;
    }
    *ret = grammar;
    return TDM_OK;
}
