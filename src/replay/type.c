// Types that statements make: enums, domains, composites and ranges.
#include "catalog/names.h"
#include "catalog/types.h"
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

// --- Enums --------------------------------------------------------------------------------------

static tdm_object *new_type(tdm_replay *r, PgQuery__Node *const *name, size_t count, tdm_text form)
{
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_TYPE, name, count);
    tdm_object *type = tdm_kinds_begin(r, &key);

    if (type)
        tdm_replay_assign_text(r, type, TDM_ATTR_FORM, form);
    return type;
}

void tdm_replay_create_enum(tdm_replay *r)
{
    const PgQuery__CreateEnumStmt *create = r->tree->node->create_enum_stmt;
    tdm_text_list labels = {0};
    tdm_object *type = new_type(r, create->type_name, create->n_type_name, TDM_TEXT("enum"));

    if (!type)
        return;
    for (size_t i = 0; i < create->n_vals; i++)
        tdm_kinds_push(r, &labels, tdm_text_of(tdm_kinds_string(create->vals[i])));
    tdm_replay_assign_text(r, type, TDM_ATTR_LABELS,
                           tdm_names_of(r->catalog, labels.texts.items, labels.texts.count));
}

static size_t index_of(const tdm_text_list *labels, tdm_text label)
{
    for (size_t i = 0; i < labels->texts.count; i++)
        if (tdm_text_equal(labels->texts.items[i], label))
            return i;
    return SIZE_MAX;
}

static void refuse_label(tdm_replay *r, const char *label, const char *why)
{
    tdm_replay_opaque(
        r, tdm_replay_text(r, "the server refuses it: enum label \"%s\" %s", label, why));
}

// Puts a label in its place. False: the server refuses it, and said so.
static bool insert_label(tdm_replay *r, tdm_text_list *labels, const PgQuery__AlterEnumStmt *alter)
{
    size_t at = labels->texts.count;

    if (*alter->new_val_neighbor) {
        at = index_of(labels, tdm_text_of(alter->new_val_neighbor));
        if (at == SIZE_MAX) {
            refuse_label(r, alter->new_val_neighbor, "is not there");
            return false;
        }
        at += alter->new_val_is_after ? 1 : 0;
    }
    tdm_kinds_push(r, labels, tdm_text_of(alter->new_val));
    for (size_t i = labels->texts.count - 1; i > at; i--) {
        tdm_text moved = labels->texts.items[i];
        labels->texts.items[i] = labels->texts.items[i - 1];
        labels->texts.items[i - 1] = moved;
    }
    return true;
}

static bool change_labels(tdm_replay *r, tdm_text_list *labels, const PgQuery__AlterEnumStmt *alter)
{
    bool there = index_of(labels, tdm_text_of(alter->new_val)) != SIZE_MAX;

    if (there && !(alter->skip_if_new_val_exists && !*alter->old_val))
        refuse_label(r, alter->new_val, "is there already");
    if (there)
        return false;
    if (!*alter->old_val)
        return insert_label(r, labels, alter);
    size_t at = index_of(labels, tdm_text_of(alter->old_val));
    if (at == SIZE_MAX) {
        refuse_label(r, alter->old_val, "is not there");
        return false;
    }
    labels->texts.items[at] = tdm_text_of(alter->new_val);
    return true;
}

void tdm_replay_alter_enum(tdm_replay *r)
{
    const PgQuery__AlterEnumStmt *alter = r->tree->node->alter_enum_stmt;
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_TYPE, alter->type_name, alter->n_type_name);
    const tdm_object *met = tdm_catalog_get(r->catalog, &key);
    bool uncertain = met && met->uncertain;
    tdm_object *type = tdm_kinds_altered(r, &key);
    const tdm_value *before = type ? tdm_object_value(type, TDM_ATTR_LABELS) : NULL;
    tdm_text rest = before ? before->text : (tdm_text){NULL, 0}, label;
    tdm_text_list labels = {0};

    if (!type)
        return;
    if (uncertain || (before && before->reason.size)) {
        tdm_replay_assign(r, type, TDM_ATTR_LABELS,
                          (tdm_value){.reason = TDM_TEXT("what labels it had cannot be known")});
        return;
    }
    while (tdm_names_next(r->catalog->arena, &rest, &label))
        tdm_kinds_push(r, &labels, label);
    if (change_labels(r, &labels, alter))
        tdm_replay_assign_text(r, type, TDM_ATTR_LABELS,
                               tdm_names_of(r->catalog, labels.texts.items, labels.texts.count));
}

