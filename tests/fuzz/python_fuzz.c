// libFuzzer: any bytes as a revision file. The header is read, the module run, then upgrade() and
// downgrade(), against a host whose objects answer everything. Limits are small, so that an input
// that works hard is not taken for one that hangs.
#include "python/eval.h"
#include "python/syntax.h"

#include "base/text.h"

static tdm_py thing_attr(tdm_interp *in, tdm_py self, tdm_text name);
static tdm_py thing_call(tdm_interp *in, tdm_py self, const tdm_py_args *args);
static tdm_py thing_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);
static tdm_py thing_items(tdm_interp *in, tdm_py self);
static tdm_py thing_enter(tdm_interp *in, tdm_py self);
static bool thing_leave(tdm_interp *in, tdm_py self);

static const tdm_py_class thing = {.name = "op",
                                   .get_attr = thing_attr,
                                   .call = thing_call,
                                   .operate = thing_operate,
                                   .iterate = thing_items,
                                   .enter = thing_enter,
                                   .leave = thing_leave};

static tdm_py thing_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    if (tdm_text_is(name, "unknown"))
        return tdm_py_unknown(in, tdm_interp_place(in), "asked for");
    return tdm_text_is(name, "missing") ? tdm_py_raise(in, "AttributeError", "missing") : self;
}

// Prints, compares and calls back what it is given.
static tdm_py thing_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    for (size_t i = 0; i < args->count; i++) {
        tdm_py value = args->positional[i];
        bool same;
        if (!tdm_py_repr(in, value) || !tdm_py_to_str(in, value))
            return NULL;
        tdm_py_equal(in, value, self, &same);
        if (tdm_py_kind_of(value) == TDM_PY_FUNCTION && !tdm_py_call(in, value, &(tdm_py_args){0}))
            return NULL;
        if (tdm_py_kind_of(value) == TDM_PY_LIST && !tdm_py_iterate(in, value))
            return NULL;
    }
    return self;
}

static tdm_py thing_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    (void)op;
    (void)right;
    return tdm_py_is_native(left, &thing) ? left : tdm_py_not_implemented(in);
}

static tdm_py thing_items(tdm_interp *in, tdm_py self)
{
    return tdm_py_list(in, &self, 1);
}

static tdm_py thing_enter(tdm_interp *in, tdm_py self)
{
    (void)in;
    return self;
}

static bool thing_leave(tdm_interp *in, tdm_py self)
{
    (void)in;
    (void)self;
    return true;
}

static tdm_py module(tdm_interp *in, void *context, tdm_text dotted)
{
    (void)context;
    bool ours = tdm_text_is(dotted, "alembic") || tdm_text_is(dotted, "sqlalchemy");
    return ours ? tdm_py_native(in, &thing, NULL) : NULL;
}

static bool source(void *context, tdm_text dotted, tdm_text *ret_path, tdm_text *ret_source)
{
    *ret_path = TDM_TEXT("app/__init__.py");
    *ret_source = *(const tdm_text *)context; // the file imports itself
    return tdm_text_starts(dotted, TDM_TEXT("app"));
}

static bool file(void *context, tdm_text package, tdm_text path, tdm_text *ret_bytes)
{
    (void)package;
    *ret_bytes = *(const tdm_text *)context;
    return path.size != 3;
}

static void opaque(void *context, tdm_place place, tdm_text reason)
{
    (void)context;
    (void)place;
    (void)reason;
}

static void read_header(tdm_arena *arena, tdm_text text)
{
    tdm_py_source *parsed;
    tdm_py_literal literal;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_py_parse(arena, "fuzz.py", text, &parsed, &err) != TDM_OK)
        return;
    (void)tdm_py_docstring(parsed, NULL);
    if (tdm_py_literal_of(arena, parsed, TDM_TEXT("revision"), &literal, &err) == TDM_OK)
        (void)tdm_py_has_function(parsed, TDM_TEXT("upgrade"));
    tdm_py_source_free(parsed);
}

static void run(tdm_arena *arena, tdm_text text)
{
    const tdm_py_host host = {
        .context = &text, .module = module, .source = source, .file = file, .opaque = opaque};
    tdm_interp *in;
    tdm_py loaded;
    tdm_py_outcome outcome;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_interp_new(arena, &host, (tdm_py_limits){.steps = 200000}, &in, &err) != TDM_OK)
        return;
    if (tdm_py_load(in, "fuzz.py", text, &loaded, &err) == TDM_OK) {
        tdm_py function = tdm_py_module_get(loaded, TDM_TEXT("upgrade"));
        if (function && tdm_py_run(in, function, NULL, &outcome, &err) == TDM_OK)
            function = tdm_py_module_get(loaded, TDM_TEXT("downgrade"));
        if (function && tdm_py_run(in, function, NULL, &outcome, &err) != TDM_OK)
            function = NULL;
    }
    tdm_interp_free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_text text = {(const char *)data, size};
    tdm_arena *arena = tdm_arena_new((size_t)64 << 20);
    if (!arena)
        return 0;
    read_header(arena, text);
    run(arena, text);
    tdm_arena_free(arena);
    return 0;
}
