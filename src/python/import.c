// Imports: settings first, then the host, the standard library, the project's own files. What
// nobody has can be imported all the same, and is UNKNOWN when it is used.
#include "python/interp.h"

#include <string.h>

enum {
    MAX_MODULES = 2000, // loaded in one interpreter
    MAX_IMPORTS = 60,   // of modules importing modules
    MAX_SOUGHT = 64,    // names remembered of modules that the project does not have
};

// ---- what settings say ----

tdm_py tdm_py_assumed(tdm_interp *in, tdm_text dotted)
{
    return in->host.assume && dotted.data ? in->host.assume(in, in->host.context, dotted) : NULL;
}

// ---- modules nobody owns ----

static tdm_py foreign_module(tdm_interp *in, tdm_text dotted, tdm_place place)
{
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why)
        return in->out_of_memory;
    *why = (py_why){
        .reason = tdm_arena_printf(in->arena, "'%.*s' is not in the project", TDM_TEXT_ARG(dotted)),
        .place = place,
        .dotted = tdm_arena_text(in->arena, dotted),
        .harmless = tdm_py_is_harmless_module(dotted),
    };
    tdm_py_doubt_import(in, why);
    return tdm_py_unknown_why(in, why);
}

// ---- modules of the project ----

static py_module_data *register_module(tdm_interp *in, tdm_text dotted)
{
    py_module_data *module = tdm_arena_new_of(in->arena, py_module_data);
    if (!module)
        return NULL;
    module->dotted = tdm_arena_text(in->arena, dotted);
    tdm_py value = tdm_py_module_value(in, module);
    return tdm_map_put(&in->modules, module->dotted, value) ? module : NULL;
}

static bool is_package_path(const char *path)
{
    return tdm_text_ends(tdm_text_of(path), TDM_TEXT("__init__.py"));
}

// Makes names that the module turns out not to define UNKNOWN with this reason.
static void leave_open(tdm_interp *in, py_module_data *module, tdm_text reason, tdm_place place)
{
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why)
        return;
    *why = (py_why){.reason = reason, .place = place, .dotted = module->dotted};
    module->open = tdm_py_unknown_why(in, why);
}

// A module that cannot be parsed, or that raises, still can be imported: its names are UNKNOWN.
static bool load_source(tdm_interp *in, py_module_data *module, tdm_text path, tdm_text source)
{
    tdm_error error = TDM_ERROR_INIT;
    module->path = tdm_arena_string(in->arena, path);
    if (!module->path)
        return false;
    module->package = is_package_path(module->path);
    if (tdm_py_library_get(in->library, in->arena, &(tdm_py_file){module->path, source},
                           &module->source, &error) != TDM_OK) {
        tdm_place place = error.place;
        place.file = module->path;
        leave_open(in, module, tdm_arena_printf(in->arena, "%s", error.message), place);
        module->loaded = true;
        return true;
    }
    if (tdm_py_run_module(in, module, NULL) != TDM_OK)
        return false;
    if (module->raised)
        leave_open(in, module, module->failure->why->reason, module->raised_at);
    return true;
}

static void note_sought(tdm_interp *in, tdm_text dotted)
{
    for (size_t i = 0; i < in->sought.count; i++)
        if (tdm_text_equal(in->sought.items[i], dotted))
            return;
    in->met_project = in->met_project || in->sought.count == MAX_SOUGHT ||
                      !tdm_vector_push(in->arena, &in->sought, tdm_arena_text(in->arena, dotted));
}

static bool find_source(tdm_interp *in, tdm_text dotted, tdm_text *ret_path, tdm_text *ret_source)
{
    if (!in->host.source)
        return false;
    if (tdm_py_library_is_absent(in->library, dotted)) {
        note_sought(in, dotted);
        return false;
    }
    bool found = in->host.source(in->host.context, dotted, ret_path, ret_source);
    if (found) {
        in->met_project = true;
    } else {
        note_sought(in, dotted);
        tdm_py_library_note_absent(in->library, dotted);
    }
    return found;
}

bool tdm_py_sought(const tdm_interp *in, const tdm_text **ret, size_t *ret_count)
{
    *ret = in->sought.items;
    *ret_count = in->sought.count;
    return !in->met_project;
}

