#include "cli/command.h"

#include "base/error.h"
#include "base/nearest.h"

// In the order of the help.
const tdm_command *const tdm_commands[] = {
    &tdm_command_init,       &tdm_command_check,   &tdm_command_sql,    &tdm_command_convert,
    &tdm_command_sync,       &tdm_command_new,     &tdm_command_rebase, &tdm_command_rehearse,
    &tdm_command_lock,       &tdm_command_status,  &tdm_command_plan,   &tdm_command_push,
    &tdm_command_revert,     &tdm_command_repair,  &tdm_command_pull,   &tdm_command_drift,
    &tdm_command_heads,      &tdm_command_history, &tdm_command_hook,   &tdm_command_explain,
    &tdm_command_completion, &tdm_command_version, &tdm_command_help,   &tdm_command_complete,
};
const size_t tdm_command_count = sizeof tdm_commands / sizeof(const tdm_command *);

const char *tdm_command_group_title(tdm_command_group group)
{
    static const char *const titles[TDM_GROUP_COUNT] = {
        [TDM_GROUP_COMPARE] = "Compare and write",
        [TDM_GROUP_TARGET] = "Bring a database up to date",
        [TDM_GROUP_HISTORY] = "Look at the revisions",
        [TDM_GROUP_OTHER] = "Help",
    };
    return titles[group];
}

const tdm_command *tdm_command_find(tdm_text name)
{
    for (size_t i = 0; i < tdm_command_count; i++) {
        const tdm_command *command = tdm_commands[i];
        if (tdm_text_is(name, command->name) ||
            (command->alias && tdm_text_is(name, command->alias)))
            return command;
    }
    return NULL;
}

// Words that the hand writes which knows Alembic 1.19 or the Supabase CLI 3, and that are none
// here.
static const struct foreign_word {
    const char *word;
    const char *hint;
} foreign_words[] = {
    {"upgrade", "What `alembic upgrade` does, `tandem push` does for both histories; `tandem sql` "
                "is its --sql."},
    {"current", "`tandem status` shows what a database has."},
    {"revision", "`tandem new -m TITLE` makes a revision and its migration."},
    {"merge",
     "`tandem rebase` puts one branch behind the other; what `alembic merge` makes is read "
     "as well."},
    {"show", "`tandem history -v` shows each revision with its file, date and message."},
    {"branches", "`tandem heads` shows where the chain ends, `tandem history -v` its branches."},
    {"db", "`supabase db push`, `pull` and `diff` are `tandem push`, `pull` and `drift`."},
    {"migration",
     "`supabase migration new`, `list`, `repair` and `fetch` have the same names here: "
     "`tandem list`."},
    {"migrations", "`supabase migration new`, `list`, `repair` and `fetch` have the same names "
                   "here: `tandem list`."},
    {"migrate", "`tandem push` applies what is pending."},
    {"diff", "`tandem check` compares the two histories, `tandem drift` a database with them."},
    {"link", "`supabase link` links a project; --linked uses the link."},
};

static const char *foreign_hint(tdm_text name)
{
    for (size_t i = 0; i < sizeof foreign_words / sizeof *foreign_words; i++)
        if (tdm_text_is(name, foreign_words[i].word))
            return foreign_words[i].hint;
    return NULL;
}

tdm_status tdm_command_unknown(tdm_text name, tdm_error *err)
{
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, name);
    for (size_t i = 0; i < tdm_command_count; i++) {
        if (tdm_commands[i]->flags & TDM_HIDDEN)
            continue;
        tdm_nearest_offer(&nearest, tdm_text_of(tdm_commands[i]->name));
        tdm_nearest_offer(&nearest, tdm_text_of(tdm_commands[i]->alias));
    }
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "unknown command '%.*s'", TDM_TEXT_ARG(name));
    if (foreign_hint(name))
        return tdm_hint(err, "%s", foreign_hint(name));
    if (nearest.best.size)
        return tdm_hint(err, "Did you mean `tandem %.*s`?", TDM_TEXT_ARG(nearest.best));
    return tdm_hint(err, "`tandem help` lists all commands.");
}
