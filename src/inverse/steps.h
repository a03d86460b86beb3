// The inside of the inverse: one statement's changes, and the steps that undo them.
#ifndef INVERSE_STEPS_H
#define INVERSE_STEPS_H

#include "inverse/inverse.h"

typedef struct tdm_inverter {
    tdm_arena *arena;
    const tdm_catalog *after;
    const tdm_statement *statement;
    const tdm_change *changes;
    size_t count;
    tdm_way_back *out;
    const tdm_change *change; // the one that is being undone
    size_t turn;
    bool drops; // the statement of that change drops something
    bool failed;
} tdm_inverter;

// The order of the steps of one statement: what stands on something else is made again after it.
enum tdm_rank {
    TDM_RANK_PREPARE,
    TDM_RANK_DETACH,  // before what came with a parent can be dropped
    TDM_RANK_IN_TURN, // in the reverse order of the changes
    TDM_RANK_SCHEMA,
    TDM_RANK_TYPE,
    TDM_RANK_SEQUENCE,
    TDM_RANK_RELATION,
    TDM_RANK_COLUMN,
    TDM_RANK_ROUTINE,
    TDM_RANK_KEY,
    TDM_RANK_FOREIGN,
    TDM_RANK_MEMBER,
    TDM_RANK_ATTRIBUTE,
};

// Steps about what `in->change` is about. `lost` empty: nothing is.
void tdm_step_add(tdm_inverter *in, tdm_back_step step);
void tdm_step_sql(tdm_inverter *in, tdm_buffer *sql, enum tdm_rank rank, tdm_text lost);
void tdm_step_none(tdm_inverter *in, const char *why, tdm_text object);

// Whether two changes are of one statement; a block holds several.
bool tdm_step_same_statement(const tdm_change *a, const tdm_change *b);
bool tdm_step_same_key(const tdm_change_key *a, const tdm_change_key *b);
// The key of something that is on a relation, or not.
tdm_change_key tdm_step_key_of(const tdm_object *object);
// The object of a change as it is after the statement, or NULL.
const tdm_object *tdm_step_object_after(const tdm_inverter *in, const tdm_change_key *key);

// Before a function is made again: the body of one in SQL is read when it is made, and may have
// been out of date already.
void tdm_step_leave_bodies(tdm_inverter *in, const tdm_object *function);

// --- remake.c -----------------------------------------------------------------------------------

// Makes an object again that was dropped, with its comment, owner and grants.
void tdm_remake_object(tdm_inverter *in, const tdm_object *object);
// Makes a column again.
void tdm_remake_column(tdm_inverter *in, const tdm_change *change);

// --- statement.c --------------------------------------------------------------------------------

// Undoes a statement on an object of which no more is known. False: its words do not tell how.
bool tdm_undo_by_words(tdm_inverter *in, const tdm_change *change);

// --- replace.c ----------------------------------------------------------------------------------

// Undoes the changes of the attributes of one object that are not put back one by one. Called with
// the first of them. False: they are.
bool tdm_replace_object(tdm_inverter *in, const tdm_change *first);
// Whether the columns that a view gives, by its statement, are the first of those that another
// gives, so that CREATE OR REPLACE VIEW leads from the former to the latter. False also where that
// is not known.
bool tdm_replace_fits(tdm_arena *arena, tdm_text now, tdm_text want);
// "CREATE OR REPLACE ..." of a statement that begins with CREATE.
void tdm_replace_put(tdm_buffer *out, tdm_text sql);

#endif
