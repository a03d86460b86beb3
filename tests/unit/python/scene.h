// A host that writes down what happens to it: calls of `op`, and what it is told to be opaque.
//
//     assert_scene("op.execute('x')", "execute('x')\n");
//
// Here `op` may do anything; `sa` makes inert values; `[assume]` and project files come in tables.
#ifndef PYTHON_SCENE_H
#define PYTHON_SCENE_H

#include "test.h"

#include "python/eval.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

typedef struct scene_file {
    const char *dotted;
    const char *path;
    const char *source;
} scene_file;

typedef struct scene {
    tdm_arena *arena;
    tdm_buffer log;
    const scene_file *files;
    size_t file_count;
    const char *assumed; // a dotted name whose value is True
    tdm_error err;
    tdm_status status;
} scene;

static tdm_py scene_attr(tdm_interp *in, tdm_py self, tdm_text name);
static tdm_py scene_call(tdm_interp *in, tdm_py self, const tdm_py_args *args);
static tdm_py scene_enter(tdm_interp *in, tdm_py self);
static bool scene_leave(tdm_interp *in, tdm_py self);

static const tdm_py_class scene_op = {.name = "op",
                                      .get_attr = scene_attr,
                                      .call = scene_call,
                                      .enter = scene_enter,
                                      .leave = scene_leave};
static const tdm_py_class scene_sa = {
    .name = "sa", .get_attr = scene_attr, .call = scene_call, .inert = true};

static scene *scene_of(tdm_interp *in)
{
    return tdm_interp_host(in);
}

static tdm_py scene_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    return tdm_py_native(in, tdm_py_native_class(self),
                         tdm_arena_string(tdm_interp_arena(in), name));
}

static void scene_put(tdm_interp *in, tdm_buffer *out, tdm_py value)
{
    if (tdm_py_kind_of(value) == TDM_PY_NATIVE) {
        tdm_buffer_puts(out, (const char *)tdm_py_native_data(value));
        return;
    }
    tdm_py text = tdm_py_repr(in, value);
    if (text && tdm_py_kind_of(text) == TDM_PY_STR)
        tdm_buffer_put(out, tdm_py_as_text(text));
    else
        tdm_buffer_puts(out, text ? "?" : "raised");
}

static tdm_py scene_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    if (tdm_py_is_native(self, &scene_sa))
        return self;
    tdm_buffer *out = &scene_of(in)->log;
    tdm_buffer_puts(out, tdm_py_native_data(self));
    tdm_buffer_putc(out, '(');
    for (size_t i = 0; i < args->count; i++) {
        if (i)
            tdm_buffer_puts(out, ", ");
        scene_put(in, out, args->positional[i]);
    }
    for (size_t i = 0; i < args->named_count; i++) {
        tdm_buffer_putf(out, "%s%.*s=", args->count + i ? ", " : "", TDM_TEXT_ARG(args->names[i]));
        scene_put(in, out, args->named[i]);
    }
    tdm_buffer_puts(out, ")\n");
    return self;
}

static tdm_py scene_enter(tdm_interp *in, tdm_py self)
{
    tdm_buffer_puts(&scene_of(in)->log, "enter\n");
    return self;
}

static bool scene_leave(tdm_interp *in, tdm_py self)
{
    (void)self;
    tdm_buffer_puts(&scene_of(in)->log, "leave\n");
    return true;
}

static tdm_py scene_module(tdm_interp *in, void *context, tdm_text dotted)
{
    (void)context;
    tdm_arena *arena = tdm_interp_arena(in);
    if (tdm_text_is(dotted, "alembic"))
        return tdm_py_native(in, &scene_op, tdm_arena_string(arena, dotted));
    if (tdm_text_is(dotted, "sqlalchemy"))
        return tdm_py_native(in, &scene_sa, tdm_arena_string(arena, dotted));
    return NULL;
}

