// datetime: dates, times, differences and fixed time zones. Clocks are UNKNOWN.
#include "python/std.h"

#include <string.h>

enum {
    SECOND = 1000000, // in microseconds
};
#define DAY_MICROSECONDS ((int64_t)86400 * SECOND)

// A date has no time, a time no date; `zone` is NULL for naive ones.
typedef struct moment {
    int64_t year, month, day, hour, minute, second, microsecond;
    tdm_py zone;
} moment;

typedef struct span {
    int64_t microseconds; // of a timedelta; of a timezone: its offset
} span;

static const py_other_type datetime_kind, date_kind, time_kind, timedelta_kind, timezone_kind;

static bool is(tdm_py value, const py_other_type *kind)
{
    return value && value->kind == TDM_PY_OTHER && value->other.type == kind;
}

// ---- the calendar ----

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

// date.toordinal(): 1 is the first of January of year 1.
static int64_t ordinal(const moment *m)
{
    int64_t before = m->year - 1, days = before * 365 + before / 4 - before / 100 + before / 400;
    for (int64_t month = 1; month < m->month; month++)
        days += days_in_month(m->year, month);
    return days + m->day;
}

static void set_ordinal(moment *m, int64_t days)
{
    int64_t low = 1, high = 9999;
    while (low < high) { // the last year that begins at or before `days`
        int64_t middle = (low + high + 1) / 2;
        moment first = {.year = middle, .month = 1, .day = 1};
        if (ordinal(&first) <= days)
            low = middle;
        else
            high = middle - 1;
    }
    moment at = {.year = low, .month = 1, .day = 1};
    int64_t rest = days - ordinal(&at);
    while (rest >= days_in_month(low, at.month))
        rest -= days_in_month(low, at.month++);
    m->year = low;
    m->month = at.month;
    m->day = rest + 1;
}

static int64_t time_of_day(const moment *m)
{
    return ((m->hour * 60 + m->minute) * 60 + m->second) * SECOND + m->microsecond;
}

static void set_time_of_day(moment *m, int64_t microseconds)
{
    m->microsecond = microseconds % SECOND;
    m->second = microseconds / SECOND % 60;
    m->minute = microseconds / SECOND / 60 % 60;
    m->hour = microseconds / SECOND / 3600;
}

// ---- making ----

static tdm_py new_moment(tdm_interp *in, const py_other_type *kind, const moment *value)
{
    moment *made = tdm_arena_new_of(in->arena, moment);
    if (!made)
        return in->out_of_memory;
    *made = *value;
    return py_other(in, kind, made);
}

static tdm_py new_span(tdm_interp *in, const py_other_type *kind, int64_t microseconds)
{
    span *made = tdm_arena_new_of(in->arena, span);
    if (!made)
        return in->out_of_memory;
    made->microseconds = microseconds;
    return py_other(in, kind, made);
}

static bool read_integer(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret)
{
    *ret = standard;
    if (!value)
        return true;
    value = py_plain(value);
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL) {
        *ret = value->integer;
        return true;
    }
    tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                 py_type_name(value));
    return false;
}

static bool in_range(tdm_interp *in, int64_t value, int64_t low, int64_t high, const char *what)
{
    if (value >= low && value <= high)
        return true;
    tdm_py_raise(in, "ValueError", "%s must be in %lld..%lld", what, (long long)low,
                 (long long)high);
    return false;
}

static bool valid_date(tdm_interp *in, const moment *m)
{
    if (!in_range(in, m->year, 1, 9999, "year") || !in_range(in, m->month, 1, 12, "month"))
        return false;
    if (m->day >= 1 && m->day <= days_in_month(m->year, m->month))
        return true;
    tdm_py_raise(in, "ValueError", "day is out of range for month");
    return false;
}

static bool valid_time(tdm_interp *in, const moment *m)
{
    return in_range(in, m->hour, 0, 23, "hour") && in_range(in, m->minute, 0, 59, "minute") &&
           in_range(in, m->second, 0, 59, "second") &&
           in_range(in, m->microsecond, 0, SECOND - 1, "microsecond");
}