// --- Domains ------------------------------------------------------------------------------------

// Checks in the order of their names; one without a name is called "domain_check" (heap.c,
// ChooseConstraintName).
typedef struct check {
    tdm_text name;
    tdm_text text;
} check;

static int compare_checks(const void *left, const void *right)
{
    return tdm_text_compare(((const check *)left)->name, ((const check *)right)->name);
}

static bool is_taken(const check *checks, size_t count, tdm_text name)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_equal(checks[i].name, name))
            return true;
    return false;
}

static tdm_text name_of_check(tdm_replay *r, const tdm_object *domain, const check *checks,
                              size_t count, const char *given)
{
    const tdm_text none = {NULL, 0};
    tdm_text name = *given ? tdm_replay_copy(r, given)
                           : tdm_name_make(r->catalog->arena, domain->name, none, "check");

    for (size_t i = 1; !*given && is_taken(checks, count, name); i++) {
        char *label = tdm_arena_string(r->catalog->arena, tdm_replay_text(r, "check%zu", i));
        name = tdm_name_make(r->catalog->arena, domain->name, none, label ? label : "check");
    }
    return name;
}

static void set_checks(tdm_replay *r, tdm_object *domain, check *checks, size_t count)
{
    tdm_text_list names = {0}, texts = {0};

    if (count == 0)
        return;
    qsort(checks, count, sizeof *checks, compare_checks);
    for (size_t i = 0; i < count; i++) {
        tdm_kinds_push(r, &names, checks[i].name);
        tdm_kinds_push(r, &texts, tdm_replay_text(r, "(%.*s)", TDM_TEXT_ARG(checks[i].text)));
    }
    tdm_replay_assign(r, domain, TDM_ATTR_CHECKS,
                      tdm_value_of_expression(r->catalog, tdm_kinds_join(r, &texts, " AND ")));
    tdm_replay_assign_text(r, domain, TDM_ATTR_CHECK_NAMES,
                           tdm_names_of(r->catalog, names.texts.items, names.texts.count));
}

static void set_constraints(tdm_replay *r, tdm_object *domain,
                            const PgQuery__CreateDomainStmt *create)
{
    check *checks = tdm_arena_array(r->catalog->arena, create->n_constraints, sizeof *checks);
    size_t count = 0;

    for (size_t i = 0; checks && i < create->n_constraints; i++) {
        const PgQuery__Constraint *one = create->constraints[i]->constraint;
        switch (one->contype) {
        case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
            tdm_replay_assign_text(r, domain, TDM_ATTR_NULLABLE, TDM_TEXT("NOT NULL"));
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
            tdm_replay_assign_node(r, domain, TDM_ATTR_DEFAULT, one->raw_expr);
            break;
        case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
            checks[count].text = tdm_kinds_bracketed(r, "CHECK", count);
            checks[count].name = name_of_check(r, domain, checks, count, one->conname);
            count++;
            break;
        default: // NULL says what is there without it
            break;
        }
    }
    set_checks(r, domain, checks, count);
}

void tdm_replay_create_domain(tdm_replay *r)
{
    const PgQuery__CreateDomainStmt *create = r->tree->node->create_domain_stmt;
    tdm_object *domain = NULL;

    if (create->coll_clause) {
        tdm_replay_other(r);
        return;
    }
    domain = new_type(r, create->domainname, create->n_domainname, TDM_TEXT("domain"));
    if (!domain)
        return;
    tdm_replay_assign_text(r, domain, TDM_ATTR_SUBTYPE, tdm_kinds_type(r, create->type_name));
    set_constraints(r, domain, create);
}

