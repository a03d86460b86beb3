// The variables of a PL/pgSQL block, and putting their values into what refers to them.
#ifndef REPLAY_SCOPE_H
#define REPLAY_SCOPE_H

#include "base/arena.h"
#include "base/vector.h"
#include "replay/cell.h"

#include <pg_query.pb-c.h>

// Numbers of the parameters that stand for values of which something is known (cell.h); those of
// statements begin with 1.
enum {
    TDM_SCOPE_UNKNOWN = 0,
    TDM_SCOPE_SOME = -1,
    TDM_SCOPE_POSITIVE = -2,
};

typedef struct tdm_scope_variable {
    tdm_text name;
    tdm_text type; // as it is declared
    tdm_cell cell;
} tdm_scope_variable;

// An inner block's variables stand behind those of the outer, and are found first.
typedef struct tdm_scope {
    TDM_VECTOR(tdm_scope_variable) variables;
} tdm_scope;

// False when out of memory.
bool tdm_scope_add(tdm_scope *scope, tdm_arena *arena, tdm_text name, tdm_text type);
tdm_scope_variable *tdm_scope_find(const tdm_scope *scope, tdm_text name); // NULL: there is none
// Sets a variable to what its type makes of a value; what a type does to it that is not one of
// texts, names, whole numbers, truths and lists of them cannot be known.
void tdm_scope_set(tdm_scope_variable *variable, tdm_arena *arena, tdm_cell cell);
// A copy of what all variables are, and what differs from it since made unknown.
tdm_cell *tdm_scope_save(const tdm_scope *scope, tdm_arena *arena);
void tdm_scope_doubt(tdm_scope *scope, const tdm_cell *before);
void tdm_scope_restore(tdm_scope *scope, const tdm_cell *before);

// Puts constants where the tree names variables, and parameters where their values are not known;
// the tree is changed in place. A name that is both a column and a variable is an error of the
// server's (plpgsql.variable_conflict), so that a variable's name never means a column. Returns
// whether it names one.
bool tdm_scope_bind(const tdm_scope *scope, tdm_arena *arena, const ProtobufCMessage *tree);

#endif
