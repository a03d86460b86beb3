#include "alembic/version_step.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vector.h"
#include "sql/quote.h"

bool tdm_version_step_can_name(tdm_text id)
{
    for (size_t i = 0; i < id.size; i++)
        if (!tdm_is_alnum(id.data[i]) && id.data[i] != '_' && id.data[i] != '.')
            return false;
    return id.size > 0;
}

// --- What it was made from ----------------------------------------------------------------------

static const char mark[] = "-- tandem: ";

static void put_words(tdm_buffer *out, const char *before, tdm_texts words)
{
    if (words.count)
        tdm_buffer_puts(out, before);
    for (size_t i = 0; i < words.count; i++) {
        tdm_buffer_putc(out, ' ');
        tdm_buffer_put(out, words.items[i]);
    }
}

static void put_marks(tdm_buffer *out, const tdm_version_step *step)
{
    tdm_buffer_putf(out, "%srecords ", mark);
    tdm_buffer_put(out, step->revision);
    for (size_t i = 0; i < step->need_count; i++) {
        tdm_buffer_putf(out, "\n%safter ", mark);
        tdm_buffer_put(out, step->needs[i].id);
        put_words(out, " covered", step->needs[i].covers);
        put_words(out, " migrated", step->needs[i].versions);
    }
    if (step->replaces.count) {
        tdm_buffer_putf(out, "\n%sreplaces", mark);
        put_words(out, "", step->replaces);
    }
    if (step->beside.count) {
        tdm_buffer_putf(out, "\n%sbeside", mark);
        put_words(out, "", step->beside);
    }
    tdm_buffer_putc(out, '\n');
}

typedef struct reader {
    tdm_arena *arena;
    tdm_version_step *step;
    TDM_VECTOR(tdm_version_step_need) needs;
} reader;

static tdm_text take_word(tdm_text *rest)
{
    size_t end = tdm_text_find_char(*rest, ' ');
    end = end == SIZE_MAX ? rest->size : end;
    tdm_text word = tdm_text_slice(*rest, 0, end);
    *rest = tdm_text_from(*rest, end + 1);
    return word;
}

static bool is_heading(tdm_text word)
{
    return tdm_text_is(word, "covered") || tdm_text_is(word, "migrated");
}

// Words up to the end, or the next heading.
static tdm_texts take_words(tdm_arena *arena, tdm_text *rest)
{
    TDM_VECTOR(tdm_text) words = {0};
    while (rest->size) {
        tdm_text before = *rest;
        tdm_text word = take_word(rest);
        if (is_heading(word)) {
            *rest = before;
            break;
        }
        (void)tdm_vector_push(arena, &words, word); // out of memory shows in the arena
    }
    return (tdm_texts){words.items, words.count};
}

static void read_need(reader *in, tdm_text rest)
{
    tdm_version_step_need need = {.id = take_word(&rest)};
    while (rest.size) {
        tdm_text heading = take_word(&rest);
        tdm_texts words = take_words(in->arena, &rest);
        if (tdm_text_is(heading, "covered"))
            need.covers = words;
        else if (tdm_text_is(heading, "migrated"))
            need.versions = words;
    }
    (void)tdm_vector_push(in->arena, &in->needs, need);
}

// What the lines say need not make sense: only what gives the same block again counts.
static void read_mark(reader *in, tdm_text rest)
{
    tdm_text kind = take_word(&rest);
    if (tdm_text_is(kind, "records"))
        in->step->revision = rest;
    else if (tdm_text_is(kind, "after"))
        read_need(in, rest);
    else if (tdm_text_is(kind, "replaces"))
        in->step->replaces = take_words(in->arena, &rest);
    else if (tdm_text_is(kind, "beside"))
        in->step->beside = take_words(in->arena, &rest);
}

// --- The block ----------------------------------------------------------------------------------

static const char path_line[] = "    SET LOCAL search_path TO DEFAULT;\n";
static const char migrations[] = "supabase_migrations.schema_migrations";

typedef struct writer {
    tdm_buffer *out;
    const tdm_version_table *table;
    const tdm_version_step *step;
} writer;

static void put(const writer *w, const char *text)
{
    tdm_buffer_puts(w->out, text);
}

