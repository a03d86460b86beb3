// The parts of classify.c that live in files of their own.
#ifndef SQL_CLASSIFY_PARTS_H
#define SQL_CLASSIFY_PARTS_H

#include "base/vector.h"
#include "sql/classify.h"

typedef struct tdm_sql_names {
    tdm_sql_name *items;
    size_t count;
    size_t capacity;
    tdm_arena *arena;
} tdm_sql_names;

// classify_names.c: what a statement names. Running out of memory shows in the arena.
void tdm_sql_take_names(tdm_sql_names *names, const PgQuery__Node *node);

// classify_block.c: `block`, `block_reason`, `control` of a statement whose kind is known.
void tdm_sql_take_block(tdm_sql_class *sort, const PgQuery__Node *node);

#endif
