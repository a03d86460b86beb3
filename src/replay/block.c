#include "replay/block.h"

#include "base/vector.h"
#include "sql/lexer.h"

enum {
    BLOCK_DEPTH = 50, // nested IFs and blocks
};

typedef struct reader {
    tdm_arena *arena;
    tdm_sql_lexer lexer;
    tdm_sql_token token; // the one to be taken next
    size_t depth;
    TDM_VECTOR(tdm_text) variables;
    const tdm_block_item *stop; // where reading was given up
} reader;

// --- Tokens -------------------------------------------------------------------------------------

static void advance(reader *in)
{
    in->token = tdm_sql_next(&in->lexer);
}

static bool at_word(const reader *in, const char *word)
{
    return tdm_sql_token_is(&in->lexer, &in->token, word);
}

static bool at_char(const reader *in, char c)
{
    return tdm_sql_token_is_char(&in->lexer, &in->token, c);
}

static bool at_end(const reader *in)
{
    return in->token.kind == TDM_SQL_TOKEN_END;
}

static bool take_word(reader *in, const char *word)
{
    if (!at_word(in, word))
        return false;
    advance(in);
    return true;
}

static bool at_any(const reader *in, const char *const *words)
{
    for (; *words; words++)
        if (at_word(in, *words))
            return true;
    return false;
}

static bool is_variable(const reader *in)
{
    // FOUND, SQLSTATE and SQLERRM are always there.
    static const char *const given[] = {"FOUND", "SQLSTATE", "SQLERRM", NULL};
    tdm_text text = tdm_sql_token_text(&in->lexer, &in->token);

    if (at_any(in, given))
        return true;
    if (in->token.kind == TDM_SQL_TOKEN_QUOTED && text.size > 2)
        text = tdm_text_slice(text, 1, text.size - 1);
    else if (in->token.kind != TDM_SQL_TOKEN_WORD)
        return false;
    for (size_t i = 0; i < in->variables.count; i++)
        if (tdm_text_equal_nocase(in->variables.items[i], text))
            return true;
    return false;
}

// --- Items --------------------------------------------------------------------------------------

static tdm_block_list *new_list(reader *in)
{
    return tdm_arena_new_of(in->arena, tdm_block_list);
}

static tdm_block_item *add(reader *in, tdm_block_list *list, tdm_block_kind kind)
{
    tdm_block_item *item = tdm_arena_new_of(in->arena, tdm_block_item);

    if (!item)
        return NULL;
    item->kind = kind;
    item->start = in->token.start;
    item->end = in->token.end;
    if (list->last)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
    return item;
}

// What stands from here on is not understood; the rest is passed over. In the lists around this one
// the same is said again, as what follows there is passed over too.
static void give_up(reader *in, tdm_block_list *list, const char *reason)
{
    tdm_block_item *item = add(in, list, TDM_BLOCK_UNKNOWN);

    if (item && in->stop) {
        item->start = in->stop->start;
        item->end = in->stop->end;
        reason = in->stop->reason;
    }
    if (item)
        item->reason = reason;
    in->stop = item;
    while (!at_end(in))
        advance(in);
}

// What a run of tokens up to an end holds.
typedef struct run {
    size_t end; // of the last token
    size_t tokens;
    bool variable; // names a variable
    bool into;     // has INTO where no INSERT or MERGE stands before it
    bool closed;   // the end was found
} run;

