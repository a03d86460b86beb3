// Fitting a catalog that was read from a server to what replayed statements can be expected to
// know of it: who may do what depends on who owns what, and on what a platform sets up.
#ifndef CATALOG_FIT_H
#define CATALOG_FIT_H

#include "catalog/build.h"

// The server is one before PostgreSQL 17, which has no privilege MAINTAIN.
void tdm_fit_without_maintain(tdm_catalog *live);
// Who may do what with an object: what no statement speaks of and a platform, or an owner whom
// nobody names, may have set is taken out; what a statement says is answered with yes or no.
// To be called while the object still has its owner. `expected` may be NULL.
void tdm_fit_grants(tdm_catalog *live, tdm_object *object, const tdm_object *expected);
// Default privileges: finds those of the role that ran the statements, and takes out those of the
// platform's roles that no statement speaks of. `expected` may be NULL.
void tdm_fit_defaults(tdm_catalog *live, const tdm_catalog *expected);

#endif
