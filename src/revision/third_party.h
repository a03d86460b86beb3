// Types and directives of packages other than Alembic and SQLAlchemy.
#ifndef REVISION_THIRD_PARTY_H
#define REVISION_THIRD_PARTY_H

#include "revision/objects.h"

// A module of such a package, or NULL: not known.
tdm_py tdm_third_party_module(tdm_host *host, tdm_text dotted);
// A name of alembic_postgresql_enum, or NULL (third_party_enum.c).
tdm_py tdm_enum_package_name(tdm_host *host, tdm_text name);
// A name of alembic_utils, or NULL (third_party_entity.c).
tdm_py tdm_entity_package_name(tdm_host *host, tdm_text name);
// The GiST index that geoalchemy2 gives a spatial column; NULL: none.
tdm_index *tdm_spatial_index(tdm_host *host, const tdm_table *table, tdm_column *column);

#endif