static bool valid_zone(tdm_interp *in, tdm_py zone, tdm_py *ret)
{
    *ret = zone && zone->kind != TDM_PY_NONE ? zone : NULL;
    if (!*ret || is(*ret, &timezone_kind))
        return true;
    tdm_py_raise(in, "TypeError", "tzinfo argument must be None or of a tzinfo subclass, not '%s'",
                 py_type_name(zone));
    return false;
}

static tdm_py make_datetime(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[9];
    moment m;
    (void)data;
    if (!py_read_args(in, args, "datetime",
                      "year,month,day,hour=,minute=,second=,microsecond=,tzinfo=,fold=", read))
        return NULL;
    int64_t *fields[] = {&m.year, &m.month, &m.day, &m.hour, &m.minute, &m.second, &m.microsecond};
    for (int i = 0; i < 7; i++)
        if (!read_integer(in, read[i], 0, fields[i]))
            return NULL;
    return valid_date(in, &m) && valid_time(in, &m) && valid_zone(in, read[7], &m.zone)
               ? new_moment(in, &datetime_kind, &m)
               : NULL;
}

static tdm_py make_date(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    moment m = {0};
    (void)data;
    if (!py_read_args(in, args, "date", "year,month,day", read) ||
        !read_integer(in, read[0], 0, &m.year) || !read_integer(in, read[1], 0, &m.month) ||
        !read_integer(in, read[2], 0, &m.day) || !valid_date(in, &m))
        return NULL;
    return new_moment(in, &date_kind, &m);
}

static tdm_py make_time(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[6];
    moment m = {0};
    (void)data;
    if (!py_read_args(in, args, "time", "hour=,minute=,second=,microsecond=,tzinfo=,fold=", read) ||
        !read_integer(in, read[0], 0, &m.hour) || !read_integer(in, read[1], 0, &m.minute) ||
        !read_integer(in, read[2], 0, &m.second) || !read_integer(in, read[3], 0, &m.microsecond) ||
        !valid_time(in, &m) || !valid_zone(in, read[4], &m.zone))
        return NULL;
    return new_moment(in, &time_kind, &m);
}

static tdm_py make_timedelta(tdm_interp *in, void *data, const tdm_py_args *args)
{
    static const int64_t unit[] = {
        DAY_MICROSECONDS,    SECOND, 1, 1000, (int64_t)60 * SECOND, (int64_t)3600 * SECOND,
        DAY_MICROSECONDS * 7};
    tdm_py read[7];
    int64_t total = 0;
    (void)data;
    if (!py_read_args(in, args, "timedelta",
                      "days=,seconds=,microseconds=,milliseconds=,minutes=,hours=,weeks=", read))
        return NULL;
    for (int i = 0; i < 7; i++) {
        int64_t value, part;
        if (read[i] && read[i]->kind == TDM_PY_FLOAT)
            return py_unfollowed(in, "a timedelta of fractions");
        if (!read_integer(in, read[i], 0, &value))
            return NULL;
        if (__builtin_mul_overflow(value, unit[i], &part) ||
            __builtin_add_overflow(total, part, &total))
            return py_unfollowed(in, "so long a timedelta");
    }
    return new_span(in, &timedelta_kind, total);
}

static tdm_py make_timezone(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!py_read_args(in, args, "timezone", "offset,name=", read))
        return NULL;
    if (!is(read[0], &timedelta_kind) || read[1])
        return py_unfollowed(in, "this timezone()");
    return new_span(in, &timezone_kind, ((const span *)read[0]->other.data)->microseconds);
}

static tdm_py make_utc(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return new_span(in, &timezone_kind, 0);
}

// ---- printing ----

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static void put_offset(tdm_buffer *out, tdm_py zone, const char *colon)
{
    int64_t offset = ((const span *)zone->other.data)->microseconds / SECOND;
    int64_t size = offset < 0 ? -offset : offset;
    tdm_buffer_putf(out, "%c%02lld%s%02lld", offset < 0 ? '-' : '+', (long long)(size / 3600),
                    colon, (long long)(size / 60 % 60));
    if (size % 60)
        tdm_buffer_putf(out, "%s%02lld", colon, (long long)(size % 60));
}

static void put_date(tdm_buffer *out, const moment *m)
{
    tdm_buffer_putf(out, "%04lld-%02lld-%02lld", (long long)m->year, (long long)m->month,
                    (long long)m->day);
}

