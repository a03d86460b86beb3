// Exceptions: the built-in hierarchy, raising, catching, their texts.
#include "python/interp.h"

#include <stdlib.h>
#include <string.h>

typedef struct exception_row {
    const char *name;
    const char *base;
} exception_row;

// Python Library Reference, "Exception hierarchy", and those of the modules that std_*.c has.
// In byte order: searched by bisection.
static const exception_row rows[] = {
    {"ArithmeticError", "Exception"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BaseException", "object"},
    {"BlockingIOError", "OSError"},
    {"BrokenPipeError", "ConnectionError"},
    {"BufferError", "Exception"},
    {"BytesWarning", "Warning"},
    {"ChildProcessError", "OSError"},
    {"ConnectionAbortedError", "ConnectionError"},
    {"ConnectionError", "OSError"},
    {"ConnectionRefusedError", "ConnectionError"},
    {"ConnectionResetError", "ConnectionError"},
    {"DeprecationWarning", "Warning"},
    {"EOFError", "Exception"},
    {"EncodingWarning", "Warning"},
    {"EnvironmentError", "OSError"},
    {"Exception", "BaseException"},
    {"FileExistsError", "OSError"},
    {"FileNotFoundError", "OSError"},
    {"FloatingPointError", "ArithmeticError"},
    {"FrozenInstanceError", "AttributeError"},
    {"FutureWarning", "Warning"},
    {"GeneratorExit", "BaseException"},
    {"IOError", "OSError"},
    {"ImportError", "Exception"},
    {"ImportWarning", "Warning"},
    {"IndentationError", "SyntaxError"},
    {"IndexError", "LookupError"},
    {"InterruptedError", "OSError"},
    {"IsADirectoryError", "OSError"},
    {"JSONDecodeError", "ValueError"},
    {"KeyError", "LookupError"},
    {"KeyboardInterrupt", "BaseException"},
    {"LookupError", "Exception"},
    {"MemoryError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"NameError", "Exception"},
    {"NotADirectoryError", "OSError"},
    {"NotImplementedError", "RuntimeError"},
    {"OSError", "Exception"},
    {"OverflowError", "ArithmeticError"},
    {"PendingDeprecationWarning", "Warning"},
    {"PermissionError", "OSError"},
    {"ProcessLookupError", "OSError"},
    {"RecursionError", "RuntimeError"},
    {"ReferenceError", "Exception"},
    {"ResourceWarning", "Warning"},
    {"RuntimeError", "Exception"},
    {"RuntimeWarning", "Warning"},
    {"StopAsyncIteration", "Exception"},
    {"StopIteration", "Exception"},
    {"SyntaxError", "Exception"},
    {"SyntaxWarning", "Warning"},
    {"SystemError", "Exception"},
    {"SystemExit", "BaseException"},
    {"TabError", "IndentationError"},
    {"TimeoutError", "OSError"},
    {"TypeError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"UnicodeDecodeError", "UnicodeError"},
    {"UnicodeEncodeError", "UnicodeError"},
    {"UnicodeError", "ValueError"},
    {"UnicodeTranslateError", "UnicodeError"},
    {"UnicodeWarning", "Warning"},
    {"UserWarning", "Warning"},
    {"ValueError", "Exception"},
    {"Warning", "Exception"},
    {"ZeroDivisionError", "ArithmeticError"},
};

static int compare_row(const void *key, const void *entry)
{
    return tdm_text_compare(*(const tdm_text *)key,
                            tdm_text_of(((const exception_row *)entry)->name));
}

static tdm_py make_class(tdm_interp *in, tdm_text name, tdm_py base)
{
    tdm_py made;
    py_space space = {0};
    if (!tdm_py_class_new(in, tdm_py_name_of(&in->names, name), &base, 1, space, &made))
        return NULL;
    made->class_data->flavor = PY_CLASS_EXCEPTION;
    tdm_map_put(&in->classes, made->class_data->name->text, made);
    return made;
}

static tdm_py find_class(tdm_interp *in, tdm_text name)
{
    tdm_py known = tdm_map_get(&in->classes, name);
    if (known)
        return known;
    const exception_row *row =
        bsearch(&name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare_row);
    if (!row)
        return NULL;
    tdm_py base = strcmp(row->base, "object") == 0 ? tdm_py_builtin_class(in, "object")
                                                   : find_class(in, tdm_text_of(row->base));
    // Two names of one class.
    if (strcmp(row->name, "IOError") == 0 || strcmp(row->name, "EnvironmentError") == 0)
        return base;
    return base ? make_class(in, tdm_text_of(row->name), base) : NULL;
}

tdm_py tdm_py_exception_class(tdm_interp *in, tdm_text name)
{
    tdm_py found = find_class(in, name);
    if (found)
        return found->kind == TDM_PY_CLASS && found->class_data->flavor == PY_CLASS_EXCEPTION
                   ? found
                   : NULL;
    tdm_py base = find_class(in, TDM_TEXT("Exception"));
    return base ? make_class(in, tdm_arena_text(in->arena, name), base) : NULL;
}

tdm_py tdm_py_exception_builtin(tdm_interp *in, tdm_text name)
{
    return bsearch(&name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare_row)
               ? find_class(in, name)
               : NULL;
}

tdm_py tdm_py_exception_new(tdm_interp *in, tdm_py type, tdm_py message)
{
    tdm_py made = tdm_py_instance_new(in, type);
    if (made->kind == TDM_PY_INSTANCE)
        made->instance->args = tdm_py_tuple(in, &message, message ? 1 : 0);
    return made;
}

bool tdm_py_is_exception(tdm_py value)
{
    return value->kind == TDM_PY_INSTANCE &&
           value->instance->type->class_data->flavor == PY_CLASS_EXCEPTION;
}

// ---- raising ----

void tdm_py_raise_value(tdm_interp *in, tdm_py exception)
{
    if (in->stopped)
        return;
    if (!exception->instance->place.line)
        exception->instance->place = tdm_py_here(in);
    in->pending = exception;
}

void tdm_py_raise_with(tdm_interp *in, const char *type, tdm_py argument)
{
    tdm_py class_value = tdm_py_exception_class(in, tdm_text_of(type));
    tdm_py made = class_value ? tdm_py_exception_new(in, class_value, argument) : NULL;
    if (!made || made->kind != TDM_PY_INSTANCE)
        tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
    else
        tdm_py_raise_value(in, made);
}

tdm_py tdm_py_raise(tdm_interp *in, const char *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text message = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    if (!in->stopped)
        tdm_py_raise_with(in, type, message.size ? tdm_py_str(in, message) : NULL);
    return NULL;
}

bool tdm_py_pending(tdm_interp *in)
{
    return tdm_py_failed(in);
}

void tdm_py_clear(tdm_interp *in)
{
    in->pending = NULL;
}

bool tdm_py_raised(tdm_interp *in, const char *type)
{
    if (!in->pending)
        return false;
    tdm_py class_value = tdm_py_exception_class(in, tdm_text_of(type));
    return class_value && tdm_py_is_subclass(in->pending->instance->type, class_value);
}

bool tdm_py_take_stop_iteration(tdm_interp *in)
{
    if (!tdm_py_raised(in, "StopIteration"))
        return false;
    tdm_py_clear(in);
    return true;
}

// ---- catching ----

tdm_text tdm_py_last_part(tdm_text dotted)
{
    size_t start = dotted.size;
    while (start > 0 && dotted.data[start - 1] != '.')
        start--;
    return tdm_text_from(dotted, start);
}

static bool is_builtin_exception(tdm_py exception)
{
    tdm_text name = exception->instance->type->class_data->name->text;
    return bsearch(&name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare_row) != NULL;
}

py_answer tdm_py_catches(tdm_interp *in, tdm_py type, tdm_py exception)
{
    py_answer result = PY_NO;
    switch ((tdm_py_kind)type->kind) {
    case TDM_PY_CLASS:
        return tdm_py_is_subclass(exception->instance->type, type) ? PY_YES : PY_NO;
    case TDM_PY_TUPLE:
        for (uint32_t i = 0; i < type->list.count; i++) {
            py_answer one = tdm_py_catches(in, type->list.items[i], exception);
            if (one == PY_YES)
                return one;
            if (one == PY_CANNOT_KNOW)
                result = one;
        }
        return result;
    case TDM_PY_NATIVE:
        // A class of a library never catches what Python itself raises.
        return is_builtin_exception(exception) ? PY_NO : PY_CANNOT_KNOW;
    default:
        return PY_CANNOT_KNOW;
    }
}

// ---- texts ----

tdm_text tdm_py_exception_text(tdm_interp *in, tdm_py exception)
{
    tdm_py pending = in->pending;
    in->pending = NULL;
    tdm_py text = tdm_py_to_str(in, exception);
    in->pending = pending;
    if (!text || text->kind != TDM_PY_STR)
        return text && tdm_py_is_unknown(text) ? text->why->reason : (tdm_text){"", 0};
    return text->text;
}
