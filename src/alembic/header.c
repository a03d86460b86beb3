#include "alembic/header.h"

#include "base/error.h"
#include "base/text.h"
#include "base/tree.h"
#include "base/vector.h"

#include "python/syntax.h"

#include <string.h>

typedef struct reader {
    tdm_arena *arena;
    const char *path;
    tdm_py_source *source;
    tdm_revision *revision;
    tdm_error *err;
} reader;

static tdm_place start_of(const char *path)
{
    return (tdm_place){.file = path, .line = 1, .column = 1, .end_line = 1, .end_column = 1};
}

static tdm_status literal(reader *in, tdm_text name, tdm_py_literal *ret)
{
    return tdm_py_literal_of(in->arena, in->source, name, ret, in->err);
}

static tdm_status fail_kind(reader *in, const char *name, const tdm_py_literal *value,
                            const char *expected)
{
    tdm_text source = tdm_text_slice(value->source, 0, tdm_text_find_char(value->source, '\n'));
    return tdm_fail(in->err, TDM_ERROR_OPAQUE, value->place, "%s is '%.*s', not %s in literals",
                    name, TDM_TEXT_ARG(source), expected);
}

// `[a-f0-9]+\.py`: the id of a file without `revision`, from before Alembic 0.2.
static bool legacy_id(const char *path, tdm_text *ret)
{
    tdm_text name = tdm_path_base(tdm_text_of(path));
    size_t size = 0;
    while (size < name.size &&
           (tdm_is_digit(name.data[size]) || (name.data[size] >= 'a' && name.data[size] <= 'f')))
        size++;
    *ret = tdm_text_slice(name, 0, size);
    return size > 0 && tdm_text_is(tdm_text_from(name, size), ".py");
}

// Revision.verify_rev_id: the characters that revision arguments give a meaning, sorted.
static tdm_status check_id(reader *in)
{
    tdm_text id = in->revision->id;
    tdm_text wrong = {NULL, 0};
    for (const char *c = "+-:@"; *c; c++)
        if (tdm_text_find_char(id, *c) != SIZE_MAX)
            wrong = tdm_arena_printf(in->arena, "%.*s%s%c", TDM_TEXT_ARG(wrong),
                                     wrong.size ? ", " : "", *c);
    if (wrong.size)
        return tdm_fail(in->err, TDM_ERROR_CHAIN, in->revision->id_place,
                        "Character(s) '%.*s' not allowed in revision identifier '%.*s'",
                        TDM_TEXT_ARG(wrong), TDM_TEXT_ARG(id));
    if (id.size == 0)
        return tdm_fail(in->err, TDM_ERROR_CHAIN, in->revision->id_place, "revision is empty");
    return TDM_OK;
}

static tdm_status read_id(reader *in)
{
    tdm_py_literal value;
    tdm_text name = tdm_path_base(tdm_text_of(in->path));
    if (literal(in, TDM_TEXT("revision"), &value) != TDM_OK)
        return TDM_FAILED;
    in->revision->id_place = value.place;
    if (value.kind == TDM_PY_LITERAL_STRING) {
        in->revision->id = value.items[0];
        return TDM_OK;
    }
    if (value.kind != TDM_PY_LITERAL_ABSENT)
        return fail_kind(in, "revision", &value, "a string");
    in->revision->id_place = start_of(in->path);
    if (legacy_id(in->path, &in->revision->id))
        return TDM_OK;
    return tdm_fail(
        in->err, TDM_ERROR_CHAIN, in->revision->id_place,
        "Could not determine revision id from filename %.*s. Be sure the 'revision' "
        "variable is declared inside the script (please see 'Upgrading from Alembic 0.1 "
        "to 0.2' in the documentation).",
        TDM_TEXT_ARG(name));
}

// module 'a_b_py' has no attribute 'down_revision'
static tdm_status fail_attribute(reader *in, const char *name)
{
    tdm_text base = tdm_path_base(tdm_text_of(in->path));
    char *module = tdm_arena_string(in->arena, base);
    if (!module)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < base.size; i++)
        if (!tdm_is_alnum(module[i]) && (unsigned char)module[i] < 0x80)
            module[i] = '_';
    return tdm_fail(in->err, TDM_ERROR_CHAIN, start_of(in->path),
                    "module '%s' has no attribute '%s'", module, name);
}