static void put_time(tdm_buffer *out, const moment *m)
{
    tdm_buffer_putf(out, "%02lld:%02lld:%02lld", (long long)m->hour, (long long)m->minute,
                    (long long)m->second);
    if (m->microsecond)
        tdm_buffer_putf(out, ".%06lld", (long long)m->microsecond);
    if (m->zone)
        put_offset(out, m->zone, ":");
}

static void put_moment(tdm_buffer *out, tdm_py value, const char *separator)
{
    const moment *m = value->other.data;
    if (!is(value, &time_kind))
        put_date(out, m);
    if (is(value, &datetime_kind))
        tdm_buffer_puts(out, separator);
    if (!is(value, &date_kind))
        put_time(out, m);
}

static tdm_py moment_isoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    tdm_buffer out = TDM_BUFFER_INIT(200);
    char separator[8] = "T";
    if (!py_read_args(in, args, "isoformat", "sep=,timespec=", read))
        return NULL;
    if (read[1] || (read[0] && (read[0]->kind != TDM_PY_STR || read[0]->text.size > 7)))
        return py_unfollowed(in, "isoformat() with a timespec");
    if (read[0]) {
        memcpy(separator, read[0]->text.data, read[0]->text.size);
        separator[read[0]->text.size] = '\0';
    }
    put_moment(&out, data, separator);
    return py_buffer_value(in, &out);
}

static tdm_py moment_str(tdm_interp *in, tdm_py self)
{
    tdm_buffer out = TDM_BUFFER_INIT(200);
    put_moment(&out, self, " ");
    return py_buffer_value(in, &out);
}

static tdm_py span_repr(tdm_interp *in, tdm_py self);

static tdm_py moment_repr(tdm_interp *in, tdm_py self)
{
    const moment *m = self->other.data;
    tdm_buffer out = TDM_BUFFER_INIT(500);
    tdm_buffer_puts(&out, self->other.type->behaviour.name);
    tdm_buffer_putc(&out, '(');
    if (!is(self, &time_kind))
        tdm_buffer_putf(&out, "%lld, %lld, %lld", (long long)m->year, (long long)m->month,
                        (long long)m->day);
    if (is(self, &datetime_kind))
        tdm_buffer_puts(&out, ", ");
    if (!is(self, &date_kind))
        tdm_buffer_putf(&out, "%lld, %lld", (long long)m->hour, (long long)m->minute);
    if (m->second || m->microsecond)
        tdm_buffer_putf(&out, ", %lld", (long long)m->second);
    if (m->microsecond)
        tdm_buffer_putf(&out, ", %lld", (long long)m->microsecond);
    if (m->zone) {
        tdm_py zone = span_repr(in, m->zone);
        tdm_buffer_puts(&out, ", tzinfo=");
        if (zone && zone->kind == TDM_PY_STR)
            tdm_buffer_put(&out, zone->text);
    }
    tdm_buffer_putc(&out, ')');
    return py_buffer_value(in, &out);
}

