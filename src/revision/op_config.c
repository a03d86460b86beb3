// context.config and context.get_x_argument(): what whoever runs Alembic hands over, in its
// configuration or on its command line. A program that calls Alembic sets options of its own
// (Config.set_main_option), so that no file can say what a revision will read: settings may state
// it, as alembic.config[name] and alembic.x[name].
#include "revision/op_directive.h"

static tdm_py asked(tdm_host *host, const char *of, tdm_text name)
{
    tdm_text dotted = tdm_arena_printf(host->arena, "alembic.%s[%.*s]", of, TDM_TEXT_ARG(name));
    tdm_py assumed = tdm_host_assume(host, dotted);
    return assumed ? assumed
                   : tdm_host_unknown(host, "'%.*s' is known to whoever runs Alembic",
                                      TDM_TEXT_ARG(dotted));
}

// --- The configuration
// ----------------------------------------------------------------------------

static tdm_py get_main_option(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_text name = tdm_arg_text(bound, "name");
    return bound->unknown ? bound->unknown : asked(host, "config", name);
}

static const tdm_method_row config_methods[] = {
    {"get_main_option", "name ~default=", get_main_option},
};

static tdm_py config_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), config_methods, 1, self, name);
    // Where env.py is read for its metadata: there is a file, whatever its name.
    if (tdm_host_of(in)->declarative && tdm_text_is(name, "config_file_name"))
        return tdm_py_str(in, TDM_TEXT("alembic.ini"));
    return method ? method
                  : tdm_host_unknown_effect(tdm_host_of(in), "config.%.*s is not covered",
                                            TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_config_object = {
    .name = "alembic.config.Config", .inert = true, .get_attr = config_attr};

// --- Arguments of -x
// ------------------------------------------------------------------------------

static tdm_py x_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)self;
    if (tdm_py_kind_of(key) == TDM_PY_STR)
        return asked(tdm_host_of(in), "x", tdm_py_as_text(key));
    return tdm_host_unknown(tdm_host_of(in), "the arguments of -x are not known");
}

static tdm_py x_get(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return x_item(host->in, self, tdm_arg(bound, "key"));
}

static const tdm_method_row x_methods[] = {{"get", "key ~default=", x_get}};

static tdm_py x_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), x_methods, 1, self, name);
    return method ? method : tdm_host_unknown(tdm_host_of(in), "the arguments of -x are not known");
}

// Neither yes nor no.
static bool x_contains(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    (void)in;
    (void)self;
    (void)item;
    *ret = false;
    return false;
}

static tdm_py x_truth(tdm_interp *in, tdm_py self)
{
    (void)self;
    return tdm_host_unknown(tdm_host_of(in), "the arguments of -x are not known");
}

static const tdm_py_class x_object = {.name = "dict",
                                      .get_attr = x_attr,
                                      .get_item = x_item,
                                      .contains = x_contains,
                                      .truth = x_truth,
                                      .inert = true};

tdm_py tdm_get_x_argument(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    if (tdm_arg_truth(bound, "as_dictionary", false))
        return tdm_object(host, &x_object, host);
    return tdm_host_unknown(host, "the arguments of -x are not known");
}
