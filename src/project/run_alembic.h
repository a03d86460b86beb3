// The project's own Alembic, asked for what cannot be known without running code. This is the one
// place where tandem starts anything of a project, and nothing comes here but by tdm_sql_options.
#ifndef PROJECT_RUN_ALEMBIC_H
#define PROJECT_RUN_ALEMBIC_H

#include "alembic/ask.h"
#include "project/project.h"

// Whether it may be asked: the work tree is what is read, `alembic.command` is set and can be cut
// into words, and there is a configuration, in whose folder it runs. Else TDM_ERROR_CONFIG.
TDM_MUST_CHECK tdm_status tdm_run_alembic_check(const tdm_project *project, tdm_error *err);

// `<command> upgrade A:B --sql`; the context is the project (tdm_ask_alembic). TDM_ERROR_CONFIG
// when it does not start, TDM_ERROR_PYTHON when it fails, TDM_ERROR_LIMIT when it takes too long or
// prints too much.
TDM_MUST_CHECK tdm_status tdm_run_alembic(void *context, const tdm_alembic_question *question,
                                          tdm_arena *arena, tdm_text *ret, tdm_error *err);

// The words of a command, without a shell: cut at white space; '...' as it stands; in "..." a
// backslash keeps the next quote or backslash, outside of quotes any character. Nothing is
// expanded. NULL at the end.
typedef struct tdm_command_words {
    const char **items;
    size_t count;
    size_t capacity;
} tdm_command_words;
TDM_MUST_CHECK tdm_status tdm_command_words_read(tdm_arena *arena, tdm_text command,
                                                 tdm_place place, tdm_command_words *ret,
                                                 tdm_error *err);

// A text from elsewhere with `***` in place of the passwords of URLs (up to the last @ of a word)
// and of what follows "password=".
tdm_text tdm_mask_passwords(tdm_arena *arena, tdm_text text);

#endif
