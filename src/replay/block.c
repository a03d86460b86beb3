#include "replay/block_parts.h"

enum {
    BLOCK_DEPTH = 50, // nested IFs and blocks
};

// --- Statements ---------------------------------------------------------------------------------

static void read_list(tdm_block_reader *in, tdm_block_list *list, const char *const *ends);

static const char *const if_ends[] = {"ELSIF", "ELSEIF", "ELSE", "END", NULL};
static const char *const block_ends[] = {"END", "EXCEPTION", NULL};

// The body of a branch; false when it cannot be read.
static bool read_branch(tdm_block_reader *in, tdm_block_item *item, tdm_block_branch **last,
                        size_t start, size_t end)
{
    tdm_block_branch *branch = tdm_arena_new_of(in->arena, tdm_block_branch);
    tdm_block_list *body = tdm_block_new_list(in);

    if (!branch || !body)
        return false;
    *branch = (tdm_block_branch){.start = start, .end = end, .body = body};
    if (*last)
        (*last)->next = branch;
    else
        item->branches = branch;
    *last = branch;
    read_list(in, body, if_ends);
    return !tdm_block_at_end(in);
}

static void read_if(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_IF);
    tdm_block_branch *last = NULL;

    if (!item)
        return;
    do {
        tdm_block_advance(in); // IF, ELSIF
        size_t start = in->token.start;
        tdm_block_run condition = tdm_block_read_run(in, "THEN");
        if (!condition.closed) {
            tdm_block_give_up(in, list, "an IF has no THEN");
            return;
        }
        tdm_block_advance(in); // THEN
        if (!read_branch(in, item, &last, start, condition.end)) {
            tdm_block_give_up(in, list, "an IF does not end");
            return;
        }
    } while (tdm_block_at_word(in, "ELSIF") || tdm_block_at_word(in, "ELSEIF"));
    if (tdm_block_take_word(in, "ELSE"))
        (void)read_branch(in, item, &last, 0, 0);
    if (!tdm_block_take_word(in, "END") || !tdm_block_take_word(in, "IF") ||
        !tdm_block_at_char(in, ';'))
        tdm_block_give_up(in, list, "an IF does not end");
    else
        tdm_block_advance(in);
}

static void read_raise(tdm_block_reader *in, tdm_block_list *list)
{
    static const char *const harmless[] = {"NOTICE", "INFO", "WARNING", "LOG", "DEBUG", NULL};
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_NOTHING);

    tdm_block_advance(in);
    bool ok = tdm_block_at_any(in, harmless);
    while (!tdm_block_at_end(in) && !tdm_block_at_char(in, ';') && !tdm_block_at_char(in, ','))
        tdm_block_advance(in);
    if (tdm_block_at_char(in, ','))
        tdm_block_advance(in);
    size_t start = in->token.start;
    tdm_block_run rest = tdm_block_read_run(in, NULL);
    if (!item)
        return;
    item->start = ok ? start : item->start; // its arguments
    item->end = rest.end;
    if (!rest.closed) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "a RAISE does not end";
    } else if (!ok) {
        item->kind = TDM_BLOCK_RAISE;
    }
    tdm_block_advance(in);
}

// RETURN of a function may compute its result; RETURN NEXT and RETURN QUERY go on.
static void read_return(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_RETURN);

    tdm_block_advance(in);
    bool goes_on = tdm_block_at_word(in, "NEXT") || tdm_block_at_word(in, "QUERY");
    size_t start = in->token.start;
    tdm_block_run rest = tdm_block_read_run(in, NULL);
    if (item) {
        item->start = start;
        item->end = rest.end;
    }
    if (item && goes_on) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it returns rows";
    }
    tdm_block_advance(in);
}

static void take_run(tdm_block_item *item, const tdm_block_run *statement)
{
    item->end = statement->end;
    item->cut_start = statement->cut_start;
    item->cut_end = statement->cut_end;
    item->targets = statement->targets;
    if (!statement->closed || !statement->cuts) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = statement->closed ? "it has an INTO that is not understood"
                                         : "a statement does not end";
    }
}

static void read_execute(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_advance(in);
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_EXECUTE);
    tdm_block_run rest = tdm_block_read_run(in, NULL);

    if (item)
        take_run(item, &rest);
    if (item && item->kind == TDM_BLOCK_EXECUTE && rest.using) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it executes text with values of its own";
    }
    tdm_block_advance(in);
}

static void read_sql(tdm_block_reader *in, tdm_block_list *list, tdm_block_kind kind)
{
    if (kind == TDM_BLOCK_PERFORM)
        tdm_block_advance(in);
    tdm_block_item *item = tdm_block_add(in, list, kind);
    tdm_block_run statement = tdm_block_read_run(in, NULL);

    if (item)
        take_run(item, &statement);
    tdm_block_advance(in);
}

