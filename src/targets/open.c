// From a list to targets: every line is found before the first connection is made, so that a wrong
// one costs nothing.
#include "targets/state.h"

#include "base/error.h"
#include "base/text.h"
#include "db/target.h"

#include <string.h>

typedef struct opener {
    tdm_targets *targets;
    const tdm_targets_options *options;
    tdm_arena *scratch; // of one line, wiped and given back
    tdm_map lines;      // by name: const tdm_target_report *
    tdm_target *found;
    tdm_error *err;
} opener;

static tdm_status fail(opener *o, tdm_error_code code, uint32_t line, const char *what)
{
    return tdm_list_fail(o->err, code, o->options->file, line, what);
}

// An error of a line says which; one that has a place of its own keeps it.
static tdm_status at_line(opener *o, uint32_t line)
{
    tdm_error cause = *o->err;
    if (cause.place.file)
        return TDM_FAILED;
    fail(o, cause.code, line, cause.message);
    return cause.hint[0] ? tdm_hint(o->err, "%s", cause.hint) : TDM_FAILED;
}

// --- Names ---------------------------------------------------------------------------------------

// "acme@db-1:5432", of what the line itself says.
static tdm_text name_of_parts(tdm_arena *arena, const tdm_target_parts *parts)
{
    const char *database = tdm_target_get(parts, "dbname");
    const char *service = tdm_target_get(parts, "service");
    const char *host = tdm_target_get(parts, "host");
    const char *port = tdm_target_get(parts, "port");
    const char *what = database ? database : service ? service : tdm_target_get(parts, "user");
    return tdm_arena_printf(arena, "%s%s%s%s%s", what ? what : "", host ? "@" : "",
                            host ? host : "", port ? ":" : "", port ? port : "");
}

// A name that a URL gave is made one of its own; one that was written is to be mended.
static tdm_status name_target(opener *o, const tdm_listed *listed, tdm_text derived,
                              tdm_target_report *item)
{
    tdm_arena *arena = o->targets->arena;
    tdm_text name = listed->name ? tdm_text_of(listed->name) : derived;
    const tdm_target_report *other = tdm_map_get(&o->lines, name);
    if (other && listed->name) {
        tdm_fail(o->err, TDM_ERROR_CONFIG, TDM_NOWHERE, "'%.*s' is the name of line %u already",
                 TDM_TEXT_ARG(name), (unsigned)other->line);
        return at_line(o, listed->line);
    }
    item->name = other || name.size == 0
                     ? tdm_arena_printf(arena, "%.*s%sline %u", TDM_TEXT_ARG(name),
                                        name.size ? ", " : "", (unsigned)listed->line)
                     : tdm_arena_text(arena, name);
    return tdm_map_put(&o->lines, item->name, item) ? TDM_OK : tdm_fail_memory(o->err);
}

// --- One line ------------------------------------------------------------------------------------

static tdm_status refuse_secret(opener *o, uint32_t line)
{
    fail(o, TDM_ERROR_CONFIG, line,
         "the line holds a password, and others than its owner can read the list");
    return tdm_hint(o->err, "Take the rights of others away (chmod 600), or leave the password to "
                            "PGPASSWORD, ~/.pgpass or a service.");
}

// What stands in the list itself is judged; a URL of tandem.toml or of a variable is not the
// list's.
static tdm_status judge_url(opener *o, const tdm_listed *listed, const tdm_target *target,
                            tdm_text *ret_name)
{
    tdm_target_parts parts = {0};
    if (target->options.url != listed->target) {
        *ret_name = tdm_text_of(listed->target);
        return TDM_OK;
    }
    if (tdm_target_parse(o->scratch, listed->target, &parts, o->err) != TDM_OK)
        return at_line(o, listed->line);
    bool secret = tdm_target_has_secret(&parts);
    *ret_name = name_of_parts(o->targets->arena, &parts);
    tdm_target_wipe(&parts);
    if (secret && !o->options->is_private)
        return refuse_secret(o, listed->line);
    return tdm_target_refuse_pooler(tdm_target_get(&parts, "host"), tdm_target_get(&parts, "port"),
                                    o->err) == TDM_OK
               ? TDM_OK
               : at_line(o, listed->line);
}

// Whether a line that is no URL looks like one that lacks its beginning: an error that repeats it
// as a name would repeat its password.
static bool is_mistaken_url(const char *target)
{
    return !strstr(target, "://") && !strchr(target, '=') && strpbrk(target, "@:/") != NULL;
}

static tdm_status open_line(opener *o, size_t index)
{
    const tdm_listed *listed = &o->targets->list.items[index];
    tdm_target_report *item = &o->targets->items[index];
    tdm_target *target = &o->found[index];
    tdm_target_words words = o->options->words;
    tdm_text derived = {NULL, 0};
    words.listed = listed->target;
    item->line = listed->line;
    item->outcome = TDM_OUTCOME_NOT_TRIED;
    if (is_mistaken_url(listed->target))
        return fail(o, TDM_ERROR_CONFIG, listed->line,
                    "the line is no URL, which begins with postgresql://, and no name");
    if (tdm_target_find(o->targets->project, &words, target, o->err) != TDM_OK)
        return at_line(o, listed->line);
    if (judge_url(o, listed, target, &derived) != TDM_OK)
        return TDM_FAILED;
    return name_target(o, listed, derived, item);
}

