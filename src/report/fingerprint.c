#include "report/fingerprint.h"

#include "base/digest.h"
#include "base/map.h"
#include "base/text.h"

// The number of a finding among those that say the same, the first being 0.
static bool number_among_equals(tdm_map *seen, const char *hex, uint64_t *ret)
{
    uint64_t *count = tdm_map_get(seen, (tdm_text){hex, 32});
    if (!count) {
        char *key = tdm_arena_string(seen->arena, (tdm_text){hex, 32});
        count = tdm_arena_new_of(seen->arena, uint64_t);
        if (!key || !count || !tdm_map_put(seen, tdm_text_of(key), count))
            return false;
    }
    *ret = (*count)++;
    return true;
}

static bool fingerprint(tdm_hasher *hasher, tdm_map *seen, const tdm_finding *finding,
                        tdm_fingerprint *ret)
{
    tdm_digest digest;
    uint64_t number = 0;
    const tdm_text parts[] = {
        tdm_text_of(tdm_finding_code(finding->kind)),
        tdm_text_of(finding->place.file),
        tdm_text_of(finding->other_place.file),
        finding->revision,
        finding->version,
        finding->message,
        finding->says,
        finding->other_says,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        tdm_hasher_put_text(hasher, parts[i]);
    if (tdm_hasher_end(hasher, &digest, NULL) != TDM_OK)
        return false;
    tdm_digest_hex(digest, ret->hex);
    if (!number_among_equals(seen, ret->hex, &number))
        return false;
    if (number == 0)
        return true;
    tdm_hasher_put_text(hasher, tdm_text_of(ret->hex));
    tdm_hasher_put_u64(hasher, number);
    if (tdm_hasher_end(hasher, &digest, NULL) != TDM_OK)
        return false;
    tdm_digest_hex(digest, ret->hex);
    return true;
}

bool tdm_fingerprints_of(tdm_arena *arena, const tdm_check_result *result, tdm_fingerprints *ret)
{
    tdm_map seen;
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_map_init(&seen, arena);
    ret->findings = tdm_arena_array(arena, result->finding_count, sizeof *ret->findings);
    ret->ignored = tdm_arena_array(arena, result->ignored_count, sizeof *ret->ignored);
    bool done = hasher && ret->findings && ret->ignored;
    for (size_t i = 0; done && i < result->finding_count; i++)
        done = fingerprint(hasher, &seen, &result->findings[i], &ret->findings[i]);
    for (size_t i = 0; done && i < result->ignored_count; i++)
        done = fingerprint(hasher, &seen, &result->ignored[i], &ret->ignored[i]);
    tdm_hasher_free(hasher);
    return done;
}
