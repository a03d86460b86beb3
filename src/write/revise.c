// Migrations as revisions: chosen, written, and read back before anything leaves this room.
//
// The proof is the pairing itself. The project is opened once more with the new files in it, and
// each new pair must be identical or equivalent. Where one is not, the directives in which the two
// differ give way to op.execute(), then every one that is not the very statement it came from;
// where that does not help either, nothing is written.
#include "write/revise.h"

#include "alembic/graph.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/overlay.h"
#include "base/text.h"
#include "pair/pair.h"
#include "replay/replay.h"
#include "sql/known.h"

#include <string.h>

typedef struct reviser {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_convert_options *options;
    const tdm_revise_plan *plan; // or NULL
    const tdm_pairing *pairing;
    bool *chosen;      // by migration
    tdm_text *new_ids; // likewise
    TDM_VECTOR(tdm_revise_file) files;
    unsigned round; // of the proof
    tdm_map ids;    // of the chain and of the new files
    tdm_error *err;
} reviser;

// --- Which migrations ---------------------------------------------------------------------------

static const tdm_paired *pair_of(const reviser *r, size_t migration)
{
    return &r->pairing->pairs[r->pairing->of_migration[migration]];
}

static bool lacks_revision(const reviser *r, size_t migration)
{
    const tdm_paired *pair = pair_of(r, migration);
    bool may = pair->verdict == TDM_VERDICT_ALONE || pair->verdict == TDM_VERDICT_ACKNOWLEDGED;
    return pair->group.revision_count == 0 && (!may || r->options->all);
}

static tdm_status choose_named(reviser *r, const char *version)
{
    for (size_t i = 0; i < tdm_project_migration_count(r->project); i++) {
        tdm_migration_info migration = tdm_project_migration(r->project, i);
        if (!tdm_text_is(migration.version, version))
            continue;
        if (pair_of(r, i)->group.revision_count)
            return tdm_fail(r->err, TDM_ERROR_EXISTS, migration.place,
                            "migration %s has its revision already", version);
        r->chosen[i] = true;
        return TDM_OK;
    }
    return tdm_fail(r->err, TDM_ERROR_REVISION, TDM_NOWHERE, "'%s' is no migration's version",
                    version);
}

// The new revisions follow the head, and so their migrations must follow every one that has its
// revision: nothing is put between what may be deployed.
static tdm_status check_order(const reviser *r)
{
    size_t count = tdm_project_migration_count(r->project);
    const tdm_migration_info *waiting = NULL;
    tdm_migration_info first;
    for (size_t i = 0; i < count; i++) {
        if (r->chosen[i] && !waiting) {
            first = tdm_project_migration(r->project, i);
            waiting = &first;
        } else if (waiting && pair_of(r, i)->group.revision_count) {
            tdm_fail(r->err, TDM_ERROR_REVISION, first.place,
                     "migration %.*s lies before %.*s, which has its revision",
                     TDM_TEXT_ARG(first.version),
                     TDM_TEXT_ARG(tdm_project_migration(r->project, i).version));
            return tdm_hint(r->err, "A revision for it would have to stand before one that may be "
                                    "applied already. Write it by hand, or give the migration a "
                                    "later version.");
        }
    }
    return TDM_OK;
}

static tdm_status choose(reviser *r)
{
    size_t count = tdm_project_migration_count(r->project);
    r->chosen = tdm_arena_array(r->arena, count + 1, sizeof *r->chosen);
    r->new_ids = tdm_arena_array(r->arena, count + 1, sizeof *r->new_ids);
    if (!r->chosen || !r->new_ids)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; r->plan && i < count; i++)
        r->chosen[i] = r->plan->chosen[i];
    if (r->plan)
        return TDM_OK;
    for (size_t i = 0; i < r->options->revision_count; i++)
        if (choose_named(r, r->options->revisions[i]) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; r->options->revision_count == 0 && i < count; i++)
        r->chosen[i] = lacks_revision(r, i);
    return check_order(r);
}

// --- Names --------------------------------------------------------------------------------------

