// CREATE TYPE and CREATE DOMAIN.
#include "sqlalchemy/ddl.h"

void tdm_print_create_enum(tdm_printer *p, const void *enum_type)
{
    const tdm_enum_type *e = enum_type;
    if (!e->name.given || e->name.text.size == 0) {
        tdm_print_raise(p, "CompileError", "PostgreSQL ENUM type requires a name.");
        return;
    }
    tdm_puts(p, "CREATE TYPE ");
    tdm_print_qualified(p, e->schema, e->name);
    tdm_puts(p, " AS ENUM (");
    for (size_t i = 0; i < e->count; i++) {
        tdm_puts(p, i > 0 ? ", " : "");
        tdm_print_string(p, e->labels[i]);
    }
    tdm_puts(p, ")");
}

void tdm_print_drop_enum(tdm_printer *p, const void *enum_type)
{
    const tdm_enum_type *e = enum_type;
    tdm_puts(p, "DROP TYPE ");
    tdm_print_qualified(p, e->schema, e->name);
}

void tdm_print_create_domain(tdm_printer *p, const void *domain_type)
{
    const tdm_domain_type *d = domain_type;
    p->ddl = true;
    tdm_puts(p, "CREATE DOMAIN ");
    tdm_print_qualified(p, d->schema, d->name);
    tdm_puts(p, " AS ");
    tdm_print_type(p, d->base);
    // The options are joined with spaces after one that is always there.
    bool any = d->collation.given || d->default_value || d->constraint_name.given || d->not_null ||
               d->check;
    if (!any)
        tdm_puts(p, " ");
    if (d->collation.given) {
        tdm_puts(p, " COLLATE ");
        tdm_print_name(p, d->collation);
    }
    if (d->default_value) {
        tdm_puts(p, " DEFAULT ");
        tdm_print_expr(p, d->default_value);
    }
    if (d->constraint_name.given) {
        tdm_puts(p, " CONSTRAINT ");
        tdm_print_limited_name(p, d->constraint_name);
    }
    tdm_puts(p, d->not_null ? " NOT NULL" : "");
    if (d->check) {
        tdm_puts(p, " CHECK (");
        tdm_print_expr(p, d->check);
        tdm_puts(p, ")");
    }
}

void tdm_print_drop_domain(tdm_printer *p, const void *domain_type)
{
    const tdm_domain_type *d = domain_type;
    tdm_puts(p, "DROP DOMAIN ");
    tdm_print_qualified(p, d->schema, d->name);
}
