#include "catalog/secret.h"

#include "base/text.h"

bool tdm_is_secret(tdm_text name)
{
    tdm_text rest = TDM_TEXT(TDM_SECRET_PATTERN);

    while (rest.size) {
        size_t bar = tdm_text_find_char(rest, '|');
        tdm_text word = tdm_text_slice(rest, 0, bar);
        for (size_t at = 0; at + word.size <= name.size; at++)
            if (tdm_text_equal_nocase(tdm_text_slice(name, at, at + word.size), word))
                return true;
        rest = bar == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, bar + 1);
    }
    return false;
}
