// The ORM as migrations use it: models, sessions, queries. What a model or a session does beyond
// plain statements cannot be known (sa_session.c).
#ifndef REVISION_SA_ORM_H
#define REVISION_SA_ORM_H

#include "revision/op_directive.h"
#include "revision/sa_dml.h"

typedef struct tdm_session {
    bool has_objects; // that it loaded or was given
    bool left;        // it was changed in a way that is not followed
    uint64_t opaques; // tdm_interp_opaques() when it was made
} tdm_session;

// sa_model.c
// What a class statement on a declarative base makes; without `metadata` a model that is not
// followed. NULL: out of memory.
tdm_py tdm_model_derive(tdm_host *host, tdm_py new_class, tdm_metadata *metadata);
// The table that a Table or a mapped class stands for; NULL: neither.
tdm_table *tdm_table_of(tdm_py value);
bool tdm_is_model(tdm_py value);
// What relationship() and its like give: it belongs to a mapped class and is no column.
extern const tdm_py_class tdm_relationship_object;

// sa_session.c: Session, sessionmaker; NULL: none of that name.
tdm_py tdm_session_name(tdm_host *host, tdm_text name);
// Before the session sends anything that flushes: what it writes of its objects.
bool tdm_session_flush(tdm_host *host, tdm_session *session);
// Marks what was emitted since as something that a session alone sends.
void tdm_session_only(tdm_host *host, size_t before);

// sa_query.c
tdm_py tdm_query_new(tdm_host *host, tdm_session *session, tdm_bound *bound);
extern const tdm_py_class tdm_query_object;
// How an UPDATE or DELETE of a model is kept in step with loaded objects; false: it is not known
// that this sends nothing.
bool tdm_synchronizes_silently(tdm_host *host, const tdm_dml *dml, tdm_py strategy);

#endif
