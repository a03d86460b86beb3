// Who may do what with an object: the value of the attribute "grants".
//
// PostgreSQL keeps a list of who has which privileges (aclitem), and for an object without one a
// default: all for its owner, and something for PUBLIC on functions, types and languages
// (acldefault in src/backend/utils/adt/acl.c). Who owns an object is often not known here, so the
// value says what differs from that default. An item stands for one role and what is known in one
// way, with PostgreSQL's letter for each privilege and a star behind one that may be granted on:
//
//   anon=r*w       it has these
//   -PUBLIC=X      it has not, what the default would give it
//   anon~r         it has these, and whether it had them before any statement said so is not known
//   -anon~r        it has not; likewise
//   anon?r         whether it has them cannot be known
//
// joined by ", " and sorted. Nobody has what is not listed, except for what the default gives and
// for roles whose privileges the platform sets (tdm_grants_platform).
#ifndef CATALOG_GRANTS_H
#define CATALOG_GRANTS_H

#include "base/vector.h"
#include "catalog/kinds.h"

typedef uint32_t tdm_privileges; // a set of bits

typedef struct tdm_grantee {
    tdm_text role;          // "PUBLIC", or as quote_ident prints a role
    tdm_privileges held;    // and of these
    tdm_privileges options; // may be granted on
    tdm_privileges denied;
    tdm_privileges vague; // of held and denied: what it had before is not known
    tdm_privileges maybe;
} tdm_grantee;

typedef struct tdm_grants {
    TDM_VECTOR(tdm_grantee) roles; // sorted by role
} tdm_grants;

// What can be granted on objects of a kind, and what PUBLIC has of it by default. GRANT ALL means
// all of it; MAINTAIN is there from PostgreSQL 17 on.
tdm_privileges tdm_grants_all(tdm_kind kind);
tdm_privileges tdm_grants_of_public(tdm_kind kind);
// The privilege of a word ("select", in any case), or 0.
tdm_privileges tdm_privilege_of(tdm_text word);
tdm_privileges tdm_privilege_maintain(void);

// False: out of memory, or the text is none of these.
bool tdm_grants_read(tdm_arena *arena, tdm_text text, tdm_grants *ret);
tdm_text tdm_grants_print(tdm_arena *arena, const tdm_grants *grants);
// For people: "anon: SELECT, UPDATE; PUBLIC: no EXECUTE".
tdm_text tdm_grants_show(tdm_arena *arena, const tdm_grants *grants);
// The entry of a role; made when it is missing. NULL: out of memory.
tdm_grantee *tdm_grants_role(tdm_arena *arena, tdm_grants *grants, tdm_text role);
const tdm_grantee *tdm_grants_find(const tdm_grants *grants, tdm_text role);

// Whether the platform gives this role privileges on what is made in the schema, by default
// privileges of its own: anon, authenticated, service_role and postgres in `public`.
bool tdm_grants_platform(tdm_text schema, tdm_text role);

#endif