static tdm_py span_str(tdm_interp *in, tdm_py self)
{
    int64_t total = ((const span *)self->other.data)->microseconds;
    tdm_buffer out = TDM_BUFFER_INIT(200);
    if (is(self, &timezone_kind)) {
        tdm_buffer_puts(&out, "UTC");
        if (total)
            put_offset(&out, self, ":");
        return py_buffer_value(in, &out);
    }
    int64_t days = floor_div(total, DAY_MICROSECONDS);
    moment m = {0};
    set_time_of_day(&m, total - days * DAY_MICROSECONDS);
    if (days)
        tdm_buffer_putf(&out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    tdm_buffer_putf(&out, "%lld:%02lld:%02lld", (long long)m.hour, (long long)m.minute,
                    (long long)m.second);
    if (m.microsecond)
        tdm_buffer_putf(&out, ".%06lld", (long long)m.microsecond);
    return py_buffer_value(in, &out);
}

static void put_named(tdm_buffer *out, const char *name, int64_t value, bool *first)
{
    if (!value)
        return;
    tdm_buffer_putf(out, "%s%s=%lld", *first ? "" : ", ", name, (long long)value);
    *first = false;
}

static tdm_py span_repr(tdm_interp *in, tdm_py self)
{
    int64_t total = ((const span *)self->other.data)->microseconds;
    int64_t days = floor_div(total, DAY_MICROSECONDS), rest = total - days * DAY_MICROSECONDS;
    bool first = true, zone = is(self, &timezone_kind);
    tdm_buffer out = TDM_BUFFER_INIT(200);
    if (zone && !total) {
        tdm_buffer_puts(&out, "datetime.timezone.utc");
        return py_buffer_value(in, &out);
    }
    tdm_buffer_puts(&out, zone ? "datetime.timezone(datetime.timedelta(" : "datetime.timedelta(");
    put_named(&out, "days", days, &first);
    put_named(&out, "seconds", rest / SECOND, &first);
    put_named(&out, "microseconds", rest % SECOND, &first);
    if (first)
        tdm_buffer_putc(&out, '0');
    tdm_buffer_puts(&out, zone ? "))" : ")");
    return py_buffer_value(in, &out);
}

// strftime's directives that depend on neither locale nor platform. False: another one.
static bool put_directive(tdm_buffer *out, const moment *m, char directive)
{
    moment first = {.year = m->year, .month = 1, .day = 1};
    switch (directive) {
    case 'Y':
        tdm_buffer_putf(out, "%lld", (long long)m->year);
        return m->year >= 1000; // zero padding differs between platforms
    case 'y':
        tdm_buffer_putf(out, "%02lld", (long long)(m->year % 100));
        return true;
    case 'm':
        tdm_buffer_putf(out, "%02lld", (long long)m->month);
        return true;
    case 'd':
        tdm_buffer_putf(out, "%02lld", (long long)m->day);
        return true;
    case 'H':
        tdm_buffer_putf(out, "%02lld", (long long)m->hour);
        return true;
    case 'I':
        tdm_buffer_putf(out, "%02lld", (long long)(m->hour % 12 ? m->hour % 12 : 12));
        return true;
    case 'M':
        tdm_buffer_putf(out, "%02lld", (long long)m->minute);
        return true;
    case 'S':
        tdm_buffer_putf(out, "%02lld", (long long)m->second);
        return true;
    case 'f':
        tdm_buffer_putf(out, "%06lld", (long long)m->microsecond);
        return true;
    case 'j':
        tdm_buffer_putf(out, "%03lld", (long long)(ordinal(m) - ordinal(&first) + 1));
        return true;
    case 'z':
        if (m->zone)
            put_offset(out, m->zone, "");
        return true;
    case '%':
        tdm_buffer_putc(out, '%');
        return true;
    default:
        return false;
    }
}

static tdm_py format_moment(tdm_interp *in, tdm_py self, tdm_text spec)
{
    moment m = *(const moment *)self->other.data;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    if (is(self, &time_kind)) { // Python uses 1900-01-01
        m.year = 1900;
        m.month = m.day = 1;
    }
    for (size_t i = 0; i < spec.size; i++) {
        if (spec.data[i] != '%') {
            tdm_buffer_putc(&out, spec.data[i]);
            continue;
        }
        char directive = ++i < spec.size ? spec.data[i] : '\0';
        if (!put_directive(&out, &m, directive)) {
            tdm_buffer_free(&out);
            return py_unfollowed(in, "strftime() with %%%c", directive ? directive : ' ');
        }
    }
    return py_buffer_value(in, &out);
}

static tdm_py moment_strftime(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py format;
    if (!py_read_args(in, args, "strftime", "format", &format))
        return NULL;
    if (format->kind != TDM_PY_STR)
        return tdm_py_raise(in, "TypeError", "strftime() argument 1 must be str");
    return format_moment(in, data, format->text);
}

// ---- parts and changes ----

static tdm_py moment_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const moment *m = self->other.data;
    const struct {
        const char *name;
        int64_t value;
        bool date;
    } parts[] = {
        {"year", m->year, true},
        {"month", m->month, true},
        {"day", m->day, true},
        {"hour", m->hour, false},
        {"minute", m->minute, false},
        {"second", m->second, false},
        {"microsecond", m->microsecond, false},
    };
    for (size_t i = 0; i < 7; i++)
        if (tdm_text_is(name, parts[i].name) &&
            (parts[i].date ? !is(self, &time_kind) : !is(self, &date_kind)))
            return tdm_py_int(in, parts[i].value);
    if (tdm_text_is(name, "tzinfo") && !is(self, &date_kind))
        return m->zone ? m->zone : in->none;
    return NULL;
}

