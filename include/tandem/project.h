/**
 * A project opened for reading: its settings, the Alembic chain, the Supabase folder.
 *
 * Opening reads files and nothing else: no code of the project runs, nothing is written, no server
 * is asked. A side that is not there is simply empty; a file that cannot be read is kept as a
 * problem of its own and shows up as a finding, so that one bad file does not hide the rest.
 * Everything handed out belongs to the project and lives until tdm_project_free.
 */
#ifndef TANDEM_PROJECT_H
#define TANDEM_PROJECT_H

#include <tandem/error.h>
#include <tandem/text.h>

typedef struct tdm_project tdm_project;

/** What the files of a project are read from. Of the last two nothing in the work tree is read. */
typedef enum tdm_project_source {
    TDM_SOURCE_WORK_TREE,
    TDM_SOURCE_INDEX,  /**< what is staged: what the next commit will hold */
    TDM_SOURCE_COMMIT, /**< what a commit holds */
} tdm_project_source;

typedef struct tdm_project_options {
    const char *directory;       /**< where to look from; NULL: the current folder */
    const char *config;          /**< the tandem.toml to use; NULL: found */
    bool no_config;              /**< use no tandem.toml */
    const char *alembic_config;  /**< alembic.ini or pyproject.toml; NULL: found */
    const char *alembic_section; /**< section of the ini; NULL: "alembic" */
    const char *const *versions; /**< bare folders of revisions, with all below them, and no
                                       configuration */
    size_t version_count;
    tdm_project_source source;
    const char
        *commit; /**< of TDM_SOURCE_COMMIT: named as git names it ("HEAD~2", "main", an id) */
    /** What must not change any more: all that the merge base with this branch or commit holds.
     * NULL: nothing. */
    const char *base;
    /** Without `base`: the branch that git.protected of tandem.toml names, if it names one. */
    bool protect;
    /** Looks up an environment variable (TANDEM_*, and git's own, which a hook is started with);
     *  NULL: none is seen. The library itself never reads the environment. */
    const char *(*environment)(void *context, const char *name);
    void *environment_context;
    /** An absolute folder in which what was made of a text may be kept for the next time, so that
     *  it is not made again; it may be made, lies outside of the project, and nothing in it can
     *  change an answer. NULL: nothing is kept. */
    const char *cache;
} tdm_project_options;

TDM_API TDM_MUST_CHECK tdm_status tdm_project_open(const tdm_project_options *options,
                                                   tdm_project **ret, tdm_error *err);
TDM_API void tdm_project_free(tdm_project *project);

/** The project's root folder, absolute, as found from `directory`. Places are relative to it. */
TDM_API const char *tdm_project_root(const tdm_project *project);
/** The project's files, as its source holds them; belongs to the project. */
typedef struct tdm_tree tdm_tree;
TDM_API tdm_tree *tdm_project_tree(tdm_project *project);
/** The port of the project's local Supabase stack: db.port of config.toml, else Supabase's own. */
TDM_API uint16_t tdm_project_local_port(const tdm_project *project);
/** Remarks made while opening ("unknown key 'suprabase', did you mean 'supabase'?"). */
TDM_API size_t tdm_project_note_count(const tdm_project *project);
TDM_API tdm_text tdm_project_note(const tdm_project *project, size_t index);

/** One revision of the chain, as `history` shows it. */
typedef struct tdm_revision_info {
    tdm_text id;
    tdm_text message;     /**< first paragraph of the docstring */
    tdm_text created;     /**< the Create Date line's value, or empty */
    const tdm_text *down; /**< parents, in written order */
    size_t down_count;
    const tdm_text *depends_on;
    size_t depends_on_count;
    const tdm_text *labels;
    size_t label_count;
    tdm_place place; /**< of the file */
    bool is_head;
    bool is_base;
    bool is_branch_point;
    bool is_merge_point;
} tdm_revision_info;

/** Revisions in the order in which `alembic upgrade heads` would run them, oldest first. Revisions
 *  that cannot be ordered (a cycle, a missing parent) follow in load order. */
TDM_API size_t tdm_project_revision_count(const tdm_project *project);
TDM_API tdm_revision_info tdm_project_revision(const tdm_project *project, size_t index);

/** One migration of the folder. */
typedef struct tdm_migration_info {
    tdm_text version;
    tdm_text name;
    tdm_place place;
} tdm_migration_info;

/** Migrations in Supabase's order. */
TDM_API size_t tdm_project_migration_count(const tdm_project *project);
TDM_API tdm_migration_info tdm_project_migration(const tdm_project *project, size_t index);

#endif
