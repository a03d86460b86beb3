#include "inverse/target.h"

#include "inverse/define.h"
#include "sql/quote.h"

static void put_upper(tdm_buffer *out, const char *word)
{
    for (; *word; word++)
        tdm_buffer_putc(out, tdm_to_upper(*word));
    tdm_buffer_putc(out, ' ');
}

bool tdm_target_on_table(tdm_kind kind)
{
    return kind == TDM_KIND_POLICY || kind == TDM_KIND_TRIGGER || kind == TDM_KIND_RULE;
}

// A routine's name holds its arguments, which are no part of the identifier.
static void put_routine(tdm_buffer *out, const tdm_change_key *key)
{
    size_t open = tdm_text_find_char(key->name, '(');

    open = open == SIZE_MAX ? key->name.size : open;
    tdm_define_name(out, key->schema, tdm_text_slice(key->name, 0, open));
    tdm_buffer_put(out, tdm_text_from(key->name, open));
}

bool tdm_target_put(tdm_buffer *out, const tdm_change_key *key)
{
    switch (key->kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_INDEX:
    case TDM_KIND_SEQUENCE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
    case TDM_KIND_TYPE:
    case TDM_KIND_COLLATION:
    case TDM_KIND_STATISTICS:
    case TDM_KIND_TEXT_SEARCH:
    case TDM_KIND_DICTIONARY:
        put_upper(out, tdm_kind_name(key->kind));
        tdm_define_name(out, key->schema, key->name);
        return true;
    case TDM_KIND_FUNCTION: // ROUTINE: functions, procedures and aggregates alike
        tdm_buffer_puts(out, "ROUTINE ");
        put_routine(out, key);
        return true;
    case TDM_KIND_WRAPPER:
        tdm_buffer_puts(out, "FOREIGN DATA WRAPPER ");
        tdm_sql_put_ident(out, key->name);
        return true;
    case TDM_KIND_SCHEMA:
    case TDM_KIND_EXTENSION:
    case TDM_KIND_PUBLICATION:
    case TDM_KIND_EVENT_TRIGGER:
    case TDM_KIND_LANGUAGE:
    case TDM_KIND_SERVER:
    case TDM_KIND_ROLE:
    case TDM_KIND_POLICY:
    case TDM_KIND_TRIGGER:
    case TDM_KIND_RULE:
        put_upper(out, tdm_kind_name(key->kind));
        tdm_sql_put_ident(out, key->name);
        break;
    default:
        return false;
    }
    if (tdm_target_on_table(key->kind)) {
        tdm_buffer_puts(out, " ON ");
        tdm_define_name(out, key->owner_schema, key->owner);
    }
    return true;
}

void tdm_target_put_alter(tdm_buffer *out, const tdm_change_key *key)
{
    tdm_buffer_puts(out, "ALTER TABLE ");
    tdm_define_name(out, key->owner_schema, key->owner);
}

void tdm_target_put_column(tdm_buffer *out, const tdm_change_key *key)
{
    tdm_target_put_alter(out, key);
    tdm_buffer_puts(out, " ALTER COLUMN ");
    tdm_sql_put_ident(out, key->name);
}

bool tdm_target_put_comment(tdm_buffer *out, const tdm_change_key *key)
{
    switch (key->kind) {
    case TDM_KIND_COLUMN:
        tdm_buffer_puts(out, "COLUMN ");
        tdm_define_name(out, key->owner_schema, key->owner);
        tdm_buffer_putc(out, '.');
        tdm_sql_put_ident(out, key->name);
        return true;
    case TDM_KIND_CONSTRAINT:
        tdm_buffer_puts(out, "CONSTRAINT ");
        tdm_sql_put_ident(out, key->name);
        tdm_buffer_puts(out, " ON ");
        tdm_define_name(out, key->owner_schema, key->owner);
        return true;
    default:
        return tdm_target_put(out, key);
    }
}