static tdm_status read_ids(reviser *r)
{
    const tdm_chain *chain = tdm_project_chain(r->project);
    if (tdm_chain_check(chain, r->err) != TDM_OK)
        return TDM_FAILED;
    if (chain->heads.count > 1 && !r->plan) {
        tdm_fail(r->err, TDM_ERROR_REVISION, TDM_NOWHERE, "the chain has %zu heads",
                 chain->heads.count);
        return tdm_hint(r->err, "Join them first: `alembic merge heads -m \"...\"`.");
    }
    tdm_map_init(&r->ids, r->arena);
    for (size_t i = 0; i < tdm_project_revision_count(r->project); i++)
        if (!tdm_map_put(&r->ids, tdm_project_chain_revision(r->project, i)->id, r))
            return tdm_fail_memory(r->err);
    return TDM_OK;
}

static bool is_id(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!tdm_is_alnum(text.data[i]) && text.data[i] != '_')
            return false;
    return text.size > 0;
}

// The same migration gets the same id everywhere: the one that its header names, else
// "20241203_120000" in a chain of such ids, else twelve hexadecimal digits from its version and
// name.
static tdm_status choose_id(reviser *r, const tdm_migration *migration, tdm_text parent,
                            tdm_text *ret)
{
    enum { DATE = 8, TIMESTAMP = 14, DIGITS = 12 };
    tdm_digest digest;
    char hex[33];
    tdm_text version = migration->version;

    if (migration->link_count == 1 && is_id(migration->links[0].revision))
        *ret = migration->links[0].revision;
    else if (tdm_revision_id_is_dated(parent) && version.size == TIMESTAMP)
        *ret = tdm_arena_printf(r->arena, "%.*s_%.*s", DATE, version.data, TIMESTAMP - DATE,
                                version.data + DATE);
    if (!ret->size || tdm_map_get(&r->ids, *ret)) {
        tdm_text seed = tdm_arena_printf(r->arena, "%.*s_%.*s", TDM_TEXT_ARG(version),
                                         TDM_TEXT_ARG(migration->name));
        if (tdm_digest_of(seed, &digest, r->err) != TDM_OK)
            return TDM_FAILED;
        tdm_digest_hex(digest, hex);
        *ret = tdm_arena_text(r->arena, (tdm_text){hex, DIGITS});
    }
    if (!tdm_arena_ok(r->arena))
        return tdm_fail_memory(r->err);
    if (tdm_map_get(&r->ids, *ret))
        return tdm_fail(r->err, TDM_ERROR_REVISION, migration->place, "the id '%.*s' is taken",
                        TDM_TEXT_ARG(*ret));
    return tdm_map_put(&r->ids, *ret, r) ? TDM_OK : tdm_fail_memory(r->err);
}

// "add_file_path" as a message; what a docstring cannot hold is left out.
static tdm_text message_of(reviser *r, const tdm_migration *migration)
{
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    for (size_t i = 0; i < migration->name.size; i++) {
        char c = migration->name.data[i];
        if ((unsigned char)c >= 0x20 && c != '\\' && c != '"' && c != 0x7F)
            tdm_buffer_putc(&out, (char)(c == '_' ? ' ' : c));
    }
    tdm_text text = tdm_text_trim(tdm_buffer_take(&out, r->arena));
    return text.size
               ? text
               : tdm_arena_printf(r->arena, "migration %.*s", TDM_TEXT_ARG(migration->version));
}

// Days since 1970-01-01 of a date of the Gregorian calendar.
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

tdm_new_time tdm_revise_time(tdm_text version)
{
    enum { TIMESTAMP = 14 };
    static const size_t cuts[] = {0, 4, 6, 8, 10, 12, TIMESTAMP};
    uint64_t parts[6] = {1970, 1, 1, 0, 0, 0};
    for (size_t i = 0; version.size == TIMESTAMP && i < 6; i++)
        if (!tdm_text_to_u64(tdm_text_slice(version, cuts[i], cuts[i + 1]), &parts[i]))
            return (tdm_new_time){0};
    int64_t days = days_of((int64_t)parts[0], (int64_t)parts[1], (int64_t)parts[2]);
    return (tdm_new_time){.seconds =
                              ((days * 24 + (int64_t)parts[3]) * 60 + (int64_t)parts[4]) * 60 +
                              (int64_t)parts[5]};
}

// --- The files ----------------------------------------------------------------------------------

// Whether the project's revisions import pgvector, and so may this one.
static bool has_pgvector(const reviser *r)
{
    for (size_t i = 0; i < tdm_project_revision_count(r->project); i++)
        if (tdm_text_find(tdm_project_chain_revision(r->project, i)->source,
                          TDM_TEXT("import pgvector")) != SIZE_MAX)
            return true;
    return false;
}

