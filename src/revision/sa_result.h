// What a query on PostgreSQL's catalogs gives online, as far as the schema that the chain built
// answers it.
#ifndef REVISION_SA_RESULT_H
#define REVISION_SA_RESULT_H

#include "revision/objects.h"

// The result of execute() for a reply that is YES or NO, which must outlive it.
tdm_py tdm_query_result(tdm_host *host, const tdm_schema_reply *reply);
// What scalar() of a connection gives for such a reply.
tdm_py tdm_query_scalar(tdm_host *host, const tdm_schema_reply *reply);
// A text that is there and not empty, and of which nothing else is known.
tdm_py tdm_some_value(tdm_host *host);

#endif
