// --dry-run: the statements of a plan, as push would send them, for people and for psql.
#include "push/push_unit.h"

#include "base/error.h"
#include "base/limits.h"

typedef struct printer {
    bool (*write)(void *context, tdm_text piece);
    void *context;
    tdm_buffer line;
    tdm_error *err;
} printer;

static tdm_status flush(printer *p)
{
    if (tdm_buffer_check(&p->line, p->err) != TDM_OK)
        return TDM_FAILED;
    bool written = p->write(p->context, tdm_buffer_text(&p->line));
    tdm_buffer_clear(&p->line);
    return written ? TDM_OK
                   : tdm_fail(p->err, TDM_ERROR_FILE, TDM_NOWHERE, "the output cannot be written");
}

// Names come from files: a control character must not end the comment.
static void put_comment(printer *p, tdm_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool control = (unsigned char)c < 0x20 || c == 0x7f;
        if (control)
            c = '?';
        tdm_buffer_putc(&p->line, c);
    }
}

static void put_title(printer *p, const tdm_push_unit *unit, size_t count)
{
    const tdm_pair_info *pair = &unit->step->pair;
    tdm_buffer_putf(&p->line, "\n-- %zu of %zu, %s: ", unit->step_index + 1, count,
                    tdm_action_name(unit->step->action));
    for (size_t i = 0; i < pair->revision_count; i++) {
        tdm_buffer_puts(&p->line, i ? ", " : "");
        put_comment(p, pair->revisions[i].id);
    }
    tdm_buffer_puts(&p->line, pair->revision_count && unit->name.size ? " = " : "");
    put_comment(p, unit->name);
    tdm_buffer_putc(&p->line, '\n');
}

static tdm_status print_unit(printer *p, const tdm_push_unit *unit, size_t count)
{
    put_title(p, unit, count);
    for (size_t i = 0; i < unit->count; i++) {
        tdm_send_put(&p->line, &unit->sends[i]);
        if (flush(p) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status print_all(printer *p, const tdm_full_plan *plan, tdm_push_units *units)
{
    tdm_push_unit unit;
    bool back = plan->plan.step_count > 0 && plan->plan.steps[0].action == TDM_ACTION_REVERT;
    tdm_buffer_putf(&p->line, "-- What `tandem %s` sends to ", back ? "revert" : "push");
    put_comment(p, plan->plan.target);
    tdm_buffer_putc(&p->line, '\n');
    for (;;) {
        if (tdm_push_units_next(units, &unit, p->err) != TDM_OK)
            return TDM_FAILED;
        if (!unit.step)
            return flush(p);
        if (print_unit(p, &unit, plan->plan.pending) != TDM_OK)
            return TDM_FAILED;
    }
}

tdm_status tdm_plan_print(tdm_project *project, const tdm_plan *plan,
                          bool (*write)(void *context, tdm_text piece), void *context,
                          tdm_error *err)
{
    const tdm_full_plan *full = tdm_plan_inside(plan);
    printer p = {
        .write = write, .context = context, .line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT), .err = err};
    tdm_push_units *units;
    (void)project;
    if (tdm_push_units_start(full, TDM_PUSH_TIMES, &units, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = print_all(&p, full, units);
    tdm_push_units_free(units);
    tdm_buffer_free(&p.line);
    return status;
}
