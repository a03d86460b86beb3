// Our own reader, because the rules of inih (an INI library) cannot be made those of Python: as
// packaged it takes ` ;` behind a value for a comment and every indented line for a continuation,
// drops the empty lines of a value, and knows neither [DEFAULT] nor interpolation.
#include "config/ini.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"

enum {
    INTERPOLATION_DEPTH = 10,   // MAX_INTERPOLATION_DEPTH of configparser
    INTERPOLATION_SIZE = 65536, // bytes of one value, and
    INTERPOLATION_NAMES = 4096, // references in it: they may double at every depth
};

typedef struct ini_option {
    tdm_text value; // raw: before interpolation
    tdm_place place;
} ini_option;

struct tdm_ini {
    tdm_arena *arena;
    const char *path;
    tdm_map sections; // name -> tdm_map * of lower-case option names -> ini_option *
    tdm_map *defaults;
};

typedef struct reader {
    tdm_ini *ini;
    tdm_map *section; // NULL before the first header
    tdm_text option;  // lower case; its value is `lines`; empty: none open
    tdm_place place;
    TDM_VECTOR(tdm_text) lines;
    size_t indent;
    uint32_t line;
    tdm_error *err;
} reader;

static tdm_place at_line(const reader *in, tdm_text raw, tdm_text value)
{
    size_t before = value.size ? (size_t)(value.data - raw.data) : 0;
    uint32_t column = (uint32_t)tdm_utf8_count(tdm_text_slice(raw, 0, before)) + 1;
    return (tdm_place){in->ini->path, in->line, column, in->line,
                       column + (uint32_t)tdm_utf8_count(value)};
}

static tdm_text lower(tdm_arena *arena, tdm_text text)
{
    char *copy = tdm_arena_string(arena, text);
    if (!copy)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < text.size; i++)
        copy[i] = tdm_to_lower(copy[i]);
    return (tdm_text){copy, text.size};
}

// Python reads files with universal newlines: LF, CRLF and CR end a line.
static bool next_line(tdm_text *rest, tdm_text *ret)
{
    size_t end = 0;
    if (rest->size == 0)
        return false;
    while (end < rest->size && rest->data[end] != '\n' && rest->data[end] != '\r')
        end++;
    size_t next = end + (end < rest->size);
    if (end + 1 < rest->size && rest->data[end] == '\r' && rest->data[end + 1] == '\n')
        next++;
    *ret = tdm_text_slice(*rest, 0, end);
    *rest = tdm_text_from(*rest, next);
    return true;
}

// Stores the open option, its lines joined and empty ones at the end dropped.
static tdm_status close_option(reader *in)
{
    tdm_arena *arena = in->ini->arena;
    if (in->option.size == 0)
        return TDM_OK;
    while (in->lines.count && tdm_vector_last(&in->lines).size == 0)
        in->lines.count--;
    ini_option *option = tdm_arena_new_of(arena, ini_option);
    tdm_buffer joined = TDM_BUFFER_INIT(SIZE_MAX / 2);
    for (size_t i = 0; i < in->lines.count; i++) {
        if (i)
            tdm_buffer_putc(&joined, '\n');
        tdm_buffer_put(&joined, in->lines.items[i]);
    }
    tdm_status status = tdm_buffer_check(&joined, in->err);
    tdm_text value = tdm_buffer_take(&joined, arena);
    if (status != TDM_OK)
        return status;
    if (!option || !tdm_arena_ok(arena))
        return tdm_fail_memory(in->err);
    *option = (ini_option){value, in->place};
    if (!tdm_map_put(in->section, in->option, option))
        return tdm_fail_memory(in->err);
    in->option = (tdm_text){NULL, 0};
    in->lines.count = 0;
    return TDM_OK;
}

static tdm_status open_section(reader *in, tdm_text name, tdm_place place)
{
    tdm_ini *ini = in->ini;
    if (tdm_text_is(name, "DEFAULT")) {
        in->section = ini->defaults;
        return TDM_OK;
    }
    if (tdm_map_has(&ini->sections, name))
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "section '%.*s' already exists",
                        TDM_TEXT_ARG(name));
    in->section = tdm_arena_new_of(ini->arena, tdm_map);
    if (!in->section)
        return tdm_fail_memory(in->err);
    tdm_map_init(in->section, ini->arena);
    return tdm_map_put(&ini->sections, name, in->section) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status open_option(reader *in, tdm_text line, tdm_place place)
{
    size_t split = 0;
    while (split < line.size && line.data[split] != '=' && line.data[split] != ':')
        split++;
    tdm_text name = tdm_text_strip(tdm_text_slice(line, 0, split));
    if (split == line.size || name.size == 0)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place,
                        "expected 'option = value', '[section]' or a comment, found '%.*s'",
                        TDM_TEXT_ARG(line));
    in->option = lower(in->ini->arena, name);
    in->place = place;
    if (!in->option.data)
        return tdm_fail_memory(in->err);
    if (tdm_map_has(in->section, in->option))
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "option '%.*s' already exists",
                        TDM_TEXT_ARG(in->option));
    tdm_text value = tdm_text_strip(tdm_text_from(line, split + 1));
    return tdm_vector_push(in->ini->arena, &in->lines, value) ? TDM_OK : tdm_fail_memory(in->err);
}

