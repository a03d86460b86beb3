// Links by what people wrote: links proper, and names in comments.
#include "base/error.h"
#include "base/text.h"
#include "pair/link_state.h"
#include "pair/mention.h"
#include "pair/words.h"

#include <string.h>

// --- Written links
// --------------------------------------------------------------------------------

static tdm_status blame_name(tdm_link_state *state, tdm_named named, tdm_link_fault fault,
                             tdm_error *err)
{
    bool in_sql = fault.migration != TDM_LINK_NOBODY;
    const char *what = in_sql ? "revision" : "migration";
    bool last = named.range && named.count == TDM_NAMES_ONE;
    tdm_text name = last ? named.last_name : named.name;
    bool several = (last ? named.last_count : named.count) == TDM_NAMES_SEVERAL;
    fault.place = named.place;
    if (several)
        fault.message = tdm_arena_printf(state->arena, "'%.*s' names more than one %s",
                                         TDM_TEXT_ARG(name), what);
    else
        fault.message =
            tdm_arena_printf(state->arena, "there is no %s '%.*s'", what, TDM_TEXT_ARG(name));
    fault.hint = in_sql ? TDM_TEXT("Write '-- tandem: revision <id>' with the full id.")
                        : TDM_TEXT("Write 'Supabase: <version>' with the full version.");
    if (!tdm_arena_ok(state->arena))
        return tdm_fail_memory(err);
    return tdm_link_blame(state, fault, err);
}

