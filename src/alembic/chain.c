// Linking follows RevisionMap._revision_map step by step and in its order, because what Alembic
// says depends on how far it came. Where it raises, a problem is recorded and the link left out.
#include "alembic/chain.h"

#include "alembic/chain_build.h"
#include "alembic/graph.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

bool tdm_is_branch_point(const tdm_revision *revision)
{
    return revision->children.count > 1;
}

bool tdm_is_merge_point(const tdm_revision *revision)
{
    return revision->down.count > 1;
}

tdm_revision *tdm_chain_get(const tdm_chain *chain, tdm_text id)
{
    tdm_revision *found = tdm_map_get(&chain->by_name, id);
    return found && tdm_text_equal(found->id, id) ? found : NULL;
}

tdm_status tdm_chain_check(const tdm_chain *chain, tdm_error *err)
{
    for (size_t i = 0; i < chain->problem_count; i++) {
        const tdm_problem *problem = &chain->problems[i];
        if (problem->fatal)
            return tdm_fail(err, problem->code, problem->place, "%.*s",
                            TDM_TEXT_ARG(problem->message));
    }
    return TDM_OK;
}

bool tdm_chain_problem(tdm_chain_builder *in, tdm_problem problem)
{
    if (problem.code == TDM_ERROR_NONE)
        problem.code = TDM_ERROR_CHAIN;
    return tdm_vector_push(in->arena, &in->problems, problem);
}

bool tdm_chain_stamp(tdm_chain_builder *in, const tdm_revision *revision)
{
    uint32_t *stamp = &in->links[revision->index].stamp;
    if (*stamp == in->stamp)
        return false;
    *stamp = in->stamp;
    return true;
}

static bool names(tdm_texts texts, tdm_text name)
{
    for (size_t i = 0; i < texts.count; i++)
        if (tdm_text_equal(texts.items[i], name))
            return true;
    return false;
}

static bool note_self_loop(tdm_chain_builder *in, tdm_revision *revision)
{
    bool parent = names(revision->down, revision->id);
    if (!parent && !names(revision->depends_on, revision->id))
        return true;
    return tdm_chain_problem(
        in,
        (tdm_problem){.kind = TDM_PROBLEM_SELF_LOOP,
                      .fatal = true,
                      .place = parent ? revision->down_place : revision->depends_place,
                      .name = revision->id,
                      .revision = revision,
                      .message = tdm_arena_printf(in->arena, "%s is detected in revisions (%.*s)",
                                                  parent ? "Self-loop" : "Dependency self-loop",
                                                  TDM_TEXT_ARG(revision->id))});
}

// Ids become keys in load order. The later of two files with one id replaces the earlier.
static bool register_ids(tdm_chain_builder *in)
{
    tdm_chain *chain = in->chain;
    for (size_t i = 0; i < chain->revisions.count; i++) {
        tdm_revision *revision = chain->revisions.items[i];
        tdm_revision *first = tdm_map_get(&chain->by_name, revision->id);
        revision->index = (uint32_t)i;
        revision->rank = first ? first->rank : (uint32_t)chain->by_name.count;
        revision->head = true;
        revision->real_head = true;
        if (!note_self_loop(in, revision))
            return false;
        if (first) {
            first->replaced = true;
            tdm_problem twice = {
                .kind = TDM_PROBLEM_DUPLICATE,
                .place = revision->id_place,
                .other_place = first->id_place,
                .name = revision->id,
                .revision = revision,
                .message = tdm_arena_printf(in->arena, "Revision %.*s is present more than once",
                                            TDM_TEXT_ARG(revision->id))};
            if (!tdm_chain_problem(in, twice))
                return false;
        }
        if (!tdm_map_put(&chain->by_name, revision->id, revision))
            return false;
    }
    return true;
}

static bool register_label(tdm_chain_builder *in, tdm_revision *revision, tdm_text label)
{
    tdm_revision *owner = tdm_map_get(&in->chain->by_name, label);
    if (!owner)
        return tdm_map_put(&in->chain->by_name, label, revision);
    return tdm_chain_problem(
        in, (tdm_problem){
                .kind = TDM_PROBLEM_LABEL_TAKEN,
                .fatal = true,
                .place = revision->labels_place,
                .other_place = owner->labels.count ? owner->labels_place : owner->id_place,
                .name = label,
                .revision = revision,
                .message = tdm_arena_printf(
                    in->arena, "Branch name '%.*s' in revision %.*s already used by revision %.*s",
                    TDM_TEXT_ARG(label), TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(owner->id))});
}

