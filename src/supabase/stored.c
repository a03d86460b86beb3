// The machine has one leaf state (in a string, in a comment, ...) and a stack of frames around it:
// parentheses and BEGIN ATOMIC bodies, inside which a ';' does not end the statement. A character
// is first for the leaf; what the leaf makes of it then passes outwards through the frames.
//
// Two habits of the original look like mistakes and are kept: one ')' closes every open
// parenthesis up to the next atomic body, and a dollar tag closes as soon as the text ends with it,
// even where it shares a '$' with the opening tag.
#include "supabase/stored.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

typedef enum leaf {
    LEAF_READY,
    LEAF_QUOTED,
    LEAF_QUOTE_SEEN,   // the delimiter, which closes unless it is doubled
    LEAF_CONTINUATION, // after an escape string: another may follow after a line break
    LEAF_DASH,
    LEAF_LINE_COMMENT,
    LEAF_SLASH,
    LEAF_BLOCK_COMMENT,
    LEAF_TAG,
    LEAF_DOLLAR_STRING,
    LEAF_BACKSLASH,
} leaf;

// What a leaf made of a character, as the frame around it sees it.
typedef enum outcome {
    OUTCOME_READY, // the leaf is in its ready state
    OUTCOME_BUSY,  // it is in another, or a frame was opened
    OUTCOME_END,   // a ';' that ends a statement
} outcome;

typedef enum frame_kind {
    FRAME_PARENTHESIS, // any number of them, as one ')' closes all
    FRAME_ATOMIC,
} frame_kind;

typedef struct frame {
    frame_kind kind;
    size_t statement_start; // of the body's current statement, in the token
    bool has_content;       // that statement began with something else than END
    bool end_seen;          // END was its first word: the next character decides
} frame;

typedef struct cutter {
    tdm_arena *arena;
    tdm_text token; // from the end of the last token up to and including the current character
    leaf state;
    char delimiter;       // of QUOTED
    bool escapes;         // QUOTED: a backslash takes the next character along
    bool backslash;       // QUOTED: such a backslash was just seen
    bool line_break;      // CONTINUATION: a line break was seen
    unsigned dashes;      // CONTINUATION: 2 inside a comment
    size_t depth;         // of BLOCK_COMMENT
    bool after_delimiter; // BLOCK_COMMENT: the next pair shares a character with the last one
    size_t tag_start;     // of TAG and DOLLAR_STRING, in the token
    size_t tag_size;
    TDM_VECTOR(frame) frames;
    TDM_VECTOR(tdm_text) statements;
} cutter;