// Reads up to a semicolon or, when `word` is given, up to that word, outside brackets and CASE.
static run read_run(reader *in, const char *word)
{
    run seen = {.end = in->token.start};
    size_t depth = 0, cases = 0;
    bool after_insert = false, after_dot = false;

    for (; !at_end(in); advance(in)) {
        bool outside = depth == 0 && cases == 0;
        if (outside && (word ? at_word(in, word) : at_char(in, ';'))) {
            seen.closed = true;
            break;
        }
        if (word && at_char(in, ';'))
            break;
        if (at_char(in, '('))
            depth++;
        else if (at_char(in, ')') && depth)
            depth--;
        else if (!after_dot && at_word(in, "CASE"))
            cases++;
        else if (!after_dot && at_word(in, "END") && cases)
            cases--;
        seen.into = seen.into || (at_word(in, "INTO") && !after_insert);
        // A name behind a dot is a column; one before a dot may be a record variable.
        seen.variable = seen.variable || (!after_dot && is_variable(in));
        after_insert = at_word(in, "INSERT") || at_word(in, "MERGE");
        after_dot = at_char(in, '.');
        seen.end = in->token.end;
        seen.tokens++;
    }
    return seen;
}

// --- Statements ---------------------------------------------------------------------------------

static void read_list(reader *in, tdm_block_list *list, const char *const *ends);

static const char *const if_ends[] = {"ELSIF", "ELSEIF", "ELSE", "END", NULL};
static const char *const block_ends[] = {"END", "EXCEPTION", NULL};

// The body of a branch; false when it cannot be read.
static bool read_branch(reader *in, tdm_block_item *item, tdm_block_branch **last, size_t start,
                        size_t end)
{
    tdm_block_branch *branch = tdm_arena_new_of(in->arena, tdm_block_branch);
    tdm_block_list *body = new_list(in);

    if (!branch || !body)
        return false;
    *branch = (tdm_block_branch){.start = start, .end = end, .body = body};
    if (*last)
        (*last)->next = branch;
    else
        item->branches = branch;
    *last = branch;
    read_list(in, body, if_ends);
    return !at_end(in);
}

static void read_if(reader *in, tdm_block_list *list)
{
    tdm_block_item *item = add(in, list, TDM_BLOCK_IF);
    tdm_block_branch *last = NULL;

    if (!item)
        return;
    do {
        advance(in); // IF, ELSIF
        size_t start = in->token.start;
        run condition = read_run(in, "THEN");
        if (!condition.closed || condition.variable) {
            give_up(in, list,
                    condition.closed ? "a condition uses a variable" : "an IF has no THEN");
            return;
        }
        advance(in); // THEN
        if (!read_branch(in, item, &last, start, condition.end)) {
            give_up(in, list, "an IF does not end");
            return;
        }
    } while (at_word(in, "ELSIF") || at_word(in, "ELSEIF"));
    if (take_word(in, "ELSE"))
        (void)read_branch(in, item, &last, 0, 0);
    if (!take_word(in, "END") || !take_word(in, "IF") || !at_char(in, ';'))
        give_up(in, list, "an IF does not end");
    else
        advance(in);
}

static void read_raise(reader *in, tdm_block_list *list)
{
    static const char *const harmless[] = {"NOTICE", "INFO", "WARNING", "LOG", "DEBUG", NULL};
    tdm_block_item *item = add(in, list, TDM_BLOCK_NOTHING);

    advance(in);
    bool ok = at_any(in, harmless);
    run rest = read_run(in, NULL);
    if (!item)
        return;
    if (!ok || !rest.closed) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it raises an error";
    }
    advance(in);
}

static void read_return(reader *in, tdm_block_list *list)
{
    tdm_block_item *item = add(in, list, TDM_BLOCK_RETURN);

    advance(in);
    if (item && !at_char(in, ';')) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it returns a value";
    }
    (void)read_run(in, NULL);
    advance(in);
}

static void read_execute(reader *in, tdm_block_list *list)
{
    advance(in);
    tdm_block_item *item = add(in, list, TDM_BLOCK_EXECUTE);
    bool constant = in->token.kind == TDM_SQL_TOKEN_STRING && !in->token.open;
    run rest = read_run(in, NULL);

    if (item && (!constant || rest.tokens != 1 || !rest.closed)) {
        item->kind = TDM_BLOCK_UNKNOWN;
        item->reason = "it executes text that is put together";
    }
    advance(in);
}

