// Which of the eight ways a project keeps its two histories, and the settings that fit it.
#include <tandem/init.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/propose_evidence.h"

const char *tdm_way_name(tdm_way way)
{
    static const char *const names[] = {
#define X(constant, name, meaning) [constant] = name,
        TDM_WAYS(X)
#undef X
    };
    return names[way];
}

const char *tdm_way_meaning(tdm_way way)
{
    static const char *const meanings[] = {
#define X(constant, name, meaning) [constant] = meaning,
        TDM_WAYS(X)
#undef X
    };
    return meanings[way];
}

typedef struct proposer {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_pairing *pairing;
    tdm_evidence found;
    TDM_VECTOR(tdm_text) evidence;
    tdm_way way;
    const char *owner;  // of everything, or NULL
    const char *leader; // NULL: alembic
    bool baseline;      // the first pair is one
} proposer;

// --- Choosing -----------------------------------------------------------------------------------

// At least so many of one side go on alone for every one of the other before one side counts as
// retired: a forgotten twin on each side is no cut-over.
enum { CLEARLY = 3 };

static bool goes_on(size_t alone, size_t after, size_t other_alone)
{
    return after == alone && alone >= 2 && alone >= CLEARLY * other_alone;
}

// What people wrote about their own files comes first; then the shape of the pairs.
static void choose(proposer *in)
{
    const tdm_evidence *f = &in->found;
    in->way = TDM_WAY_MIRRORED;
    if (f->revisions == 0 || f->migrations == 0)
        return;
    if (f->for_reading * 2 > f->migrations) {
        in->way = TDM_WAY_ALEMBIC;
        in->owner = "either";
    } else if (f->exported * 2 > f->migrations) {
        in->way = TDM_WAY_EXPORTED;
    } else if (f->deferring && f->migrations_alone > f->two_sided) {
        in->way = TDM_WAY_SUPABASE;
        in->owner = in->leader = "supabase";
    } else if (f->two_sided == 1 && f->migrations_alone == 0 && f->revisions_alone > 1 &&
               f->first == &in->pairing->pairs[0] && f->first->group.revision_count == 1) {
        in->way = TDM_WAY_BASELINE;
        in->owner = "alembic";
        in->baseline = true;
    } else if (f->two_sided > 1 &&
               goes_on(f->migrations_alone, f->migrations_after, f->revisions_alone)) {
        in->way = TDM_WAY_RETIRED;
        in->owner = in->leader = "supabase";
    } else if (f->two_sided > 1 &&
               goes_on(f->revisions_alone, f->revisions_after, f->migrations_alone)) {
        in->way = TDM_WAY_RETIRED;
        in->owner = "alembic";
    } else if (f->squashed) {
        in->way = TDM_WAY_SQUASHED;
    } else if (f->two_sided == 0 && f->revisions_alone && f->migrations_alone) {
        in->way = TDM_WAY_SEPARATE;
        in->owner = "either";
    }
}

// --- Evidence -----------------------------------------------------------------------------------

static void say(proposer *in, size_t count, const char *what)
{
    if (count)
        (void)tdm_vector_push(in->arena, &in->evidence,
                              tdm_arena_printf(in->arena, "%zu %s", count, what));
}

static void tell(proposer *in)
{
    const tdm_evidence *f = &in->found;
    (void)tdm_vector_push(
        in->arena, &in->evidence,
        tdm_arena_printf(in->arena, "%zu revisions, %zu migrations", f->revisions, f->migrations));
    say(in, f->two_sided, "pairs or groups have both sides");
    say(in, f->squashed, "of them hold several revisions");
    say(in, f->revisions_alone, "revisions have no migration");
    say(in, f->revisions_after, "of them stand behind the last pair");
    say(in, f->migrations_alone, "migrations have no revision");
    say(in, f->migrations_after, "of them stand behind the last pair");
    say(in, f->for_reading, "migrations say that they are not to be applied");
    say(in, f->exported, "migrations were made by a script from revisions");
    say(in, f->deferring, "revisions leave production to Supabase");
    if (in->baseline && f->first_is_empty)
        (void)tdm_vector_push(in->arena, &in->evidence,
                              TDM_TEXT("the first revision does nothing: SQL made the beginning"));
}