// A variable is set: "x := ...", "x = ...", "x.y := ...", "x[1] := ...".
static bool is_assignment(const tdm_block_reader *in)
{
    tdm_sql_lexer ahead = in->lexer;
    tdm_sql_token next = tdm_sql_next(&ahead);
    tdm_text text = tdm_sql_token_text(&ahead, &next);

    return tdm_text_is(text, ":=") || tdm_text_is(text, "=") || tdm_text_is(text, ".") ||
           tdm_text_is(text, "[");
}

// "x := expression;"
static void read_assignment(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_ASSIGN);
    size_t end = 0;

    if (!item)
        return;
    item->targets = tdm_block_read_targets(in, &end);
    tdm_text sign = tdm_sql_token_text(&in->lexer, &in->token);
    bool sets = tdm_text_is(sign, ":=") || tdm_text_is(sign, "=");
    if (sets)
        tdm_block_advance(in);
    item->start = in->token.start;
    tdm_block_run expression = tdm_block_read_run(in, NULL);
    item->end = expression.end;
    if (!sets || !item->targets || item->targets->next || !expression.closed) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it sets a variable in a way that is not understood";
    }
    tdm_block_advance(in);
}

// A statement that is understood as far as where it ends.
static void read_strange(tdm_block_reader *in, tdm_block_list *list, const char *reason)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_UNKNOWN);
    tdm_block_run statement = tdm_block_read_run(in, NULL);

    if (item) {
        item->end = statement.end;
        item->reason = reason;
    }
    tdm_block_advance(in);
}

// EXIT [label] [WHEN condition]
static void read_leave(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_LEAVE);

    if (!item)
        return;
    item->next_turn = tdm_block_at_word(in, "CONTINUE");
    tdm_block_advance(in);
    bool labelled = tdm_block_at_name(in) && !tdm_block_at_word(in, "WHEN");
    (void)tdm_block_take_word(in, "WHEN");
    item->start = in->token.start;
    tdm_block_run rest = tdm_block_read_run(in, NULL);
    item->end = rest.end;
    if (labelled || !rest.closed) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it leaves a loop by its label";
    }
    tdm_block_advance(in);
}

// GET DIAGNOSTICS x = ROW_COUNT: what x is cannot be known.
static void read_diagnostics(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_ASSIGN);
    size_t end = 0;

    tdm_block_advance(in); // GET
    (void)(tdm_block_take_word(in, "CURRENT") || tdm_block_take_word(in, "STACKED"));
    (void)tdm_block_take_word(in, "DIAGNOSTICS");
    if (item)
        item->targets = tdm_block_read_targets(in, &end);
    tdm_block_run rest = tdm_block_read_run(in, NULL);
    if (item) {
        item->start = item->end = rest.end;
        item->kind = item->targets ? TDM_BLOCK_ASSIGN : TDM_BLOCK_UNKNOWN;
        item->reason = "it asks for diagnostics";
    }
    tdm_block_advance(in);
}

// The head of FOR and FOREACH up to LOOP; whatever is not read makes the loop one that may run any
// number of times.
static void read_head(tdm_block_reader *in, tdm_block_item *item)
{
    bool each = tdm_block_at_word(in, "FOREACH");
    size_t end = 0;

    tdm_block_advance(in);
    item->targets = tdm_block_read_targets(in, &end);
    bool plain = item->targets && tdm_block_take_word(in, "IN");
    if (each)
        plain = plain && tdm_block_take_word(in, "ARRAY");
    bool rows = tdm_block_at_word(in, "SELECT") || tdm_block_at_word(in, "WITH") ||
                tdm_block_at_char(in, '(');
    if (plain && tdm_block_at_word(in, "EXECUTE")) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it loops over the rows of a text that it executes";
    }
    if (plain && each)
        item->kind = TDM_BLOCK_EACH;
    else if (plain && rows)
        item->kind = TDM_BLOCK_ROWS;
}

