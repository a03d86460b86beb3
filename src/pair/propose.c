// Which of the eight ways a project keeps its two histories, and the settings that fit it.
#include <tandem/init.h>

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/propose_evidence.h"

#include <string.h>

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
    bool located;       // the settings say where files are, and nobody would find them otherwise
    bool functions;     // and triggers belong to Supabase
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

// What a policy calls stands beside it. Where everything may stand alone this says nothing more.
static void choose_kinds(proposer *in)
{
    const tdm_evidence *f = &in->found;
    in->functions = !in->owner && f->only_functions && !f->functions_in_revisions;
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
    if (in->functions)
        say(in, f->only_functions,
            "of them make nothing but functions, triggers and what they serve");
    say(in, f->for_reading, "migrations say that they are not to be applied");
    say(in, f->exported, "migrations were made by a script from revisions");
    say(in, f->deferring, "revisions leave production to Supabase");
    if (in->baseline && f->first_is_empty)
        (void)tdm_vector_push(in->arena, &in->evidence,
                              TDM_TEXT("the first revision does nothing: SQL made the beginning"));
}

// --- The file -----------------------------------------------------------------------------------

// A TOML basic string.
static void put_string(tdm_buffer *out, tdm_text text, const char *end)
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
    tdm_buffer_putf(out, "\"%s", end);
}

static void put_baseline(const proposer *in, tdm_buffer *out)
{
    const tdm_group *group = &in->found.first->group;
    uint32_t revision = group->revisions[group->revision_count - 1];
    uint32_t migration = group->migrations[group->migration_count - 1];
    tdm_buffer_puts(out, "# Pairing starts behind these two.\nbaseline_revision = ");
    put_string(out, tdm_project_chain_revision(in->project, revision)->id, "\n");
    tdm_buffer_puts(out, "baseline_version = ");
    put_string(out, tdm_project_folder_migration(in->project, migration)->version, "\n");
}

// Where files are, when a flag or the environment said so: the next command would not know it.
static const struct located_setting {
    tdm_setting_id id;
    const char *section;
    const char *line;
} located_settings[] = {
    {TDM_SETTING_ALEMBIC_CONFIG, "alembic", "config = "},
    {TDM_SETTING_ALEMBIC_VERSIONS, "alembic", "versions = "},
    {TDM_SETTING_SUPABASE_FOLDER, "supabase", "folder = "},
};

static bool is_located(const proposer *in, size_t which)
{
    const tdm_setting *setting =
        &tdm_project_settings(in->project)->values[located_settings[which].id];
    return setting->origin == TDM_ORIGIN_ENVIRONMENT || setting->origin == TDM_ORIGIN_FLAG;
}

static void put_located(const proposer *in, tdm_buffer *out)
{
    const char *section = "";
    for (size_t i = 0; i < sizeof located_settings / sizeof *located_settings; i++) {
        const tdm_setting *setting =
            &tdm_project_settings(in->project)->values[located_settings[i].id];
        if (!is_located(in, i) || setting->count == 0)
            continue;
        if (strcmp(section, located_settings[i].section) != 0)
            tdm_buffer_putf(out, "\n[%s]\n", located_settings[i].section);
        section = located_settings[i].section;
        tdm_buffer_puts(out, located_settings[i].line);
        if (setting->count > 1)
            tdm_buffer_puts(out, "[\n");
        for (size_t k = 0; k < setting->count; k++) {
            tdm_buffer_puts(out, setting->count > 1 ? "    " : "");
            put_string(out, setting->items[k], setting->count > 1 ? ",\n" : "\n");
        }
        if (setting->count > 1)
            tdm_buffer_puts(out, "]\n");
    }
}

static void put_file(const proposer *in, tdm_buffer *out)
{
    tdm_buffer_putf(out, "# How the two histories of this project are meant: %s.\n",
                    tdm_way_meaning(in->way));
    for (size_t i = 0; i < in->evidence.count; i++)
        tdm_buffer_putf(out, "#   %.*s\n", TDM_TEXT_ARG(in->evidence.items[i]));
    put_located(in, out);
    tdm_buffer_puts(out, "\n[pairing]\n");
    tdm_buffer_puts(out, "# The side that is written first.\nleads = ");
    put_string(out, tdm_text_of(in->leader ? in->leader : "alembic"), "\n");
    if (in->baseline)
        put_baseline(in, out);
    if (in->functions)
        tdm_buffer_puts(out, "\n[pairing.ownership]\n"
                             "# No revision makes any.\n"
                             "function = \"supabase\"\ntrigger = \"supabase\"\n");
    if (!in->owner)
        return;
    tdm_buffer_puts(out, "\n[pairing.ownership]\n"
                         "# A file without a twin may stand on this side, whatever it says.\n"
                         "everything = ");
    put_string(out, tdm_text_of(in->owner), "\n");
}

static const char *choose_path(const proposer *in)
{
    tdm_text folder = tdm_path_folder(tdm_text_of(tdm_project_folder(in->project)->path));
    const char *beside = tdm_arena_string(in->arena, folder);
    bool is_found = tdm_text_is(folder, "supabase") && // from everywhere in the project
                    tdm_tree_exists(tdm_project_tree(in->project), "supabase", NULL) &&
                    !in->located;
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
    choose_kinds(&in);
    for (size_t i = 0; i < sizeof located_settings / sizeof *located_settings; i++)
        in.located = in.located || is_located(&in, i);
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
