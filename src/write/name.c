#include "write/name.h"

#include "base/text.h"
#include "base/tree.h"
#include "supabase/folder.h"

enum {
    // File systems end at 255 bytes for a name; the version, ".sql" and some room come on top.
    LONGEST_SLUG = 120
};

// Letters, digits and single underscores between them.
static tdm_text clean(tdm_arena *arena, tdm_text text, bool lower)
{
    char *out = tdm_arena_alloc(arena, LONGEST_SLUG);
    size_t size = 0;
    bool gap = false;
    for (size_t i = 0; out && i < text.size; i++) {
        char c = text.data[i];
        if (!tdm_is_alnum(c)) {
            gap = size > 0;
            continue;
        }
        if (size + 2 > LONGEST_SLUG)
            break;
        if (gap)
            out[size++] = '_';
        gap = false;
        out[size++] = (char)(lower ? tdm_to_lower(c) : c);
    }
    return (tdm_text){out, size};
}

static bool is_joint(tdm_text text, size_t at)
{
    return at < text.size && (text.data[at] == '_' || text.data[at] == '-');
}

// What a file name says besides the id: Alembic's own names are "<id>_<slug>.py".
static tdm_text slug_of_file(tdm_arena *arena, tdm_text name, tdm_text id)
{
    if (tdm_text_starts(name, id) && is_joint(name, id.size))
        return clean(arena, tdm_text_from(name, id.size + 1), false);
    // "<date>_<id>.py", where the id is the words.
    if (tdm_text_ends(name, id) && id.size < name.size && is_joint(name, name.size - id.size - 1))
        return clean(arena, id, false);
    return (tdm_text){0};
}

tdm_text tdm_migration_slug(tdm_arena *arena, const tdm_revision *revision)
{
    tdm_text name = tdm_path_base(tdm_text_of(revision->path));
    if (tdm_text_ends(name, TDM_TEXT(".py")))
        name = tdm_text_slice(name, 0, name.size - 3);
    tdm_text slug = slug_of_file(arena, name, revision->id);
    if (slug.size == 0)
        slug = clean(arena, revision->message, true);
    if (slug.size == 0)
        slug = clean(arena, revision->id, false);
    return slug.size ? slug : TDM_TEXT("migration");
}

tdm_text tdm_migration_slug_at(tdm_arena *arena, const tdm_revision *revision, tdm_text version)
{
    tdm_text slug = tdm_migration_slug(arena, revision);
    tdm_text file =
        tdm_arena_printf(arena, "%.*s_%.*s.sql", TDM_TEXT_ARG(version), TDM_TEXT_ARG(slug));
    return tdm_migration_is_old_init(file) ? TDM_TEXT("initial") : slug;
}