// A package that is only named on the way to a module in it is not run until something of it is
// asked for.
static tdm_py lazy_package(tdm_interp *in, tdm_text dotted)
{
    tdm_py known = tdm_map_get(&in->modules, dotted);
    if (known)
        return known;
    if (!register_module(in, dotted))
        return in->out_of_memory;
    return tdm_map_get(&in->modules, dotted);
}

static tdm_py load_project_module(tdm_interp *in, tdm_text dotted, tdm_place place)
{
    tdm_py known = tdm_map_get(&in->modules, dotted);
    if (known && known->kind == TDM_PY_MODULE && (known->module->loaded || known->module->loading))
        return known;
    tdm_text path, source;
    if (!find_source(in, dotted, &path, &source))
        return NULL;
    if (in->modules.count > MAX_MODULES || in->imports >= MAX_IMPORTS)
        return tdm_py_unfollowed(in, "so many imports");
    py_module_data *module =
        known && known->kind == TDM_PY_MODULE ? known->module : register_module(in, dotted);
    in->imports++;
    bool loaded = module && load_source(in, module, path, source);
    in->imports--;
    if (!loaded) {
        if (!in->stopped)
            tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    (void)place;
    return tdm_map_get(&in->modules, module->dotted);
}

// ---- finding a module ----

tdm_py tdm_py_import_module(tdm_interp *in, tdm_text dotted, tdm_place place)
{
    tdm_py assumed = tdm_py_assumed(in, dotted);
    if (assumed)
        return assumed;
    tdm_py module = in->host.module ? in->host.module(in, in->host.context, dotted) : NULL;
    if (module || tdm_py_failed(in))
        return module;
    module = tdm_map_get(&in->modules, dotted);
    if (module && module->kind == TDM_PY_MODULE && module->module->loaded)
        return module;
    py_module_data *standard = tdm_py_std_module(in, dotted);
    if (standard) {
        standard->loaded = true;
        module = tdm_py_module_value(in, standard);
        tdm_map_put(&in->modules, standard->dotted, module);
        return module;
    }
    module = load_project_module(in, dotted, place);
    if (module || tdm_py_failed(in))
        return module;
    module = tdm_map_get(&in->modules, dotted); // a package without __init__.py
    return module ? module : foreign_module(in, dotted, place);
}

static tdm_text dotted_child(tdm_interp *in, tdm_text parent, tdm_text name)
{
    return parent.size
               ? tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(parent), TDM_TEXT_ARG(name))
               : name;
}

static tdm_py load_star(tdm_interp *in, const py_module_data *module, const py_name *name)
{
    for (size_t i = module->star_count; i-- > 0;) {
        tdm_py value = tdm_py_find_attr(in, module->stars[i], name->text);
        if (value || tdm_py_failed(in))
            return value;
    }
    return NULL;
}

// An attribute of a module: settings, its globals (running it first when it was only named), a
// submodule, or UNKNOWN when the module could not be read whole. NULL: there is none.
tdm_py tdm_py_module_attr(tdm_interp *in, py_module_data *module, const py_name *name)
{
    if (module->dotted.size && in->host.assume) {
        tdm_py assumed = tdm_py_assumed(in, dotted_child(in, module->dotted, name->text));
        if (assumed)
            return assumed;
    }
    tdm_py value = tdm_py_space_get(&module->globals, name);
    if (value)
        return value;
    if (module->dotted.size && !module->loaded && !module->loading) {
        tdm_py loaded = load_project_module(in, module->dotted, tdm_py_here(in));
        if (tdm_py_failed(in))
            return NULL;
        value = loaded ? tdm_py_space_get(&module->globals, name) : NULL;
        if (!loaded)
            leave_open(in, module,
                       tdm_arena_printf(in->arena, "'%.*s' is not in the project",
                                        TDM_TEXT_ARG(module->dotted)),
                       tdm_py_here(in));
    }
    if (!value)
        value = load_star(in, module, name);
    if (value || tdm_py_failed(in) || !module->dotted.size)
        return value;
    tdm_text dotted = dotted_child(in, module->dotted, name->text);
    tdm_py submodule = tdm_map_get(&in->modules, dotted);
    if (submodule)
        return submodule;
    return module->open ? tdm_py_lookup_attr(in, module->open, name) : NULL;
}