// The last `]` closes a header, and what follows it is ignored, as by `\[(?P<header>.+)\]`.
static bool is_header(tdm_text line, tdm_text *ret)
{
    size_t end = line.size;
    while (end > 0 && line.data[end - 1] != ']')
        end--;
    if (line.data[0] != '[' || end < 3)
        return false;
    *ret = tdm_text_slice(line, 1, end - 1);
    return true;
}

static tdm_status read_line(reader *in, tdm_text raw)
{
    tdm_text line = tdm_text_strip(raw);
    tdm_text header;
    if (line.size == 0) {
        if (in->option.size && !tdm_vector_push(in->ini->arena, &in->lines, line))
            return tdm_fail_memory(in->err);
        return TDM_OK;
    }
    if (line.data[0] == '#' || line.data[0] == ';')
        return TDM_OK;
    size_t indent = tdm_utf8_count(tdm_text_slice(raw, 0, (size_t)(line.data - raw.data)));
    if (in->option.size && indent > in->indent)
        return tdm_vector_push(in->ini->arena, &in->lines, line) ? TDM_OK
                                                                 : tdm_fail_memory(in->err);
    in->indent = indent;
    tdm_place place = at_line(in, raw, line);
    if (close_option(in) != TDM_OK)
        return TDM_FAILED;
    if (is_header(line, &header))
        return open_section(in, header, place);
    if (!in->section)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "file contains no section headers");
    return open_option(in, line, place);
}

tdm_status tdm_ini_parse(tdm_arena *arena, const char *path, tdm_text source, tdm_ini **ret,
                         tdm_error *err)
{
    tdm_ini *ini = tdm_arena_new_of(arena, tdm_ini);
    tdm_map *defaults = tdm_arena_new_of(arena, tdm_map);
    tdm_text rest = source;
    tdm_text line;
    if (!ini || !defaults)
        return tdm_fail_memory(err);
    *ini = (tdm_ini){.arena = arena, .path = path, .defaults = defaults};
    tdm_map_init(&ini->sections, arena);
    tdm_map_init(defaults, arena);
    size_t wrong = tdm_utf8_error(source);
    if (wrong != SIZE_MAX) {
        tdm_place place = {.file = path};
        tdm_text_position(source, wrong, &place.line, &place.column);
        return tdm_fail(err, TDM_ERROR_CONFIG, place, "invalid UTF-8");
    }
    reader in = {.ini = ini, .err = err};
    while (next_line(&rest, &line)) {
        in.line++;
        if (read_line(&in, line) != TDM_OK)
            return TDM_FAILED;
    }
    if (close_option(&in) != TDM_OK)
        return TDM_FAILED;
    *ret = ini;
    return TDM_OK;
}

tdm_status tdm_ini_default(tdm_ini *ini, tdm_text option, tdm_text value, tdm_error *err)
{
    ini_option *given = tdm_arena_new_of(ini->arena, ini_option);
    tdm_text name = lower(ini->arena, option);
    if (!given || !name.data)
        return tdm_fail_memory(err);
    *given = (ini_option){value, {.file = ini->path}};
    if (tdm_map_has(ini->defaults, name))
        return TDM_OK;
    return tdm_map_put(ini->defaults, name, given) ? TDM_OK : tdm_fail_memory(err);
}

bool tdm_ini_has_section(const tdm_ini *ini, tdm_text section)
{
    return tdm_map_has(&ini->sections, section);
}

size_t tdm_ini_section_count(const tdm_ini *ini)
{
    return ini->sections.count;
}

tdm_text tdm_ini_section_name(const tdm_ini *ini, size_t index)
{
    return ini->sections.entries[index].key;
}

