// The pairing of a project: its groups with their links and verdicts, richer than the public
// tdm_check_result. check turns it into findings; write and apply take their decisions from it.
#ifndef PAIR_PAIR_H
#define PAIR_PAIR_H

#include <tandem/check.h>

#include "pair/compare.h"
#include "pair/frozen.h"
#include "pair/group.h"
#include "pair/order.h"
#include "project/project.h"

typedef struct tdm_paired {
    tdm_group group; // indices of revisions and migrations, as in project.h
    tdm_verdict verdict;
    tdm_link link; // the strongest of its links; NONE when it stands alone
    tdm_text link_evidence;
    tdm_place link_place;
    tdm_text detail; // one line on why, or empty
    // Of DIFFERENT and OPAQUE: what, what each side says (left: the revision), where, and for what
    // cannot be known why.
    const tdm_difference *differences;
    size_t difference_count;
    // What only one side does, and may: to be run or refused, never recorded as done. In a group
    // with one side alone these are the statements that let it stand alone.
    const tdm_residue *residues;
    size_t residue_count;
    // Of a group with one side alone: its first statement that cannot be known, and the first that
    // may not stand alone; or NULL.
    const tdm_flat *unknown;
    const tdm_statement *missing;
} tdm_paired;

typedef struct tdm_pairing {
    const tdm_paired *pairs; // in chain order
    size_t pair_count;
    const uint32_t *of_revision; // index of the pair of each revision, of each migration
    const uint32_t *of_migration;
    const tdm_link_fault *faults;
    size_t fault_count;
    const tdm_misorder *misorders;
    size_t misorder_count;
    tdm_lock lock;
    tdm_frozen_list frozen;
} tdm_pairing;

// Pairs and compares the whole project, once: later calls give the same pairing. It belongs to the
// project's arena.
TDM_MUST_CHECK tdm_status tdm_pairing_of(tdm_project *project, const tdm_pairing **ret,
                                         tdm_error *err);

// The same for a project whose tandem.lock is about to be written anew: one that a merge left
// behind is read as far as it can be.
TDM_MUST_CHECK tdm_status tdm_pairing_mending(tdm_project *project, const tdm_pairing **ret,
                                              tdm_error *err);

// Whether adopting (recording one history without running anything) would leave something undone:
// residue of the other side.
bool tdm_paired_has_residue(const tdm_paired *pair, tdm_pair_side side);

#endif
