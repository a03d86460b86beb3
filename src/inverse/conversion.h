// How the values of a column get another type.
#ifndef INVERSE_CONVERSION_H
#define INVERSE_CONVERSION_H

#include "base/text.h"
#include "catalog/model.h"

typedef enum tdm_conversion_way {
    TDM_CONVERSION_ASSIGNED, // the server does it by itself, and refuses a value that does not fit
    TDM_CONVERSION_CAST,     // with USING column::type
    TDM_CONVERSION_TEXT,     // with USING column::text::type
    TDM_CONVERSION_NONE,     // not by a cast, or by none that is known
} tdm_conversion_way;

// From one type to another, both as the catalog prints them.
tdm_conversion_way tdm_conversion_between(tdm_text from, tdm_text to);

#endif
