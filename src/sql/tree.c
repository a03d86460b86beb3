#include "sql/tree.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "sql/known.h"
#include "sql/lexer.h"
#include "sql/parse.h"

#include <pg_query.h>
#include <string.h>

static void *unpack_alloc(void *arena, size_t size)
{
    return tdm_arena_alloc(arena, size);
}

static void unpack_free(void *arena, void *piece)
{
    // The arena frees all pieces together.
    (void)arena;
    (void)piece;
}

static tdm_place place_at(tdm_text sql, tdm_place base, size_t offset)
{
    tdm_place place = {.file = base.file};

    tdm_text_position(sql, offset, &place.line, &place.column);
    if (place.line == 1)
        place.column += base.column - 1;
    place.line += base.line - 1;
    place.end_line = place.line;
    place.end_column = place.column;
    return place;
}

tdm_place tdm_sql_tree_place(const tdm_sql_tree *tree, int32_t location)
{
    if (!tree->exact || location < 0)
        return tree->place;
    return place_at(tree->sql, tree->place, (size_t)location);
}

// Everything that must hold before libpg_query may see a text.
static tdm_status measure(tdm_text sql, tdm_place place, tdm_error *err)
{
    if (sql.size > TDM_LIMIT_FILE)
        return tdm_fail(err, TDM_ERROR_LIMIT, place, "statement of %zu bytes is too long",
                        sql.size);
    if (sql.size && memchr(sql.data, '\0', sql.size))
        return tdm_fail(err, TDM_ERROR_SQL, place, "statement holds a NUL byte");
    if (tdm_utf8_error(sql) != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_SQL, place, "statement is not UTF-8");
    if (tdm_sql_too_deep(sql))
        return tdm_fail(err, TDM_ERROR_LIMIT, place, "statement is nested too deeply to be read");
    return TDM_OK;
}

static tdm_status unpack(tdm_sql_tree *tree, tdm_text packed, tdm_error *err)
{
    ProtobufCAllocator allocator = {unpack_alloc, unpack_free, tree->arena};
    const PgQuery__ParseResult *result =
        pg_query__parse_result__unpack(&allocator, packed.size, (const uint8_t *)packed.data);

    if (!result || !tdm_arena_ok(tree->arena))
        return tdm_fail_memory(err);
    if (result->n_stmts != 1 || !result->stmts[0]->stmt)
        return tdm_fail(err, TDM_ERROR_SQL, tree->place, "expected one statement, found %zu",
                        result->n_stmts);
    tree->node = result->stmts[0]->stmt;
    return TDM_OK;
}

// Where the packed tree goes.
typedef struct packing {
    tdm_arena *arena;
    size_t room;
    tdm_text packed;
} packing;

static tdm_status pack(packing *out, tdm_text packed, tdm_error *err)
{
    char *copy = tdm_arena_alloc(out->arena, out->room + packed.size);
    if (!copy)
        return tdm_fail_memory(err);
    memcpy(copy + out->room, packed.data, packed.size);
    out->packed = (tdm_text){copy + out->room, packed.size};
    return TDM_OK;
}

// `out` may be NULL.
static tdm_status parse(tdm_sql_tree *tree, packing *out, tdm_error *err)
{
    tdm_arena_mark mark = tdm_arena_save(tree->arena);
    const char *string = tdm_arena_string(tree->arena, tree->sql);
    if (!string)
        return tdm_fail_memory(err);
    PgQueryProtobufParseResult result = pg_query_parse_protobuf(string);
    tdm_arena_restore(tree->arena, mark);
    tdm_text packed = {result.parse_tree.data, result.parse_tree.len};
    tdm_status status;
    if (result.error) {
        size_t offset = tdm_sql_cursor_offset(tree->sql, result.error->cursorpos);
        status = tdm_fail(err, TDM_ERROR_SQL, tdm_sql_tree_place(tree, (int32_t)offset), "%s",
                          result.error->message);
    } else {
        status = unpack(tree, packed, err);
    }
    if (status == TDM_OK && out)
        status = pack(out, packed, err);
    pg_query_free_protobuf_parse_result(result);
    return status;
}

static tdm_sql_tree *new_tree(const tdm_statement *statement)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_sql_tree *tree = arena ? tdm_arena_new_of(arena, tdm_sql_tree) : NULL;
    if (!tree) {
        tdm_arena_free(arena);
        return NULL;
    }
    *tree = (tdm_sql_tree){.arena = arena,
                           .sql = statement->sql,
                           .place = statement->place,
                           .exact = statement->exact};
    return tree;
}

static tdm_status hand_out(tdm_sql_tree *tree, tdm_status status, tdm_sql_tree **ret)
{
    if (status == TDM_OK)
        *ret = tree;
    else
        tdm_sql_tree_free(tree);
    return status;
}

tdm_status tdm_sql_parse(const tdm_statement *statement, tdm_sql_tree **ret, tdm_error *err)
{
    const tdm_sql_known *known = tdm_sql_known_of(statement);
    bool kept = known && known->parsed;
    if (!kept && measure(statement->sql, statement->place, err) != TDM_OK)
        return TDM_FAILED;
    tdm_sql_tree *tree = new_tree(statement);
    if (!tree)
        return tdm_fail_memory(err);
    return hand_out(tree, kept ? unpack(tree, known->packed, err) : parse(tree, NULL, err), ret);
}

tdm_status tdm_sql_parse_packed(tdm_text sql, tdm_arena *arena, size_t room, tdm_sql_tree **ret,
                                tdm_text *ret_packed, tdm_error *err)
{
    tdm_statement statement = {.sql = sql};
    packing out = {.arena = arena, .room = room};
    if (measure(sql, TDM_NOWHERE, err) != TDM_OK)
        return TDM_FAILED;
    tdm_sql_tree *tree = new_tree(&statement);
    if (!tree)
        return tdm_fail_memory(err);
    tdm_status status = hand_out(tree, parse(tree, &out, err), ret);
    *ret_packed = out.packed;
    return status;
}

tdm_status tdm_sql_parse_text(tdm_text sql, tdm_sql_tree **ret, tdm_error *err)
{
    tdm_statement statement = {.sql = sql};
    return tdm_sql_parse(&statement, ret, err);
}

void tdm_sql_tree_free(tdm_sql_tree *tree)
{
    if (tree)
        tdm_arena_free(tree->arena);
}