static tdm_status open_lines(opener *o)
{
    for (size_t i = 0; i < o->targets->count; i++) {
        tdm_arena_mark mark = tdm_arena_save(o->scratch);
        if (open_line(o, i) != TDM_OK)
            return TDM_FAILED;
        tdm_arena_restore(o->scratch, mark);
    }
    return TDM_OK;
}

// --- The canary ----------------------------------------------------------------------------------

// A name, or else a number from 1.
static tdm_status find_canary(opener *o, size_t *ret)
{
    tdm_text wanted = tdm_text_of(o->options->canary);
    uint64_t number;
    *ret = 0;
    if (!o->options->canary)
        return TDM_OK;
    const tdm_target_report *item = tdm_map_get(&o->lines, wanted);
    if (item) {
        *ret = (size_t)(item - o->targets->items);
        return TDM_OK;
    }
    if (tdm_text_to_u64(wanted, &number) && number >= 1 && number <= o->targets->count) {
        *ret = (size_t)number - 1;
        return TDM_OK;
    }
    tdm_fail(o->err, TDM_ERROR_USAGE, TDM_NOWHERE, "no target of the list is named '%s'",
             o->options->canary);
    return tdm_hint(o->err, "A canary is a name in the list, or a number from 1 to %zu.",
                    o->targets->count);
}

static void put_first(opener *o, size_t index)
{
    tdm_target_report item = o->targets->items[index];
    tdm_target found = o->found[index];
    memmove(o->targets->items + 1, o->targets->items, index * sizeof item);
    memmove(o->found + 1, o->found, index * sizeof found);
    o->targets->items[0] = item;
    o->found[0] = found;
}

// --- All of it -----------------------------------------------------------------------------------

static tdm_status open_list(opener *o)
{
    tdm_targets *targets = o->targets;
    size_t canary;
    if (tdm_list_read(targets->arena, o->options->text, o->options->file, &targets->list, o->err) !=
        TDM_OK)
        return TDM_FAILED;
    targets->count = targets->list.count;
    targets->items = tdm_arena_array(targets->arena, targets->count, sizeof *targets->items);
    targets->found = o->found = tdm_arena_array(targets->arena, targets->count, sizeof *o->found);
    if (!targets->items || !o->found)
        return tdm_fail_memory(o->err);
    tdm_map_init(&o->lines, targets->arena);
    if (open_lines(o) != TDM_OK || find_canary(o, &canary) != TDM_OK)
        return TDM_FAILED;
    put_first(o, canary);
    return tdm_arena_ok(targets->arena) ? TDM_OK : tdm_fail_memory(o->err);
}

static tdm_targets *new_targets(tdm_project *project)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_targets *targets = arena ? tdm_arena_new_of(arena, tdm_targets) : NULL;
    if (!targets) {
        tdm_arena_free(arena);
        return NULL;
    }
    targets->arena = arena;
    targets->project = project;
    targets->waker = TDM_WAKER_CLOSED;
    (void)pthread_mutex_init(&targets->lock, NULL);
    return targets;
}

tdm_status tdm_targets_open(tdm_project *project, const tdm_targets_options *options,
                            tdm_targets **ret, tdm_error *err)
{
    opener o = {.targets = new_targets(project),
                .options = options,
                .scratch = tdm_arena_new(0),
                .err = err};
    tdm_status status = TDM_FAILED;
    if (!o.targets || !o.scratch)
        tdm_fail_memory(err);
    else if (tdm_waker_open(&o.targets->waker, &o.targets->cancelled, err) == TDM_OK)
        status = open_list(&o);
    tdm_arena_free(o.scratch);
    if (status == TDM_OK)
        *ret = o.targets;
    else
        tdm_targets_free(o.targets);
    return status;
}

void tdm_targets_free(tdm_targets *targets)
{
    if (!targets)
        return;
    tdm_list_wipe(&targets->list);
    tdm_waker_close(&targets->waker);
    pthread_mutex_destroy(&targets->lock);
    tdm_arena_free(targets->arena);
}

size_t tdm_targets_count(const tdm_targets *targets)
{
    return targets->count;
}

tdm_text tdm_targets_name(const tdm_targets *targets, size_t index)
{
    return targets->items[index].name;
}

size_t tdm_targets_protected(const tdm_targets *targets, tdm_text *ret_first)
{
    size_t count = 0;
    *ret_first = (tdm_text){0};
    for (size_t i = targets->count; i-- > 0;) {
        if (!targets->found[i].is_protected)
            continue;
        *ret_first = targets->items[i].name;
        count++;
    }
    return count;
}
