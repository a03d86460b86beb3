// What a rewrite rule consists of, from a statement or from what pg_get_ruledef prints.
#ifndef CATALOG_RULE_H
#define CATALOG_RULE_H

#include "catalog/build.h"

#include <pg_query.pb-c.h>

typedef struct tdm_rule {
    tdm_text event;    // "INSERT"
    tdm_text form;     // "INSTEAD"; empty: ALSO
    tdm_value when;    // its condition
    tdm_value actions; // "NOTHING", or the statements
} tdm_rule;

// `sql` is the text of the statement. Texts are slices of it in the catalog's arena.
void tdm_rule_of(tdm_catalog *catalog, tdm_text sql, const PgQuery__RuleStmt *rule, tdm_rule *ret);
// False: the text is no rule.
bool tdm_rule_read(tdm_catalog *catalog, tdm_text sql, tdm_rule *ret);

#endif