static tdm_py moment_replace(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data;
    moment m = *(const moment *)self->other.data;
    if (args->count)
        return py_unfollowed(in, "replace() by position");
    int64_t *fields[] = {&m.year, &m.month, &m.day, &m.hour, &m.minute, &m.second, &m.microsecond};
    static const char *const names[] = {"year",   "month",  "day",        "hour",
                                        "minute", "second", "microsecond"};
    for (size_t i = 0; i < args->named_count; i++) {
        bool known = tdm_text_is(args->names[i], "tzinfo");
        if (known && !valid_zone(in, args->named[i], &m.zone))
            return NULL;
        for (int j = 0; j < 7 && !known; j++) {
            known = tdm_text_is(args->names[i], names[j]);
            if (known && !read_integer(in, args->named[i], 0, fields[j]))
                return NULL;
        }
        if (!known)
            return py_unfollowed(in, "replace(%.*s=)", TDM_TEXT_ARG(args->names[i]));
    }
    if ((!is(self, &time_kind) && !valid_date(in, &m)) || !valid_time(in, &m))
        return NULL;
    return new_moment(in, self->other.type, &m);
}

static tdm_py datetime_date(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const moment *m = ((tdm_py)data)->other.data;
    (void)args;
    return new_moment(in, &date_kind, &(moment){.year = m->year, .month = m->month, .day = m->day});
}

static tdm_py datetime_time(tdm_interp *in, void *data, const tdm_py_args *args)
{
    moment m = *(const moment *)((tdm_py)data)->other.data;
    (void)args;
    m.year = m.month = m.day = 0;
    m.zone = NULL;
    return new_moment(in, &time_kind, &m);
}

static tdm_py moment_weekday(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, (ordinal(((tdm_py)data)->other.data) + 6) % 7);
}

static tdm_py moment_isoweekday(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, (ordinal(((tdm_py)data)->other.data) + 6) % 7 + 1);
}

static tdm_py moment_toordinal(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, ordinal(((tdm_py)data)->other.data));
}

static int64_t offset_of(const moment *m)
{
    return m->zone ? ((const span *)m->zone->other.data)->microseconds : 0;
}

// Microseconds since the first of January of year 1, in UTC where the zone is known.
static int64_t absolute(const moment *m)
{
    return ordinal(m) * DAY_MICROSECONDS + time_of_day(m) - offset_of(m);
}

static tdm_py datetime_timestamp(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const moment *m = ((tdm_py)data)->other.data;
    moment epoch = {.year = 1970, .month = 1, .day = 1};
    (void)args;
    if (!m->zone)
        return py_harmless(in, "the time zone of the machine");
    return tdm_py_float(in, (double)(absolute(m) - absolute(&epoch)) / SECOND);
}

static tdm_py span_total_seconds(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const span *s = ((tdm_py)data)->other.data;
    (void)args;
    return tdm_py_float(in, (double)s->microseconds / SECOND);
}

static tdm_py span_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    int64_t total = ((const span *)self->other.data)->microseconds;
    int64_t days = floor_div(total, DAY_MICROSECONDS), rest = total - days * DAY_MICROSECONDS;
    if (tdm_text_is(name, "days"))
        return tdm_py_int(in, days);
    if (tdm_text_is(name, "seconds"))
        return tdm_py_int(in, rest / SECOND);
    if (tdm_text_is(name, "microseconds"))
        return tdm_py_int(in, rest % SECOND);
    return NULL;
}

// ---- arithmetic and order ----

static tdm_py shifted(tdm_interp *in, tdm_py value, int64_t microseconds)
{
    moment m = *(const moment *)value->other.data;
    int64_t total = ordinal(&m) * DAY_MICROSECONDS, days;
    if (is(value, &date_kind)) { // whole days only
        days = ordinal(&m) + floor_div(microseconds, DAY_MICROSECONDS);
    } else {
        if (__builtin_add_overflow(total + time_of_day(&m), microseconds, &total))
            total = -1;
        days = floor_div(total, DAY_MICROSECONDS);
        set_time_of_day(&m, total - days * DAY_MICROSECONDS);
    }
    if (days < 1 || days > 3652059)
        return tdm_py_raise(in, "OverflowError", "date value out of range");
    set_ordinal(&m, days);
    return new_moment(in, value->other.type, &m);
}

