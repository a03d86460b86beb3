// Dates and times as text.
#include "python/moment.h"

#include <string.h>

int64_t tdm_py_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static void put_offset(tdm_buffer *out, tdm_py zone, const char *colon)
{
    int64_t offset = ((const py_span_data *)zone->other.data)->microseconds / PY_SECOND;
    int64_t size = offset < 0 ? -offset : offset;
    tdm_buffer_putf(out, "%c%02lld%s%02lld", offset < 0 ? '-' : '+', (long long)(size / 3600),
                    colon, (long long)(size / 60 % 60));
    if (size % 60)
        tdm_buffer_putf(out, "%s%02lld", colon, (long long)(size % 60));
}

static void put_date(tdm_buffer *out, const py_moment *m)
{
    tdm_buffer_putf(out, "%04lld-%02lld-%02lld", (long long)m->year, (long long)m->month,
                    (long long)m->day);
}

static void put_time(tdm_buffer *out, const py_moment *m)
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
    const py_moment *m = value->other.data;
    if (!tdm_py_is_kind(value, &tdm_py_time_kind))
        put_date(out, m);
    if (tdm_py_is_kind(value, &tdm_py_datetime_kind))
        tdm_buffer_puts(out, separator);
    if (!tdm_py_is_kind(value, &tdm_py_date_kind))
        put_time(out, m);
}

tdm_py tdm_py_moment_isoformat(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    tdm_buffer out = TDM_BUFFER_INIT(200);
    char separator[8] = "T";
    if (!tdm_py_read_args(in, args, "isoformat", "sep=,timespec=", read))
        return NULL;
    if (read[1] || (read[0] && (read[0]->kind != TDM_PY_STR || read[0]->text.size > 7)))
        return tdm_py_unfollowed(in, "isoformat() with a timespec");
    if (read[0]) {
        memcpy(separator, read[0]->text.data, read[0]->text.size);
        separator[read[0]->text.size] = '\0';
    }
    put_moment(&out, data, separator);
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_moment_str(tdm_interp *in, tdm_py self)
{
    tdm_buffer out = TDM_BUFFER_INIT(200);
    put_moment(&out, self, " ");
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_moment_repr(tdm_interp *in, tdm_py self)
{
    const py_moment *m = self->other.data;
    tdm_buffer out = TDM_BUFFER_INIT(500);
    tdm_buffer_puts(&out, self->other.type->behaviour.name);
    tdm_buffer_putc(&out, '(');
    if (!tdm_py_is_kind(self, &tdm_py_time_kind))
        tdm_buffer_putf(&out, "%lld, %lld, %lld", (long long)m->year, (long long)m->month,
                        (long long)m->day);
    if (tdm_py_is_kind(self, &tdm_py_datetime_kind))
        tdm_buffer_puts(&out, ", ");
    if (!tdm_py_is_kind(self, &tdm_py_date_kind))
        tdm_buffer_putf(&out, "%lld, %lld", (long long)m->hour, (long long)m->minute);
    if (m->second || m->microsecond)
        tdm_buffer_putf(&out, ", %lld", (long long)m->second);
    if (m->microsecond)
        tdm_buffer_putf(&out, ", %lld", (long long)m->microsecond);
    if (m->zone) {
        tdm_py zone = tdm_py_span_repr(in, m->zone);
        tdm_buffer_puts(&out, ", tzinfo=");
        if (zone && zone->kind == TDM_PY_STR)
            tdm_buffer_put(&out, zone->text);
    }
    tdm_buffer_putc(&out, ')');
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_span_str(tdm_interp *in, tdm_py self)
{
    int64_t total = ((const py_span_data *)self->other.data)->microseconds;
    tdm_buffer out = TDM_BUFFER_INIT(200);
    if (tdm_py_is_kind(self, &tdm_py_timezone_kind)) {
        tdm_buffer_puts(&out, "UTC");
        if (total)
            put_offset(&out, self, ":");
        return tdm_py_buffer_value(in, &out);
    }
    int64_t days = tdm_py_floor_div(total, PY_DAY);
    py_moment m = {0};
    tdm_py_set_time_of_day(&m, total - days * PY_DAY);
    if (days)
        tdm_buffer_putf(&out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    tdm_buffer_putf(&out, "%lld:%02lld:%02lld", (long long)m.hour, (long long)m.minute,
                    (long long)m.second);
    if (m.microsecond)
        tdm_buffer_putf(&out, ".%06lld", (long long)m.microsecond);
    return tdm_py_buffer_value(in, &out);
}

static void put_named(tdm_buffer *out, const char *name, int64_t value, bool *first)
{
    if (!value)
        return;
    tdm_buffer_putf(out, "%s%s=%lld", *first ? "" : ", ", name, (long long)value);
    *first = false;
}

tdm_py tdm_py_span_repr(tdm_interp *in, tdm_py self)
{
    int64_t total = ((const py_span_data *)self->other.data)->microseconds;
    int64_t days = tdm_py_floor_div(total, PY_DAY), rest = total - days * PY_DAY;
    bool first = true, zone = tdm_py_is_kind(self, &tdm_py_timezone_kind);
    tdm_buffer out = TDM_BUFFER_INIT(200);
    if (zone && !total) {
        tdm_buffer_puts(&out, "datetime.timezone.utc");
        return tdm_py_buffer_value(in, &out);
    }
    tdm_buffer_puts(&out, zone ? "datetime.timezone(datetime.timedelta(" : "datetime.timedelta(");
    put_named(&out, "days", days, &first);
    put_named(&out, "seconds", rest / PY_SECOND, &first);
    put_named(&out, "microseconds", rest % PY_SECOND, &first);
    if (first)
        tdm_buffer_putc(&out, '0');
    tdm_buffer_puts(&out, zone ? "))" : ")");
    return tdm_py_buffer_value(in, &out);
}

// strftime's directives that depend on neither locale nor platform. False: another one.
static bool put_directive(tdm_buffer *out, const py_moment *m, char directive)
{
    py_moment first = {.year = m->year, .month = 1, .day = 1};
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
        tdm_buffer_putf(out, "%03lld", (long long)(tdm_py_ordinal(m) - tdm_py_ordinal(&first) + 1));
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

tdm_py tdm_py_format_moment(tdm_interp *in, tdm_py self, tdm_text spec)
{
    py_moment m = *(const py_moment *)self->other.data;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    if (tdm_py_is_kind(self, &tdm_py_time_kind)) { // Python uses 1900-01-01
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
            return tdm_py_unfollowed(in, "strftime() with %%%c", directive ? directive : ' ');
        }
    }
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_moment_strftime(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py format;
    if (!tdm_py_read_args(in, args, "strftime", "format", &format))
        return NULL;
    if (format->kind != TDM_PY_STR)
        return tdm_py_raise(in, "TypeError", "strftime() argument 1 must be str");
    return tdm_py_format_moment(in, data, format->text);
}
