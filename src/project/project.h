// A project as the rooms above see it: both sides read, and each side's statements on demand.
//
// Revisions are numbered in upgrade order, migrations in Supabase's order, as in
// <tandem/project.h>. Scripts and statements are made once, when first asked for, and belong to the
// project's arena. One thread at a time.
#ifndef PROJECT_PROJECT_H
#define PROJECT_PROJECT_H

#include <tandem/project.h>
#include <tandem/statement.h>

#include "alembic/chain.h"
#include "alembic/config.h"
#include "alembic/env.h"
#include "alembic/version_step.h"
#include "alembic/version_table.h"
#include "base/tree.h"
#include "cache/cache.h"
#include "catalog/model.h"
#include "config/settings.h"
#include "revision/render.h"
#include "sql/split.h"
#include "supabase/config.h"
#include "supabase/folder.h"

tdm_arena *tdm_project_arena(tdm_project *project);
// Where what is made of texts is kept, or NULL. It is closed with the project, before its arena.
tdm_cache *tdm_project_cache(tdm_project *project);
const tdm_settings *tdm_project_settings(const tdm_project *project);
// The Alembic side; an empty chain when there is none.
const tdm_alembic_config *tdm_project_alembic(const tdm_project *project);
// What env.py says about alembic_version and transactions.
const tdm_env *tdm_project_env(const tdm_project *project);
// The table of Alembic's rows as an online run uses it. What env.py does not say in a literal, and
// tandem.toml does not say either, is TDM_ERROR_OPAQUE with its place.
TDM_MUST_CHECK tdm_status tdm_project_version_table(const tdm_project *project,
                                                    tdm_version_table *ret, tdm_error *err);
const tdm_chain *tdm_project_chain(const tdm_project *project);
const tdm_supabase_config *tdm_project_supabase(const tdm_project *project);
// The Supabase side; an empty folder when there is none.
const tdm_folder *tdm_project_folder(const tdm_project *project);

// The chain's own record of revision `index`, and the folder's of migration `index`.
const tdm_revision *tdm_project_chain_revision(const tdm_project *project, size_t index);
const tdm_migration *tdm_project_folder_migration(const tdm_project *project, size_t index);

// What the function of a revision emits. The upgrade of the whole chain is one run of Alembic, so
// the memo of created types is that of `upgrade base:heads`; a downgrade is rendered alone.
TDM_MUST_CHECK tdm_status tdm_project_script(tdm_project *project, size_t index,
                                             tdm_direction direction, const tdm_script **ret,
                                             tdm_error *err);
// The same as statements: emissions cut by PostgreSQL's grammar, places in the revision file. A
// script that ends in an exception, and a revision file that cannot be read, end in an opaque
// statement that says so.
TDM_MUST_CHECK tdm_status tdm_project_revision_statements(tdm_project *project, size_t index,
                                                          const tdm_statements **ret,
                                                          tdm_error *err);
// The same of downgrade(), which is rendered alone; they are made anew with each call.
TDM_MUST_CHECK tdm_status tdm_project_downgrade_statements(tdm_project *project, size_t index,
                                                           tdm_statements *ret, tdm_error *err);
// Whether the statements of upgrade() rest on what the function asked of the schema, which the
// chain itself answered; `ret_asked` says the first such answer in words. The statements are made
// already.
bool tdm_project_rests_on_schema(const tdm_project *project, size_t index, tdm_text *ret_asked);
// Asks the same of another catalog, as it was before the revision; the statements are replayed on
// it as far as the last question needs. `ret_differs` is the place of the first question that it
// answers otherwise, or TDM_NOWHERE. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_project_asked_same(tdm_project *project, size_t index,
                                                 tdm_catalog *catalog, tdm_arena *arena,
                                                 tdm_place *ret_differs, tdm_error *err);
// The statements of a migration file. A file that cannot be read at all is one opaque statement.
// A step of alembic_version that tandem wrote at the end (alembic/version_step.h) is none of them:
// it says nothing of the schema, and a push records its own way.
TDM_MUST_CHECK tdm_status tdm_project_migration_statements(tdm_project *project, size_t index,
                                                           const tdm_statements **ret,
                                                           tdm_error *err);
// That step and its place, or NULL. The statements are made already.
const tdm_version_step *tdm_project_migration_record(const tdm_project *project, size_t index,
                                                     tdm_place *ret_place);

// The project as it was at the merge base with tdm_project_options.base; NULL when none was asked
// for. It belongs to the project.
tdm_project *tdm_project_base(tdm_project *project);
// The commit that gave a file of the base what it holds there: "1a2b3c4 Add file_path"; in the
// project's arena.
TDM_MUST_CHECK tdm_status tdm_project_frozen_by(tdm_project *project, const char *path,
                                                tdm_text *ret, tdm_error *err);

// The same project read once more, through another tree, which the result owns: what is about to be
// written can be judged before it is. `options` are those of the project; its base is not opened.
TDM_MUST_CHECK tdm_status tdm_project_open_tree(const tdm_project *project,
                                                const tdm_project_options *options, tdm_tree *tree,
                                                tdm_project **ret, tdm_error *err);

// The other of two lines of history that meet in the work tree, as its last commit has it.
typedef struct tdm_other_line {
    tdm_project *project; // to be freed, before the project that it was asked of
    tdm_text name;        // how it was found, in words: "what is being merged, 1a2b3c4"
} tdm_other_line;

// Which line that is: the one that `onto` names; else the one that a merge, a rebase or a
// cherry-pick under way joins; else the branch that git.protected of tandem.toml names; else the
// upstream of the current branch, unless a third line was merged in since. TDM_ERROR_HISTORY: none
// of these says it.
TDM_MUST_CHECK tdm_status tdm_project_other_line(tdm_project *project,
                                                 const tdm_project_options *options,
                                                 const char *onto, tdm_other_line *ret,
                                                 tdm_error *err);
// The last commit of the protected branch that the settings name; NULL when they name none. To be
// freed likewise.
TDM_MUST_CHECK tdm_status tdm_project_protected(tdm_project *project,
                                                const tdm_project_options *options,
                                                tdm_project **ret, tdm_error *err);

// Where a room above keeps what it makes of a whole project, so that it is made once: the pairing
// (pair/pair.h). NULL at first; belongs to that room, lives in the project's arena.
const void **tdm_project_pairing_slot(tdm_project *project);

#endif
