#include <tandem/hook.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "cli/command.h"
#include "report/safe.h"

typedef struct hook_action {
    const char *name;
    tdm_status (*run)(const tdm_hook_options *options, tdm_hook ret[TDM_HOOK_COUNT],
                      tdm_error *err);
} hook_action;

static const hook_action actions[] = {
    {"install", tdm_hook_install},
    {"uninstall", tdm_hook_uninstall},
    {"status", tdm_hook_status},
};

static const hook_action *action_named(tdm_text name, tdm_error *err)
{
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, name);
    for (size_t i = 0; i < TDM_COUNT_OF(actions); i++) {
        if (tdm_text_is(name, actions[i].name))
            return &actions[i];
        tdm_nearest_offer(&nearest, tdm_text_of(actions[i].name));
    }
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "tandem hook does not know '%.*s'",
             TDM_TEXT_ARG(name));
    if (nearest.best.size)
        tdm_hint(err, "Did you mean `tandem hook %.*s`?", TDM_TEXT_ARG(nearest.best));
    else
        tdm_hint(err, "It is one of: install, uninstall, status.");
    return NULL;
}

static const char *state_of(const tdm_hook *hook)
{
    if (hook->installed)
        return hook->calls_other ? "installed, behind the hook that was there" : "installed";
    return hook->other ? "not tandem's" : "none";
}

static void put_text(tdm_buffer *out, const tdm_hook hooks[TDM_HOOK_COUNT])
{
    for (size_t i = 0; i < TDM_HOOK_COUNT; i++) {
        tdm_put_safe(out, tdm_text_of(hooks[i].path));
        tdm_buffer_putf(out, ": %s\n", state_of(&hooks[i]));
    }
}

static void put_json(tdm_buffer *out, const tdm_hook hooks[TDM_HOOK_COUNT])
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "hook", (tdm_text){0}, "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < TDM_HOOK_COUNT; i++) {
        tdm_json_begin_object(&json);
        tdm_json_pair_string(&json, "hook", hooks[i].name);
        tdm_json_pair_string(&json, "path", hooks[i].path);
        tdm_json_pair_bool(&json, "installed", hooks[i].installed);
        tdm_json_pair_bool(&json, "calls_other", hooks[i].calls_other);
        tdm_json_pair_bool(&json, "other", hooks[i].other);
        tdm_json_pair_bool(&json, "changed", hooks[i].changed);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static const char *look_up(void *context, const char *name)
{
    return tdm_cli_getenv(context, name);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_hook hooks[TDM_HOOK_COUNT];
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_hook_options options = {
        .directory = cli->globals.directory,
        .environment = look_up,
        .environment_context = &cli->environment,
    };
    const hook_action *action = action_named(tdm_text_of(cli->arguments[0]), err);
    if (!action || action->run(&options, hooks, err) != TDM_OK)
        return TDM_FAILED;
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, hooks);
    else
        put_text(&out, hooks);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem hook install", "check what is staged before every commit"},
    {"tandem -C backend hook status", "what stands in the repository around a folder"},
};

const tdm_command tdm_command_hook = {
    .name = "hook",
    .group = TDM_GROUP_OTHER,
    .summary = "check before every commit: install, uninstall, status",
    .arguments = "install|uninstall|status",
    .least = 1,
    .most = 1,
    .flags = 0,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Writes the git hooks pre-commit and pre-merge-commit, which run `tandem check --staged`. "
        "core.hooksPath is respected. A hook that is there already is kept and called first; "
        "uninstall puts it back. A hooks folder that other repositories share, or that husky "
        "makes, is refused. docs/hooks.md has lines for pre-commit, husky and lefthook.",
    .run = run,
};
