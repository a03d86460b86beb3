#include "report/explain.h"

// Examples use the names of the worked example in alembic/ and supabase/.
static const tdm_explanation pages[TDM_FINDING_COUNT] = {
    [TDM_FINDING_MISSING_PARENT] =
        {
            "A revision names a parent, in down_revision or depends_on, that no file of the "
            "version folders defines.",
            "Alembic refuses to load such a chain, and nobody can know the schema that the "
            "revision starts from. Everything after it is judged with that gap in mind.",
            "down_revision = \"20241127_000009\"   # no file has this id",
            "Bring the missing file back, name the right parent, or list the folder that holds it "
            "in version_locations.",
        },
    [TDM_FINDING_DUPLICATE_REVISION] =
        {
            "Two revision files carry the same id.",
            "Alembic keeps only one of them, with a warning, and which one depends on the order "
            "in which files are read.",
            "versions/20241127_000001_add_file_path.py:  revision = \"20241127_000001\"\n"
            "versions/20241127_000001_copy.py:           revision = \"20241127_000001\"",
            "Give the newer file an id of its own, or delete the copy.",
        },
    [TDM_FINDING_CYCLE] =
        {
            "Following the parents of a revision leads back to the revision itself.",
            "There is no order in which such revisions could run; Alembic refuses the chain.",
            "a: down_revision = \"b\"\nb: down_revision = \"a\"",
            "Correct the down_revision (or depends_on) that closes the circle.",
        },
    [TDM_FINDING_SEVERAL_HEADS] =
        {
            "More than one revision has no child.",
            "`alembic upgrade head` refuses to choose, so a deployment stops. It is what two "
            "branches leave behind that each added a revision to the same parent.",
            "20241202_000001 (head)\n20241202_000002 (head)",
            "Let one revision follow the other by changing its down_revision, or join them with "
            "`alembic merge`.",
        },
    [TDM_FINDING_UNREADABLE_REVISION] =
        {
            "A file of a version folder cannot be read as a revision: a syntax error, no revision "
            "id, an id that is no literal, or a file that is too large or no UTF-8.",
            "Alembic would fail on it or load something that tandem cannot see; either way the "
            "chain is not known.",
            "revision = make_id()   # an id is expected as a string",
            "Mend the file at the place named. Helper modules belong outside the version folders.",
        },
    [TDM_FINDING_OPAQUE_REVISION] =
        {
            "What a revision does depends on something that only running it would tell: rows read "
            "from a database, project code, the time.",
            "tandem runs no code of the project and never guesses. The statements that it can "
            "know are compared; the opaque one is named with its line and its reason.",
            "for row in op.get_bind().execute(sa.text(\"SELECT id FROM documents\")):\n"
            "    op.execute(f\"UPDATE documents SET file_path = '{row.id}' WHERE id = "
            "'{row.id}'\")",
            "Say the same as SQL that the server evaluates (one UPDATE with a WHERE), or review "
            "the pair by eye.",
        },
    [TDM_FINDING_LABEL_TAKEN] =
        {
            "A branch label is the id of a revision, or the label of another branch.",
            "Alembic refuses the whole chain: nothing can be upgraded or checked against it.",
            "branch_labels = (\"20241127_000001\",)",
            "Give the branch a label that is neither an id nor another branch's label.",
        },
    [TDM_FINDING_DUPLICATE_VERSION] =
        {
            "Two migration files begin with the same version.",
            "The version is the primary key of supabase_migrations.schema_migrations: the second "
            "file runs its statements, fails when it is recorded, and every later push fails the "
            "same way.",
            "20241127000001_add_file_path.sql\n20241127000001_add_canvas_data.sql",
            "Rename the newer file to a version that is later than every other.",
        },
    [TDM_FINDING_SKIPPED_FILE] =
        {
            "A file in the migrations folder is not applied by Supabase, because its name is not "
            "<digits>_<name>.sql.",
            "SQL that looks like a migration but never runs is easily taken for one that did.",
            "supabase/migrations/add_file_path.sql\nsupabase/migrations/20241127000001.sql",
            "Name it <version>_<name>.sql, or move it out of the folder.",
        },
    [TDM_FINDING_UNREADABLE_MIGRATION] =
        {
            "A migration file cannot be used as text: it is no UTF-8, holds a NUL byte, is too "
            "large, or cannot be opened.",
            "The Supabase CLI replaces bytes that are no UTF-8 without a word and records the "
            "damaged text.",
            "20241127000001_add_file_path.sql: byte 112 is no UTF-8",
            "Save the file as UTF-8.",
        },
    [TDM_FINDING_TRANSACTION_CONTROL] =
        {
            "A migration begins or ends transactions itself.",
            "One migration is one transaction: its statements and both history rows are committed "
            "together or not at all. A COMMIT inside the file breaks that, and a failure after it "
            "leaves half of the file applied and nothing recorded.",
            "BEGIN;\nALTER TABLE documents ADD COLUMN file_path VARCHAR(512);\nCOMMIT;",
            "Remove BEGIN and COMMIT: the push makes the transaction.",
        },
    [TDM_FINDING_ODD_VERSION] =
        {
            "The version of a migration is not fourteen digits.",
            "Versions are compared as text: 10 comes before 9, and 20241127 before 20241126000001 "
            "or after it, depending on the tool. Only digits of one length have one order "
            "everywhere.",
            "7_add_file_path.sql",
            "Use fourteen digits, YYYYMMDDHHMMSS, for new migrations. Do not rename one that has "
            "been applied.",
        },
    [TDM_FINDING_BOOKKEEPING] =
        {
            "A migration inserts into or updates alembic_version or "
            "supabase_migrations.schema_migrations.",
            "A push records every migration in both histories. A file that does so as well "
            "records a step twice, or one that was never run, and Alembic then sees a revision "
            "that is not the head.",
            "UPDATE alembic_version SET version_num = '20241127_000001';",
            "Leave the statement out.",
        },
    [TDM_FINDING_WRONG_STEP] =
        {
            "A migration that records itself names another revision than the one that it belongs "
            "to, or other revisions before it.",
            "The block at its end (docs/self-recording.md) was written for a chain that has "
            "changed since. Whoever applies the file without tandem would record a step that "
            "Alembic does not take, or none.",
            "-- tandem: records 20241127_000001\n-- tandem: after 20241126_000001\n\nwhere the "
            "revision's down_revision is 20241126_000002",
            "`tandem rebase` writes the block anew together with the parent. Where the parent was "
            "changed by hand, delete the migration and write it again with `tandem convert "
            "--self-recording`, as long as no database has run it.",
        },
    [TDM_FINDING_MISSING_MIGRATION] =
        {
            "No migration says what this revision says.",
            "A database that is brought up by Supabase would lack what the revision does, and the "
            "two histories would no longer describe one schema.",
            "alembic/versions/20241128_000001_add_chat_messages.py has no file in "
            "supabase/migrations",
            "Write it with `tandem convert <revision>`.",
        },
    [TDM_FINDING_MISSING_REVISION] =
        {
            "No revision says what this migration says.",
            "A database that is brought up by Alembic would lack what the migration does.",
            "supabase/migrations/20241128000001_add_chat_messages.sql has no revision",
            "Add the revision, or link the file to the one that it belongs to with a line `-- "
            "tandem: revision <id>` at its top.",
        },
    [TDM_FINDING_DIFFERENT] =
        {
            "The revision and its migration do different things.",
            "Which schema a database has would depend on which of the two tools ran.",
            "revision:  file_path VARCHAR(512)\nmigration: file_path VARCHAR(255)",
            "Make both say the same. If one of them has been applied already, leave it and add a "
            "new revision and migration that put things right.",
        },
    [TDM_FINDING_OPAQUE_PAIR] =
        {
            "Whether the revision and its migration agree cannot be known, because a statement of "
            "one side cannot be known or is not understood well enough.",
            "What cannot be known is never reported as equal: an agreement that was only assumed "
            "would be worth nothing.",
            "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ...', name); END $$;",
            "Write the statement so that it says what it does, or compare the two by eye.",
        },
    [TDM_FINDING_ORDER] =
        {
            "Sorted by version, a migration stands before the twin of a revision that must run "
            "earlier.",
            "Supabase runs migrations in the order of their versions, Alembic in the order of the "
            "chain. The same change can fail or mean something else when it runs at another time.",
            "20241128000001 is the twin of a revision that follows the twin of 20241202000001",
            "Rename the migration that has not been applied yet, so that its version lies after "
            "those that it follows.",
        },
    [TDM_FINDING_RESIDUE] =
        {
            "One side does something that the other does not, of a kind that may stand on one "
            "side alone: a policy, row level security, a grant.",
            "It is allowed, and still worth knowing: it must not be taken as done because the "
            "other history says that its twin ran. A table without its policies is public.",
            "ALTER TABLE documents ENABLE ROW LEVEL SECURITY;   -- only in the migration",
            "Nothing, if that is meant.",
        },
    [TDM_FINDING_AMBIGUOUS_LINK] =
        {
            "A written link names a revision or version that does not exist, or two files claim "
            "the same twin.",
            "A link is the strongest evidence of what belongs together; a wrong one would compare "
            "the wrong files.",
            "-- tandem: revision 20241127_00001   (one zero is missing)",
            "Correct the id in the link, or remove the link that is wrong.",
        },
    [TDM_FINDING_FROZEN_CHANGED] =
        {
            "A revision or migration that tandem.lock or the protected branch holds says something "
            "else now. Comments, white space and line endings may change; statements, parents and "
            "dependencies may not.",
            "A database that has run the file does not run it again: from now on, databases that "
            "ran the old text and the new one differ, and both histories call them equal.",
            "supabase/migrations/20241127000001_add_file_path.sql: VARCHAR(512) became "
            "VARCHAR(255)",
            "Put the file back and say the change in a new revision and migration. Only when no "
            "database can have run it: `tandem lock --refreeze <revision>`.",
        },
    [TDM_FINDING_FROZEN_GONE] =
        {
            "A revision or migration that tandem.lock or the protected branch holds is no longer "
            "there.",
            "A database that has run it keeps its row in the history: Alembic then refuses to "
            "start (\"Can't locate revision\"), and `supabase db push` reports remote versions "
            "that are not found locally.",
            "tandem.lock names 20241127_000001, and no file defines it",
            "Bring the file back. Only when no database can have run it: `tandem lock --refreeze "
            "<revision>`.",
        },
    [TDM_FINDING_FROZEN_RENAMED] =
        {
            "The migration of a frozen version has another name than it had.",
            "schema_migrations keeps the name that was pushed, and the dashboard shows it; the "
            "file can then not be found by it.",
            "20241127000001_add_file_path.sql became 20241127000001_file_path.sql",
            "Give the file its old name again.",
        },
    [TDM_FINDING_REOPENED] =
        {
            "One side of a pair that was acknowledged in tandem.lock has changed since.",
            "The reason that was given speaks of the files as they were. What is different or "
            "cannot be known is reported again.",
            "acknowledged revision:... migration:... -- types widened on purpose",
            "Look at the pair, and acknowledge it again: `tandem lock --acknowledge <revision> "
            "--reason \"...\"`.",
        },
    [TDM_FINDING_IGNORES_NOTHING] =
        {
            "A comment suppresses a finding that is not there: not in its statement, or, with "
            "ignore-file, not in its file.",
            "What it once was about has been put right or has moved. Left behind, it would hide "
            "the next finding of its kind, which nobody has looked at.",
            "-- tandem:ignore TD204 the tool that runs this file needs it\n"
            "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512);",
            "Remove the comment, or put it before the statement that it is about.",
        },
    [TDM_FINDING_BAD_IGNORE] =
        {
            "A comment that suppresses a finding gives no reason, names a code that does not "
            "exist, or one that no comment can suppress: a file that cannot be read, and a frozen "
            "file that has changed.",
            "It suppresses nothing. The reason is for those who read the file later and have to "
            "decide whether it still holds.",
            "-- tandem:ignore TD303\n"
            "ALTER TABLE documents ADD COLUMN file_path VARCHAR(255);",
            "Write `-- tandem:ignore CODE reason` before the statement, or `-- tandem:ignore-file "
            "CODE reason` anywhere in the file; in a revision `# tandem: ignore CODE reason`.",
        },
};

const tdm_explanation *tdm_explain(tdm_finding_kind kind)
{
    return pages[kind].what ? &pages[kind] : &tdm_target_pages[kind];
}
