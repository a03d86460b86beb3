// Expressions as texts: which columns they mention, and what a renamed column makes of them.
//
// PostgreSQL stores a reference to a column by its number, so that an expression follows the names
// of what it mentions. Here it is a text, which is rewritten instead; where that is not sure (a
// query inside, a text that does not read back as the expression) the value cannot be known from
// then on.
#ifndef CATALOG_EXPRESSION_H
#define CATALOG_EXPRESSION_H

#include "catalog/state.h"
#include "sql/tree.h"

// A new name. Of a column both `table` texts are the relation's name; of a relation the columns are
// empty.
typedef struct tdm_new_name {
    tdm_text table;
    tdm_text new_table;
    tdm_text column;
    tdm_text new_column;
} tdm_new_name;

// Whether an expression, or the elements of an index (mode KEYS), may mention a column of the
// relation that it stands on.
bool tdm_expression_mentions(const tdm_catalog *catalog, tdm_mode mode, tdm_text text,
                             tdm_text column);
// Whether a name stands anywhere among the words of a text.
bool tdm_text_has_word(tdm_text text, tdm_text word);
// The value after a renaming; the same value when it is not concerned.
tdm_value tdm_expression_rename(tdm_catalog *catalog, tdm_mode mode, const tdm_value *value,
                                const tdm_new_name *name);

// The elements of an index in one spelling: "lower(a) text_pattern_ops DESC, b". Renames plain
// columns on the way when `name` is not NULL.
tdm_text tdm_keys_print(tdm_arena *arena, const tdm_sql_tree *tree, PgQuery__Node *const *elements,
                        size_t count, const tdm_new_name *name);

// Lists of names (mode NAMES).
bool tdm_names_next(tdm_arena *arena, tdm_text *rest, tdm_text *ret);
bool tdm_names_have(tdm_arena *arena, tdm_text names, tdm_text name);
tdm_text tdm_names_replace(tdm_catalog *catalog, tdm_text names, tdm_text before, tdm_text after);

#endif