static bool is_moment(tdm_py value)
{
    return is(value, &datetime_kind) || is(value, &date_kind);
}

static tdm_py operate_moment(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    if (op == TDM_PY_ADD && is_moment(left) && is(right, &timedelta_kind))
        return shifted(in, left, ((const span *)right->other.data)->microseconds);
    if (op == TDM_PY_ADD && is_moment(right) && is(left, &timedelta_kind))
        return shifted(in, right, ((const span *)left->other.data)->microseconds);
    if (op == TDM_PY_SUB && is_moment(left) && is(right, &timedelta_kind))
        return shifted(in, left, -((const span *)right->other.data)->microseconds);
    if (op == TDM_PY_SUB && is_moment(left) && is_moment(right) &&
        left->other.type == right->other.type) {
        const moment *a = left->other.data, *b = right->other.data;
        if (!a->zone != !b->zone)
            return tdm_py_raise(in, "TypeError",
                                "can't subtract offset-naive and offset-aware datetimes");
        return new_span(in, &timedelta_kind, absolute(a) - absolute(b));
    }
    return in->not_implemented;
}

static tdm_py operate_span(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    bool a = is(left, &timedelta_kind), b = is(right, &timedelta_kind);
    int64_t x = a ? ((const span *)left->other.data)->microseconds : 0;
    int64_t y = b ? ((const span *)right->other.data)->microseconds : 0;
    if (a && b && (op == TDM_PY_ADD || op == TDM_PY_SUB))
        return new_span(in, &timedelta_kind, op == TDM_PY_ADD ? x + y : x - y);
    if (a && !right && op == TDM_PY_NEG)
        return new_span(in, &timedelta_kind, -x);
    tdm_py number = a ? right : left;
    int64_t product;
    if (op == TDM_PY_MUL && a != b && number && number->kind == TDM_PY_INT &&
        !__builtin_mul_overflow(x + y, number->integer, &product))
        return new_span(in, &timedelta_kind, product);
    if (a && right && !b && !is_moment(right))
        return py_unfollowed(in, "this arithmetic of a timedelta");
    return in->not_implemented;
}

static int order_moments(tdm_py left, tdm_py right)
{
    const moment *a = left->other.data, *b = right->other.data;
    if (!a->zone != !b->zone)
        return 2;
    int64_t x = absolute(a), y = absolute(b);
    return (x > y) - (x < y);
}

static int order_times(tdm_py left, tdm_py right)
{
    int64_t x = time_of_day(left->other.data), y = time_of_day(right->other.data);
    return (x > y) - (x < y);
}

static int order_spans(tdm_py left, tdm_py right)
{
    int64_t x = ((const span *)left->other.data)->microseconds;
    int64_t y = ((const span *)right->other.data)->microseconds;
    return (x > y) - (x < y);
}

static bool hash_moment(tdm_py self, uint64_t *ret)
{
    const moment *m = self->other.data;
    *ret = (uint64_t)(is(self, &time_kind) ? time_of_day(m) : absolute(m)) * 0x9E3779B97F4A7C15U;
    return true;
}

static bool hash_span(tdm_py self, uint64_t *ret)
{
    *ret = (uint64_t)((const span *)self->other.data)->microseconds * 0x9E3779B97F4A7C15U;
    return true;
}

static tdm_py span_truth(tdm_interp *in, tdm_py self)
{
    return tdm_py_bool(in, is(self, &timezone_kind) ||
                               ((const span *)self->other.data)->microseconds != 0);
}

// ---- reading ----

static bool read_digits(tdm_text text, size_t *at, size_t count, int64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < count; i++, (*at)++) {
        if (*at >= text.size || !tdm_is_digit(text.data[*at]))
            return false;
        *ret = *ret * 10 + (text.data[*at] - '0');
    }
    return true;
}