static bool register_labels(tdm_chain_builder *in)
{
    for (size_t i = 0; i < in->chain->revisions.count; i++) {
        tdm_revision *revision = in->chain->revisions.items[i];
        for (size_t k = 0; k < revision->labels.count; k++)
            if (!register_label(in, revision, revision->labels.items[k]))
                return false;
    }
    return true;
}

// Dependencies are ids or labels.
static bool resolve_dependencies(tdm_chain_builder *in, tdm_revision *revision)
{
    tdm_revision_list *list = &revision->dependencies;
    list->items = tdm_arena_array(in->arena, revision->depends_on.count, sizeof(tdm_revision *));
    if (!list->items)
        return false;
    in->stamp++;
    for (size_t i = 0; i < revision->depends_on.count; i++) {
        tdm_text name = revision->depends_on.items[i];
        tdm_revision *found = tdm_map_get(&in->chain->by_name, name);
        if (found) {
            if (found != revision && tdm_chain_stamp(in, found))
                list->items[list->count++] = found;
            continue;
        }
        revision->missing = true;
        tdm_problem absent = {.kind = TDM_PROBLEM_MISSING_DEPENDENCY,
                              .fatal = true,
                              .place = revision->depends_place,
                              .name = name,
                              .revision = revision,
                              .message = tdm_arena_printf(
                                  in->arena, "Revision %.*s, a dependency of %.*s, is not present",
                                  TDM_TEXT_ARG(name), TDM_TEXT_ARG(revision->id))};
        if (!tdm_chain_problem(in, absent))
            return false;
    }
    return true;
}

// What str(script) gives at this moment of the linking: Alembic's warning quotes it.
static tdm_text describe(tdm_chain_builder *in, const tdm_revision *revision)
{
    size_t children = in->links[revision->index].children.count;
    tdm_buffer text = TDM_BUFFER_INIT(1 << 16);
    if (revision->down.count == 0)
        tdm_buffer_puts(&text, "<base>");
    for (size_t i = 0; i < revision->down.count; i++) {
        tdm_buffer_puts(&text, i ? ", " : "");
        tdm_buffer_put(&text, revision->down.items[i]);
    }
    tdm_buffer_putf(&text, " -> %.*s%s%s%s, %.*s", TDM_TEXT_ARG(revision->id),
                    children == 0 ? " (head)" : "", children > 1 ? " (branchpoint)" : "",
                    tdm_is_merge_point(revision) ? " (mergepoint)" : "",
                    TDM_TEXT_ARG(revision->message));
    return tdm_buffer_take(&text, in->arena);
}

static bool note_missing_parent(tdm_chain_builder *in, tdm_revision *revision, tdm_text name)
{
    tdm_problem problem = {.kind = TDM_PROBLEM_MISSING_PARENT,
                           .fatal = true,
                           .place = revision->down_place,
                           .name = name,
                           .revision = revision};
    revision->missing = true;
    if (tdm_map_has(&in->chain->by_name, name))
        problem.message = tdm_arena_printf(
            in->arena, "down_revision of %.*s names the branch label %.*s; it must name an id",
            TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(name));
    else
        problem.message =
            tdm_arena_printf(in->arena, "Revision %.*s referenced from %.*s is not present",
                             TDM_TEXT_ARG(name), TDM_TEXT_ARG(describe(in, revision)));
    return tdm_chain_problem(in, problem);
}

// Adds a revision to a list that it is not the last of: children are found one after the other, so
// that looking there is enough to have each once.
static bool push_once(tdm_chain_builder *in, tdm_growing_list *list, tdm_revision *revision)
{
    if (list->count && list->items[list->count - 1] == revision)
        return true;
    if (!tdm_vector_reserve(in->arena, (void **)&list->items, &list->capacity, list->count,
                            sizeof(tdm_revision *)))
        return false;
    list->items[list->count++] = revision;
    return true;
}

static bool add_child(tdm_chain_builder *in, tdm_revision *below, tdm_revision *child, bool parent)
{
    tdm_chain_links *links = &in->links[below->index];
    if (!push_once(in, &links->all, child))
        return false;
    below->real_head = false;
    if (!parent)
        return true;
    below->head = false;
    return push_once(in, &links->children, child);
}

