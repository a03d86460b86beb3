// ALTER TABLE (alembic.md 5.3 to 5.7). Alembic's own constructs split a schema at its dots,
// SQLAlchemy's AddConstraint and DropConstraint do not.
#include "alembic/ddl.h"

static void alter_table(tdm_printer *p, tdm_name schema, tdm_name table)
{
    tdm_puts(p, "ALTER TABLE ");
    tdm_print_split_qualified(p, schema, table);
}

void tdm_print_add_column(tdm_printer *p, const void *statement)
{
    const tdm_add_column *add = statement;
    alter_table(p, add->schema, add->table);
    tdm_puts(p, add->if_not_exists ? " ADD COLUMN IF NOT EXISTS " : " ADD COLUMN ");
    tdm_print_column_spec(p, add->column);
    if (add->inline_primary_key && add->column->primary_key)
        tdm_puts(p, " PRIMARY KEY");
    if (add->references)
        tdm_print_references(p, add->references);
    tdm_print_column_checks(p, add->column);
}

void tdm_print_drop_column(tdm_printer *p, const void *statement)
{
    const tdm_drop_column *drop = statement;
    alter_table(p, drop->schema, drop->table);
    tdm_puts(p, drop->if_exists ? " DROP COLUMN IF EXISTS " : " DROP COLUMN ");
    tdm_print_name(p, drop->column);
}

void tdm_print_rename_table(tdm_printer *p, const void *statement)
{
    const tdm_rename_table *rename = statement;
    alter_table(p, rename->schema, rename->old_name);
    tdm_puts(p, " RENAME TO ");
    tdm_print_name(p, rename->new_name);
}

void tdm_print_add_constraint(tdm_printer *p, const void *statement)
{
    const tdm_alter_constraint *add = statement;
    tdm_puts(p, "ALTER TABLE ");
    tdm_print_qualified(p, add->schema, add->table);
    tdm_puts(p, " ADD ");
    tdm_print_constraint(p, add->constraint);
}

static const char *constraint_class(const tdm_constraint *c)
{
    switch (c->kind) {
    case TDM_CONSTRAINT_PRIMARY:
        return "PrimaryKeyConstraint()";
    case TDM_CONSTRAINT_UNIQUE:
        return "UniqueConstraint()";
    case TDM_CONSTRAINT_FOREIGN:
        return "ForeignKeyConstraint()";
    case TDM_CONSTRAINT_CHECK:
        return "CheckConstraint()";
    case TDM_CONSTRAINT_EXCLUDE:
        return "Constraint()";
    }
    return "Constraint()";
}

void tdm_print_drop_constraint(tdm_printer *p, const void *statement)
{
    const tdm_alter_constraint *drop = statement;
    const tdm_constraint *c = drop->constraint;
    if (!c->name.given) {
        tdm_print_raise(p, "CompileError",
                        "Can't emit DROP CONSTRAINT for constraint %s; it has no name",
                        constraint_class(c));
        return;
    }
    tdm_puts(p, "ALTER TABLE ");
    tdm_print_qualified(p, drop->schema, drop->table);
    tdm_puts(p, drop->if_exists ? " DROP CONSTRAINT IF EXISTS " : " DROP CONSTRAINT ");
    tdm_print_limited_name(p, c->name);
}

// --- ALTER COLUMN to and from identity ----------------------------------------------------------

static bool same_number(tdm_number a, tdm_number b)
{
    return a.given == b.given && (!a.given || a.value == b.value);
}

// "SET <option> " for each attribute that differs from what exists and from the default, in the
// order of the attributes' names (A119 alembic/ddl/postgresql.py, visit_identity_column).
static void print_identity_change(tdm_printer *p, const tdm_identity *want,
                                  const tdm_identity *have)
{
    static const tdm_identity nothing = {.always = TDM_FLAG_NONE};
    const tdm_sequence *a = &want->options, *b = have ? &have->options : &nothing.options;
    bool always = want->always == TDM_FLAG_TRUE;
    bool was_always = have && have->always == TDM_FLAG_TRUE;
    if (always && !was_always)
        tdm_puts(p, "SET GENERATED ALWAYS ");
    const struct {
        bool differs;
        tdm_sequence option;
    } changes[] = {
        {a->cache.given && !same_number(a->cache, b->cache), {.cache = a->cache}},
        {a->cycle != TDM_FLAG_NONE && a->cycle != b->cycle, {.cycle = a->cycle}},
        {a->increment.given && !same_number(a->increment, b->increment),
         {.increment = a->increment}},
        {a->maxvalue.given && !same_number(a->maxvalue, b->maxvalue), {.maxvalue = a->maxvalue}},
        {a->minvalue.given && !same_number(a->minvalue, b->minvalue), {.minvalue = a->minvalue}},
        {a->nomaxvalue != TDM_FLAG_NONE && a->nomaxvalue != b->nomaxvalue,
         {.nomaxvalue = a->nomaxvalue}},
        {a->nominvalue != TDM_FLAG_NONE && a->nominvalue != b->nominvalue,
         {.nominvalue = a->nominvalue}},
        {a->start.given && !same_number(a->start, b->start), {.start = a->start}},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (!changes[i].differs)
            continue;
        tdm_puts(p, "SET ");
        tdm_print_sequence_options(p, &changes[i].option);
        tdm_puts(p, " ");
    }
}

static void print_alter_identity(tdm_printer *p, const tdm_alter_column *alter)
{
    if (!alter->value || alter->value->kind == TDM_DEFAULT_NONE) {
        tdm_puts(p, "DROP IDENTITY");
        return;
    }
    if (alter->existing_given && !alter->existing) {
        tdm_puts(p, "ADD ");
        tdm_print_identity(p, alter->value->identity);
        return;
    }
    print_identity_change(p, alter->value->identity,
                          alter->existing ? alter->existing->identity : NULL);
}

void tdm_print_alter_column(tdm_printer *p, const void *statement)
{
    const tdm_alter_column *alter = statement;
    alter_table(p, alter->schema, alter->table);
    if (alter->kind == TDM_ALTER_RENAME) {
        tdm_puts(p, " RENAME ");
        tdm_print_name(p, alter->column);
        tdm_puts(p, " TO ");
        tdm_print_name(p, alter->new_name);
        return;
    }
    tdm_puts(p, " ALTER COLUMN ");
    tdm_print_name(p, alter->column);
    tdm_puts(p, " ");
    switch (alter->kind) {
    case TDM_ALTER_TYPE:
        tdm_puts(p, "TYPE ");
        tdm_print_type(p, alter->type);
        if (alter->using.given) {
            tdm_puts(p, " USING ");
            tdm_put(p, alter->using.text);
        }
        return;
    case TDM_ALTER_NULLABLE:
        tdm_puts(p, alter->nullable ? "DROP NOT NULL" : "SET NOT NULL");
        return;
    case TDM_ALTER_DEFAULT:
        if (!alter->value) {
            tdm_puts(p, "DROP DEFAULT");
            return;
        }
        tdm_puts(p, "SET DEFAULT ");
        tdm_print_default(p, alter->value);
        return;
    case TDM_ALTER_IDENTITY:
        print_alter_identity(p, alter);
        return;
    case TDM_ALTER_RENAME:
        return;
    }
}
