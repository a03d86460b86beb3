// Privileges put back.
#ifndef INVERSE_GRANTS_H
#define INVERSE_GRANTS_H

#include "inverse/steps.h"

// GRANT and REVOKE that lead from the privileges of a new object to these.
void tdm_grants_remake(tdm_inverter *in, const tdm_change_key *key, const tdm_value *want);
// And from those after a statement to those before it.
void tdm_grants_undo(tdm_inverter *in, const tdm_change *change);

#endif
