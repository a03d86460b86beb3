// Links by what two files have in common without saying so: digits, effect, slug.
#include "base/error.h"
#include "base/text.h"
#include "pair/digits.h"
#include "pair/link_state.h"
#include "pair/slug.h"

#include <string.h>

// --- Digits
// ---------------------------------------------------------------------------------------

typedef enum digit_source { FROM_ID, FROM_DATE, FROM_FILE, DIGIT_SOURCES } digit_source;

static const char *const digit_evidence[DIGIT_SOURCES] = {
    "the version has the digits of the revision id",
    "the version has the digits of the create date",
    "the version has the digits of the file name's date",
};

static size_t digits_of(tdm_arena *arena, const tdm_link_revision *revision, digit_source source,
                        tdm_text ret[2])
{
    switch (source) {
    case FROM_ID:
        ret[0] = tdm_digits_of_id(arena, revision->id);
        return ret[0].size > 0;
    case FROM_DATE:
        ret[0] = tdm_digits_of_date(arena, revision->created);
        return ret[0].size > 0;
    case FROM_FILE:
        return tdm_digits_of_file(arena, revision->file_name, ret);
    case DIGIT_SOURCES:
        break;
    }
    return 0;
}

// The migration whose version is one of the readings: only when it is one, alone, and when no other
// revision has the same digits.
static bool find_by_digits(const tdm_link_state *state, const tdm_map *shared,
                           const tdm_text readings[2], size_t count, uint32_t *ret)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t revision, migration;
        if (tdm_names_get(shared, readings[i], &revision) == TDM_NAMES_ONE &&
            tdm_names_exact(&state->migrations, readings[i], &migration) == TDM_NAMES_ONE &&
            state->of_migration[migration] == TDM_LINK_NONE) {
            *ret = migration;
            found++;
        }
    }
    return found == 1;
}