static bool link_parents(tdm_chain_builder *in, tdm_revision *revision)
{
    tdm_revision_list *parents = &revision->parents;
    parents->items = tdm_arena_array(in->arena, revision->down.count, sizeof(tdm_revision *));
    if (!parents->items)
        return false;
    for (size_t i = 0; i < revision->down.count; i++) {
        tdm_text name = revision->down.items[i];
        tdm_revision *found = tdm_chain_get(in->chain, name);
        if (tdm_text_equal(name, revision->id))
            continue;
        if (!found && !note_missing_parent(in, revision, name))
            return false;
        if (!found)
            continue;
        parents->items[parents->count++] = found;
        if (!revision->replaced && !add_child(in, found, revision, true))
            return false;
    }
    for (size_t i = 0; i < revision->dependencies.count && !revision->replaced; i++)
        if (!add_child(in, revision->dependencies.items[i], revision, false))
            return false;
    return true;
}

static bool link_all(tdm_chain_builder *in)
{
    tdm_revision_list all = in->chain->revisions;
    for (size_t i = 0; i < all.count; i++)
        if (!resolve_dependencies(in, all.items[i]))
            return false;
    for (size_t i = 0; i < all.count; i++)
        if (!link_parents(in, all.items[i]))
            return false;
    for (size_t i = 0; i < all.count; i++) {
        const tdm_chain_links *links = &in->links[i];
        all.items[i]->children = (tdm_revision_list){links->children.items, links->children.count};
        all.items[i]->all_children = (tdm_revision_list){links->all.items, links->all.count};
    }
    return true;
}

static bool collect(tdm_chain_builder *in, bool (*wanted)(const tdm_revision *),
                    tdm_revision_list *ret)
{
    tdm_revision_list all = in->chain->revisions;
    tdm_revision_list list = {tdm_arena_array(in->arena, all.count, sizeof(tdm_revision *)), 0};
    if (!list.items)
        return false;
    for (size_t i = 0; i < all.count; i++)
        if (wanted(all.items[i]))
            list.items[list.count++] = all.items[i];
    *ret = list;
    return true;
}

static bool is_head(const tdm_revision *revision)
{
    return revision->head;
}

static bool is_real_head(const tdm_revision *revision)
{
    return revision->real_head;
}

static bool is_base(const tdm_revision *revision)
{
    return revision->down.count == 0;
}

tdm_status tdm_chain_link_from(tdm_chain_builder *in, tdm_chain **ret, tdm_error *err)
{
    tdm_chain *chain = in->chain;
    size_t count = chain->revisions.count;
    tdm_map_init(&chain->by_name, in->arena);
    in->links = tdm_arena_array(in->arena, count, sizeof *in->links);
    if (!in->links || !register_ids(in) || !register_labels(in) || !link_all(in) ||
        !collect(in, is_head, &chain->heads) || !collect(in, is_real_head, &chain->real_heads) ||
        !collect(in, is_base, &chain->bases))
        return tdm_fail_memory(err);
    if (tdm_chain_normalize(in, err) != TDM_OK || tdm_chain_find_cycles(in, err) != TDM_OK ||
        tdm_chain_spread_labels(in, err) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(err);
    chain->problems = in->problems.items;
    chain->problem_count = in->problems.count;
    *ret = chain;
    return TDM_OK;
}

tdm_status tdm_chain_builder_start(tdm_arena *arena, tdm_chain_builder *ret, tdm_error *err)
{
    *ret = (tdm_chain_builder){.arena = arena, .chain = tdm_arena_new_of(arena, tdm_chain)};
    if (!ret->chain)
        return tdm_fail_memory(err);
    ret->chain->arena = arena;
    return TDM_OK;
}

tdm_status tdm_chain_link(tdm_arena *arena, tdm_revision *revisions, size_t count, tdm_chain **ret,
                          tdm_error *err)
{
    tdm_chain_builder in;
    if (tdm_chain_builder_start(arena, &in, err) != TDM_OK)
        return TDM_FAILED;
    tdm_revision_list *list = &in.chain->revisions;
    list->items = tdm_arena_array(arena, count, sizeof(tdm_revision *));
    if (!list->items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        list->items[list->count++] = &revisions[i];
    return tdm_chain_link_from(&in, ret, err);
}

bool tdm_problem_hides_revisions(tdm_problem_kind kind)
{
    switch (kind) {
    case TDM_PROBLEM_UNREADABLE:
    case TDM_PROBLEM_DUPLICATE:
    case TDM_PROBLEM_MISSING_PARENT:
    case TDM_PROBLEM_MISSING_DEPENDENCY:
    case TDM_PROBLEM_CYCLE:
    case TDM_PROBLEM_DEPENDENCY_CYCLE:
    case TDM_PROBLEM_SELF_LOOP:
        return true;
    case TDM_PROBLEM_LOADED_TWICE:
    case TDM_PROBLEM_LABEL_TAKEN:
        return false;
    }
    return true;
}
