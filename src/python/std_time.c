// The modules datetime, uuid and decimal: their classes, and making and reading dates and times.
// Clocks are UNKNOWN.
#include "python/moment.h"

#include <string.h>

// ---- making ----

tdm_py tdm_py_new_moment(tdm_interp *in, const py_other_type *kind, const py_moment *value)
{
    py_moment *made = tdm_arena_new_of(in->arena, py_moment);
    if (!made)
        return in->out_of_memory;
    *made = *value;
    return tdm_py_other(in, kind, made);
}

tdm_py tdm_py_new_span(tdm_interp *in, const py_other_type *kind, int64_t microseconds)
{
    py_span_data *made = tdm_arena_new_of(in->arena, py_span_data);
    if (!made)
        return in->out_of_memory;
    made->microseconds = microseconds;
    return tdm_py_other(in, kind, made);
}

bool tdm_py_read_integer(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret)
{
    *ret = standard;
    if (!value)
        return true;
    value = tdm_py_plain(value);
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL) {
        *ret = value->integer;
        return true;
    }
    tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                 tdm_py_type_name(value));
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

bool tdm_py_valid_date(tdm_interp *in, const py_moment *m)
{
    if (!in_range(in, m->year, 1, 9999, "year") || !in_range(in, m->month, 1, 12, "month"))
        return false;
    if (m->day >= 1 && m->day <= tdm_py_days_in_month(m->year, m->month))
        return true;
    tdm_py_raise(in, "ValueError", "day is out of range for month");
    return false;
}

bool tdm_py_valid_time(tdm_interp *in, const py_moment *m)
{
    return in_range(in, m->hour, 0, 23, "hour") && in_range(in, m->minute, 0, 59, "minute") &&
           in_range(in, m->second, 0, 59, "second") &&
           in_range(in, m->microsecond, 0, PY_SECOND - 1, "microsecond");
}

bool tdm_py_valid_zone(tdm_interp *in, tdm_py zone, tdm_py *ret)
{
    *ret = zone && zone->kind != TDM_PY_NONE ? zone : NULL;
    if (!*ret || tdm_py_is_kind(*ret, &tdm_py_timezone_kind))
        return true;
    tdm_py_raise(in, "TypeError", "tzinfo argument must be None or of a tzinfo subclass, not '%s'",
                 tdm_py_type_name(zone));
    return false;
}

static tdm_py make_datetime(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[9];
    py_moment m;
    (void)data;
    if (!tdm_py_read_args(in, args, "datetime",
                          "year,month,day,hour=,minute=,second=,microsecond=,tzinfo=,fold=", read))
        return NULL;
    int64_t *fields[] = {&m.year, &m.month, &m.day, &m.hour, &m.minute, &m.second, &m.microsecond};
    for (int i = 0; i < 7; i++)
        if (!tdm_py_read_integer(in, read[i], 0, fields[i]))
            return NULL;
    return tdm_py_valid_date(in, &m) && tdm_py_valid_time(in, &m) &&
                   tdm_py_valid_zone(in, read[7], &m.zone)
               ? tdm_py_new_moment(in, &tdm_py_datetime_kind, &m)
               : NULL;
}

static tdm_py make_date(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    py_moment m = {0};
    (void)data;
    if (!tdm_py_read_args(in, args, "date", "year,month,day", read) ||
        !tdm_py_read_integer(in, read[0], 0, &m.year) ||
        !tdm_py_read_integer(in, read[1], 0, &m.month) ||
        !tdm_py_read_integer(in, read[2], 0, &m.day) || !tdm_py_valid_date(in, &m))
        return NULL;
    return tdm_py_new_moment(in, &tdm_py_date_kind, &m);
}

static tdm_py make_time(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[6];
    py_moment m = {0};
    (void)data;
    if (!tdm_py_read_args(in, args, "time",
                          "hour=,minute=,second=,microsecond=,tzinfo=,fold=", read) ||
        !tdm_py_read_integer(in, read[0], 0, &m.hour) ||
        !tdm_py_read_integer(in, read[1], 0, &m.minute) ||
        !tdm_py_read_integer(in, read[2], 0, &m.second) ||
        !tdm_py_read_integer(in, read[3], 0, &m.microsecond) || !tdm_py_valid_time(in, &m) ||
        !tdm_py_valid_zone(in, read[4], &m.zone))
        return NULL;
    return tdm_py_new_moment(in, &tdm_py_time_kind, &m);
}

