// Holds the schema model against a running server: runs SQL files statement by statement on a
// database and on a catalog beside it, reads the database, and prints where the two differ.
//
//   usage: catalog_held URL FILE...
//
// What the server refuses is left out of the replay, so that both go on from the same state. One
// line of JSON for each event:
//
//   {"event":"refused","place":…,"sqlstate":…,"text":…}      the server said no
//   {"event":"not refused","place":…,"text":…}               only the model said no
//   {"event":"opaque","place":…,"text":…}                    the model cannot follow
//   {"event":"not read","place":…,"text":…}                  of a kind that a server is not read
//   for
//   {"event":"difference","sure":…,"object":…,"attribute":…,"model":…,"server":…,"text":…}
//   {"event":"end","statements":…,"refused":…,"closed":…,"verdict":…,"tables":…}
//
// Exit code 0 when nothing differs, 1 when something does or cannot be known, 2 for trouble.
#include "base/limits.h"
#include "base/text.h"
#include "compare/compare.h"
#include "db/libpq.h"
#include "db/live.h"
#include "sql/split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_TEXT = 400, // bytes of a text that is printed
};

typedef struct held {
    tdm_arena *arena;
    tdm_session *session;
    tdm_catalog *model;
    tdm_effect effect;
    size_t statements;
    size_t refused;
    size_t opaque;
} held;

static void fail(const tdm_error *err)
{
    fprintf(stderr, "catalog_held: %s\n", err->message);
    exit(2);
}

static void print_string(tdm_text text)
{
    size_t size = text.size < LONGEST_TEXT ? text.size : LONGEST_TEXT;

    putchar('"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else if (c < 0x80 || size == text.size)
            putchar(c);
    }
    putchar('"');
}

static void print_event(const char *event, tdm_place place, const char *sqlstate, tdm_text text)
{
    printf("{\"event\":\"%s\",\"place\":\"%s:%u\"", event, place.file ? place.file : "",
           place.line);
    if (sqlstate)
        printf(",\"sqlstate\":\"%s\"", sqlstate);
    printf(",\"text\":");
    print_string(text);
    printf("}\n");
}

static void replay(held *h, const tdm_statement *statement)
{
    tdm_error err = TDM_ERROR_INIT;
    size_t before = h->effect.count;

    if (tdm_catalog_apply(h->model, statement, NULL, &h->effect, &err) != TDM_OK)
        fail(&err);
    for (size_t i = before; i < h->effect.count; i++) {
        const tdm_change *change = &h->effect.items[i];
        if (change->kind != TDM_CHANGE_OPAQUE)
            continue;
        h->opaque++;
        print_event(change->refusal ? "not refused" : "opaque", change->place, NULL,
                    change->reason);
    }
}

static bool is_open(const held *h)
{
    return h->session->methods->transaction(h->session) == TDM_DB_OPEN;
}

// A transaction of the file goes on behind a statement that the server refuses.
static void run(held *h, const tdm_statement *statement)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_db_result rows;
    bool saved = is_open(h);

    h->statements++;
    if (saved &&
        tdm_session_run(h->session, TDM_TEXT("SAVEPOINT held"), h->arena, NULL, &err) != TDM_OK)
        fail(&err);
    if (tdm_session_run(h->session, statement->sql, h->arena, &rows, &err) == TDM_OK) {
        if (saved && is_open(h))
            tdm_session_tidy(h->session, TDM_TEXT("RELEASE held"));
        replay(h, statement);
        return;
    }
    if (err.code != TDM_ERROR_SERVER)
        fail(&err);
    h->refused++;
    print_event("refused", statement->place, h->session->failure.sqlstate,
                tdm_buffer_text(&h->session->failure.message));
    if (saved)
        tdm_session_tidy(h->session, TDM_TEXT("ROLLBACK TO held"));
}