// FOR, FOREACH, WHILE, LOOP ... END LOOP
static void read_loop(tdm_block_reader *in, tdm_block_list *list)
{
    static const char *const loop_ends[] = {"END", NULL};
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_REPEAT);
    tdm_block_branch *branch = tdm_arena_new_of(in->arena, tdm_block_branch);

    if (!item || !branch)
        return;
    branch->body = tdm_block_new_list(in);
    item->branches = branch;
    if (tdm_block_at_word(in, "FOR") || tdm_block_at_word(in, "FOREACH"))
        read_head(in, item);
    else if (tdm_block_at_word(in, "WHILE"))
        tdm_block_advance(in);
    item->start = in->token.start;
    item->end = tdm_block_read_run(in, "LOOP").end;
    tdm_block_advance(in);
    if (branch->body)
        read_list(in, branch->body, loop_ends);
    if (!tdm_block_take_word(in, "END") || !tdm_block_take_word(in, "LOOP")) {
        tdm_block_give_up(in, list, "a loop does not end");
        return;
    }
    (void)tdm_block_read_run(in, NULL); // a label
    tdm_block_advance(in);
}

static void read_block(tdm_block_reader *in, tdm_block_list *list);

static void read_item(tdm_block_reader *in, tdm_block_list *list)
{
    static const char *const loops[] = {"FOR", "WHILE", "LOOP", "FOREACH", NULL};
    static const char *const strange[] = {"OPEN",   "FETCH",    "MOVE", "CLOSE",
                                          "COMMIT", "ROLLBACK", "CALL", NULL};

    if (tdm_block_at_word(in, "IF")) {
        read_if(in, list);
    } else if (tdm_block_at_word(in, "BEGIN") || tdm_block_at_word(in, "DECLARE")) {
        read_block(in, list);
    } else if (tdm_block_at_word(in, "NULL") || tdm_block_at_word(in, "ASSERT")) {
        tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_NOTHING);
        tdm_block_advance(in);
        size_t start = in->token.start, end = tdm_block_read_run(in, NULL).end;
        if (item) {
            item->start = start;
            item->end = end > start ? end : start;
        }
        tdm_block_advance(in);
    } else if (tdm_block_at_word(in, "RAISE")) {
        read_raise(in, list);
    } else if (tdm_block_at_word(in, "RETURN")) {
        read_return(in, list);
    } else if (tdm_block_at_word(in, "EXECUTE")) {
        read_execute(in, list);
    } else if (tdm_block_at_word(in, "EXIT") || tdm_block_at_word(in, "CONTINUE")) {
        read_leave(in, list);
    } else if (tdm_block_at_word(in, "GET")) {
        read_diagnostics(in, list);
    } else if (tdm_block_at_word(in, "PERFORM")) {
        read_sql(in, list, TDM_BLOCK_PERFORM);
    } else if (tdm_block_at_any(in, loops)) {
        read_loop(in, list);
    } else if (tdm_block_at_word(in, "CASE") || in->token.kind == TDM_SQL_TOKEN_OPERATOR) {
        tdm_block_give_up(in, list, "it has a CASE or a label");
    } else if (tdm_block_at_any(in, strange)) {
        read_strange(in, list, "it has more than plain statements");
    } else if (!tdm_block_at_name(in)) {
        read_strange(in, list, "it has more than plain statements");
    } else if (is_assignment(in)) {
        read_assignment(in, list);
    } else {
        read_sql(in, list, TDM_BLOCK_SQL);
    }
}

static void read_list(tdm_block_reader *in, tdm_block_list *list, const char *const *ends)
{
    if (in->depth == BLOCK_DEPTH) {
        tdm_block_give_up(in, list, "it is nested too deeply");
        return;
    }
    in->depth++;
    while (!tdm_block_at_end(in) && !tdm_block_at_any(in, ends))
        read_item(in, list);
    in->depth--;
}

// name [CONSTANT] type [NOT NULL] [DEFAULT expression];
static tdm_block_variable *read_declarations(tdm_block_reader *in, bool *ret_read)
{
    tdm_block_variable *first = NULL, **last = &first;

    for (*ret_read = true; *ret_read && !tdm_block_at_end(in) && !tdm_block_at_word(in, "BEGIN");) {
        tdm_block_variable *variable = tdm_arena_new_of(in->arena, tdm_block_variable);
        if (!variable)
            return NULL;
        *ret_read = tdm_block_at_name(in);
        variable->name = tdm_block_name_of(in);
        *last = variable;
        last = &variable->next;
        tdm_block_advance(in);
        // Another name for something, and cursors, whose queries run when they are opened.
        *ret_read =
            *ret_read && !tdm_block_at_word(in, "ALIAS") && !tdm_block_at_word(in, "CURSOR");
        (void)tdm_block_take_word(in, "CONSTANT");
        size_t type_start = in->token.start, type_end = in->token.start;
        for (; !tdm_block_at_end(in) && !tdm_block_at_char(in, ';'); tdm_block_advance(in)) {
            tdm_text text = tdm_sql_token_text(&in->lexer, &in->token);
            bool begins = tdm_block_at_word(in, "DEFAULT") || tdm_text_is(text, ":=") ||
                          tdm_text_is(text, "=");
            if (begins && variable->end == 0)
                variable->start = in->token.end;
            if (variable->start)
                variable->end = in->token.end;
            else if (!begins)
                type_end = in->token.end;
        }
        variable->type = tdm_text_trim(
            tdm_block_normal(in->arena, tdm_text_slice(in->lexer.source, type_start, type_end)));
        tdm_block_advance(in);
    }
    *ret_read = *ret_read && !tdm_block_at_end(in);
    return first;
}