static bool read_char(tdm_text text, size_t *at, const char *set)
{
    return *at < text.size && strchr(set, text.data[*at]) && text.data[(*at)++];
}

// "2024-01-31[T12:30[:00[.000000]]]", the forms that all versions of Python read.
static bool read_iso(tdm_text text, moment *m, bool time)
{
    size_t at = 0;
    if (!read_digits(text, &at, 4, &m->year) || !read_char(text, &at, "-") ||
        !read_digits(text, &at, 2, &m->month) || !read_char(text, &at, "-") ||
        !read_digits(text, &at, 2, &m->day))
        return false;
    if (at == text.size || !time)
        return at == text.size;
    if (!read_char(text, &at, "T ") || !read_digits(text, &at, 2, &m->hour) ||
        !read_char(text, &at, ":") || !read_digits(text, &at, 2, &m->minute))
        return false;
    if (at < text.size && (!read_char(text, &at, ":") || !read_digits(text, &at, 2, &m->second)))
        return false;
    if (at < text.size &&
        (!read_char(text, &at, ".") || !read_digits(text, &at, 6, &m->microsecond)))
        return false;
    return at == text.size;
}

static tdm_py from_iso(tdm_interp *in, const tdm_py_args *args, const py_other_type *kind)
{
    tdm_py text;
    moment m = {0};
    if (!py_read_args(in, args, "fromisoformat", "date_string,/", &text))
        return NULL;
    if (text->kind != TDM_PY_STR || !read_iso(text->text, &m, kind == &datetime_kind))
        return py_unfollowed(in, "this fromisoformat()");
    return valid_date(in, &m) && valid_time(in, &m) ? new_moment(in, kind, &m) : NULL;
}

static tdm_py datetime_fromisoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return from_iso(in, args, &datetime_kind);
}

static tdm_py date_fromisoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return from_iso(in, args, &date_kind);
}

static tdm_py datetime_utcfromtimestamp(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    moment m = {.year = 1970, .month = 1, .day = 1};
    (void)data;
    if (!py_read_args(in, args, "utcfromtimestamp", "timestamp", &value))
        return NULL;
    if (value->kind != TDM_PY_INT || value->integer > INT32_MAX || value->integer < 0)
        return py_unfollowed(in, "this utcfromtimestamp()");
    set_ordinal(&m, ordinal(&m) + value->integer / 86400);
    set_time_of_day(&m, value->integer % 86400 * SECOND);
    return new_moment(in, &datetime_kind, &m);
}

static tdm_py now(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return py_harmless(in, "the time of a run");
}

// ---- the types ----

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const py_row datetime_rows[] = {
    {"astimezone", NULL, 0},
    {"combine", NULL, 0},
    {"ctime", NULL, 0},
    {"date", datetime_date, 0},
    {"fromisoformat", datetime_fromisoformat, PY_ROW_STATIC},
    {"fromtimestamp", NULL, 0},
    {"isocalendar", NULL, 0},
    {"isoformat", moment_isoformat, 0},
    {"isoweekday", moment_isoweekday, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"now", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"replace", moment_replace, 0},
    {"strftime", moment_strftime, 0},
    {"strptime", NULL, 0},
    {"time", datetime_time, 0},
    {"timestamp", datetime_timestamp, 0},
    {"timetuple", NULL, 0},
    {"timetz", NULL, 0},
    {"today", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"toordinal", moment_toordinal, 0},
    {"tzname", NULL, 0},
    {"utcfromtimestamp", datetime_utcfromtimestamp, PY_ROW_STATIC},
    {"utcnow", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"utcoffset", NULL, 0},
    {"weekday", moment_weekday, 0},
};

static const py_row date_rows[] = {
    {"ctime", NULL, 0},
    {"fromisoformat", date_fromisoformat, PY_ROW_STATIC},
    {"fromordinal", NULL, 0},
    {"fromtimestamp", NULL, 0},
    {"isocalendar", NULL, 0},
    {"isoformat", moment_isoformat, 0},
    {"isoweekday", moment_isoweekday, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"replace", moment_replace, 0},
    {"strftime", moment_strftime, 0},
    {"timetuple", NULL, 0},
    {"today", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"toordinal", moment_toordinal, 0},
    {"weekday", moment_weekday, 0},
};