static void read_sql(reader *in, tdm_block_list *list, tdm_block_kind kind)
{
    if (kind == TDM_BLOCK_PERFORM)
        advance(in);
    tdm_block_item *item = add(in, list, kind);
    run statement = read_run(in, NULL);

    if (!item)
        return;
    item->end = statement.end;
    if (!statement.closed)
        item->reason = "a statement does not end";
    else if (statement.into)
        item->reason = "it keeps a result in a variable";
    else if (statement.variable)
        item->reason = "it uses a variable";
    if (item->reason)
        item->kind = TDM_BLOCK_UNKNOWN;
    advance(in);
}

// A variable is set: "x := ...", "x = ...", "x.y := ...", "x[1] := ...".
static bool is_assignment(const reader *in)
{
    tdm_sql_lexer ahead = in->lexer;
    tdm_sql_token next = tdm_sql_next(&ahead);
    tdm_text text = tdm_sql_token_text(&ahead, &next);

    return tdm_text_is(text, ":=") || tdm_text_is(text, "=") || tdm_text_is(text, ".") ||
           tdm_text_is(text, "[");
}

// A statement that is understood as far as where it ends.
static void read_strange(reader *in, tdm_block_list *list, const char *reason)
{
    tdm_block_item *item = add(in, list, TDM_BLOCK_UNKNOWN);
    run statement = read_run(in, NULL);

    if (item) {
        item->end = statement.end;
        item->reason = reason;
    }
    advance(in);
}

// FOR ... LOOP ... END LOOP: what it does is not known, where it ends is.
static void read_loop(reader *in, tdm_block_list *list)
{
    static const char *const loop_ends[] = {"END", NULL};
    tdm_block_item *item = add(in, list, TDM_BLOCK_UNKNOWN);
    tdm_block_list *body = new_list(in);

    if (!item || !body)
        return;
    item->reason = "it loops";
    (void)read_run(in, "LOOP");
    advance(in);
    read_list(in, body, loop_ends);
    if (!take_word(in, "END") || !take_word(in, "LOOP")) {
        give_up(in, list, "a loop does not end");
        return;
    }
    (void)read_run(in, NULL); // a label
    advance(in);
}

static void read_block(reader *in, tdm_block_list *list);

static void read_item(reader *in, tdm_block_list *list)
{
    static const char *const loops[] = {"FOR", "WHILE", "LOOP", "FOREACH", NULL};
    static const char *const strange[] = {"EXIT", "CONTINUE", "OPEN",   "FETCH",    "MOVE", "CLOSE",
                                          "GET",  "ASSERT",   "COMMIT", "ROLLBACK", "CALL", NULL};

    if (at_word(in, "IF")) {
        read_if(in, list);
    } else if (at_word(in, "BEGIN") || at_word(in, "DECLARE")) {
        read_block(in, list);
    } else if (at_word(in, "NULL")) {
        (void)add(in, list, TDM_BLOCK_NOTHING);
        (void)read_run(in, NULL);
        advance(in);
    } else if (at_word(in, "RAISE")) {
        read_raise(in, list);
    } else if (at_word(in, "RETURN")) {
        read_return(in, list);
    } else if (at_word(in, "EXECUTE")) {
        read_execute(in, list);
    } else if (at_word(in, "PERFORM")) {
        read_sql(in, list, TDM_BLOCK_PERFORM);
    } else if (at_any(in, loops)) {
        read_loop(in, list);
    } else if (at_word(in, "CASE") || in->token.kind == TDM_SQL_TOKEN_OPERATOR) {
        give_up(in, list, "it has a CASE or a label");
    } else if (at_any(in, strange)) {
        read_strange(in, list, "it has more than plain statements");
    } else if (in->token.kind != TDM_SQL_TOKEN_WORD || is_assignment(in)) {
        read_strange(in, list, "it sets a variable");
    } else {
        read_sql(in, list, TDM_BLOCK_SQL);
    }
}

