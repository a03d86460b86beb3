// The commands of ALTER TABLE, by theme.
#ifndef REPLAY_ALTER_H
#define REPLAY_ALTER_H

#include "replay/parts.h"

typedef void tdm_alter_command(tdm_replay *r, tdm_table *table,
                               const PgQuery__AlterTableCmd *command);

// The table that a statement changes. NULL: there is nothing more to do, and said so.
tdm_table *tdm_alter_target(tdm_replay *r, const PgQuery__RangeVar *range, bool missing_ok);
// A column that a command changes. NULL: with `ret_vague` it may be there, else it was refused.
tdm_column *tdm_alter_column(tdm_replay *r, tdm_table *table, const char *name, bool *ret_vague);

// replay_alter_column.c
tdm_alter_command tdm_alter_add_column;
tdm_alter_command tdm_alter_drop_column;
tdm_alter_command tdm_alter_default;
tdm_alter_command tdm_alter_nullable;
tdm_alter_command tdm_alter_type;
tdm_alter_command tdm_alter_identity;
tdm_alter_command tdm_alter_drop_expression;
tdm_alter_command tdm_alter_column_option;

// replay_alter_option.c: what concerns a relation as a whole. False: not read.
bool tdm_alter_option(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command);
// What no handler reads: one object for each relation and kind of command.
void tdm_alter_unread(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command);

// After a type or a relation was renamed or moved (follow_type.c).
void tdm_follow_type(tdm_replay *r, const tdm_object *of, tdm_text schema, tdm_text name);

#endif