static tdm_status replay_on(reviser *r, tdm_catalog *catalog, size_t index)
{
    const tdm_statements *statements = NULL;
    tdm_effect effect;
    tdm_catalog_reset_session(catalog);
    tdm_effect_init(&effect, r->arena);
    if (tdm_project_migration_statements(r->project, index, &statements, r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(catalog, &statements->items[i], NULL, &effect, r->err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status replay(reviser *r, const tdm_revise_catalogs *catalogs, size_t index)
{
    if (replay_on(r, catalogs->now, index) != TDM_OK)
        return TDM_FAILED;
    return replay_on(r, catalogs->round, index);
}

static tdm_status take_parents(reviser *r, size_t index, tdm_revision_input *input)
{
    const tdm_revise_parents *from = &r->plan->parents[index];
    tdm_text *ids = tdm_arena_array(r->arena, from->count + 1, sizeof *ids);
    if (!ids)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; i < from->count; i++)
        ids[i] = from->items[i].id.size ? from->items[i].id : r->new_ids[from->items[i].migration];
    input->parent = ids[0];
    input->more_parents = (tdm_texts){ids + 1, from->count ? from->count - 1 : 0};
    return TDM_OK;
}

static tdm_status add_file(reviser *r, size_t index, tdm_text *parent,
                           tdm_revise_catalogs *catalogs, bool pgvector)
{
    const tdm_migration *migration = tdm_project_folder_migration(r->project, index);
    tdm_revise_file file = {.migration = index};
    tdm_revision_input *input = &file.input;

    input->parent = *parent;
    if (r->plan && take_parents(r, index, input) != TDM_OK)
        return TDM_FAILED;
    input->message = message_of(r, migration);
    input->link = tdm_arena_printf(r->arena, "Supabase: %.*s", TDM_TEXT_ARG(migration->version));
    input->time = tdm_revise_time(migration->version);
    if (choose_id(r, migration, input->parent, &input->id) != TDM_OK ||
        tdm_revision_message_check(input->message, r->err) != TDM_OK ||
        tdm_revise_read(r->project, catalogs, pgvector, &file, r->err) != TDM_OK)
        return TDM_FAILED;
    *parent = r->new_ids[index] = input->id;
    return tdm_vector_push(r->arena, &r->files, file) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status read_files(reviser *r)
{
    const tdm_chain *chain = tdm_project_chain(r->project);
    tdm_text parent = chain->heads.count ? chain->heads.items[0]->id : (tdm_text){NULL, 0};
    tdm_revise_catalogs catalogs = {NULL, NULL};
    bool pgvector = has_pgvector(r);

    if (tdm_catalog_new(r->arena, true, &catalogs.now, r->err) != TDM_OK ||
        tdm_catalog_new(r->arena, true, &catalogs.round, r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_migration_count(r->project); i++)
        if ((r->chosen[i] ? add_file(r, i, &parent, &catalogs, pgvector)
                          : replay(r, &catalogs, i)) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status write_files(reviser *r)
{
    for (size_t i = 0; i < r->files.count; i++)
        if (tdm_revise_write(r->project, &r->files.items[i], r->err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- The proof ----------------------------------------------------------------------------------

static tdm_status open_after(reviser *r, tdm_project **ret)
{
    tdm_project_options options = *r->options->project;
    tdm_overlay *overlay = tdm_overlay_new(tdm_project_tree(r->project), r->arena);
    if (!overlay)
        return tdm_fail_memory(r->err);
    options.base = NULL;
    options.protect = false;
    for (size_t i = 0; i < r->files.count; i++)
        if (!tdm_overlay_put(overlay, r->files.items[i].made.path, r->files.items[i].made.text)) {
            tdm_tree_free(tdm_overlay_tree(overlay));
            return tdm_fail_memory(r->err);
        }
    return tdm_project_open_tree(r->project, &options, tdm_overlay_tree(overlay), ret, r->err);
}

static size_t revision_index(const tdm_project *project, tdm_text id)
{
    size_t count = tdm_project_revision_count(project);
    for (size_t i = count; i-- > 0;)
        if (tdm_text_equal(tdm_project_chain_revision(project, i)->id, id))
            return i;
    return SIZE_MAX;
}

// The statements that the directives of a group make; `*at` goes on behind them.
static tdm_statements take_group(const tdm_revise_group *group, const tdm_statements *read,
                                 size_t *at)
{
    size_t first = *at;
    while (first < read->count && read->items[first].place.line < group->line)
        first++;
    size_t end = first;
    while (end < read->count && read->items[end].place.line <= group->last_line)
        end++;
    *at = end;
    return (tdm_statements){read->items + first, end - first};
}

static bool is_within(tdm_place place, const char *file, uint32_t first, uint32_t last)
{
    return place.file && file && strcmp(file, place.file) == 0 && place.line >= first &&
           place.line <= last;
}

// Whether a difference lies in what the group says, or in the statement that it came from.
static bool is_concerned(const tdm_revise_file *file, const tdm_revise_group *group,
                         const tdm_paired *pair)
{
    const tdm_place *place = &group->statement->place;
    uint32_t end = place->end_line ? place->end_line : place->line;

    for (size_t i = 0; i < pair->difference_count; i++) {
        const tdm_difference *one = &pair->differences[i];
        tdm_place places[] = {one->left_place, one->right_place};
        for (size_t j = 0; j < 2; j++)
            if (is_within(places[j], file->made.path, group->line, group->last_line) ||
                is_within(places[j], place->file, place->line, end))
                return true;
    }
    return false;
}

// Directives that are not the very statement give way: those that differ, or with no `pair` all of
// them. `ret_any` says whether one did.
static tdm_status demote(tdm_revise_file *file, const tdm_statements *read, const tdm_paired *pair,
                         bool *ret_any, tdm_error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < file->groups.count; i++) {
        tdm_revise_group *group = &file->groups.items[i];
        tdm_sameness same = TDM_SAME_NO;
        if (group->left_out)
            continue;
        tdm_statements made = take_group(group, read, &at);
        if (!group->typed.typed || group->executed || (pair && !is_concerned(file, group, pair)))
            continue;
        if (made.count == 1 && !made.items[0].opaque &&
            tdm_sql_statements_same(&made.items[0], group->statement, &same, err) != TDM_OK)
            return TDM_FAILED;
        group->executed = same != TDM_SAME_YES;
        *ret_any = *ret_any || group->executed;
    }
    return TDM_OK;
}

// A revision names its migration by the version alone.
static bool shares_version(const reviser *r, size_t migration)
{
    size_t count = tdm_project_migration_count(r->project);

    return tdm_project_folder_migration(r->project, migration)->duplicate ||
           (migration + 1 < count &&
            tdm_project_folder_migration(r->project, migration + 1)->duplicate);
}

static tdm_status refuse(reviser *r, const tdm_revise_file *file, const tdm_paired *pair)
{
    tdm_text detail = pair ? pair->detail : (tdm_text){NULL, 0};
    tdm_migration_info migration = tdm_project_migration(r->project, file->migration);

    if (shares_version(r, file->migration)) {
        tdm_fail(r->err, TDM_ERROR_SQL, migration.place,
                 "version %.*s is that of two migrations, which a revision cannot tell apart",
                 TDM_TEXT_ARG(migration.version));
        return tdm_hint(r->err, "The Supabase CLI fails on the second of them too: give it a "
                                "version of its own.");
    }
    if (pair && pair->difference_count)
        detail = pair->differences[0].reason.size ? pair->differences[0].reason
                                                  : pair->differences[0].object;
    tdm_fail(r->err, TDM_ERROR_SQL, migration.place,
             "the revision made from this migration does not say the same: %.*s",
             TDM_TEXT_ARG(detail));
    return tdm_hint(r->err, "Nothing was written. This is a fault of tandem's.");
}

// The same for downgrade(), whose statements are those of the inverse. Behind a raise nothing can
// be read back, and nothing runs.
static tdm_status demote_backs(tdm_project *after, size_t index, tdm_revise_file *file,
                               bool *ret_any, tdm_error *err)
{
    const tdm_script *script = NULL;
    size_t at = 0;
    if (tdm_project_script(after, index, TDM_DOWNGRADE, &script, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < file->backs.count; i++) {
        tdm_revise_group *group = &file->backs.items[i];
        tdm_sameness same = TDM_SAME_NO;
        while (at < script->count && script->emissions[at].place.line < group->line)
            at++;
        size_t first = at;
        while (at < script->count && script->emissions[at].place.line <= group->last_line)
            at++;
        if (!group->typed.typed || group->executed)
            continue;
        const tdm_emission *emission = at == first + 1 ? &script->emissions[first] : NULL;
        if (emission && emission->kind == TDM_EMISSION_SQL &&
            tdm_sql_same(emission->online, group->statement->sql, &same, err) != TDM_OK)
            return TDM_FAILED;
        group->executed = same != TDM_SAME_YES;
        *ret_any = *ret_any || group->executed;
    }
    return TDM_OK;
}

static tdm_status prove_file(reviser *r, tdm_project *after, const tdm_pairing *pairing,
                             tdm_revise_file *file, bool *ret_any)
{
    const tdm_statements *read = NULL;
    size_t index = revision_index(after, file->input.id);
    if (index == SIZE_MAX)
        return refuse(r, file, NULL);
    if (!file->raises && demote_backs(after, index, file, ret_any, r->err) != TDM_OK)
        return TDM_FAILED;
    const tdm_paired *pair = &pairing->pairs[pairing->of_revision[index]];
    bool alone = pair->group.revision_count != 1 || pair->group.migration_count != 1;
    bool any = false;
    if (!alone &&
        (pair->verdict == TDM_VERDICT_IDENTICAL || pair->verdict == TDM_VERDICT_EQUIVALENT))
        return TDM_OK;
    if (tdm_project_revision_statements(after, index, &read, r->err) != TDM_OK ||
        (!alone && r->round == 0 && demote(file, read, pair, &any, r->err) != TDM_OK) ||
        (!any && demote(file, read, NULL, &any, r->err) != TDM_OK))
        return TDM_FAILED;
    if (!any || alone)
        return refuse(r, file, pair);
    *ret_any = true;
    return TDM_OK;
}

static tdm_status prove(reviser *r, bool *ret_any)
{
    tdm_project *after = NULL;
    const tdm_pairing *pairing = NULL;
    if (open_after(r, &after) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_pairing_of(after, &pairing, r->err);
    for (size_t i = 0; status == TDM_OK && i < r->files.count; i++)
        status = prove_file(r, after, pairing, &r->files.items[i], ret_any);
    tdm_project_free(after);
    return status;
}

// --- All of it ----------------------------------------------------------------------------------

static tdm_status hand_out(reviser *r, tdm_conversion *ret)
{
    tdm_converted *files = tdm_arena_array(r->arena, r->files.count, sizeof *files);
    if (!files)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; i < r->files.count; i++) {
        const tdm_revise_file *file = &r->files.items[i];
        files[i] = file->made;
        files[i].version = tdm_project_migration(r->project, file->migration).version;
        files[i].statement_count = file->groups.count;
        files[i].losses = file->losses.items;
        files[i].loss_count = file->losses.count;
        for (size_t j = 0; j < file->groups.count; j++)
            files[i].typed_count +=
                file->groups.items[j].typed.typed && !file->groups.items[j].executed;
    }
    *ret = (tdm_conversion){.files = files, .count = r->files.count};
    return TDM_OK;
}

tdm_status tdm_revise_planned(tdm_project *project, const tdm_convert_options *options,
                              const tdm_revise_plan *plan, tdm_conversion *ret, tdm_error *err)
{
    reviser r = {.project = project,
                 .arena = tdm_project_arena(project),
                 .options = options,
                 .plan = plan,
                 .err = err};
    bool again = false;
    if (tdm_pairing_of(project, &r.pairing, err) != TDM_OK || choose(&r) != TDM_OK ||
        read_ids(&r) != TDM_OK || read_files(&r) != TDM_OK || write_files(&r) != TDM_OK)
        return TDM_FAILED;
    if (r.files.count && prove(&r, &again) != TDM_OK)
        return TDM_FAILED;
    // Each time more of them give way, and a file in which none is left to is refused.
    while (again) {
        again = false;
        r.round++;
        if (write_files(&r) != TDM_OK || prove(&r, &again) != TDM_OK)
            return TDM_FAILED;
    }
    return hand_out(&r, ret);
}

tdm_status tdm_revise(tdm_project *project, const tdm_convert_options *options, tdm_conversion *ret,
                      tdm_error *err)
{
    return tdm_revise_planned(project, options, NULL, ret, err);
}