static bool is_identifier_char(char c)
{
    return tdm_is_alnum(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool is_line_break(char c)
{
    return c == '\n' || c == '\r';
}

// Whether `text` ends with a word (ASCII, any case) that no identifier character precedes.
static bool ends_with_word(tdm_text text, tdm_text word)
{
    if (text.size < word.size)
        return false;
    size_t start = text.size - word.size;
    if (!tdm_text_equal_nocase(tdm_text_from(text, start), word))
        return false;
    return start == 0 || !is_identifier_char(text.data[start - 1]);
}

static bool ends_with_begin_atomic(tdm_text text)
{
    tdm_text atomic = TDM_TEXT("ATOMIC");
    if (!ends_with_word(text, atomic))
        return false;
    size_t end = text.size - atomic.size;
    while (end > 0 && tdm_is_space(text.data[end - 1]))
        end--;
    return ends_with_word(tdm_text_slice(text, 0, end), TDM_TEXT("BEGIN"));
}

// +1 for the pair that opens a block comment, -1 for the one that closes it, by its last character.
static int comment_step(tdm_text text, size_t last)
{
    if (last == 0)
        return 0;
    tdm_text pair = tdm_text_slice(text, last - 1, last + 1);
    return tdm_text_is(pair, "/*") ? 1 : tdm_text_is(pair, "*/") ? -1 : 0;
}

static size_t skip_block_comment(tdm_text text, size_t at)
{
    size_t depth = 1;
    bool after_delimiter = true;
    at += 2;
    while (at < text.size && depth > 0) {
        int step = after_delimiter ? 0 : comment_step(text, at);
        after_delimiter = step != 0;
        depth = step > 0 ? depth + 1 : step < 0 ? depth - 1 : depth;
        at++;
    }
    return at;
}

static bool only_space_and_comments(tdm_text text)
{
    size_t at = 0;
    while (at < text.size) {
        tdm_text rest = tdm_text_from(text, at);
        if (tdm_is_space(text.data[at])) {
            at++;
        } else if (tdm_text_starts(rest, TDM_TEXT("--"))) {
            while (at < text.size && !is_line_break(text.data[at]))
                at++;
        } else if (tdm_text_starts(rest, TDM_TEXT("/*"))) {
            at = skip_block_comment(text, at);
        } else {
            return false;
        }
    }
    return true;
}

static outcome enter(cutter *c, leaf state)
{
    c->state = state;
    return state == LEAF_READY ? OUTCOME_READY : OUTCOME_BUSY;
}

static outcome open_quote(cutter *c, char delimiter, bool escapes)
{
    c->delimiter = delimiter;
    c->escapes = escapes;
    c->backslash = false;
    return enter(c, LEAF_QUOTED);
}

static outcome open_frame(cutter *c, frame_kind kind)
{
    frame opened = {.kind = kind, .statement_start = c->token.size};
    c->state = LEAF_READY;
    if (kind == FRAME_PARENTHESIS && c->frames.count > 0 &&
        tdm_vector_last(&c->frames).kind == FRAME_PARENTHESIS)
        return OUTCOME_BUSY;
    (void)tdm_vector_push(c->arena, &c->frames, opened);
    return OUTCOME_BUSY;
}

static outcome step_ready(cutter *c, char now)
{
    size_t before = c->token.size - 1;
    c->state = LEAF_READY;
    switch (now) {
    case '$':
        if (before > 0 && is_identifier_char(c->token.data[before - 1]))
            return OUTCOME_READY;
        c->tag_start = before;
        return enter(c, LEAF_TAG);
    case '\'':
        return open_quote(c, now,
                          ends_with_word(tdm_text_slice(c->token, 0, before), TDM_TEXT("E")));
    case '"':
        return open_quote(c, now, false);
    case '-':
        return enter(c, LEAF_DASH);
    case '/':
        c->depth = 0;
        return enter(c, LEAF_SLASH);
    case '\\':
        return enter(c, LEAF_BACKSLASH);
    case ';':
        return OUTCOME_END;
    case '(':
        return open_frame(c, FRAME_PARENTHESIS);
    case 'c':
    case 'C':
        return ends_with_begin_atomic(c->token) ? open_frame(c, FRAME_ATOMIC) : OUTCOME_READY;
    default:
        return OUTCOME_READY;
    }
}

static outcome step_continuation(cutter *c, char now)
{
    if (c->dashes == 2) {
        if (is_line_break(now)) {
            c->dashes = 0;
            c->line_break = true;
        }
        return OUTCOME_BUSY;
    }
    if (now == '-') {
        c->dashes++;
        return OUTCOME_BUSY;
    }
    if (c->dashes == 0 && tdm_is_space(now)) {
        c->line_break = c->line_break || is_line_break(now);
        return OUTCOME_BUSY;
    }
    if (c->dashes == 0 && c->line_break && now == '\'')
        return open_quote(c, now, true);
    return step_ready(c, now);
}

static outcome step_quoted(cutter *c, char now)
{
    if (c->backslash)
        c->backslash = false;
    else if (c->escapes && now == '\\')
        c->backslash = true;
    else if (now == c->delimiter)
        c->state = LEAF_QUOTE_SEEN;
    return OUTCOME_BUSY;
}

static outcome step_quote_seen(cutter *c, char now)
{
    if (now == c->delimiter)
        return enter(c, LEAF_QUOTED);
    if (!c->escapes)
        return step_ready(c, now);
    c->state = LEAF_CONTINUATION;
    c->line_break = false;
    c->dashes = 0;
    return step_continuation(c, now);
}

static outcome step_block_comment(cutter *c)
{
    int step = c->after_delimiter ? 0 : comment_step(c->token, c->token.size - 1);
    c->after_delimiter = step != 0;
    c->depth = step > 0 ? c->depth + 1 : step < 0 ? c->depth - 1 : c->depth;
    return c->depth == 0 ? enter(c, LEAF_READY) : OUTCOME_BUSY;
}

static outcome step_tag(cutter *c, char now)
{
    if (now == '$') {
        c->tag_size = c->token.size - c->tag_start;
        return enter(c, LEAF_DOLLAR_STRING);
    }
    return is_identifier_char(now) ? OUTCOME_BUSY : step_ready(c, now);
}

static outcome step_dollar_string(cutter *c)
{
    tdm_text tag = tdm_text_slice(c->token, c->tag_start, c->tag_start + c->tag_size);
    return tdm_text_ends(c->token, tag) ? enter(c, LEAF_READY) : OUTCOME_BUSY;
}

static outcome step_leaf(cutter *c, char now)
{
    switch (c->state) {
    case LEAF_READY:
        return step_ready(c, now);
    case LEAF_QUOTED:
        return step_quoted(c, now);
    case LEAF_QUOTE_SEEN:
        return step_quote_seen(c, now);
    case LEAF_CONTINUATION:
        return step_continuation(c, now);
    case LEAF_DASH:
        return now == '-' ? enter(c, LEAF_LINE_COMMENT) : step_ready(c, now);
    case LEAF_LINE_COMMENT:
        return is_line_break(now) ? enter(c, LEAF_READY) : OUTCOME_BUSY;
    case LEAF_SLASH:
        if (now != '*')
            return step_ready(c, now);
        c->depth = 1;
        c->after_delimiter = true;
        return enter(c, LEAF_BLOCK_COMMENT);
    case LEAF_BLOCK_COMMENT:
        return step_block_comment(c);
    case LEAF_TAG:
        return step_tag(c, now);
    case LEAF_DOLLAR_STRING:
        return step_dollar_string(c);
    case LEAF_BACKSLASH:
        return enter(c, LEAF_READY);
    }
    return OUTCOME_READY;
}

static void look_for_end(const cutter *c, frame *body)
{
    tdm_text end = TDM_TEXT("END");
    if (body->has_content || !ends_with_word(c->token, end))
        return;
    tdm_text before = tdm_text_slice(c->token, body->statement_start, c->token.size - end.size);
    if (only_space_and_comments(before))
        body->end_seen = true;
    else
        body->has_content = true;
}

// What the leaf made of `now` passes through the innermost frame. Only a frame that closes lets it
// through to the next one out; any other keeps it, and looks busy from outside.
static void pass_frame(cutter *c, char now, outcome *result)
{
    frame *inner = &tdm_vector_last(&c->frames);
    if (inner->kind == FRAME_PARENTHESIS && *result == OUTCOME_READY && now == ')') {
        c->frames.count--;
        return;
    }
    if (*result == OUTCOME_END) {
        c->state = LEAF_READY;
        inner->statement_start = c->token.size;
        inner->has_content = false;
    } else if (inner->kind == FRAME_ATOMIC) {
        look_for_end(c, inner);
    }
    *result = OUTCOME_BUSY;
}

// Takes the character that was just added to the token; true when the token ends with it.
static bool step(cutter *c, char now)
{
    if (c->frames.count > 0 && tdm_vector_last(&c->frames).end_seen) {
        tdm_vector_last(&c->frames).end_seen = false;
        if (!is_identifier_char(now))
            c->frames.count--;
    }
    outcome result = step_leaf(c, now);
    while (c->frames.count > 0 && result != OUTCOME_BUSY)
        pass_frame(c, now, &result);
    return result == OUTCOME_END;
}

// White space as JavaScript's String.prototype.trim knows it.
static bool is_trimmed(uint32_t code_point)
{
    static const uint32_t spaces[] = {0x20,   0xA0,   0x1680, 0x2028, 0x2029,
                                      0x202F, 0x205F, 0x3000, 0xFEFF};
    if ((code_point >= 0x09 && code_point <= 0x0D) ||
        (code_point >= 0x2000 && code_point <= 0x200A))
        return true;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (code_point == spaces[i])
            return true;
    return false;
}

static tdm_text trim_as_javascript(tdm_text text)
{
    size_t start = 0;
    for (size_t at = 0; at < text.size && is_trimmed(tdm_utf8_next(text, &at)); start = at)
        ;
    text = tdm_text_from(text, start);
    while (text.size > 0) {
        size_t last = text.size - 1;
        while (last > 0 && ((unsigned char)text.data[last] & 0xC0) == 0x80)
            last--;
        size_t at = last;
        if (!is_trimmed(tdm_utf8_next(text, &at)))
            break;
        text.size = last;
    }
    return text;
}

static void end_token(cutter *c)
{
    tdm_text text = c->token;
    while (text.size > 0 && text.data[text.size - 1] == ';')
        text.size--;
    text = trim_as_javascript(text);
    if (text.size > 0)
        (void)tdm_vector_push(c->arena, &c->statements, text);
    c->token = (tdm_text){c->token.data + c->token.size, 0};
    c->state = LEAF_READY;
}

tdm_status tdm_stored_statements(tdm_arena *arena, tdm_text source, tdm_stored *ret, tdm_error *err)
{
    cutter c = {.arena = arena, .token = {source.data, 0}};
    for (size_t i = 0; i < source.size && tdm_arena_ok(arena); i++) {
        c.token.size++;
        if (step(&c, source.data[i]))
            end_token(&c);
    }
    if (c.token.size > 0)
        end_token(&c);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = (tdm_stored){.statements = c.statements.items, .count = c.statements.count};
    return TDM_OK;
}