static tdm_text read_file(held *h, const char *path)
{
    char *data = tdm_arena_alloc(h->arena, TDM_LIMIT_FILE);
    FILE *file = fopen(path, "rb");

    if (!file || !data) {
        fprintf(stderr, "catalog_held: %s cannot be read\n", path);
        exit(2);
    }
    size_t size = fread(data, 1, TDM_LIMIT_FILE, file);
    fclose(file);
    return (tdm_text){data, size};
}

static void run_file(held *h, const char *path)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements = {0};

    if (tdm_sql_split(h->arena, path, read_file(h, path), &statements, &err) != TDM_OK ||
        tdm_session_run(h->session, TDM_TEXT("RESET ALL"), h->arena, NULL, &err) != TDM_OK)
        fail(&err);
    tdm_catalog_reset_session(h->model);
    for (size_t i = 0; i < statements.count; i++)
        run(h, &statements.items[i]);
    if (h->session->methods->transaction(h->session) != TDM_DB_IDLE)
        tdm_session_tidy(h->session, TDM_TEXT("COMMIT"));
}

static void print_difference(const tdm_difference *difference)
{
    printf("{\"event\":\"difference\",\"sure\":%s,\"object\":",
           difference->reason.size ? "false" : "true");
    print_string(difference->object);
    printf(",\"attribute\":");
    print_string(difference->attribute);
    printf(",\"model\":");
    print_string(difference->left);
    printf(",\"server\":");
    print_string(difference->right);
    printf(",\"place\":\"%s:%u\",\"text\":",
           difference->left_place.file ? difference->left_place.file : "",
           difference->left_place.line);
    print_string(difference->reason);
    printf("}\n");
}

// What a server is not read for is counted apart.
static void print_unread(held *h)
{
    for (size_t i = 0; i < tdm_catalog_object_count(h->model); i++) {
        tdm_object *object = (tdm_object *)tdm_catalog_object_at(h->model, i);
        if (object->dropped || tdm_live_reads(object->kind))
            continue;
        print_event("not read", object->place, NULL, tdm_text_of(tdm_kind_name(object->kind)));
        tdm_catalog_drop(h->model, object);
    }
}

static int compare(held *h)
{
    static const char *const verdicts[] = {"equal", "different", "unknown"};
    tdm_error err = TDM_ERROR_INIT;
    tdm_live_options options = {0};
    tdm_catalog *live = NULL;
    tdm_differences differences = {0};
    tdm_comparison verdict;

    if (tdm_live_read(h->session, &options, h->arena, &live, &err) != TDM_OK)
        fail(&err);
    tdm_live_keep_asked(h->model, &options);
    tdm_live_fit(live, h->model);
    print_unread(h);
    if (tdm_catalog_compare(h->model, live, h->arena, &differences, &verdict, &err) != TDM_OK)
        fail(&err);
    for (size_t i = 0; i < differences.count; i++)
        print_difference(&differences.items[i]);
    printf("{\"event\":\"end\",\"statements\":%zu,\"refused\":%zu,\"opaque\":%zu,\"closed\":%s,"
           "\"verdict\":\"%s\",\"tables\":%zu}\n",
           h->statements, h->refused, h->opaque,
           tdm_catalog_is_closed(h->model, NULL, NULL) ? "true" : "false", verdicts[verdict],
           tdm_catalog_table_count(live));
    return verdict == TDM_COMPARE_EQUAL ? 0 : 1;
}

int main(int argc, char **argv)
{
    tdm_error err = TDM_ERROR_INIT;
    held h = {.arena = tdm_arena_new(0)};
    tdm_target_options target = {.url = argc > 1 ? argv[1] : NULL};

    if (argc < 2 || !h.arena) {
        fprintf(stderr, "usage: catalog_held URL FILE...\n");
        return 2;
    }
    if (tdm_session_open(&target, &h.session, &err) != TDM_OK ||
        tdm_catalog_new(h.arena, true, &h.model, &err) != TDM_OK)
        fail(&err);
    tdm_effect_init(&h.effect, h.arena);
    for (int i = 2; i < argc; i++)
        run_file(&h, argv[i]);
    int code = compare(&h);
    tdm_session_close(h.session);
    tdm_arena_free(h.arena);
    return code;
}