// ---- import a.b.c ----

// "import a.b.c" binds "a"; the packages on the way only carry what is in them.
static tdm_py import_root(tdm_interp *in, tdm_text dotted, tdm_py leaf, tdm_place place)
{
    size_t dot = tdm_text_find_char(dotted, '.');
    if (dot == SIZE_MAX)
        return leaf;
    tdm_text root = tdm_text_slice(dotted, 0, dot);
    if (leaf->kind != TDM_PY_MODULE || !leaf->module->path)
        return tdm_py_import_module(in, root, place);
    for (size_t at = dotted.size; at-- > 0;) {
        if (dotted.data[at] != '.')
            continue;
        tdm_text parent = tdm_text_slice(dotted, 0, at);
        tdm_py package = lazy_package(in, parent);
        if (package->kind != TDM_PY_MODULE)
            return package;
        size_t from = at + 1, to = from;
        while (to < dotted.size && dotted.data[to] != '.')
            to++;
        const py_name *name = tdm_py_name_of(&in->names, tdm_text_slice(dotted, from, to));
        tdm_py_space_put(&package->module->globals, in->arena, name, leaf);
        leaf = package;
    }
    return leaf;
}

static py_flow exec_import(tdm_interp *in, const py_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        const py_node *alias = node->kid[i];
        in->at = alias;
        tdm_place place = tdm_py_here(in);
        tdm_py module = tdm_py_import_module(in, alias->name->text, place);
        if (module && !alias->op)
            module = import_root(in, alias->name->text, module, place);
        in->at = alias;
        if (!module || !tdm_py_store_name(in, alias->kid[0], module))
            return PY_FLOW_RAISE;
    }
    return PY_FLOW_NEXT;
}

// ---- from a.b import c ----

static tdm_py cannot_import(tdm_interp *in, tdm_text module, tdm_text name)
{
    return tdm_py_raise(in, "ImportError", "cannot import name '%.*s' from '%.*s'",
                        TDM_TEXT_ARG(name), TDM_TEXT_ARG(module));
}

static tdm_py import_name(tdm_interp *in, tdm_py module, tdm_text dotted, const py_name *name,
                          tdm_place place)
{
    tdm_text full = dotted_child(in, dotted, name->text);
    tdm_py found = tdm_py_assumed(in, full);
    // A module in a package stands before what is unknown about the package itself.
    bool open = tdm_py_is_unknown(module) || (module->kind == TDM_PY_MODULE &&
                                              !tdm_py_space_get(&module->module->globals, name));
    if (!found && !tdm_py_failed(in) && open)
        found = load_project_module(in, full, place);
    if (!found && !tdm_py_failed(in))
        found = tdm_py_lookup_attr(in, module, name);
    if (found && tdm_py_is_unknown(found) && found != module &&
        !tdm_text_equal(found->why->dotted, full))
        found = tdm_py_unknown_named(in, found, full);
    if (found || tdm_py_failed(in))
        return found;
    found = in->host.module ? in->host.module(in, in->host.context, full) : NULL;
    if (!found && !tdm_py_failed(in))
        found = load_project_module(in, full, place);
    if (!found && !tdm_py_failed(in) && tdm_py_std_module(in, full))
        found = tdm_py_import_module(in, full, place);
    if (found || tdm_py_failed(in))
        return found;
    // A package may hold modules that no repository has: generated, or compiled.
    bool package =
        module->kind == TDM_PY_MODULE && (module->module->package || !module->module->path);
    return package && module->module->dotted.size && !tdm_py_std_module(in, dotted)
               ? foreign_module(in, full, place)
               : cannot_import(in, dotted, name->text);
}

static bool is_public(const py_module_data *module, const py_name *name)
{
    (void)module;
    return name->text.size && name->text.data[0] != '_';
}

static bool copy_listed(tdm_interp *in, py_module_data *to, py_module_data *from, tdm_py all)
{
    for (uint32_t i = 0; i < all->list.count; i++) {
        tdm_py item = all->list.items[i];
        if (item->kind != TDM_PY_STR)
            continue;
        const py_name *name = tdm_py_name_of(&in->names, item->text);
        tdm_py value = tdm_py_module_attr(in, from, name);
        if (!value && !tdm_py_failed(in))
            tdm_py_raise(in, "AttributeError", "module '%.*s' has no attribute '%.*s'",
                         TDM_TEXT_ARG(from->dotted), TDM_TEXT_ARG(name->text));
        if (!value || !tdm_py_space_put(&to->globals, in->arena, name, value))
            return false;
    }
    return true;
}

