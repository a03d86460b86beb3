// The calendar, and arithmetic and parts of dates and times.
#include "python/moment.h"

#include <string.h>

bool tdm_py_is_kind(tdm_py value, const py_other_type *kind)
{
    return value && value->kind == TDM_PY_OTHER && value->other.type == kind;
}

// ---- the calendar ----

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int64_t tdm_py_days_in_month(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

// date.toordinal(): 1 is the first of January of year 1.
int64_t tdm_py_ordinal(const py_moment *m)
{
    int64_t before = m->year - 1, days = before * 365 + before / 4 - before / 100 + before / 400;
    for (int64_t month = 1; month < m->month; month++)
        days += tdm_py_days_in_month(m->year, month);
    return days + m->day;
}

void tdm_py_set_ordinal(py_moment *m, int64_t days)
{
    int64_t low = 1, high = 9999;
    while (low < high) { // the last year that begins at or before `days`
        int64_t middle = (low + high + 1) / 2;
        py_moment first = {.year = middle, .month = 1, .day = 1};
        if (tdm_py_ordinal(&first) <= days)
            low = middle;
        else
            high = middle - 1;
    }
    py_moment at = {.year = low, .month = 1, .day = 1};
    int64_t rest = days - tdm_py_ordinal(&at);
    while (rest >= tdm_py_days_in_month(low, at.month))
        rest -= tdm_py_days_in_month(low, at.month++);
    m->year = low;
    m->month = at.month;
    m->day = rest + 1;
}

static int64_t time_of_day(const py_moment *m)
{
    return ((m->hour * 60 + m->minute) * 60 + m->second) * PY_SECOND + m->microsecond;
}

void tdm_py_set_time_of_day(py_moment *m, int64_t microseconds)
{
    m->microsecond = microseconds % PY_SECOND;
    m->second = microseconds / PY_SECOND % 60;
    m->minute = microseconds / PY_SECOND / 60 % 60;
    m->hour = microseconds / PY_SECOND / 3600;
}

// ---- parts and changes ----

tdm_py tdm_py_moment_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const py_moment *m = self->other.data;
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
            (parts[i].date ? !tdm_py_is_kind(self, &tdm_py_time_kind)
                           : !tdm_py_is_kind(self, &tdm_py_date_kind)))
            return tdm_py_int(in, parts[i].value);
    if (tdm_text_is(name, "tzinfo") && !tdm_py_is_kind(self, &tdm_py_date_kind))
        return m->zone ? m->zone : in->none;
    return NULL;
}

tdm_py tdm_py_moment_replace(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data;
    py_moment m = *(const py_moment *)self->other.data;
    if (args->count)
        return tdm_py_unfollowed(in, "replace() by position");
    int64_t *fields[] = {&m.year, &m.month, &m.day, &m.hour, &m.minute, &m.second, &m.microsecond};
    static const char *const names[] = {"year",   "month",  "day",        "hour",
                                        "minute", "second", "microsecond"};
    for (size_t i = 0; i < args->named_count; i++) {
        bool known = tdm_text_is(args->names[i], "tzinfo");
        if (known && !tdm_py_valid_zone(in, args->named[i], &m.zone))
            return NULL;
        for (int j = 0; j < 7 && !known; j++) {
            known = tdm_text_is(args->names[i], names[j]);
            if (known && !tdm_py_read_integer(in, args->named[i], 0, fields[j]))
                return NULL;
        }
        if (!known)
            return tdm_py_unfollowed(in, "replace(%.*s=)", TDM_TEXT_ARG(args->names[i]));
    }
    if ((!tdm_py_is_kind(self, &tdm_py_time_kind) && !tdm_py_valid_date(in, &m)) ||
        !tdm_py_valid_time(in, &m))
        return NULL;
    return tdm_py_new_moment(in, self->other.type, &m);
}

tdm_py tdm_py_datetime_date(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const py_moment *m = ((tdm_py)data)->other.data;
    (void)args;
    return tdm_py_new_moment(in, &tdm_py_date_kind,
                             &(py_moment){.year = m->year, .month = m->month, .day = m->day});
}

tdm_py tdm_py_datetime_time(tdm_interp *in, void *data, const tdm_py_args *args)
{
    py_moment m = *(const py_moment *)((tdm_py)data)->other.data;
    (void)args;
    m.year = m.month = m.day = 0;
    m.zone = NULL;
    return tdm_py_new_moment(in, &tdm_py_time_kind, &m);
}

tdm_py tdm_py_moment_weekday(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, (tdm_py_ordinal(((tdm_py)data)->other.data) + 6) % 7);
}

tdm_py tdm_py_moment_isoweekday(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, (tdm_py_ordinal(((tdm_py)data)->other.data) + 6) % 7 + 1);
}

tdm_py tdm_py_moment_toordinal(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_int(in, tdm_py_ordinal(((tdm_py)data)->other.data));
}

static int64_t offset_of(const py_moment *m)
{
    return m->zone ? ((const py_span_data *)m->zone->other.data)->microseconds : 0;
}

// Microseconds since the first of January of year 1, in UTC where the zone is known.
static int64_t absolute(const py_moment *m)
{
    return tdm_py_ordinal(m) * PY_DAY + time_of_day(m) - offset_of(m);
}

tdm_py tdm_py_datetime_timestamp(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const py_moment *m = ((tdm_py)data)->other.data;
    py_moment epoch = {.year = 1970, .month = 1, .day = 1};
    (void)args;
    if (!m->zone)
        return tdm_py_harmless(in, "the time zone of the machine");
    return tdm_py_float(in, (double)(absolute(m) - absolute(&epoch)) / PY_SECOND);
}

