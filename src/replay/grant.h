// Grants, owners and default privileges: who may do what with an object (catalog/grants.h).
#ifndef REPLAY_GRANT_H
#define REPLAY_GRANT_H

#include "catalog/grants.h"
#include "replay/parts.h"

void tdm_replay_grant(tdm_replay *r);
void tdm_replay_alter_default_privileges(tdm_replay *r);
void tdm_replay_alter_owner(tdm_replay *r);

// A new owner, of the sequences that a table's columns own as well; what the old one had by owning
// the object is the new one's (aclnewowner in acl.c).
void tdm_replay_set_owner(tdm_replay *r, tdm_object *object, const PgQuery__RoleSpec *role);
// What default privileges give on a new object.
void tdm_replay_give_defaults(tdm_replay *r, tdm_object *object);

// What one GRANT or REVOKE says of one set of privileges.
typedef struct tdm_grant_step {
    const PgQuery__GrantStmt *statement;
    tdm_privileges privileges;
    tdm_privileges all; // that there are on such an object
    // For a role that the list does not name: what the object gives it by itself, and what it may
    // have been given unseen.
    tdm_privileges (*given)(const void *context, tdm_text role);
    tdm_privileges (*unsure)(const void *context, tdm_text role, bool revokes);
    const void *context;
} tdm_grant_step;

// The value afterwards; `before` may be NULL.
tdm_value tdm_grant_value(tdm_replay *r, const tdm_value *before, const tdm_grant_step *step);
tdm_value tdm_grant_value_of(tdm_replay *r, const tdm_grants *grants);
// The privileges that a statement names for objects of this kind, those for columns apart: ALL when
// it names none. False: there is no such privilege, and said so.
bool tdm_grant_privileges(tdm_replay *r, const PgQuery__GrantStmt *statement, tdm_kind kind,
                          tdm_privileges *ret);
// A role as the list names it; empty: which one it is depends on who runs the statements.
tdm_text tdm_grant_role(tdm_replay *r, const PgQuery__RoleSpec *role);

#endif
