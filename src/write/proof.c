#include "write/proof.h"

#include "base/error.h"
#include "base/overlay.h"
#include "base/text.h"
#include "pair/pair.h"

typedef struct prover {
    tdm_project *before;
    tdm_project *after;
    const tdm_pairing *old_pairing;
    const tdm_pairing *pairing;
    tdm_error *err;
} prover;

tdm_status tdm_open_with(tdm_project *project, const tdm_project_options *options,
                         const tdm_converted *files, size_t count, tdm_project **ret,
                         tdm_error *err)
{
    tdm_project_options again = *options;
    tdm_overlay *overlay = tdm_overlay_new(tdm_project_tree(project), tdm_project_arena(project));
    if (!overlay)
        return tdm_fail_memory(err);
    again.base = NULL;
    again.protect = false;
    for (size_t i = 0; i < count; i++)
        if (!tdm_overlay_put(overlay, files[i].path, files[i].text)) {
            tdm_tree_free(tdm_overlay_tree(overlay));
            return tdm_fail_memory(err);
        }
    return tdm_project_open_tree(project, &again, tdm_overlay_tree(overlay), ret, err);
}

static size_t index_of(const tdm_project *project, tdm_text id)
{
    for (size_t i = tdm_project_revision_count(project); i-- > 0;)
        if (tdm_text_equal(tdm_project_chain_revision(project, i)->id, id))
            return i;
    return SIZE_MAX;
}

static bool agrees(const tdm_paired *pair)
{
    switch (pair->verdict) {
    case TDM_VERDICT_IDENTICAL:
    case TDM_VERDICT_EQUIVALENT:
    case TDM_VERDICT_ALONE:
    case TDM_VERDICT_ACKNOWLEDGED:
        return true;
    case TDM_VERDICT_DIFFERENT:
    case TDM_VERDICT_OPAQUE:
    case TDM_VERDICT_MISSING:
        break;
    }
    return false;
}

static tdm_status refuse(const prover *in, const char *path, const char *what, tdm_text why)
{
    tdm_fail(in->err, TDM_ERROR_BUG, (tdm_place){.file = path}, "%s%s%.*s", what,
             why.size ? ": " : "", TDM_TEXT_ARG(why));
    return tdm_hint(in->err, "Nothing was written. This is a fault of tandem's.");
}

static tdm_text reason_of(const tdm_paired *pair)
{
    if (pair->difference_count == 0)
        return pair->detail;
    const tdm_difference *first = &pair->differences[0];
    return first->reason.size ? first->reason : first->object;
}

// A migration that may stand alone.
static tdm_status prove_alone(const prover *in, const tdm_converted *file)
{
    for (size_t i = tdm_project_migration_count(in->after); i-- > 0;) {
        const tdm_paired *pair = &in->pairing->pairs[in->pairing->of_migration[i]];
        if (tdm_text_is(tdm_text_of(file->path), tdm_project_folder_migration(in->after, i)->path))
            return agrees(pair)
                       ? TDM_OK
                       : refuse(in, file->path, "this file may not stand alone", reason_of(pair));
    }
    return refuse(in, file->path, "this file cannot be read back", (tdm_text){0});
}

static tdm_status prove_file(const prover *in, const tdm_converted *file)
{
    if (file->revision.size == 0)
        return prove_alone(in, file);
    size_t index = index_of(in->after, file->revision);
    if (index == SIZE_MAX)
        return refuse(in, file->path, "the revision of this file cannot be read back",
                      (tdm_text){0});
    const tdm_paired *pair = &in->pairing->pairs[in->pairing->of_revision[index]];
    bool merge = file->version.size == 0 && pair->verdict == TDM_VERDICT_ALONE;
    if (merge || pair->verdict == TDM_VERDICT_IDENTICAL || pair->verdict == TDM_VERDICT_EQUIVALENT)
        return TDM_OK;
    if (pair->verdict == TDM_VERDICT_OPAQUE) {
        tdm_text why = reason_of(pair);
        tdm_fail(in->err, TDM_ERROR_OPAQUE, (tdm_place){.file = file->path},
                 "whether this file says what its twin says cannot be known: %.*s",
                 TDM_TEXT_ARG(why));
        return tdm_hint(in->err, "Nothing was written.");
    }
    return refuse(in, file->path, "read back, this file does not say what its twin says",
                  reason_of(pair));
}

// What was there before is not judged anew because of what was added.
static tdm_status prove_old(const prover *in, size_t index)
{
    const tdm_revision *revision = tdm_project_chain_revision(in->before, index);
    size_t now = index_of(in->after, revision->id);
    if (!agrees(&in->old_pairing->pairs[in->old_pairing->of_revision[index]]))
        return TDM_OK;
    if (now != SIZE_MAX && agrees(&in->pairing->pairs[in->pairing->of_revision[now]]))
        return TDM_OK;
    return refuse(in, revision->path,
                  "beside the new files, this revision would agree with its twin no more",
                  (tdm_text){0});
}

static tdm_status prove_all(const prover *in, const tdm_conversion *made)
{
    for (size_t i = 0; i < made->count; i++)
        if (prove_file(in, &made->files[i]) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(in->before); i++)
        if (prove_old(in, i) != TDM_OK)
            return TDM_FAILED;
    if (in->pairing->misorder_count > in->old_pairing->misorder_count)
        return refuse(in, made->files[0].path,
                      "with the new files the migrations are not in the order of the revisions",
                      (tdm_text){0});
    if (in->pairing->fault_count > in->old_pairing->fault_count)
        return refuse(in, made->files[0].path, "a link of the new files is not clear",
                      in->pairing->faults[in->pairing->fault_count - 1].message);
    return TDM_OK;
}

tdm_status tdm_prove_files(tdm_project *project, const tdm_project_options *options,
                           const tdm_conversion *made, tdm_error *err)
{
    prover in = {.before = project, .err = err};
    if (made->count == 0)
        return TDM_OK;
    if (tdm_pairing_of(project, &in.old_pairing, err) != TDM_OK ||
        tdm_open_with(project, options, made->files, made->count, &in.after, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_pairing_of(in.after, &in.pairing, err);
    if (status == TDM_OK)
        status = prove_all(&in, made);
    tdm_project_free(in.after);
    return status;
}