// None, a string, or several. `required`: an absent one is what Alembic calls an AttributeError.
static tdm_status read_names(reader *in, const char *name, bool required, tdm_texts *ret,
                             tdm_place *ret_place)
{
    tdm_py_literal value;
    if (literal(in, tdm_text_of(name), &value) != TDM_OK)
        return TDM_FAILED;
    *ret_place = value.kind == TDM_PY_LITERAL_ABSENT ? in->revision->id_place : value.place;
    switch (value.kind) {
    case TDM_PY_LITERAL_ABSENT:
        return required ? fail_attribute(in, name) : TDM_OK;
    case TDM_PY_LITERAL_NONE:
        return TDM_OK;
    case TDM_PY_LITERAL_STRING:
    case TDM_PY_LITERAL_STRINGS:
        *ret = (tdm_texts){value.items, value.count};
        return TDM_OK;
    case TDM_PY_LITERAL_OTHER:
        break;
    }
    return fail_kind(in, name, &value, "None, a string or several strings");
}

// depends_on and branch_labels: without them the revision still has its place in the chain.
static tdm_status read_more(reader *in, const char *name, tdm_texts *ret, tdm_place *ret_place)
{
    tdm_error *err = in->err;
    tdm_error wrong = TDM_ERROR_INIT;
    in->err = &wrong;
    tdm_status status = read_names(in, name, false, ret, ret_place);
    in->err = err;
    if (status == TDM_OK)
        return TDM_OK;
    if (wrong.code != TDM_ERROR_OPAQUE)
        return tdm_fail_memory(err);
    in->revision->unknown = tdm_arena_text(in->arena, tdm_text_of(wrong.message));
    in->revision->unknown_place = *ret_place;
    return TDM_OK;
}

static void read_docstring(reader *in)
{
    tdm_revision *revision = in->revision;
    tdm_text line;
    tdm_text doc = tdm_text_strip(tdm_py_docstring(in->source, &revision->doc_place));
    revision->doc = doc.size ? tdm_arena_text(in->arena, doc) : doc;
    size_t end = tdm_text_find(revision->doc, TDM_TEXT("\n\n"));
    revision->message = tdm_text_slice(revision->doc, 0, end);
    tdm_text rest = revision->doc;
    while (tdm_text_next_line(&rest, &line)) {
        tdm_text stripped = tdm_text_trim(line);
        if (!tdm_text_starts(stripped, TDM_TEXT("Create Date:")))
            continue;
        revision->create_date = tdm_text_trim(tdm_text_from(stripped, sizeof "Create Date:" - 1));
        return;
    }
}

static tdm_status read_all(reader *in)
{
    tdm_revision *revision = in->revision;
    if (read_id(in) != TDM_OK ||
        read_names(in, "down_revision", true, &revision->down, &revision->down_place) != TDM_OK ||
        read_more(in, "branch_labels", &revision->labels, &revision->labels_place) != TDM_OK ||
        read_more(in, "depends_on", &revision->depends_on, &revision->depends_place) != TDM_OK ||
        check_id(in) != TDM_OK)
        return TDM_FAILED;
    read_docstring(in);
    revision->has_upgrade = tdm_py_has_function(in->source, TDM_TEXT("upgrade"));
    revision->has_downgrade = tdm_py_has_function(in->source, TDM_TEXT("downgrade"));
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
}

tdm_status tdm_header_has_source(const char *path, tdm_error *err)
{
    if (tdm_text_ends(tdm_text_of(path), TDM_TEXT(".py")))
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_OPAQUE, start_of(path), "compiled revision without its source");
    return tdm_hint(err, "Put the .py file back, or turn off sourceless.");
}

tdm_status tdm_header_of(tdm_arena *arena, const tdm_py_file *file, tdm_py_source *parsed,
                         tdm_revision *ret, tdm_error *err)
{
    tdm_revision revision = {.path = file->path, .source = file->text};
    reader in = {
        .arena = arena, .path = file->path, .source = parsed, .revision = &revision, .err = err};
    if (read_all(&in) != TDM_OK)
        return TDM_FAILED;
    *ret = revision;
    return TDM_OK;
}

tdm_status tdm_header_read(tdm_arena *arena, const char *path, tdm_text source, tdm_revision *ret,
                           tdm_error *err)
{
    tdm_py_source *parsed = NULL;
    if (tdm_header_has_source(path, err) != TDM_OK ||
        tdm_py_parse(arena, path, source, &parsed, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_header_of(arena, &(tdm_py_file){path, source}, parsed, ret, err);
    tdm_py_source_free(parsed);
    return status;
}