static bool add_star(tdm_interp *in, py_module_data *to, tdm_py module)
{
    tdm_py *stars = tdm_arena_array(in->arena, to->star_count + 1, sizeof *stars);
    if (!stars)
        return false;
    if (to->star_count)
        memcpy(stars, to->stars, to->star_count * sizeof *stars);
    stars[to->star_count++] = module;
    to->stars = stars;
    return true;
}

static bool import_star(tdm_interp *in, tdm_py module)
{
    py_module_data *to = in->frame->module;
    if (tdm_py_is_unknown(module)) {
        to->open = module;
        return true;
    }
    if (module->kind != TDM_PY_MODULE)
        return add_star(in, to, module);
    py_module_data *from = module->module;
    tdm_py all = tdm_py_space_get(&from->globals, tdm_py_intern(in, "__all__"));
    if (from->open)
        to->open = from->open;
    for (size_t i = 0; i < from->star_count && !all; i++)
        if (!add_star(in, to, from->stars[i]))
            return false;
    if (all && (all->kind == TDM_PY_LIST || all->kind == TDM_PY_TUPLE))
        return copy_listed(in, to, from, all);
    if (all)
        to->open = tdm_py_unfollowed(in, "__all__ of '%.*s'", TDM_TEXT_ARG(from->dotted));
    for (uint32_t i = 0; i < from->globals.count; i++) {
        const py_binding *binding = &from->globals.items[i];
        if (binding->value && is_public(from, binding->name) &&
            !tdm_py_space_put(&to->globals, in->arena, binding->name, binding->value))
            return false;
    }
    return true;
}

// The dotted name that a relative import means. False: ImportError is pending.
static bool absolute_name(tdm_interp *in, const py_node *node, tdm_text *ret)
{
    tdm_text name = node->name ? node->name->text : (tdm_text){0};
    const py_module_data *module = in->frame->module;
    tdm_text package = module->dotted;
    *ret = name;
    if (!node->op)
        return true;
    for (unsigned up = module->package ? 1 : 0; up < node->op; up++) {
        if (!package.size) {
            tdm_py_raise(in, "ImportError",
                         module->dotted.size
                             ? "attempted relative import beyond top-level package"
                             : "attempted relative import with no known parent package");
            return false;
        }
        size_t end = package.size;
        while (end > 0 && package.data[end - 1] != '.')
            end--;
        package = tdm_text_slice(package, 0, end ? end - 1 : 0);
    }
    if (!package.size && module->dotted.size == 0)
        return tdm_py_raise(in, "ImportError",
                            "attempted relative import with no known parent package") != NULL;
    *ret = name.size ? dotted_child(in, package, name) : package;
    return true;
}

static py_flow exec_import_from(tdm_interp *in, const py_node *node)
{
    tdm_text dotted;
    in->at = node;
    tdm_place place = tdm_py_here(in);
    if (!absolute_name(in, node, &dotted))
        return PY_FLOW_RAISE;
    if (tdm_text_is(dotted, "__future__"))
        return PY_FLOW_NEXT;
    tdm_py module = tdm_py_import_module(in, dotted, place);
    for (uint32_t i = 0; module && i < node->count; i++) {
        const py_node *alias = node->kid[i];
        in->at = alias;
        if (!alias->count) {
            if (!import_star(in, module))
                return PY_FLOW_RAISE;
            continue;
        }
        tdm_py value = import_name(in, module, dotted, alias->name, tdm_py_here(in));
        if (!value || !tdm_py_store_name(in, alias->kid[0], value))
            return PY_FLOW_RAISE;
    }
    return module ? PY_FLOW_NEXT : PY_FLOW_RAISE;
}

py_flow tdm_py_exec_import(tdm_interp *in, const py_node *node)
{
    return node->kind == PY_IMPORT ? exec_import(in, node) : exec_import_from(in, node);
}