static const char *const handler_ends[] = {"WHEN", "END", NULL};

// EXCEPTION WHEN a OR b THEN ... WHEN c THEN ...
static void read_handlers(tdm_block_reader *in, tdm_block_list *list, tdm_block_item *item)
{
    tdm_block_branch *last = item->branches;

    item->kind = TDM_BLOCK_TRY;
    tdm_block_advance(in); // EXCEPTION
    while (tdm_block_take_word(in, "WHEN")) {
        size_t start = in->token.start;
        tdm_block_run names = tdm_block_read_run(in, "THEN");
        tdm_block_branch *handler = tdm_arena_new_of(in->arena, tdm_block_branch);
        tdm_block_list *handled = tdm_block_new_list(in);
        if (!names.closed || !handler || !handled) {
            tdm_block_give_up(in, list, "an exception handler cannot be read");
            return;
        }
        tdm_block_advance(in); // THEN
        *handler = (tdm_block_branch){.start = start, .end = names.end, .body = handled};
        last->next = handler;
        last = handler;
        read_list(in, handled, handler_ends);
    }
}

static void read_block(tdm_block_reader *in, tdm_block_list *list)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_SCOPE);
    tdm_block_branch *branch = tdm_arena_new_of(in->arena, tdm_block_branch);
    bool read = true;

    if (!item || !branch)
        return;
    branch->body = tdm_block_new_list(in);
    item->branches = branch;
    if (tdm_block_take_word(in, "DECLARE"))
        item->declared = read_declarations(in, &read);
    if (!read || !branch->body) {
        tdm_block_give_up(in, list, "its declarations cannot be read");
        return;
    }
    if (!tdm_block_take_word(in, "BEGIN")) {
        tdm_block_give_up(in, list, "it has no BEGIN");
        return;
    }
    read_list(in, branch->body, block_ends);
    if (tdm_block_at_word(in, "EXCEPTION"))
        read_handlers(in, list, item);
    if (!tdm_block_take_word(in, "END")) {
        tdm_block_give_up(in, list, "it does not end");
        return;
    }
    item->end = in->token.start;
    if (tdm_block_at_name(in))
        tdm_block_advance(in); // a label
    if (tdm_block_at_char(in, ';'))
        tdm_block_advance(in);
}

tdm_block_list *tdm_block_read(tdm_arena *arena, tdm_text body)
{
    tdm_block_reader in = {.arena = arena, .lexer = {.source = body}};
    tdm_block_list *list = tdm_block_new_list(&in);

    if (!list)
        return NULL;
    tdm_block_advance(&in);
    read_block(&in, list);
    if (!tdm_block_at_end(&in))
        tdm_block_give_up(&in, list, "something follows its END");
    return tdm_arena_ok(arena) ? list : NULL;
}

tdm_text tdm_block_text(tdm_arena *arena, tdm_text body, const tdm_block_item *item)
{
    if (item->cut_end == 0)
        return tdm_text_slice(body, item->start, item->end);
    tdm_text before = tdm_text_slice(body, item->start, item->cut_start);
    tdm_text after = tdm_text_slice(body, item->cut_end, item->end);
    return tdm_arena_printf(arena, "%.*s %.*s", TDM_TEXT_ARG(before), TDM_TEXT_ARG(after));
}

tdm_text tdm_block_normal(tdm_arena *arena, tdm_text body)
{
    tdm_sql_lexer lexer = {.source = body};
    // Each token is as long as it was, and at least one byte of the body.
    char *text = tdm_arena_alloc(arena, 2 * body.size + 1);
    size_t size = 0;

    for (tdm_sql_token token; text && (token = tdm_sql_next(&lexer)).kind != TDM_SQL_TOKEN_END;) {
        tdm_text piece = tdm_sql_token_text(&lexer, &token);
        for (size_t i = 0; i < piece.size; i++)
            text[size++] =
                token.kind == TDM_SQL_TOKEN_WORD ? tdm_to_lower(piece.data[i]) : piece.data[i];
        text[size++] = ' ';
    }
    return (tdm_text){text, text ? size : 0};
}