static tdm_py make_timedelta(tdm_interp *in, void *data, const tdm_py_args *args)
{
    static const int64_t unit[] = {
        PY_DAY, PY_SECOND, 1, 1000, (int64_t)60 * PY_SECOND, (int64_t)3600 * PY_SECOND, PY_DAY * 7};
    tdm_py read[7];
    int64_t total = 0;
    (void)data;
    if (!tdm_py_read_args(
            in, args, "timedelta",
            "days=,seconds=,microseconds=,milliseconds=,minutes=,hours=,weeks=", read))
        return NULL;
    for (int i = 0; i < 7; i++) {
        int64_t value, part;
        if (read[i] && read[i]->kind == TDM_PY_FLOAT)
            return tdm_py_unfollowed(in, "a timedelta of fractions");
        if (!tdm_py_read_integer(in, read[i], 0, &value))
            return NULL;
        if (__builtin_mul_overflow(value, unit[i], &part) ||
            __builtin_add_overflow(total, part, &total))
            return tdm_py_unfollowed(in, "so long a timedelta");
    }
    return tdm_py_new_span(in, &tdm_py_timedelta_kind, total);
}

static tdm_py make_timezone(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "timezone", "offset,name=", read))
        return NULL;
    if (!tdm_py_is_kind(read[0], &tdm_py_timedelta_kind) || read[1])
        return tdm_py_unfollowed(in, "this timezone()");
    return tdm_py_new_span(in, &tdm_py_timezone_kind,
                           ((const py_span_data *)read[0]->other.data)->microseconds);
}

static tdm_py make_utc(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_new_span(in, &tdm_py_timezone_kind, 0);
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
static bool read_iso(tdm_text text, py_moment *m, bool time)
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
    py_moment m = {0};
    if (!tdm_py_read_args(in, args, "fromisoformat", "date_string,/", &text))
        return NULL;
    if (text->kind != TDM_PY_STR || !read_iso(text->text, &m, kind == &tdm_py_datetime_kind))
        return tdm_py_unfollowed(in, "this fromisoformat()");
    return tdm_py_valid_date(in, &m) && tdm_py_valid_time(in, &m) ? tdm_py_new_moment(in, kind, &m)
                                                                  : NULL;
}

static tdm_py datetime_fromisoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return from_iso(in, args, &tdm_py_datetime_kind);
}

static tdm_py date_fromisoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return from_iso(in, args, &tdm_py_date_kind);
}

static tdm_py datetime_utcfromtimestamp(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    py_moment m = {.year = 1970, .month = 1, .day = 1};
    (void)data;
    if (!tdm_py_read_args(in, args, "utcfromtimestamp", "timestamp", &value))
        return NULL;
    if (value->kind != TDM_PY_INT || value->integer > INT32_MAX || value->integer < 0)
        return tdm_py_unfollowed(in, "this utcfromtimestamp()");
    tdm_py_set_ordinal(&m, tdm_py_ordinal(&m) + value->integer / 86400);
    tdm_py_set_time_of_day(&m, value->integer % 86400 * PY_SECOND);
    return tdm_py_new_moment(in, &tdm_py_datetime_kind, &m);
}

static tdm_py now(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_harmless(in, "the time of a run");
}

// ---- the types ----

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const py_row datetime_rows[] = {
    {"astimezone", NULL, 0},
    {"combine", NULL, 0},
    {"ctime", NULL, 0},
    {"date", tdm_py_datetime_date, 0},
    {"fromisoformat", datetime_fromisoformat, PY_ROW_STATIC},
    {"fromtimestamp", NULL, 0},
    {"isocalendar", NULL, 0},
    {"isoformat", tdm_py_moment_isoformat, 0},
    {"isoweekday", tdm_py_moment_isoweekday, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"now", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"replace", tdm_py_moment_replace, 0},
    {"strftime", tdm_py_moment_strftime, 0},
    {"strptime", NULL, 0},
    {"time", tdm_py_datetime_time, 0},
    {"timestamp", tdm_py_datetime_timestamp, 0},
    {"timetuple", NULL, 0},
    {"timetz", NULL, 0},
    {"today", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"toordinal", tdm_py_moment_toordinal, 0},
    {"tzname", NULL, 0},
    {"utcfromtimestamp", datetime_utcfromtimestamp, PY_ROW_STATIC},
    {"utcnow", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"utcoffset", NULL, 0},
    {"weekday", tdm_py_moment_weekday, 0},
};