// Letters of AlterDomainStmt.subtype (parsenodes.h): T default, N drop and O set NOT NULL. The
// others are about constraints, of which only the sum is kept.
void tdm_replay_alter_domain(tdm_replay *r)
{
    const PgQuery__AlterDomainStmt *alter = r->tree->node->alter_domain_stmt;
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_TYPE, alter->type_name, alter->n_type_name);
    tdm_object *domain = NULL;

    if (!strchr("TNO", *alter->subtype)) {
        tdm_replay_other(r);
        return;
    }
    domain = tdm_kinds_altered(r, &key);
    if (!domain)
        return;
    if (*alter->subtype == 'T')
        tdm_replay_assign(r, domain, TDM_ATTR_DEFAULT, tdm_replay_value_of(r, alter->def));
    else
        tdm_replay_assign_text(r, domain, TDM_ATTR_NULLABLE,
                               *alter->subtype == 'O' ? TDM_TEXT("NOT NULL") : (tdm_text){NULL, 0});
}

// --- Composites and ranges ----------------------------------------------------------------------

static tdm_text field_of(tdm_replay *r, const PgQuery__ColumnDef *def)
{
    tdm_text name = tdm_text_of(def->colname);
    tdm_text type = tdm_kinds_type(r, def->type_name);

    name = tdm_names_of(r->catalog, &name, 1);
    return tdm_replay_text(r, "%.*s %.*s", TDM_TEXT_ARG(name), TDM_TEXT_ARG(type));
}

static bool has_collation(const PgQuery__CompositeTypeStmt *create)
{
    for (size_t i = 0; i < create->n_coldeflist; i++)
        if (create->coldeflist[i]->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF ||
            create->coldeflist[i]->column_def->coll_clause)
            return true;
    return false;
}

void tdm_replay_create_composite(tdm_replay *r)
{
    const PgQuery__CompositeTypeStmt *create = r->tree->node->composite_type_stmt;
    tdm_text_list fields = {0};
    tdm_key key = {.kind = TDM_KIND_TYPE,
                   .schema = *create->typevar->schemaname
                                 ? tdm_replay_copy(r, create->typevar->schemaname)
                                 : tdm_catalog_creation_schema(r->catalog),
                   .name = tdm_replay_copy(r, create->typevar->relname)};
    tdm_object *type = NULL;

    if (has_collation(create)) {
        tdm_replay_other(r);
        return;
    }
    type = tdm_kinds_begin(r, &key);
    if (!type)
        return;
    tdm_replay_assign_text(r, type, TDM_ATTR_FORM, TDM_TEXT("composite"));
    for (size_t i = 0; i < create->n_coldeflist; i++)
        tdm_kinds_push(r, &fields, field_of(r, create->coldeflist[i]->column_def));
    tdm_replay_assign_text(r, type, TDM_ATTR_FIELDS, tdm_kinds_join(r, &fields, ", "));
}

void tdm_replay_create_range(tdm_replay *r)
{
    const PgQuery__CreateRangeStmt *create = r->tree->node->create_range_stmt;
    const PgQuery__DefElem *only =
        create->n_params == 1 && create->params[0]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM
            ? create->params[0]->def_elem
            : NULL;

    // Functions, operator classes and collations of ranges are not read.
    if (!only || strcmp(only->defname, "subtype") != 0 || !only->arg ||
        only->arg->node_case != PG_QUERY__NODE__NODE_TYPE_NAME) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *type = new_type(r, create->type_name, create->n_type_name, TDM_TEXT("range"));
    if (type)
        tdm_replay_assign_text(r, type, TDM_ATTR_SUBTYPE, tdm_kinds_type(r, only->arg->type_name));
}