// --- The file -----------------------------------------------------------------------------------

// A TOML basic string.
static void put_string(tdm_buffer *out, tdm_text text)
{
    tdm_buffer_putc(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            tdm_buffer_putf(out, "\\%c", c);
        else if (c < ' ' || c == 0x7F)
            tdm_buffer_putf(out, "\\u%04X", (unsigned)c);
        else
            tdm_buffer_putc(out, (char)c);
    }
    tdm_buffer_puts(out, "\"\n");
}

static void put_baseline(const proposer *in, tdm_buffer *out)
{
    const tdm_group *group = &in->found.first->group;
    uint32_t revision = group->revisions[group->revision_count - 1];
    uint32_t migration = group->migrations[group->migration_count - 1];
    tdm_buffer_puts(out, "# Pairing starts behind these two.\nbaseline_revision = ");
    put_string(out, tdm_project_chain_revision(in->project, revision)->id);
    tdm_buffer_puts(out, "baseline_version = ");
    put_string(out, tdm_project_folder_migration(in->project, migration)->version);
}

static void put_file(const proposer *in, tdm_buffer *out)
{
    tdm_buffer_putf(out, "# How the two histories of this project are meant: %s.\n",
                    tdm_way_meaning(in->way));
    for (size_t i = 0; i < in->evidence.count; i++)
        tdm_buffer_putf(out, "#   %.*s\n", TDM_TEXT_ARG(in->evidence.items[i]));
    tdm_buffer_puts(out, "\n[pairing]\n");
    tdm_buffer_puts(out, "# The side that is written first.\nleads = ");
    put_string(out, tdm_text_of(in->leader ? in->leader : "alembic"));
    if (in->baseline)
        put_baseline(in, out);
    if (!in->owner)
        return;
    tdm_buffer_puts(out, "\n[pairing.ownership]\n"
                         "# A file without a twin may stand on this side, whatever it says.\n"
                         "everything = ");
    put_string(out, tdm_text_of(in->owner));
}

static const char *choose_path(const proposer *in)
{
    tdm_text folder = tdm_path_folder(tdm_text_of(tdm_project_folder(in->project)->path));
    const char *beside = tdm_arena_string(in->arena, folder);
    bool is_found = tdm_text_is(folder, "supabase"); // from everywhere in the project
    return beside ? tdm_path_join(in->arena, is_found ? beside : "", "tandem.toml") : NULL;
}

static tdm_status check_absent(const proposer *in, tdm_error *err)
{
    const char *there = tdm_project_settings(in->project)->project_file;
    if (!there && in->pairing->lock.there)
        there = in->pairing->lock.path;
    if (!there)
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_EXISTS, (tdm_place){.file = there}, "'%s' is there already", there);
    return tdm_hint(err, "init never overwrites; `tandem lock` brings a lock up to date.");
}

tdm_status tdm_propose(tdm_project *project, tdm_proposal *ret, tdm_error *err)
{
    proposer in = {.project = project, .arena = tdm_project_arena(project)};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (tdm_pairing_of(project, &in.pairing, err) != TDM_OK || check_absent(&in, err) != TDM_OK ||
        tdm_evidence_read(project, in.pairing, &in.found, err) != TDM_OK)
        return TDM_FAILED;
    if (in.pairing->pair_count == 0)
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "no revision and no migration was found in '%s'",
                        tdm_project_root(project));
    choose(&in);
    tell(&in);
    put_file(&in, &out);
    tdm_status status = tdm_buffer_check(&out, err);
    *ret = (tdm_proposal){
        .way = in.way,
        .evidence = in.evidence.items,
        .evidence_count = in.evidence.count,
        .path = choose_path(&in),
        .text = tdm_buffer_take(&out, in.arena),
    };
    tdm_buffer_free(&out);
    if (status == TDM_OK && !tdm_arena_ok(in.arena))
        status = tdm_fail_memory(err);
    return status;
}

tdm_status tdm_propose_write(tdm_project *project, const tdm_proposal *proposal, tdm_error *err)
{
    tdm_text path = tdm_arena_printf(tdm_project_arena(project), "%s/%s", tdm_project_root(project),
                                     proposal->path);
    return path.data ? tdm_file_write(path.data, proposal->text, false, err) : tdm_fail_memory(err);
}