tdm_py tdm_py_span_total_seconds(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const py_span_data *s = ((tdm_py)data)->other.data;
    (void)args;
    return tdm_py_float(in, (double)s->microseconds / PY_SECOND);
}

tdm_py tdm_py_span_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    int64_t total = ((const py_span_data *)self->other.data)->microseconds;
    int64_t days = tdm_py_floor_div(total, PY_DAY), rest = total - days * PY_DAY;
    if (tdm_text_is(name, "days"))
        return tdm_py_int(in, days);
    if (tdm_text_is(name, "seconds"))
        return tdm_py_int(in, rest / PY_SECOND);
    if (tdm_text_is(name, "microseconds"))
        return tdm_py_int(in, rest % PY_SECOND);
    return NULL;
}

// ---- arithmetic and order ----

static tdm_py shifted(tdm_interp *in, tdm_py value, int64_t microseconds)
{
    py_moment m = *(const py_moment *)value->other.data;
    int64_t total = tdm_py_ordinal(&m) * PY_DAY, days;
    if (tdm_py_is_kind(value, &tdm_py_date_kind)) { // whole days only
        days = tdm_py_ordinal(&m) + tdm_py_floor_div(microseconds, PY_DAY);
    } else {
        if (__builtin_add_overflow(total + time_of_day(&m), microseconds, &total))
            total = -1;
        days = tdm_py_floor_div(total, PY_DAY);
        tdm_py_set_time_of_day(&m, total - days * PY_DAY);
    }
    if (days < 1 || days > 3652059)
        return tdm_py_raise(in, "OverflowError", "date value out of range");
    tdm_py_set_ordinal(&m, days);
    return tdm_py_new_moment(in, value->other.type, &m);
}

static bool is_moment(tdm_py value)
{
    return tdm_py_is_kind(value, &tdm_py_datetime_kind) || tdm_py_is_kind(value, &tdm_py_date_kind);
}

tdm_py tdm_py_operate_moment(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    if (op == TDM_PY_ADD && is_moment(left) && tdm_py_is_kind(right, &tdm_py_timedelta_kind))
        return shifted(in, left, ((const py_span_data *)right->other.data)->microseconds);
    if (op == TDM_PY_ADD && is_moment(right) && tdm_py_is_kind(left, &tdm_py_timedelta_kind))
        return shifted(in, right, ((const py_span_data *)left->other.data)->microseconds);
    if (op == TDM_PY_SUB && is_moment(left) && tdm_py_is_kind(right, &tdm_py_timedelta_kind))
        return shifted(in, left, -((const py_span_data *)right->other.data)->microseconds);
    if (op == TDM_PY_SUB && is_moment(left) && is_moment(right) &&
        left->other.type == right->other.type) {
        const py_moment *a = left->other.data, *b = right->other.data;
        if (!a->zone != !b->zone)
            return tdm_py_raise(in, "TypeError",
                                "can't subtract offset-naive and offset-aware datetimes");
        return tdm_py_new_span(in, &tdm_py_timedelta_kind, absolute(a) - absolute(b));
    }
    return in->not_implemented;
}

tdm_py tdm_py_operate_span(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    bool a = tdm_py_is_kind(left, &tdm_py_timedelta_kind),
         b = tdm_py_is_kind(right, &tdm_py_timedelta_kind);
    int64_t x = a ? ((const py_span_data *)left->other.data)->microseconds : 0;
    int64_t y = b ? ((const py_span_data *)right->other.data)->microseconds : 0;
    if (a && b && (op == TDM_PY_ADD || op == TDM_PY_SUB))
        return tdm_py_new_span(in, &tdm_py_timedelta_kind, op == TDM_PY_ADD ? x + y : x - y);
    if (a && !right && op == TDM_PY_NEG)
        return tdm_py_new_span(in, &tdm_py_timedelta_kind, -x);
    tdm_py number = a ? right : left;
    int64_t product;
    if (op == TDM_PY_MUL && a != b && number && number->kind == TDM_PY_INT &&
        !__builtin_mul_overflow(x + y, number->integer, &product))
        return tdm_py_new_span(in, &tdm_py_timedelta_kind, product);
    if (a && right && !b && !is_moment(right))
        return tdm_py_unfollowed(in, "this arithmetic of a timedelta");
    return in->not_implemented;
}

int tdm_py_order_moments(tdm_py left, tdm_py right)
{
    const py_moment *a = left->other.data, *b = right->other.data;
    if (!a->zone != !b->zone)
        return 2;
    int64_t x = absolute(a), y = absolute(b);
    return (x > y) - (x < y);
}

int tdm_py_order_times(tdm_py left, tdm_py right)
{
    int64_t x = time_of_day(left->other.data), y = time_of_day(right->other.data);
    return (x > y) - (x < y);
}

int tdm_py_order_spans(tdm_py left, tdm_py right)
{
    int64_t x = ((const py_span_data *)left->other.data)->microseconds;
    int64_t y = ((const py_span_data *)right->other.data)->microseconds;
    return (x > y) - (x < y);
}

bool tdm_py_hash_moment(tdm_py self, uint64_t *ret)
{
    const py_moment *m = self->other.data;
    *ret = (uint64_t)(tdm_py_is_kind(self, &tdm_py_time_kind) ? time_of_day(m) : absolute(m)) *
           0x9E3779B97F4A7C15U;
    return true;
}

bool tdm_py_hash_span(tdm_py self, uint64_t *ret)
{
    *ret = (uint64_t)((const py_span_data *)self->other.data)->microseconds * 0x9E3779B97F4A7C15U;
    return true;
}

tdm_py tdm_py_span_truth(tdm_interp *in, tdm_py self)
{
    return tdm_py_bool(in, tdm_py_is_kind(self, &tdm_py_timezone_kind) ||
                               ((const py_span_data *)self->other.data)->microseconds != 0);
}