static tdm_status written_in_sql(tdm_link_state *state, uint32_t migration, tdm_error *err)
{
    const tdm_link_migration *item = &state->input->migrations[migration];
    for (size_t i = 0; i < item->written_count; i++) {
        tdm_named named = {.name = item->written[i].name, .place = item->written[i].place};
        named.count = tdm_names_exact(&state->revisions, named.name, &named.first);
        if (named.count != TDM_NAMES_ONE) {
            tdm_link_fault fault = {.severity = TDM_SEVERITY_ERROR,
                                    .revision = TDM_LINK_NOBODY,
                                    .migration = migration};
            if (blame_name(state, named, fault, err) != TDM_OK)
                return TDM_FAILED;
            continue;
        }
        tdm_link_edge edge = {named.first, migration, TDM_LINK_WRITTEN, named.place,
                              TDM_TEXT("the migration says '-- tandem: revision'")};
        if (tdm_link_add(state, edge, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// "Supabase: 20241127000001, 20241127000002" on a line of the docstring. What does not begin with a
// digit is prose.
static bool next_version(tdm_text *rest, tdm_text *ret)
{
    size_t start = 0;
    while (start < rest->size && (rest->data[start] == ',' || tdm_is_space(rest->data[start])))
        start++;
    size_t end = start;
    while (end < rest->size && rest->data[end] != ',' && !tdm_is_space(rest->data[end]))
        end++;
    *ret = tdm_text_slice(*rest, start, end);
    *rest = tdm_text_from(*rest, end);
    return ret->size > 0;
}

static tdm_status written_in_python(tdm_link_state *state, uint32_t revision, tdm_comment_line line,
                                    tdm_error *err)
{
    tdm_text prefix = TDM_TEXT("Supabase:");
    if (!tdm_text_equal_nocase(tdm_text_slice(line.text, 0, prefix.size), prefix))
        return TDM_OK;
    tdm_text rest = tdm_text_trim(tdm_text_from(line.text, prefix.size));
    tdm_text version;
    if (rest.size == 0 || !tdm_is_digit(rest.data[0]))
        return TDM_OK;
    while (next_version(&rest, &version)) {
        tdm_named named = {.name = version, .place = line.place};
        named.count = tdm_names_exact(&state->migrations, version, &named.first);
        if (named.count != TDM_NAMES_ONE) {
            tdm_link_fault fault = {
                .severity = TDM_SEVERITY_ERROR, .revision = revision, .migration = TDM_LINK_NOBODY};
            if (blame_name(state, named, fault, err) != TDM_OK)
                return TDM_FAILED;
            continue;
        }
        tdm_link_edge edge = {revision, named.first, TDM_LINK_WRITTEN, line.place,
                              TDM_TEXT("the revision says 'Supabase:'")};
        if (tdm_link_add(state, edge, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_link_by_writing(tdm_link_state *state, tdm_error *err)
{
    for (size_t i = 0; i < state->input->migration_count; i++)
        if (written_in_sql(state, (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < state->input->revision_count; i++) {
        const tdm_link_revision *revision = &state->input->revisions[i];
        tdm_comment doc;
        if (!tdm_comment_read(state->arena, revision->doc, revision->doc_place, &doc))
            return tdm_fail_memory(err);
        for (size_t j = 0; j < doc.count; j++)
            if (written_in_python(state, (uint32_t)i, doc.lines[j], err) != TDM_OK)
                return TDM_FAILED;
    }
    return TDM_OK;
}

// --- Names in comments
// ----------------------------------------------------------------------------

// The revisions from `first` to `last` along the chain, as indices; empty when no line leads from
// one to the other. Revisions come in upgrade order, so that parents stand before their children.
static tdm_status range_members(tdm_link_state *state, uint32_t first, uint32_t last,
                                uint32_t **ret, size_t *ret_count, tdm_error *err)
{
    *ret_count = 0;
    if (first > last)
        return TDM_OK;
    size_t count = (size_t)last - first + 1;
    bool *above = tdm_arena_array(state->arena, count, sizeof *above);
    bool *wanted = tdm_arena_array(state->arena, count, sizeof *wanted);
    uint32_t *members = tdm_arena_array(state->arena, count, sizeof *members);
    if (!above || !wanted || !members)
        return tdm_fail_memory(err);
    above[0] = true;
    for (size_t i = 1; i < count; i++) {
        const tdm_link_revision *item = &state->input->revisions[first + i];
        for (size_t j = 0; j < item->parent_count; j++)
            if (item->parents[j] >= first && item->parents[j] < first + i)
                above[i] = above[i] || above[item->parents[j] - first];
    }
    wanted[count - 1] = above[count - 1];
    for (size_t i = count; i-- > 0;) {
        const tdm_link_revision *item = &state->input->revisions[first + i];
        if (!wanted[i])
            continue;
        for (size_t j = 0; j < item->parent_count; j++)
            if (item->parents[j] >= first && item->parents[j] < first + i &&
                above[item->parents[j] - first])
                wanted[item->parents[j] - first] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (wanted[i])
            members[(*ret_count)++] = first + (uint32_t)i;
    *ret = members;
    return TDM_OK;
}

// The things that a list of names stands for, faults reported on the way.
typedef TDM_VECTOR(tdm_link_edge) edge_list;

static tdm_status add_named(tdm_link_state *state, const tdm_named *named, tdm_link_fault fault,
                            edge_list *ret, tdm_error *err)
{
    bool in_sql = fault.migration != TDM_LINK_NOBODY;
    if (named->count != TDM_NAMES_ONE || (named->range && named->last_count != TDM_NAMES_ONE))
        return blame_name(state, *named, fault, err);
    uint32_t *members = NULL;
    uint32_t single = named->first;
    size_t count = 1;
    if (named->range && in_sql &&
        range_members(state, named->first, named->last, &members, &count, err) != TDM_OK)
        return TDM_FAILED;
    if (named->range && !in_sql)
        count = named->last >= named->first ? (size_t)named->last - named->first + 1 : 0;
    if (count == 0) {
        fault.place = named->place;
        fault.message =
            tdm_arena_printf(state->arena, "no line of the history leads from '%.*s' to '%.*s'",
                             TDM_TEXT_ARG(named->name), TDM_TEXT_ARG(named->last_name));
        return tdm_link_blame(state, fault, err);
    }
    tdm_text evidence =
        tdm_arena_printf(state->arena, "a comment names %.*s%s%.*s", TDM_TEXT_ARG(named->name),
                         named->range ? " to " : "", TDM_TEXT_ARG(named->last_name));
    for (size_t i = 0; i < count; i++) {
        uint32_t other = members ? members[i] : single + (uint32_t)i;
        tdm_link_edge edge = {in_sql ? other : fault.revision, in_sql ? fault.migration : other,
                              TDM_LINK_MENTION, named->place, evidence};
        if (!tdm_vector_push(state->arena, ret, edge))
            return tdm_fail_memory(err);
    }
    return tdm_arena_ok(state->arena) ? TDM_OK : tdm_fail_memory(err);
}

// A comment counts where its file was alone before this level, or where it also names what
// stronger evidence found.
static tdm_status add_mentions(tdm_link_state *state, const edge_list *edges, bool alone,
                               tdm_error *err)
{
    bool counts = alone;
    for (size_t i = 0; i < edges->count && !counts; i++)
        counts = tdm_link_has(state, edges->items[i].revision, edges->items[i].migration);
    for (size_t i = 0; i < edges->count && counts; i++)
        if (tdm_link_add(state, edges->items[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status mentions_of(tdm_link_state *state, tdm_comment comment, tdm_link_fault fault,
                              edge_list *ret, tdm_error *err)
{
    tdm_named_list names = {0};
    bool in_sql = fault.migration != TDM_LINK_NOBODY;
    tdm_status status =
        in_sql ? tdm_mentions_read(&state->revisions, TDM_MENTION_IN_SQL, comment, &names, err)
               : tdm_mentions_read(&state->migrations, TDM_MENTION_IN_PYTHON, comment, &names, err);
    for (size_t i = 0; status == TDM_OK && i < names.count; i++)
        status = add_named(state, &names.items[i], fault, ret, err);
    return status;
}

static tdm_status mentions_in_sql(tdm_link_state *state, uint32_t index, bool alone, tdm_error *err)
{
    const tdm_link_migration *item = &state->input->migrations[index];
    tdm_link_fault fault = {
        .severity = TDM_SEVERITY_WARNING, .revision = TDM_LINK_NOBODY, .migration = index};
    edge_list edges = {0};
    if (mentions_of(state, item->header, fault, &edges, err) != TDM_OK ||
        mentions_of(state, item->sources, fault, &edges, err) != TDM_OK)
        return TDM_FAILED;
    return add_mentions(state, &edges, alone, err);
}

static tdm_status mentions_in_python(tdm_link_state *state, uint32_t index, bool alone,
                                     tdm_error *err)
{
    const tdm_link_revision *item = &state->input->revisions[index];
    tdm_link_fault fault = {
        .severity = TDM_SEVERITY_WARNING, .revision = index, .migration = TDM_LINK_NOBODY};
    tdm_comment doc;
    edge_list edges = {0};
    if (!tdm_comment_read(state->arena, item->doc, item->doc_place, &doc))
        return tdm_fail_memory(err);
    if (mentions_of(state, doc, fault, &edges, err) != TDM_OK)
        return TDM_FAILED;
    return add_mentions(state, &edges, alone, err);
}

tdm_status tdm_link_by_mention(tdm_link_state *state, tdm_error *err)
{
    const tdm_link_input *input = state->input;
    bool *alone = tdm_arena_array(state->arena, input->revision_count, sizeof *alone);
    if (!alone)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < input->revision_count; i++)
        alone[i] = state->of_revision[i] == TDM_LINK_NONE;
    for (size_t i = 0; i < input->migration_count; i++) {
        bool migration_alone = state->of_migration[i] == TDM_LINK_NONE;
        if (mentions_in_sql(state, (uint32_t)i, migration_alone, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < input->revision_count; i++)
        if (mentions_in_python(state, (uint32_t)i, alone[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