static const py_row date_rows[] = {
    {"ctime", NULL, 0},
    {"fromisoformat", date_fromisoformat, PY_ROW_STATIC},
    {"fromordinal", NULL, 0},
    {"fromtimestamp", NULL, 0},
    {"isocalendar", NULL, 0},
    {"isoformat", tdm_py_moment_isoformat, 0},
    {"isoweekday", tdm_py_moment_isoweekday, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"replace", tdm_py_moment_replace, 0},
    {"strftime", tdm_py_moment_strftime, 0},
    {"timetuple", NULL, 0},
    {"today", now, PY_ROW_STATIC | PY_ROW_TOLERANT},
    {"toordinal", tdm_py_moment_toordinal, 0},
    {"weekday", tdm_py_moment_weekday, 0},
};

static const py_row time_rows[] = {
    {"fromisoformat", NULL, 0},
    {"isoformat", tdm_py_moment_isoformat, 0},
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"replace", tdm_py_moment_replace, 0},
    {"strftime", tdm_py_moment_strftime, 0},
    {"tzname", NULL, 0},
    {"utcoffset", NULL, 0},
};

static const py_row timedelta_rows[] = {
    {"max", NULL, 0},
    {"min", NULL, 0},
    {"total_seconds", tdm_py_span_total_seconds, 0},
};

static const py_row timezone_rows[] = {
    {"tzname", NULL, 0},
    {"utc", make_utc, PY_ROW_STATIC | PY_ROW_PROPERTY},
    {"utcoffset", NULL, 0},
};

const py_builtin_type tdm_py_datetime_type = {
    "datetime.datetime", TDM_PY_OTHER,          &tdm_py_datetime_kind, make_datetime,
    datetime_rows,       LENGTH(datetime_rows), "datetime.date"};
const py_builtin_type tdm_py_date_type = {
    "datetime.date",   TDM_PY_OTHER, &tdm_py_date_kind, make_date, date_rows,
    LENGTH(date_rows), NULL};
const py_builtin_type tdm_py_time_type = {
    "datetime.time",   TDM_PY_OTHER, &tdm_py_time_kind, make_time, time_rows,
    LENGTH(time_rows), NULL};
const py_builtin_type tdm_py_timedelta_type = {
    "datetime.timedelta",   TDM_PY_OTHER, &tdm_py_timedelta_kind, make_timedelta, timedelta_rows,
    LENGTH(timedelta_rows), NULL};
const py_builtin_type tdm_py_timezone_type = {
    "datetime.timezone",   TDM_PY_OTHER, &tdm_py_timezone_kind, make_timezone, timezone_rows,
    LENGTH(timezone_rows), NULL};

#define MOMENT_KIND(type_name, builtin, ordering)                                                  \
    {                                                                                              \
        .behaviour = {.name = type_name,                                                           \
                      .get_attr = tdm_py_moment_attr,                                              \
                      .operate = tdm_py_operate_moment,                                            \
                      .to_str = tdm_py_moment_str,                                                 \
                      .inert = true},                                                              \
        .type = builtin, .hash = tdm_py_hash_moment, .order = ordering,                            \
        .repr = tdm_py_moment_repr, .format = tdm_py_format_moment                                 \
    }

const py_other_type tdm_py_datetime_kind =
    MOMENT_KIND("datetime.datetime", &tdm_py_datetime_type, tdm_py_order_moments);
const py_other_type tdm_py_date_kind =
    MOMENT_KIND("datetime.date", &tdm_py_date_type, tdm_py_order_moments);
const py_other_type tdm_py_time_kind =
    MOMENT_KIND("datetime.time", &tdm_py_time_type, tdm_py_order_times);
const py_other_type tdm_py_timedelta_kind = {
    .behaviour = {.name = "datetime.timedelta",
                  .get_attr = tdm_py_span_attr,
                  .operate = tdm_py_operate_span,
                  .truth = tdm_py_span_truth,
                  .to_str = tdm_py_span_str,
                  .inert = true},
    .type = &tdm_py_timedelta_type,
    .hash = tdm_py_hash_span,
    .order = tdm_py_order_spans,
    .repr = tdm_py_span_repr,
};
const py_other_type tdm_py_timezone_kind = {
    .behaviour = {.name = "datetime.timezone",
                  .truth = tdm_py_span_truth,
                  .to_str = tdm_py_span_str,
                  .inert = true},
    .type = &tdm_py_timezone_type,
    .hash = tdm_py_hash_span,
    .order = tdm_py_order_spans,
    .repr = tdm_py_span_repr,
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

const py_std_table tdm_py_std_time = {rows, LENGTH(rows)};
