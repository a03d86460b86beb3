// Dates, times and differences: what the files of the datetime module share.
#ifndef PYTHON_MOMENT_H
#define PYTHON_MOMENT_H

#include "python/std.h"

enum {
    PY_SECOND = 1000000, // in microseconds
};
#define PY_DAY ((int64_t)86400 * PY_SECOND)

// A date has no time, a time no date; `zone` is NULL for naive ones.
typedef struct py_moment {
    int64_t year, month, day, hour, minute, second, microsecond;
    tdm_py zone;
} py_moment;

typedef struct py_span_data {
    int64_t microseconds; // of a timedelta; of a timezone: its offset
} py_span_data;

extern const py_other_type tdm_py_datetime_kind, tdm_py_date_kind, tdm_py_time_kind,
    tdm_py_timedelta_kind, tdm_py_timezone_kind;

bool tdm_py_is_kind(tdm_py value, const py_other_type *kind);
int64_t tdm_py_days_in_month(int64_t year, int64_t month);
// date.toordinal(): 1 is the first of January of year 1.
int64_t tdm_py_ordinal(const py_moment *m);
void tdm_py_set_ordinal(py_moment *m, int64_t days);
void tdm_py_set_time_of_day(py_moment *m, int64_t microseconds);
int64_t tdm_py_floor_div(int64_t a, int64_t b);
tdm_py tdm_py_moment_isoformat(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_moment_str(tdm_interp *in, tdm_py self);
tdm_py tdm_py_span_repr(tdm_interp *in, tdm_py self);
tdm_py tdm_py_moment_repr(tdm_interp *in, tdm_py self);
tdm_py tdm_py_span_str(tdm_interp *in, tdm_py self);
tdm_py tdm_py_format_moment(tdm_interp *in, tdm_py self, tdm_text spec);
tdm_py tdm_py_moment_strftime(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_moment_toordinal(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_moment_attr(tdm_interp *in, tdm_py self, tdm_text name);
tdm_py tdm_py_moment_replace(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_datetime_date(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_datetime_time(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_moment_weekday(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_moment_isoweekday(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_datetime_timestamp(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_span_total_seconds(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_span_attr(tdm_interp *in, tdm_py self, tdm_text name);
tdm_py tdm_py_operate_moment(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);
tdm_py tdm_py_operate_span(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);
int tdm_py_order_moments(tdm_py left, tdm_py right);
int tdm_py_order_times(tdm_py left, tdm_py right);
int tdm_py_order_spans(tdm_py left, tdm_py right);
bool tdm_py_hash_moment(tdm_py self, uint64_t *ret);
bool tdm_py_hash_span(tdm_py self, uint64_t *ret);
tdm_py tdm_py_span_truth(tdm_interp *in, tdm_py self);
tdm_py tdm_py_new_moment(tdm_interp *in, const py_other_type *kind, const py_moment *value);
tdm_py tdm_py_new_span(tdm_interp *in, const py_other_type *kind, int64_t microseconds);
bool tdm_py_read_integer(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret);
bool tdm_py_valid_date(tdm_interp *in, const py_moment *m);
bool tdm_py_valid_time(tdm_interp *in, const py_moment *m);
bool tdm_py_valid_zone(tdm_interp *in, tdm_py zone, tdm_py *ret);

#endif