static const py_row time_rows[] = {
    {"fromisoformat", NULL, 0},
    {"isoformat", moment_isoformat, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"replace", moment_replace, 0},
    {"strftime", moment_strftime, 0},
    {"tzname", NULL, 0},
    {"utcoffset", NULL, 0},
};

static const py_row timedelta_rows[] = {
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"total_seconds", span_total_seconds, 0},
};

static const py_row timezone_rows[] = {
    {"tzname", NULL, 0},
    {"utc", make_utc, PY_ROW_STATIC | PY_ROW_PROPERTY},
    {"utcoffset", NULL, 0},
};

const py_builtin_type py_datetime_type = {"datetime.datetime", TDM_PY_OTHER,  &datetime_kind,
                                          make_datetime,       datetime_rows, LENGTH(datetime_rows),
                                          "datetime.date"};
const py_builtin_type py_date_type = {"datetime.date", TDM_PY_OTHER,      &date_kind, make_date,
                                      date_rows,       LENGTH(date_rows), NULL};
const py_builtin_type py_time_type = {"datetime.time", TDM_PY_OTHER,      &time_kind, make_time,
                                      time_rows,       LENGTH(time_rows), NULL};
const py_builtin_type py_timedelta_type = {
    "datetime.timedelta",   TDM_PY_OTHER, &timedelta_kind, make_timedelta, timedelta_rows,
    LENGTH(timedelta_rows), NULL};
const py_builtin_type py_timezone_type = {
    "datetime.timezone",   TDM_PY_OTHER, &timezone_kind, make_timezone, timezone_rows,
    LENGTH(timezone_rows), NULL};

#define MOMENT_KIND(type_name, builtin, ordering)                                                  \
    {                                                                                              \
        .behaviour = {.name = type_name,                                                           \
                      .get_attr = moment_attr,                                                     \
                      .operate = operate_moment,                                                   \
                      .to_str = moment_str,                                                        \
                      .inert = true},                                                              \
        .type = builtin, .hash = hash_moment, .order = ordering, .repr = moment_repr,              \
        .format = format_moment                                                                    \
    }

static const py_other_type datetime_kind =
    MOMENT_KIND("datetime.datetime", &py_datetime_type, order_moments);
static const py_other_type date_kind = MOMENT_KIND("datetime.date", &py_date_type, order_moments);
static const py_other_type time_kind = MOMENT_KIND("datetime.time", &py_time_type, order_times);
static const py_other_type timedelta_kind = {
    .behaviour = {.name = "datetime.timedelta",
                  .get_attr = span_attr,
                  .operate = operate_span,
                  .truth = span_truth,
                  .to_str = span_str,
                  .inert = true},
    .type = &py_timedelta_type,
    .hash = hash_span,
    .order = order_spans,
    .repr = span_repr,
};
static const py_other_type timezone_kind = {
    .behaviour = {.name = "datetime.timezone",
                  .truth = span_truth,
                  .to_str = span_str,
                  .inert = true},
    .type = &py_timezone_type,
    .hash = hash_span,
    .order = order_spans,
    .repr = span_repr,
    .equal_only = true,
};

static const py_std_row rows[] = {
    {"datetime", "datetime", PY_STD_CLASS, NULL, 0},
    {"datetime", "date", PY_STD_CLASS, NULL, 0},
    {"datetime", "time", PY_STD_CLASS, NULL, 0},
    {"datetime", "timedelta", PY_STD_CLASS, NULL, 0},
    {"datetime", "timezone", PY_STD_CLASS, NULL, 0},
    {"datetime", "UTC", PY_STD_MAKE, make_utc, 0},
    {"uuid", "UUID", PY_STD_CLASS, NULL, 0},
    {"uuid", "uuid1", PY_STD_UNKNOWN, NULL, 0},
    {"uuid", "uuid3", PY_STD_UNKNOWN, NULL, 0},
    {"uuid", "uuid4", PY_STD_UNKNOWN, NULL, 0},
    {"uuid", "uuid5", PY_STD_UNKNOWN, NULL, 0},
    {"decimal", "Decimal", PY_STD_CLASS, NULL, 0},
};

const py_std_table py_std_time = {rows, LENGTH(rows)};
