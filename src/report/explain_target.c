// The findings about the histories in a target.
#include "report/explain.h"

const tdm_explanation tdm_target_pages[TDM_FINDING_COUNT] = {
    [TDM_FINDING_ROW_ELSEWHERE] =
        {
            "A row of supabase_migrations.schema_migrations has a version that no file has, "
            "and its recorded statements (or, where it has none, its name and what the "
            "schema holds) are those of a migration that is not recorded.",
            "Supabase's Management API, the MCP server and the dashboard stamp the server's "
            "clock as the version of what they apply. `supabase db push` then refuses to go "
            "on, because the row has no file, and would run the file once more.",
            "schema_migrations: 20261122093012  \"add_file_path\"\n"
            "supabase/migrations/20241127000001_add_file_path.sql   # the same statements",
            "`tandem repair` puts the file's version in the row; all else of the row stays.",
        },
    [TDM_FINDING_ROW_WITHOUT_FILE] =
        {
            "A row of schema_migrations has a version that no file of the migrations folder "
            "has, and no file says what it says.",
            "Somebody applied SQL that never came into the repository, or its file is on "
            "another branch. The next database that is made from the repository will not "
            "have it, and `supabase db push` refuses to go on.",
            "schema_migrations: 20261122093012  \"hotfix\"   # no file",
            "`tandem pull` writes the migration from what was recorded, and its revision; "
            "`tandem repair` then records that in alembic_version. The row is never forgotten: "
            "it is the only record of what ran.",
        },
    [TDM_FINDING_ROW_TWICE] =
        {
            "A migration is recorded under its own version, and a second row with another "
            "version has the same statements.",
            "It ran twice, or was applied through an API and then recorded by hand. The "
            "second row has no file, so that `supabase db push` refuses to go on.",
            "schema_migrations: 20241127000001  \"add_file_path\"\n"
            "schema_migrations: 20261122093012  \"add_file_path\"   # the same statements",
            "`tandem repair` takes the second row away: the first one records the same.",
        },
    [TDM_FINDING_EDITED] =
        {
            "The statements that were recorded when a migration ran are not those of its "
            "file, after comments, white space and the way a tool cuts the file are set "
            "aside.",
            "Neither Alembic nor Supabase runs a file again. What was changed after it ran "
            "is in no database that had run it before, and in all that are made from now "
            "on.",
            "recorded: ALTER TABLE documents ADD COLUMN file_path VARCHAR(256)\n"
            "file:     ALTER TABLE documents ADD COLUMN file_path VARCHAR(512)",
            "Put back what ran, and what is new into a migration of its own.",
        },
    [TDM_FINDING_ONE_HISTORY] =
        {
            "One history has a migration, the other does not.",
            "`alembic upgrade` records nothing for Supabase, and Supabase records nothing "
            "for Alembic. The tool that does not know of it would run it again and fail "
            "with \"relation already exists\".",
            "alembic_version: 20241128_000001\n"
            "schema_migrations: ends with 20241127000002",
            "`tandem repair` records it on the other side when the schema bears it out; "
            "`tandem push` then goes on. Where a migration wrote rows, which prove nothing, "
            "`--adopt` says that it is to be believed.",
        },
    [TDM_FINDING_GROUP_PARTLY] =
        {
            "Of several migrations that stand for one revision, some are recorded and "
            "others are not.",
            "The revision counts as applied once all of them ran. Until then "
            "alembic_version must not have it.",
            "20241128_000002 = 20241128000002 (recorded) + 20241128000003 (not recorded)",
            "`tandem push` runs what is missing, and steps alembic_version with the last of "
            "them.",
        },
    [TDM_FINDING_ALREADY_THERE] =
        {
            "No history has a migration, and the schema has what it makes, in the form in "
            "which it makes it.",
            "Its SQL was pasted into the SQL editor or run by psql: that records nothing. "
            "Whoever applies the migration fails with \"relation already exists\".",
            "no row for 20241127_000001 or 20241127000001\n"
            "the target has documents.file_path",
            "`tandem repair` records it in both histories. Where a part cannot be proven, "
            "`--adopt` says that it is to be believed.",
        },
    [TDM_FINDING_PARTLY_THERE] =
        {
            "No history has a migration, and the schema has a part of what it makes, or has "
            "it in another form.",
            "Running it fails on what is there; recording it would leave out what is not. "
            "Which of the two is right is not for a tool to say.",
            "the target has documents.file_path\n"
            "the target does not have index ix_documents_file_path",
            "Run what is missing by hand, or take away what is there; then repair or push.",
        },
    [TDM_FINDING_NOT_THERE] =
        {
            "A history records a migration as applied, and the schema does not have all "
            "that it makes, or has it in another form.",
            "The row was written by hand (`alembic stamp`, `supabase migration repair`), or "
            "something was dropped or changed afterwards by hand.",
            "schema_migrations: 20241127000001\n"
            "the target does not have documents.file_path",
            "`tandem drift` shows every difference. When nothing of it ever ran, `tandem "
            "repair VERSION --status reverted` takes the record back, and `tandem push` "
            "runs it.",
        },
    [TDM_FINDING_LATE] =
        {
            "A migration is pending, and a newer one was applied before it.",
            "It comes from a branch that was merged later. Alembic runs it if no applied "
            "revision needs it; `supabase db push` refuses it without --include-all. Where "
            "a revision was applied whose parent was not, alembic_version has no way to say "
            "so.",
            "20241127000001   pending\n"
            "20241128000001   applied",
            "`tandem push` runs it. To keep the order on both sides, `tandem rebase` puts "
            "it behind the others before it is merged.",
        },
    [TDM_FINDING_HEAD_TOO_MANY] =
        {
            "alembic_version has a row for a revision that another row implies.",
            "Alembic keeps one row for each head. People who take the table for a log "
            "insert a row for each revision; `alembic upgrade` then fails with \"overlaps "
            "with other requested revisions\".",
            "alembic_version: 20241126_000001\n"
            "alembic_version: 20241127_000001   # implies the first",
            "`tandem repair` leaves the heads alone.",
        },
    [TDM_FINDING_HEAD_ALIAS] =
        {
            "A row of alembic_version is not the id of a revision, but the name of its "
            "file, the version of its migration, or the beginning of its id.",
            "Alembic finds no revision of that name and refuses every command.",
            "alembic_version: 20241127_000001_add_file_path\n"
            "revision = \"20241127_000001\"",
            "`tandem repair` writes the id.",
        },
    [TDM_FINDING_HEAD_UNKNOWN] =
        {
            "A row of alembic_version names no revision of this project.",
            "Its file is on another branch, or was renamed or deleted. What is applied on "
            "Alembic's side cannot be known without it, so that nothing is changed there.",
            "alembic_version: 9f2c1a7b3d4e   # no file has this id",
            "Bring the file back (`git log --all -S 9f2c1a7b3d4e`), or check out the branch "
            "that has it.",
        },
};