static bool scene_source(void *context, tdm_text dotted, tdm_text *ret_path, tdm_text *ret_source)
{
    const scene *s = context;
    for (size_t i = 0; i < s->file_count; i++)
        if (tdm_text_is(dotted, s->files[i].dotted)) {
            *ret_path = tdm_text_of(s->files[i].path);
            *ret_source = tdm_text_of(s->files[i].source);
            return true;
        }
    return false;
}

static bool scene_read(void *context, tdm_text package, tdm_text path, tdm_text *ret)
{
    const scene *s = context;
    for (size_t i = 0; i < s->file_count; i++) {
        tdm_text at = tdm_text_of(s->files[i].path);
        bool below = at.size > package.size && at.data[package.size] == '/';
        for (size_t j = 0; j < package.size && below; j++)
            below = at.data[j] == (package.data[j] == '.' ? '/' : package.data[j]);
        if (package.size && below)
            at = tdm_text_from(at, package.size + 1);
        if (tdm_text_equal(at, path) && (below || !package.size)) {
            *ret = tdm_text_of(s->files[i].source);
            return true;
        }
    }
    return false;
}

static tdm_py scene_assume(tdm_interp *in, void *context, tdm_text dotted)
{
    const scene *s = context;
    return s->assumed && tdm_text_is(dotted, s->assumed) ? tdm_py_bool(in, true) : NULL;
}

static void scene_opaque(void *context, tdm_place place, tdm_text reason)
{
    scene *s = context;
    tdm_buffer_putf(&s->log, "opaque %u: %.*s\n", place.line, TDM_TEXT_ARG(reason));
}

// Loads `source` and runs its upgrade(), if there is one.
static void scene_run(scene *s, const char *source)
{
    const tdm_py_host host = {.context = s,
                              .module = scene_module,
                              .source = scene_source,
                              .file = scene_read,
                              .assume = scene_assume,
                              .opaque = scene_opaque};
    tdm_interp *in;
    tdm_py module;
    tdm_py_outcome outcome;
    s->arena = tdm_arena_new(0);
    s->log = TDM_BUFFER_INIT(1 << 20);
    s->status = tdm_interp_new(s->arena, &host, (tdm_py_limits){0}, &in, &s->err);
    if (s->status == TDM_OK)
        s->status = tdm_py_load(in, "rev.py", tdm_text_of(source), &module, &s->err);
    if (s->status != TDM_OK)
        return;
    if (tdm_py_module_raised(module, &outcome)) {
        tdm_buffer_putf(&s->log, "module raised %.*s %u: %.*s\n", TDM_TEXT_ARG(outcome.exception),
                        outcome.place.line, TDM_TEXT_ARG(outcome.message));
        return;
    }
    tdm_py function = tdm_py_module_get(module, TDM_TEXT("upgrade"));
    if (!function)
        return;
    s->status = tdm_py_run(in, function, NULL, &outcome, &s->err);
    if (s->status == TDM_OK && outcome.raised)
        tdm_buffer_putf(&s->log, "raised %.*s %u: %.*s\n", TDM_TEXT_ARG(outcome.exception),
                        outcome.place.line, TDM_TEXT_ARG(outcome.message));
}

static void scene_end(scene *s)
{
    tdm_buffer_free(&s->log);
    tdm_arena_free(s->arena);
}

static void scene_check(scene *s, const char *source, const char *expected)
{
    scene_run(s, source);
    if (s->status != TDM_OK)
        print_message("%u:%u: %s\n", s->err.place.line, s->err.place.column, s->err.message);
    assert_int_equal(s->status, TDM_OK);
    assert_string_equal(s->log.data ? s->log.data : "", expected);
    scene_end(s);
}

// The body of upgrade(), each line indented by four spaces, after two lines of imports and one of
// `from app import *` objects that nobody has: `unknown` is one.
#define HEAD                                                                                       \
    "from alembic import op\nimport sqlalchemy as sa\nfrom app.settings import unknown\n"          \
    "def upgrade():\n"

#define assert_scene(body, expected) scene_check(&(scene){0}, HEAD body, expected)

#endif