static void read_list(reader *in, tdm_block_list *list, const char *const *ends)
{
    if (in->depth == BLOCK_DEPTH) {
        give_up(in, list, "it is nested too deeply");
        return;
    }
    in->depth++;
    while (!at_end(in) && !at_any(in, ends))
        read_item(in, list);
    in->depth--;
}

// Declarations: names are kept; a default that calls something may have an effect.
static bool read_declarations(reader *in)
{
    while (!at_end(in) && !at_word(in, "BEGIN")) {
        tdm_text name = tdm_sql_token_text(&in->lexer, &in->token);
        if (in->token.kind == TDM_SQL_TOKEN_QUOTED && name.size > 2)
            name = tdm_text_slice(name, 1, name.size - 1);
        if (!tdm_vector_push(in->arena, &in->variables, name))
            return false;
        advance(in);
        bool has_default = false, calls = false;
        for (; !at_end(in) && !at_char(in, ';'); advance(in)) {
            tdm_text text = tdm_sql_token_text(&in->lexer, &in->token);
            calls = calls || (has_default && at_char(in, '('));
            has_default = has_default || at_word(in, "DEFAULT") || tdm_text_is(text, ":=") ||
                          tdm_text_is(text, "=");
        }
        if (calls)
            return false;
        advance(in);
    }
    return !at_end(in);
}

static const char *const handler_ends[] = {"WHEN", "END", NULL};

// EXCEPTION WHEN a OR b THEN ... WHEN c THEN ...
static void read_handlers(reader *in, tdm_block_list *list, tdm_block_list *body)
{
    tdm_block_item *item = add(in, list, TDM_BLOCK_TRY);
    tdm_block_branch *last = tdm_arena_new_of(in->arena, tdm_block_branch);

    if (!item || !last)
        return;
    last->body = body;
    item->branches = last;
    advance(in); // EXCEPTION
    while (take_word(in, "WHEN")) {
        size_t start = in->token.start;
        run names = read_run(in, "THEN");
        tdm_block_branch *handler = tdm_arena_new_of(in->arena, tdm_block_branch);
        tdm_block_list *handled = new_list(in);
        if (!names.closed || !handler || !handled) {
            give_up(in, list, "an exception handler cannot be read");
            return;
        }
        advance(in); // THEN
        *handler = (tdm_block_branch){.start = start, .end = names.end, .body = handled};
        last->next = handler;
        last = handler;
        read_list(in, handled, handler_ends);
    }
}

static void append(tdm_block_list *list, const tdm_block_list *more)
{
    if (!more->first)
        return;
    if (list->last)
        list->last->next = more->first;
    else
        list->first = more->first;
    list->last = more->last;
}

static void read_block(reader *in, tdm_block_list *list)
{
    tdm_block_list *body = new_list(in);

    if (!body)
        return;
    if (take_word(in, "DECLARE") && !read_declarations(in)) {
        give_up(in, list, "its declarations cannot be read");
        return;
    }
    if (!take_word(in, "BEGIN")) {
        give_up(in, list, "it has no BEGIN");
        return;
    }
    read_list(in, body, block_ends);
    if (at_word(in, "EXCEPTION"))
        read_handlers(in, list, body);
    else
        append(list, body);
    if (!take_word(in, "END")) {
        give_up(in, list, "it does not end");
        return;
    }
    if (in->token.kind == TDM_SQL_TOKEN_WORD)
        advance(in); // a label
    if (at_char(in, ';'))
        advance(in);
}

tdm_block_list *tdm_block_read(tdm_arena *arena, tdm_text body)
{
    reader in = {.arena = arena, .lexer = {.source = body}};
    tdm_block_list *list = new_list(&in);

    if (!list)
        return NULL;
    advance(&in);
    read_block(&in, list);
    if (!at_end(&in))
        give_up(&in, list, "something follows its END");
    return tdm_arena_ok(arena) ? list : NULL;
}
