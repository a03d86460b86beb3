#include "write/new_name.h"

#include "base/error.h"
#include "base/text.h"

#include <inttypes.h>
#include <time.h>

enum {
    LONGEST_NAME = 255, // of a file, on every file system that matters
    WIDEST_NUMBER = 20,
};

tdm_new_moment tdm_new_wall(tdm_new_time now)
{
    struct tm parts = {0};
    time_t wall = (time_t)(now.seconds + now.offset);
    gmtime_r(&wall, &parts);
    return (tdm_new_moment){(unsigned)parts.tm_year + 1900, (unsigned)parts.tm_mon + 1,
                            (unsigned)parts.tm_mday,        (unsigned)parts.tm_hour,
                            (unsigned)parts.tm_min,         (unsigned)parts.tm_sec};
}

// --- The slug -----------------------------------------------------------------------------------

// Words joined with '_', in lower case; cut as Alembic cuts: the part behind the last '_' goes.
static tdm_text slug_of(tdm_arena *arena, tdm_text message, size_t limit)
{
    char *slug = tdm_arena_alloc(arena, message.size + 2);
    size_t size = 0;
    bool gap = false;
    for (size_t i = 0; slug && i < message.size; i++) {
        char c = message.data[i];
        if (!tdm_is_alnum(c) && c != '_') {
            gap = size > 0;
            continue;
        }
        if (gap)
            slug[size++] = '_';
        gap = false;
        slug[size++] = tdm_to_lower(c);
    }
    if (!slug || size <= limit)
        return (tdm_text){slug, slug ? size : 0};
    size = limit;
    for (size_t i = limit; i-- > 0;) {
        if (slug[i] == '_') {
            size = i;
            break;
        }
    }
    slug[size++] = '_';
    return (tdm_text){slug, size};
}

// --- The template -------------------------------------------------------------------------------

typedef struct name_value {
    const char *name;
    tdm_text text; // of a word
    int64_t number;
    bool is_text;
} name_value;

// What stands behind %(name): "s", "d", ".2d", "02d".
typedef struct name_format {
    bool zero;
    unsigned width;
    unsigned precision;
    char kind;
} name_format;

static bool take_number(tdm_text *rest, unsigned *ret)
{
    *ret = 0;
    while (rest->size && tdm_is_digit(rest->data[0])) {
        *ret = *ret * 10 + (unsigned)(rest->data[0] - '0');
        *rest = tdm_text_from(*rest, 1);
        if (*ret > WIDEST_NUMBER)
            return false;
    }
    return true;
}

static bool take_format(tdm_text *rest, name_format *ret)
{
    *ret = (name_format){.zero = rest->size && rest->data[0] == '0'};
    if (!take_number(rest, &ret->width))
        return false;
    if (rest->size && rest->data[0] == '.') {
        *rest = tdm_text_from(*rest, 1);
        if (!take_number(rest, &ret->precision))
            return false;
    }
    if (!rest->size || (rest->data[0] != 's' && rest->data[0] != 'd'))
        return false;
    ret->kind = rest->data[0];
    *rest = tdm_text_from(*rest, 1);
    return true;
}

static bool put_value(tdm_buffer *out, const name_value *value, const name_format *format)
{
    if (value->is_text) {
        if (format->kind != 's' || format->width || format->precision)
            return false;
        tdm_buffer_put(out, value->text);
        return true;
    }
    if (format->kind == 's' && (format->width || format->precision))
        return false;
    unsigned digits = format->precision;
    if (format->zero && format->width > digits)
        digits = format->width;
    tdm_buffer_putf(out, "%*.*" PRId64, (int)format->width, (int)(digits ? digits : 1),
                    value->number);
    return true;
}

