#include "python/std.h"

const py_builtin_type py_datetime_type = {
    "datetime.datetime", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_date_type = {"datetime.date", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_time_type = {"datetime.time", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_timedelta_type = {
    "datetime.timedelta", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_timezone_type = {
    "datetime.timezone", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_uuid_type = {"uuid.UUID", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};
const py_builtin_type py_decimal_type = {
    "decimal.Decimal", TDM_PY_OTHER, NULL, NULL, NULL, 0, NULL};

static const py_std_row rows[] = {{"uuid", "uuid4", PY_STD_UNKNOWN, NULL, 0}};
const py_std_table py_std_time = {rows, sizeof rows / sizeof *rows};
