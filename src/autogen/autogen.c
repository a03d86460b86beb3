#include "autogen/autogen.h"

#include "autogen/writer.h"
#include "base/error.h"
#include "base/limits.h"

static void write_statement(tdm_writer *w, tdm_node node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        tdm_write_create_table(w, node->create_stmt);
        break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        tdm_write_alter_table(w, node->alter_table_stmt);
        break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        tdm_write_rename(w, node->rename_stmt);
        break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        tdm_write_create_index(w, node->index_stmt);
        break;
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        tdm_write_create_enum(w, node->create_enum_stmt);
        break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        tdm_write_drop(w, node->drop_stmt);
        break;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        tdm_write_comment(w, node->comment_stmt);
        break;
    default:
        w->untyped = true;
        break;
    }
}

tdm_status tdm_autogen_execute(tdm_arena *arena, tdm_text sql, tdm_directives *ret, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    tdm_py_put_execute(&out, sql);
    if (tdm_buffer_check(&out, err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    *ret = (tdm_directives){.python = tdm_buffer_take(&out, arena), .name = "execute"};
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_autogen_directives(tdm_arena *arena, const tdm_autogen_input *input,
                                  tdm_directives *ret, tdm_error *err)
{
    tdm_writer w = {.arena = arena, .input = input, .out = TDM_BUFFER_INIT(TDM_LIMIT_FILE)};

    write_statement(&w, input->tree->node);
    if (w.untyped || w.out.failed || w.out.size == 0) {
        tdm_buffer_free(&w.out);
        return tdm_autogen_execute(arena, input->tree->sql, ret, err);
    }
    *ret = (tdm_directives){.python = tdm_buffer_take(&w.out, arena),
                            .imports = w.imports,
                            .name = w.name,
                            .typed = true};
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
