// Which options of foreign data may hold something secret, by their names.
#ifndef CATALOG_SECRET_H
#define CATALOG_SECRET_H

#include <tandem/text.h>

#include <stdbool.h>

// What stands for such a name in a query of the server: the same rule as tdm_is_secret, a regular
// expression that is matched without regard to case.
#define TDM_SECRET_PATTERN "pass|secret|key|token|credential"

bool tdm_is_secret(tdm_text name);

#endif
