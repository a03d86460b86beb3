#include "write/revision_file.h"

#include "alembic/config.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "write/new_name.h"
#include "write/new_template.h"

typedef struct maker {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_revision_input *input;
    tdm_error *err;
} maker;

tdm_text tdm_new_timezone(const tdm_project *project)
{
    return tdm_project_alembic(project)->timezone;
}

tdm_status tdm_revision_message_check(tdm_text message, tdm_error *err)
{
    if (message.size == 0)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "the message is empty");
    for (size_t i = 0; i < message.size; i++) {
        unsigned char c = (unsigned char)message.data[i];
        if (c < 0x20 || c == 0x7F || c == '\\' || c == '"')
            return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                            "a message cannot hold line ends, backslashes and double quotes: it "
                            "stands in the revision's docstring");
    }
    if (tdm_utf8_error(message) != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "the message is no UTF-8");
    return TDM_OK;
}

bool tdm_revision_id_is_dated(tdm_text id)
{
    enum { DATE = 8, SIZE = 15 };
    for (size_t i = 0; i < id.size; i++) {
        if (i == DATE ? id.data[i] != '_' : !tdm_is_digit(id.data[i]))
            return false;
    }
    return id.size == SIZE;
}

// --- What the template is given ------------------------------------------------------------------

// As str() of a datetime: microseconds unless they are 0, and the offset when a timezone is set.
static tdm_text create_date(const maker *m)
{
    tdm_new_time now = m->input->time;
    tdm_new_moment at = tdm_new_wall(now);
    unsigned offset = (unsigned)(now.offset < 0 ? -now.offset : now.offset);
    tdm_buffer out = TDM_BUFFER_INIT(100);
    tdm_buffer_putf(&out, "%04u-%02u-%02u %02u:%02u:%02u", at.year, at.month, at.day, at.hour,
                    at.minute, at.second);
    if (now.microseconds)
        tdm_buffer_putf(&out, ".%06u", now.microseconds);
    if (tdm_new_timezone(m->project).size)
        tdm_buffer_putf(&out, "%c%02u:%02u", now.offset < 0 ? '-' : '+', offset / 3600,
                        offset / 60 % 60);
    return tdm_buffer_take(&out, m->arena);
}

// The message, and the line that names the twin below it.
static tdm_text docstring(const maker *m)
{
    if (m->input->link.size == 0)
        return m->input->message;
    return tdm_arena_printf(m->arena, "%.*s\n\n%.*s", TDM_TEXT_ARG(m->input->message),
                            TDM_TEXT_ARG(m->input->link));
}

static tdm_status render(const maker *m, const char *path, tdm_text source, tdm_text *ret)
{
    const tdm_revision_input *input = m->input;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    const tdm_template_value values[] = {
        {.name = "message", .text = docstring(m)},
        {.name = "up_revision", .text = input->id},
        {.name = "down_revision",
         .text = input->parent.size ? input->parent : (tdm_text){NULL, 0},
         .more = input->more_parents.items,
         .more_count = input->more_parents.count},
        {.name = "branch_labels", .text = {NULL, 0}},
        {.name = "depends_on", .text = {NULL, 0}},
        {.name = "create_date", .text = create_date(m)},
        {.name = "imports", .text = input->imports.data ? input->imports : TDM_TEXT("")},
        {.name = "upgrades", .text = input->upgrade.data ? input->upgrade : TDM_TEXT("")},
        {.name = "downgrades", .text = input->downgrade.data ? input->downgrade : TDM_TEXT("")},
    };
    if (tdm_template_render(path, source, values, sizeof values / sizeof *values, &out, m->err) !=
        TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    *ret = tdm_buffer_take(&out, m->arena);
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

// --- The file ------------------------------------------------------------------------------------

// Where `alembic revision` would put it: the one folder of revisions, else the head's.
static tdm_status find_folder(const maker *m, tdm_text *ret)
{
    const tdm_alembic_config *config = tdm_project_alembic(m->project);
    const tdm_revision_list *heads = &tdm_project_chain(m->project)->heads;
    if (config->version_count == 1)
        *ret = tdm_text_of(config->versions[0]);
    else if (heads->count)
        *ret = tdm_path_folder(tdm_text_of(heads->items[0]->path));
    else if (config->version_count == 0)
        *ret = tdm_arena_printf(m->arena, "%s/versions", config->script_location);
    else
        return tdm_fail(m->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "there are several folders of revisions and none to follow");
    return TDM_OK;
}

static bool has_parents(const tdm_revision_input *input, tdm_texts down)
{
    size_t count = (input->parent.size > 0) + input->more_parents.count;
    bool same = down.count == count && (count == 0 || tdm_text_equal(down.items[0], input->parent));
    for (size_t i = 1; same && i < count; i++)
        same = tdm_text_equal(down.items[i], input->more_parents.items[i - 1]);
    return same;
}

// What was written says what it was to say; else the template does something unforeseen.
static tdm_status read_back(const maker *m, const char *path, tdm_text text, tdm_revision *ret)
{
    if (tdm_header_read(m->arena, path, text, ret, m->err) != TDM_OK)
        return TDM_FAILED;
    if (!has_parents(m->input, ret->down) || !tdm_text_equal(ret->id, m->input->id) ||
        !ret->has_upgrade)
        return tdm_fail(m->err, TDM_ERROR_CONFIG, (tdm_place){.file = path},
                        "what script.py.mako makes is not the revision that was asked for");
    return TDM_OK;
}

static tdm_status make_file(const maker *m, tdm_converted *ret, tdm_revision *ret_revision)
{
    const tdm_alembic_config *config = tdm_project_alembic(m->project);
    tdm_text source;
    tdm_text name;
    tdm_text folder;
    if (!config->script_location)
        return tdm_fail(m->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "a new revision needs the project's script.py.mako, and no configuration "
                        "of Alembic says where it is");
    const char *template_path = tdm_path_join(m->arena, config->script_location, "script.py.mako");
    if (!template_path)
        return tdm_fail_memory(m->err);
    if (tdm_tree_read(tdm_project_tree(m->project), template_path, m->arena, &source, m->err) !=
            TDM_OK ||
        render(m, template_path, source, &ret->text) != TDM_OK ||
        find_folder(m, &folder) != TDM_OK ||
        tdm_new_file_name(m->arena, config, m->input->id, m->input->message, m->input->time, &name,
                          m->err) != TDM_OK)
        return TDM_FAILED;
    ret->revision = m->input->id;
    ret->path =
        tdm_arena_printf(m->arena, "%.*s/%.*s", TDM_TEXT_ARG(folder), TDM_TEXT_ARG(name)).data;
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(m->err);
    return read_back(m, ret->path, ret->text, ret_revision);
}

tdm_status tdm_revision_file(tdm_project *project, const tdm_revision_input *input,
                             tdm_converted *ret, tdm_revision *ret_revision, tdm_error *err)
{
    maker m = {.project = project, .arena = tdm_project_arena(project), .input = input, .err = err};
    return make_file(&m, ret, ret_revision);
}
