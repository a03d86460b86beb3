#include "push/pusher.h"

#include "base/error.h"

void tdm_push_tell(const tdm_pusher *pusher, tdm_push_event_kind kind, tdm_text text)
{
    if (!pusher->options->event)
        return;
    tdm_push_event event = {.kind = kind,
                            .step = pusher->unit->step,
                            .index = pusher->unit->step_index,
                            .count = pusher->plan->plan.pending,
                            .place = pusher->sending ? pusher->sending->place : TDM_NOWHERE,
                            .text = text};
    pusher->options->event(pusher->options->event_context, &event);
}

void tdm_push_look_ahead(tdm_pusher *pusher)
{
    if (pusher->has_following || !pusher->units)
        return;
    pusher->has_following = true;
    pusher->following_err = TDM_ERROR_INIT;
    tdm_status status =
        tdm_push_units_next(pusher->units, &pusher->following, &pusher->following_err);
    (void)status; // the error is that of the unit behind this one
}