// Option names of the caller are lower case already or are made so into `small`; a longer one is
// no option that anybody asks for.
static const ini_option *find(const tdm_ini *ini, const tdm_map *section, tdm_text option)
{
    char small[256];
    if (option.size > sizeof small)
        return NULL;
    for (size_t i = 0; i < option.size; i++)
        small[i] = tdm_to_lower(option.data[i]);
    tdm_text name = {small, option.size};
    const ini_option *own = section ? tdm_map_get(section, name) : NULL;
    return own ? own : tdm_map_get(ini->defaults, name);
}

static const ini_option *find_in(const tdm_ini *ini, tdm_text section, tdm_text option)
{
    const tdm_map *options = tdm_map_get(&ini->sections, section);
    return options ? find(ini, options, option) : NULL;
}

bool tdm_ini_has(const tdm_ini *ini, tdm_text section, tdm_text option)
{
    return find_in(ini, section, option) != NULL;
}

tdm_place tdm_ini_place(const tdm_ini *ini, tdm_text section, tdm_text option)
{
    const ini_option *found = find_in(ini, section, option);
    return found ? found->place : (tdm_place){.file = ini->path};
}

typedef struct interpolation {
    const tdm_ini *ini;
    const tdm_map *section;
    tdm_place place; // of the option that was asked for
    tdm_buffer out;
    unsigned names;
    tdm_error *err;
} interpolation;

static tdm_status expand(interpolation *in, tdm_text value, unsigned depth);

// `%(name)s`, of which `rest` starts at the percent sign. Gives what it takes.
static tdm_status expand_name(interpolation *in, tdm_text rest, unsigned depth, size_t *ret_size)
{
    size_t close = tdm_text_find_char(rest, ')');
    if (close == SIZE_MAX || close < 3 || close + 1 >= rest.size || rest.data[close + 1] != 's')
        return tdm_fail(in->err, TDM_ERROR_CONFIG, in->place,
                        "bad interpolation variable reference '%.*s'", TDM_TEXT_ARG(rest));
    tdm_text name = tdm_text_slice(rest, 2, close);
    const ini_option *named = find(in->ini, in->section, name);
    if (!named)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, in->place,
                        "'%%(%.*s)s' names an option that is not there", TDM_TEXT_ARG(name));
    if (++in->names > INTERPOLATION_NAMES)
        return tdm_fail(in->err, TDM_ERROR_LIMIT, in->place,
                        "the value names other options more than %d times", INTERPOLATION_NAMES);
    *ret_size = close + 2;
    return expand(in, named->value, depth + 1);
}

static tdm_status expand(interpolation *in, tdm_text rest, unsigned depth)
{
    if (depth > INTERPOLATION_DEPTH)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, in->place,
                        "the options that this value names go deeper than %d", INTERPOLATION_DEPTH);
    while (rest.size) {
        size_t percent = tdm_text_find_char(rest, '%');
        size_t taken = 2;
        tdm_buffer_put(&in->out, tdm_text_slice(rest, 0, percent));
        if (in->out.failed)
            return tdm_fail(in->err, TDM_ERROR_LIMIT, in->place,
                            "the value is longer than %d bytes", INTERPOLATION_SIZE);
        if (percent == SIZE_MAX)
            return TDM_OK;
        rest = tdm_text_from(rest, percent);
        char next = '\0';
        if (rest.size > 1)
            next = rest.data[1];
        if (next == '%')
            tdm_buffer_putc(&in->out, '%');
        else if (next != '(')
            return tdm_fail(in->err, TDM_ERROR_CONFIG, in->place,
                            "'%%' must be followed by '%%' or '(', found '%.*s'",
                            TDM_TEXT_ARG(rest));
        else if (expand_name(in, rest, depth, &taken) != TDM_OK)
            return TDM_FAILED;
        rest = tdm_text_from(rest, taken);
    }
    return TDM_OK;
}

tdm_status tdm_ini_get(const tdm_ini *ini, tdm_text section, tdm_text option, tdm_text *ret,
                       tdm_error *err)
{
    const ini_option *found = find_in(ini, section, option);
    interpolation in = {.ini = ini,
                        .section = tdm_map_get(&ini->sections, section),
                        .out = TDM_BUFFER_INIT(INTERPOLATION_SIZE),
                        .err = err};
    if (!found)
        return tdm_fail(err, TDM_ERROR_BUG, (tdm_place){.file = ini->path},
                        "option '%.*s' was read without asking whether it is there",
                        TDM_TEXT_ARG(option));
    in.place = found->place;
    tdm_status status = expand(&in, found->value, 1);
    tdm_text value = tdm_buffer_take(&in.out, ini->arena);
    if (status != TDM_OK)
        return status;
    if (!tdm_arena_ok(ini->arena))
        return tdm_fail_memory(err);
    *ret = value;
    return TDM_OK;
}
