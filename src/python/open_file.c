// A file that a program has open: what is read of it, by lines or whole.
#include "python/std_file.h"

typedef struct open_file {
    tdm_text rest; // what nobody has read yet
    tdm_py_kind kind;
} open_file;

static tdm_py file_read(tdm_interp *in, void *data, const tdm_py_args *args)
{
    open_file *file = ((tdm_py)data)->other.data;
    if (args->count || args->named_count)
        return tdm_py_unfollowed(in, "reading a part of a file");
    tdm_text text = file->rest;
    file->rest = tdm_text_from(text, text.size);
    return tdm_py_constant(in->arena, file->kind, false, text);
}

static int file_next(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    open_file *file = self->other.data;
    size_t end = tdm_text_find_char(file->rest, '\n');
    size_t size = end == SIZE_MAX ? file->rest.size : end + 1;
    if (!size)
        return 0;
    if (!tdm_py_charge(in, size))
        return -1;
    *ret = tdm_py_constant(in->arena, file->kind, false, tdm_text_slice(file->rest, 0, size));
    file->rest = tdm_text_from(file->rest, size);
    return 1;
}

static tdm_py file_readlines(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return args->count || args->named_count ? tdm_py_unfollowed(in, "reading a part of a file")
                                            : tdm_py_items_of(in, data);
}

static tdm_py file_readline(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py line = NULL;
    if (args->count || args->named_count)
        return tdm_py_unfollowed(in, "reading a part of a file");
    int more = file_next(in, data, &line);
    const open_file *file = ((tdm_py)data)->other.data;
    return more < 0 ? NULL
           : more   ? line
                    : tdm_py_constant(in->arena, file->kind, false, (tdm_text){"", 0});
}

static tdm_py file_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const py_row methods[] = {
        {"close", tdm_py_ignore_call, 0},
        {"read", file_read, PY_ROW_MUTATES},
        {"readline", file_readline, PY_ROW_MUTATES},
        {"readlines", file_readlines, PY_ROW_MUTATES},
    };
    const py_row *row = tdm_py_row_find(methods, sizeof methods / sizeof *methods, name);
    return row ? tdm_py_builtin_new(in, row->name, row->function, self, row->flags)
               : tdm_py_unfollowed(in, "'%.*s' of a file", TDM_TEXT_ARG(name));
}

static tdm_py file_enter(tdm_interp *in, tdm_py self)
{
    (void)in;
    return self;
}

static const py_other_type file_type = {.behaviour = {.name = "_io.TextIOWrapper",
                                                      .get_attr = file_attr,
                                                      .enter = file_enter,
                                                      .inert = true},
                                        .next = file_next};

tdm_py tdm_py_open_file(tdm_interp *in, tdm_py content)
{
    open_file *file = tdm_arena_new_of(in->arena, open_file);
    if (!file)
        return in->out_of_memory;
    *file = (open_file){content->text, (tdm_py_kind)content->kind};
    return tdm_py_other(in, &file_type, file);
}