static tdm_status link_digits(tdm_link_state *state, digit_source source, tdm_error *err)
{
    const tdm_link_input *input = state->input;
    tdm_map shared;
    tdm_map_init(&shared, state->arena);
    tdm_text(*readings)[2] = tdm_arena_array(state->arena, input->revision_count, sizeof *readings);
    size_t *counts = tdm_arena_array(state->arena, input->revision_count, sizeof *counts);
    if (!readings || !counts)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < input->revision_count; i++) {
        if (state->of_revision[i] != TDM_LINK_NONE)
            continue;
        counts[i] = digits_of(state->arena, &input->revisions[i], source, readings[i]);
        for (size_t j = 0; j < counts[i]; j++)
            if (tdm_names_add(&shared, readings[i][j], (uint32_t)i, err) != TDM_OK)
                return TDM_FAILED;
    }
    for (size_t i = 0; i < input->revision_count; i++) {
        uint32_t migration;
        if (!find_by_digits(state, &shared, readings[i], counts[i], &migration))
            continue;
        tdm_link_edge edge = {(uint32_t)i, migration, TDM_LINK_DIGITS,
                              input->migrations[migration].place,
                              tdm_text_of(digit_evidence[source])};
        if (tdm_link_add(state, edge, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_link_by_digits(tdm_link_state *state, tdm_error *err)
{
    for (digit_source source = FROM_ID; source < DIGIT_SOURCES; source++)
        if (link_digits(state, source, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- Effect
// ---------------------------------------------------------------------------------------

// Whether linking both leaves every link in order: the migration stands behind those of the nearest
// linked revision before and before those of the nearest one after.
typedef struct gap {
    int64_t after;
    int64_t before;
} gap;

static bool in_gap(gap place, uint32_t migration)
{
    return (int64_t)migration > place.after && (int64_t)migration < place.before;
}

static gap *gaps_of(const tdm_link_state *state)
{
    size_t count = state->input->revision_count;
    gap *gaps = tdm_arena_array(state->arena, count, sizeof *gaps);
    int64_t after = -1;
    int64_t before = INT64_MAX;
    for (size_t i = 0; gaps && i < count; i++) {
        gaps[i].after = after;
        if (state->of_revision[i] != TDM_LINK_NONE && state->last_migration[i] > after)
            after = state->last_migration[i];
    }
    for (size_t i = count; gaps && i-- > 0;) {
        gaps[i].before = before;
        if (state->of_revision[i] != TDM_LINK_NONE && state->first_migration[i] < before)
            before = state->first_migration[i];
    }
    return gaps;
}

typedef struct effects {
    tdm_link_effect *revisions;
    tdm_link_effect *migrations;
} effects;

static tdm_status read_effects(tdm_link_state *state, effects *ret, tdm_error *err)
{
    const tdm_link_input *input = state->input;
    ret->revisions = tdm_arena_array(state->arena, input->revision_count, sizeof *ret->revisions);
    ret->migrations =
        tdm_arena_array(state->arena, input->migration_count, sizeof *ret->migrations);
    if (!ret->revisions || !ret->migrations)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < input->revision_count; i++)
        if (state->of_revision[i] == TDM_LINK_NONE &&
            input->effect(input->context, true, i, &ret->revisions[i], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < input->migration_count; i++)
        if (state->of_migration[i] == TDM_LINK_NONE &&
            input->effect(input->context, false, i, &ret->migrations[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// The key of an effect for the map, or an empty text when it has none. `core`: without what may
// stand on one side alone.
static tdm_text effect_key(const tdm_link_effect *effect, bool core)
{
    if (!effect->known || (core ? effect->core : effect->all) == 0)
        return (tdm_text){NULL, 0};
    const tdm_digest *id = core ? &effect->core_id : &effect->all_id;
    return (tdm_text){(const char *)id->bytes, sizeof id->bytes};
}

static tdm_status link_effects(tdm_link_state *state, const effects *found, bool core,
                               tdm_error *err)
{
    const tdm_link_input *input = state->input;
    tdm_map by_revision, by_migration;
    tdm_map_init(&by_revision, state->arena);
    tdm_map_init(&by_migration, state->arena);
    for (size_t i = 0; i < input->revision_count; i++)
        if (state->of_revision[i] == TDM_LINK_NONE &&
            tdm_names_add(&by_revision, effect_key(&found->revisions[i], core), (uint32_t)i, err) !=
                TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < input->migration_count; i++)
        if (state->of_migration[i] == TDM_LINK_NONE &&
            tdm_names_add(&by_migration, effect_key(&found->migrations[i], core), (uint32_t)i,
                          err) != TDM_OK)
            return TDM_FAILED;
    gap *gaps = gaps_of(state);
    if (!gaps)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < by_revision.count; i++) {
        tdm_text key = by_revision.entries[i].key;
        uint32_t revision, migration;
        if (tdm_names_get(&by_revision, key, &revision) != TDM_NAMES_ONE ||
            tdm_names_get(&by_migration, key, &migration) != TDM_NAMES_ONE ||
            !in_gap(gaps[revision], migration))
            continue;
        tdm_link_edge edge = {revision, migration, TDM_LINK_EFFECT,
                              input->migrations[migration].place,
                              TDM_TEXT("both do the same at the same place in the order")};
        if (tdm_link_add(state, edge, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_link_by_effect(tdm_link_state *state, tdm_error *err)
{
    effects found;
    if (!state->input->effect)
        return TDM_OK;
    if (read_effects(state, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (link_effects(state, &found, false, err) != TDM_OK)
        return TDM_FAILED;
    return link_effects(state, &found, true, err);
}

// --- Slug
// -----------------------------------------------------------------------------------------

static bool takes_slug(const tdm_link_state *state, size_t revision)
{
    return state->of_revision[revision] == TDM_LINK_NONE ||
           state->of_revision[revision] == TDM_LINK_MENTION;
}

tdm_status tdm_link_by_slug(tdm_link_state *state, tdm_error *err)
{
    const tdm_link_input *input = state->input;
    tdm_map of_revisions, of_migrations;
    tdm_map_init(&of_revisions, state->arena);
    tdm_map_init(&of_migrations, state->arena);
    for (size_t i = 0; i < input->revision_count; i++) {
        tdm_text slugs[TDM_SLUGS_MAX];
        size_t count = tdm_slugs_of_revision(state->arena, &input->revisions[i], slugs);
        for (size_t j = 0; j < count; j++)
            if (tdm_names_add(&of_revisions, slugs[j], (uint32_t)i, err) != TDM_OK)
                return TDM_FAILED;
    }
    for (size_t i = 0; i < input->migration_count; i++) {
        tdm_text slug = tdm_slug_of_migration(state->arena, &input->migrations[i]);
        if (tdm_names_add(&of_migrations, slug, (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < of_migrations.count; i++) {
        tdm_text slug = of_migrations.entries[i].key;
        uint32_t revision, migration;
        if (tdm_names_get(&of_migrations, slug, &migration) != TDM_NAMES_ONE ||
            tdm_names_get(&of_revisions, slug, &revision) != TDM_NAMES_ONE ||
            state->of_migration[migration] != TDM_LINK_NONE || !takes_slug(state, revision))
            continue;
        tdm_link_edge edge = {
            revision, migration, TDM_LINK_SLUG, input->migrations[migration].place,
            tdm_arena_printf(state->arena, "both are named '%.*s'", TDM_TEXT_ARG(slug))};
        if (tdm_link_add(state, edge, err) != TDM_OK)
            return TDM_FAILED;
    }
    return tdm_arena_ok(state->arena) ? TDM_OK : tdm_fail_memory(err);
}
