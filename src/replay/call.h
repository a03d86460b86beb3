// Functions that a statement calls: which of them may define something.
#ifndef REPLAY_CALL_H
#define REPLAY_CALL_H

#include "catalog/state.h"

// How far functions that call functions are looked into.
typedef struct tdm_call_limits {
    size_t depth;
    size_t budget;
} tdm_call_limits;

#define TDM_CALL_LIMITS ((tdm_call_limits){.depth = 4, .budget = 100})

// The first function that may define something: it is none of PostgreSQL's or the platform's that
// do not, and none of the history whose body is known to change rows alone. NULL: there is none.
const char *tdm_call_unknown(const tdm_catalog *catalog, const ProtobufCMessage *tree,
                             tdm_call_limits *limits);
// Whether PostgreSQL has a function of this name that defines nothing.
bool tdm_call_is_builtin(tdm_text name);
// Whether a function is called that is not one of PostgreSQL's own and harmless.
bool tdm_call_any(const ProtobufCMessage *tree);
// Whether a setting is changed by a call: set_config.
bool tdm_call_sets(const ProtobufCMessage *tree);
// set_config('search_path', ...), or NULL.
const PgQuery__FuncCall *tdm_call_of_path(const ProtobufCMessage *tree);
// The function of the history that a call means, when there is one alone that bears the name and
// takes as many arguments, and it is known. NULL: there is none such.
const tdm_object *tdm_call_target(const tdm_catalog *catalog, const PgQuery__FuncCall *call);

#endif
