// The SQL of the journal: the table tandem.journal, its rows, and what the catalog says of a
// statement that nobody saw end.
#ifndef PLAN_JOURNAL_SQL_H
#define PLAN_JOURNAL_SQL_H

#include "plan/journal.h"
#include "plan/judge.h"

// What raises does so with these, as in request_sql.h.
#define TDM_JOURNAL_REST "TD008" // an index of this name is there already, and invalid

// Makes schema and table, statement by statement, where they are not there.
extern const char *const tdm_journal_ddl[];
extern const size_t tdm_journal_ddl_count;

// "2:running:1:0123...,5:done:1:..." of the rows of one migration, to be compared.
tdm_text tdm_journal_text(tdm_arena *arena, const tdm_journal_row *rows, size_t count);
// A DO that raises `code` unless the rows of the migration are these, and proven (journal_proof.h).
// `alembic`, here and below: where alembic_version is; NULL where the project has no such side.
void tdm_put_journal_check(tdm_buffer *sql, tdm_text migration, tdm_text text,
                           const tdm_version_table *alembic, const char *code);

// A new row. `effect` is of a statement that runs outside of transactions, whose names are looked
// up along the search path; NULL otherwise. `session` is an expression that says who runs it.
void tdm_put_journal_insert(tdm_buffer *sql, const tdm_journal_row *row,
                            const tdm_effect_name *effect, tdm_text session,
                            const tdm_version_table *alembic);
// What the new row's statement is to make and is there already.
void tdm_put_journal_before(tdm_buffer *sql, tdm_text migration, size_t position);
// Takes from the rows before this one what is not there any more, as the part took it away.
void tdm_put_journal_keep(tdm_buffer *sql, tdm_text migration, size_t position);
// A DO that raises TDM_JOURNAL_REST when what the row's statement is to make stands there invalid:
// it would be in the way, and is nobody's that we know.
void tdm_put_journal_clear(tdm_buffer *sql, tdm_text migration, size_t position);
// The statement of a row has succeeded. Gives one row; may be said twice.
void tdm_put_journal_done(tdm_buffer *sql, tdm_text migration, size_t position);
// The server has refused it; `rest` is what it left, or empty.
void tdm_put_journal_failed(tdm_buffer *sql, tdm_text migration, size_t position,
                            const char *sqlstate, tdm_text rest);
// A row that another one takes the place of. Gives one row.
void tdm_put_journal_forget(tdm_buffer *sql, tdm_text migration, size_t position);
// Rows of an earlier run of the migration, which was recorded and undone since.
void tdm_put_journal_sweep(tdm_buffer *sql, tdm_text migration);
// The migration is recorded in its histories: its rows are history themselves. So are those of any
// migration that schema_migrations has by now, where there is one (`supabase`).
void tdm_put_journal_close(tdm_buffer *sql, tdm_text migration, bool supabase);
// Around writing alembic_version: rows of other migrations, which were proven before, are after.
void tdm_put_journal_hold(tdm_buffer *sql, const tdm_version_table *alembic);
void tdm_put_journal_carry(tdm_buffer *sql, const tdm_version_table *alembic);

// A query with one row when there is a row of this migration and position: its state, and whether
// it is of the same attempt and text.
void tdm_put_journal_find(tdm_buffer *sql, const tdm_journal_row *row);

// What became of a row's statement, as one row: a word, and what it left, by name.
//   undone   it has no effect yet, or is harmless to run again
//   done     its effect is there
//   rest     it left something that must go first
//   busy     it still runs
//   unknown  nobody can tell
void tdm_put_journal_look(tdm_buffer *sql, tdm_text migration, size_t position);

#endif