// Cuts "%(name)format" off and writes its value.
static bool put_token(tdm_buffer *out, tdm_text *rest, const name_value *values, size_t count)
{
    name_format format;
    size_t end = tdm_text_find_char(*rest, ')');
    if (!tdm_text_starts(*rest, TDM_TEXT("%(")) || end == SIZE_MAX)
        return false;
    tdm_text name = tdm_text_slice(*rest, 2, end);
    *rest = tdm_text_from(*rest, end + 1);
    if (!take_format(rest, &format))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (tdm_text_is(name, values[i].name))
            return put_value(out, &values[i], &format);
    }
    return false;
}

static tdm_status fill(const tdm_alembic_config *config, const name_value *values, size_t count,
                       tdm_buffer *out, tdm_error *err)
{
    tdm_text rest = config->file_template;
    while (rest.size) {
        if (tdm_text_starts(rest, TDM_TEXT("%%"))) {
            tdm_buffer_putc(out, '%');
            rest = tdm_text_from(rest, 2);
        } else if (rest.data[0] != '%') {
            tdm_buffer_putc(out, rest.data[0]);
            rest = tdm_text_from(rest, 1);
        } else if (!put_token(out, &rest, values, count)) {
            return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                            "file_template is not understood: %.*s",
                            TDM_TEXT_ARG(config->file_template));
        }
    }
    tdm_buffer_puts(out, ".py");
    return tdm_buffer_check(out, err);
}

tdm_status tdm_new_file_name(tdm_arena *arena, const tdm_alembic_config *config, tdm_text id,
                             tdm_text message, tdm_new_time now, tdm_text *ret, tdm_error *err)
{
    tdm_new_moment at = tdm_new_wall(now);
    const name_value values[] = {
        {"rev", id, 0, true},
        {"slug", slug_of(arena, message, config->truncate_slug_length), 0, true},
        {"epoch", {NULL, 0}, now.seconds, false},
        {"year", {NULL, 0}, at.year, false},
        {"month", {NULL, 0}, at.month, false},
        {"day", {NULL, 0}, at.day, false},
        {"hour", {NULL, 0}, at.hour, false},
        {"minute", {NULL, 0}, at.minute, false},
        {"second", {NULL, 0}, at.second, false},
    };
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    tdm_status status = fill(config, values, sizeof values / sizeof *values, &out, err);
    if (status == TDM_OK && tdm_text_find_char(tdm_buffer_text(&out), '/') != SIZE_MAX)
        status = tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                          "file_template puts the revision into a folder, which is not done here");
    if (status == TDM_OK && out.size > LONGEST_NAME)
        status = tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                          "the file's name would have %zu bytes", out.size);
    if (status == TDM_OK)
        *ret = tdm_buffer_take(&out, arena);
    tdm_buffer_free(&out);
    return status == TDM_OK && !tdm_arena_ok(arena) ? tdm_fail_memory(err) : status;
}

// --- Poor messages ------------------------------------------------------------------------------

tdm_text tdm_new_poor_message(tdm_arena *arena, tdm_text message)
{
    // Several words, and still nothing; and single words beyond the short ones.
    static const char *const poor[] = {
        "bug fix",        "bug fixes",       "db changes",    "db update",     "fix bug",
        "fix migration",  "fix schema",      "minor changes", "minor fix",     "minor fixes",
        "modifications",  "more changes",    "new migration", "new revision",  "schema change",
        "schema changes", "schema update",   "small changes", "small fix",     "some changes",
        "sync models",    "update db",       "update models", "update schema", "update tables",
        "various fixes",  "various changes",
    };
    enum { SHORT_WORD = 9 };
    message = tdm_text_trim(message);
    bool is_poor = message.size <= SHORT_WORD && tdm_text_find_char(message, ' ') == SIZE_MAX &&
                   tdm_text_find_char(message, '_') == SIZE_MAX;
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        is_poor = is_poor || tdm_text_equal_nocase(message, tdm_text_of(poor[i]));
    if (!is_poor)
        return (tdm_text){0};
    return tdm_arena_printf(arena,
                            "the message '%.*s' does not say what changes; it is the name of two "
                            "files and what `alembic history` shows, as in "
                            "'add_user_preferences_table'",
                            TDM_TEXT_ARG(message));
}