static void put_table(const writer *w)
{
    tdm_sql_put_qualified(w->out, w->table->schema, w->table->name);
}

static void put_literals(const writer *w, tdm_texts list, bool more)
{
    for (size_t i = 0; i < list.count; i++) {
        put(w, more || i ? ", " : "");
        tdm_sql_put_literal(w->out, list.items[i]);
    }
}

// "version_num = 'a'" or "version_num IN ('a', 'b')".
static void put_where(const writer *w, tdm_texts list)
{
    put(w, list.count == 1 ? " WHERE version_num = " : " WHERE version_num IN (");
    put_literals(w, list, false);
    put(w, list.count == 1 ? "" : ")");
}

static void put_row_test(const writer *w, tdm_text id)
{
    put(w, "EXISTS (SELECT FROM ");
    put_table(w);
    put_where(w, (tdm_texts){&id, 1});
    put(w, ")");
}

static void put_covered_test(const writer *w, const tdm_version_step_need *need)
{
    put(w, "EXISTS (SELECT FROM ");
    put_table(w);
    put(w, " WHERE version_num IN (");
    tdm_sql_put_literal(w->out, need->id);
    put_literals(w, need->covers, true);
    put(w, "))");
}

// The API of a Supabase project would publish a table without row level security.
static void put_create(const writer *w)
{
    put(w, "        ");
    tdm_version_table_create(w->out, w->table);
    put(w, ";\n        ALTER TABLE ");
    put_table(w);
    put(w, " ENABLE ROW LEVEL SECURITY;\n"
           "        IF to_regrole('anon') IS NOT NULL AND to_regrole('authenticated') IS NOT NULL "
           "THEN\n"
           "            REVOKE ALL ON TABLE ");
    put_table(w);
    put(w, " FROM anon, authenticated;\n        END IF;\n");
}

static bool has_versions(const tdm_version_step *step)
{
    for (size_t i = 0; i < step->need_count; i++)
        if (step->needs[i].versions.count)
            return true;
    return false;
}

static bool has_ways_round(const tdm_version_step *step)
{
    for (size_t i = 0; i < step->need_count; i++)
        if (step->needs[i].covers.count)
            return true;
    return step->need_count == 0 || has_versions(step);
}

static void put_warning(const writer *w, const char *indent)
{
    put(w, indent);
    put(w, "RAISE WARNING 'alembic_version holds neither % nor what comes before it: nothing is "
           "recorded', ");
    tdm_sql_put_literal(w->out, w->step->revision);
    put(w, ";\n");
}

// Without the table only what needs nothing can be recorded, or what Supabase's own rows prove.
static void put_missing_table(const writer *w)
{
    tdm_buffer name = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_sql_put_qualified(&name, w->table->schema, w->table->name);
    put(w, "    IF to_regclass(");
    tdm_sql_put_literal(w->out, tdm_buffer_text(&name));
    put(w, ") IS NULL THEN\n");
    if (has_ways_round(w->step)) {
        put_create(w);
    } else {
        put_warning(w, "        ");
        put(w, "        RETURN;\n");
    }
    put(w, "    END IF;\n");
    w->out->failed = w->out->failed || name.failed;
    tdm_buffer_free(&name);
}

static void put_migrated(const writer *w)
{
    bool more = false;
    tdm_buffer_putf(w->out,
                    "    IF to_regclass('%s') IS NOT NULL THEN\n"
                    "        migrated := ARRAY(\n"
                    "            SELECT version FROM %s WHERE version IN (",
                    migrations, migrations);
    for (size_t i = 0; i < w->step->need_count; i++) {
        put_literals(w, w->step->needs[i].versions, more);
        more = more || w->step->needs[i].versions.count;
    }
    put(w, ")\n        );\n    END IF;\n");
}

// Every row is one of which it is known that it does not say that the revision is applied.
static void put_known_test(const writer *w)
{
    const tdm_version_step *step = w->step;
    put(w, "NOT EXISTS (SELECT FROM ");
    put_table(w);
    if (step->replaces.count + step->beside.count) {
        put(w, " WHERE version_num NOT IN (");
        put_literals(w, step->replaces, false);
        put_literals(w, step->beside, step->replaces.count > 0);
        put(w, ")");
    }
    put(w, ")");
}

