// What extensions bring with them, as far as a name could be mistaken for one of the project's own.
#ifndef CATALOG_EXTENSIONS_H
#define CATALOG_EXTENSIONS_H

#include <tandem/text.h>

// Whether the extension is known to make no tables, views or sequences but in schemas of its own or
// under names that begin with pg_. Of others nothing is known.
bool tdm_extension_is_known(tdm_text name);

// Whether one of the known extensions brings a type of this name.
bool tdm_extension_type(tdm_text name);

#endif