static void put_need_test(const writer *w, const tdm_version_step_need *need)
{
    put(w, "\n                AND (");
    if (need->covers.count)
        put_covered_test(w, need);
    else
        put_row_test(w, need->id);
    if (need->versions.count) {
        put(w, " OR migrated @> ARRAY[");
        put_literals(w, need->versions, false);
        put(w, "]::text[]");
    }
    put(w, ")");
}

static void put_test(const writer *w)
{
    const tdm_version_step *step = w->step;
    put(w, "        IF ");
    for (size_t i = 0; i < step->need_count; i++) {
        put(w, i ? " AND " : "");
        put_row_test(w, step->needs[i].id);
    }
    if (!has_ways_round(step)) {
        put(w, " THEN\n");
        return;
    }
    put(w, step->need_count ? "\n            OR " : "");
    put_known_test(w);
    for (size_t i = 0; i < step->need_count; i++)
        put_need_test(w, &step->needs[i]);
    put(w, step->need_count ? "\n        THEN\n" : " THEN\n");
}

static void put_step(const writer *w)
{
    const tdm_version_step *step = w->step;
    put(w, "    IF NOT ");
    put_row_test(w, step->revision);
    put(w, " THEN\n");
    put_test(w);
    if (step->replaces.count) {
        put(w, "            DELETE FROM ");
        put_table(w);
        put_where(w, step->replaces);
        put(w, ";\n");
    }
    put(w, "            INSERT INTO ");
    put_table(w);
    put(w, " (version_num) VALUES (");
    tdm_sql_put_literal(w->out, step->revision);
    put(w, ");\n        ELSE\n");
    put_warning(w, "            ");
    put(w, "        END IF;\n    END IF;\n");
}

void tdm_version_step_put(tdm_buffer *out, const tdm_version_table *table,
                          const tdm_version_step *step)
{
    tdm_buffer body = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    writer w = {&body, table, step};
    tdm_buffer_putc(&body, '\n');
    put_marks(&body, step);
    if (has_versions(step))
        put(&w, "DECLARE\n    migrated text[] := '{}';\n");
    put(&w, "BEGIN\n");
    if (step->resets_path)
        put(&w, path_line);
    put_missing_table(&w);
    if (has_versions(step))
        put_migrated(&w);
    put_step(&w);
    put(&w, "END\n");
    tdm_buffer_puts(out, "DO ");
    tdm_sql_put_dollar(out, tdm_buffer_text(&body), "tandem");
    out->failed = out->failed || body.failed;
    tdm_buffer_free(&body);
}

// --- Reading ------------------------------------------------------------------------------------

static bool is_made_again(tdm_text sql, const tdm_version_table *table,
                          const tdm_version_step *step)
{
    tdm_buffer again = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_version_step_put(&again, table, step);
    bool same = !again.failed && tdm_text_equal(tdm_buffer_text(&again), sql);
    tdm_buffer_free(&again);
    return same;
}

static bool can_be_named(const tdm_version_step *step)
{
    for (size_t i = 0; i < step->need_count; i++)
        if (!tdm_version_step_can_name(step->needs[i].id))
            return false;
    return tdm_version_step_can_name(step->revision);
}

tdm_status tdm_version_step_read(tdm_arena *arena, tdm_text sql, const tdm_version_table *table,
                                 bool *ret_found, tdm_version_step *ret, tdm_error *err)
{
    reader in = {.arena = arena, .step = ret};
    tdm_text rest = sql;
    tdm_text line;
    *ret = (tdm_version_step){0};
    *ret_found = false;
    if (tdm_text_find(sql, TDM_TEXT("-- tandem: records ")) == SIZE_MAX)
        return TDM_OK;
    (void)tdm_text_next_line(&rest, &line); // DO $$
    while (tdm_text_next_line(&rest, &line) && tdm_text_starts(line, tdm_text_of(mark)))
        read_mark(&in, tdm_text_from(line, sizeof mark - 1));
    ret->needs = in.needs.items;
    ret->need_count = in.needs.count;
    ret->resets_path = tdm_text_find(sql, tdm_text_of(path_line)) != SIZE_MAX;
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret_found = can_be_named(ret) && is_made_again(sql, table, ret);
    return TDM_OK;
}
