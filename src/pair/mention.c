#include "pair/mention.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/words.h"

// --- The phrases
// ----------------------------------------------------------------------------------

// A phrase that says "the other side of this is". The words are compared without case; behind the
// phrase only filler may stand before the first name.
typedef struct cue {
    const char *words[4];
    enum { ANYWHERE, AT_START } where; // first words of a line: prose has it in other meanings
    enum { IN_BOTH, IN_SQL, IN_PYTHON } side; // of one side: says itself what kind of name follows
} cue;

static const cue cues[] = {
    {{"mirrors"}, ANYWHERE, IN_BOTH},
    {{"mirroring"}, ANYWHERE, IN_BOTH},
    {{"mirror", "of"}, ANYWHERE, IN_BOTH},
    {{"mirror", "for"}, ANYWHERE, IN_BOTH},
    {{"mirrored", "from"}, ANYWHERE, IN_BOTH},
    {{"twin", "of"}, ANYWHERE, IN_BOTH},
    {{"counterpart", "of"}, ANYWHERE, IN_BOTH},
    {{"counterpart", "to"}, ANYWHERE, IN_BOTH},
    {{"counterpart", "for"}, ANYWHERE, IN_BOTH},
    {{"equivalent", "of"}, ANYWHERE, IN_BOTH},
    {{"equivalent", "to"}, ANYWHERE, IN_BOTH},
    {{"corresponds", "to"}, ANYWHERE, IN_BOTH},
    {{"candidate", "for"}, ANYWHERE, IN_BOTH},
    {{"generated", "from"}, ANYWHERE, IN_BOTH},
    {{"converted", "from"}, ANYWHERE, IN_BOTH},
    {{"exported", "from"}, ANYWHERE, IN_BOTH},
    {{"translated", "from"}, ANYWHERE, IN_BOTH},
    {{"ported", "from"}, ANYWHERE, IN_BOTH},
    {{"copied", "from"}, ANYWHERE, IN_BOTH},
    {{"port", "of"}, ANYWHERE, IN_BOTH},
    {{"copy", "of"}, ANYWHERE, IN_BOTH},
    {{"baseline", "for"}, ANYWHERE, IN_BOTH},
    {{"baseline", "of"}, ANYWHERE, IN_BOTH},
    {{"baseline", "migration", "for"}, ANYWHERE, IN_BOTH},
    {{"source"}, AT_START, IN_BOTH},
    {{"revision", "id"}, AT_START, IN_SQL},
    {{"alembic", "revision"}, AT_START, IN_SQL},
    {{"alembic", "revisions"}, AT_START, IN_SQL},
    {{"alembic", "migration"}, AT_START, IN_SQL},
    {{"alembic", "migrations"}, AT_START, IN_SQL},
    {{"supabase", "migration"}, AT_START, IN_PYTHON},
    {{"supabase", "migrations"}, AT_START, IN_PYTHON},
};

// Words that may stand between a phrase and the names. The first ones say that names of revisions
// or migrations follow, so that a bare ordinal means one of them.
static const char *const kinds[] = {"revision", "revisions",  "migration", "migrations", "version",
                                    "versions", "revision's", "id",        "ids",        "schema"};
static const char *const fillers[] = {"alembic", "supabase", "the",     "our",  "sql", "file",
                                      "files",   "script",   "scripts", "of",   "for", "from",
                                      "chain",   "analysis", "history", "in",   "and", "number",
                                      "numbers", "to",       "python",  "both", "all"};
static const char *const range_words[] = {"to", "through", "thru", "till", "until"};

static bool is_one_of(tdm_text word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_equal_nocase(word, tdm_text_of(list[i])))
            return true;
    return false;
}

#define IS_ONE_OF(word, list) is_one_of((word), (list), sizeof(list) / sizeof *(list))

// --- Reading
// --------------------------------------------------------------------------------------

typedef struct reader {
    tdm_arena *arena;
    const tdm_name_table *table;
    tdm_mention_side side;
    const tdm_comment_line *lines;
    const tdm_words *words;
    tdm_named_list *ret;
} reader;

static const tdm_word *word_at(const reader *in, size_t at)
{
    static const tdm_word end = {.kind = TDM_WORD_LINE};
    return at < in->words->count ? &in->words->items[at] : &end;
}

static bool is_name(const reader *in, size_t at, const char *word)
{
    const tdm_word *item = word_at(in, at);
    return item->kind == TDM_WORD_NAME && tdm_text_equal_nocase(item->text, tdm_text_of(word));
}

// What the words before a name have said about it.
typedef struct scope {
    bool kind;  // that revisions or migrations follow: plain words and ordinals count as names
    bool owner; // that they are those of the other side: a name that nothing answers to is a fault
} scope;

// The number of words of the phrase that stands at `at`, or 0.
static size_t cue_at(const reader *in, size_t at, scope *ret)
{
    bool first = at == 0 || word_at(in, at - 1)->kind == TDM_WORD_LINE;
    int other = in->side == TDM_MENTION_IN_SQL ? IN_PYTHON : IN_SQL;
    for (size_t i = 0; i < sizeof cues / sizeof *cues; i++) {
        if ((cues[i].where == AT_START && !first) || (int)cues[i].side == other)
            continue;
        size_t count = 0;
        while (count < 4 && cues[i].words[count] && is_name(in, at + count, cues[i].words[count]))
            count++;
        if (count == 4 || !cues[i].words[count]) {
            ret->kind = ret->owner = cues[i].side != IN_BOTH;
            return count;
        }
    }
    return 0;
}

static bool all_digits(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!tdm_is_digit(text.data[i]))
            return false;
    return text.size > 0;
}

static bool has_digit(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (tdm_is_digit(text.data[i]))
            return true;
    return false;
}

// A file of the own side is no name of the other ("mirrors the pattern in 002_rls.sql").
static bool is_own_file(const reader *in, tdm_text name)
{
    return tdm_text_ends(name, in->side == TDM_MENTION_IN_SQL ? TDM_TEXT(".sql") : TDM_TEXT(".py"));
}

// What a word stands for.
static tdm_naming_count resolve(const reader *in, tdm_text name, scope said, uint32_t *ret)
{
    if (is_own_file(in, name))
        return TDM_NAMES_NOTHING;
    bool distinct = has_digit(name) || tdm_text_find_char(name, '_') != SIZE_MAX;
    if (!said.kind && (!distinct || (all_digits(name) && name.size < 8)))
        return TDM_NAMES_NOTHING;
    tdm_naming_count count = tdm_names_exact(in->table, name, ret);
    if (count == TDM_NAMES_NOTHING && said.kind && all_digits(name))
        count = tdm_names_ordinal(in->table, name, ret);
    return count;
}

// Where a list of names continues: behind separators, "and" and one line end after either.
static size_t skip_separators(const reader *in, size_t at)
{
    size_t next = at;
    bool any = false;
    while (word_at(in, next)->kind == TDM_WORD_SEPARATOR || is_name(in, next, "and")) {
        next++;
        any = true;
    }
    if (!any)
        return at;
    return word_at(in, next)->kind == TDM_WORD_LINE ? next + 1 : next;
}

static bool is_range_word(const reader *in, size_t at)
{
    const tdm_word *word = word_at(in, at);
    return word->kind == TDM_WORD_DASH ||
           (word->kind == TDM_WORD_NAME && IS_ONE_OF(word->text, range_words));
}

// A name that is clearly meant as one, though nothing answers to it.
static bool is_meant(const reader *in, tdm_text name, scope said)
{
    return said.kind && said.owner && has_digit(name) && !is_own_file(in, name);
}

// Reads one name or range at `*at` and moves on. False: no name stands here.
static bool read_named(const reader *in, size_t *at, scope said, tdm_named *ret)
{
    const tdm_word *word = word_at(in, *at);
    if (word->kind != TDM_WORD_NAME)
        return false;
    *ret = (tdm_named){.name = word->text, .place = in->lines[word->line].place};
    ret->count = resolve(in, word->text, said, &ret->first);
    if (ret->count == TDM_NAMES_NOTHING && !is_meant(in, word->text, said))
        return false;
    (*at)++;
    if (!is_range_word(in, *at) || word_at(in, *at + 1)->kind != TDM_WORD_NAME)
        return true;
    tdm_text last = word_at(in, *at + 1)->text;
    ret->last_count = resolve(in, last, said, &ret->last);
    ret->range = ret->last_count != TDM_NAMES_NOTHING || is_meant(in, last, said);
    ret->last_name = last;
    if (ret->range)
        *at += 2;
    return true;
}

// Skips filler behind a phrase; "22 migrations" is filler too.
static size_t skip_fillers(const reader *in, size_t at, scope *said)
{
    const char *owner = in->side == TDM_MENTION_IN_SQL ? "alembic" : "supabase";
    for (;; at++) {
        const tdm_word *word = word_at(in, at);
        const tdm_word *next = word_at(in, at + 1);
        bool kind_next = next->kind == TDM_WORD_NAME && IS_ONE_OF(next->text, kinds);
        if (word->kind == TDM_WORD_COLON)
            continue;
        if (word->kind == TDM_WORD_LINE && said->kind && next->kind == TDM_WORD_NAME)
            continue;
        if (word->kind != TDM_WORD_NAME)
            return at;
        said->owner = said->owner || tdm_text_equal_nocase(word->text, tdm_text_of(owner));
        if (IS_ONE_OF(word->text, kinds))
            said->kind = true;
        else if (!IS_ONE_OF(word->text, fillers) && !(all_digits(word->text) && kind_next))
            return at;
    }
}

// Reads the names behind a phrase, starting at `at`; returns where reading goes on.
static tdm_status read_list(const reader *in, size_t at, scope said, size_t *ret_at, tdm_error *err)
{
    at = skip_fillers(in, at, &said);
    tdm_named named;
    while (read_named(in, &at, said, &named)) {
        if (!tdm_vector_push(in->arena, in->ret, named))
            return tdm_fail_memory(err);
        size_t next = skip_separators(in, at);
        if (next == at)
            break;
        at = next;
    }
    *ret_at = at;
    return TDM_OK;
}

// "Running upgrade A -> B" is what Alembic itself writes between the revisions of --sql: only B
// is meant. Moves on; leaves `*at` alone where no such line stands.
static tdm_status read_running(const reader *in, size_t *at, tdm_error *err)
{
    if (!is_name(in, *at, "running") || !is_name(in, *at + 1, "upgrade"))
        return TDM_OK;
    size_t next = *at + 2;
    while (word_at(in, next)->kind == TDM_WORD_NAME ||
           word_at(in, next)->kind == TDM_WORD_SEPARATOR)
        next++;
    if (word_at(in, next)->kind == TDM_WORD_ARROW)
        return read_list(in, next + 1, (scope){true, true}, at, err);
    *at = next;
    return TDM_OK;
}

tdm_status tdm_mentions_read(const tdm_name_table *table, tdm_mention_side side,
                             tdm_comment comment, tdm_named_list *ret, tdm_error *err)
{
    tdm_words words;
    if (!tdm_words_read(table->arena, comment, &words))
        return tdm_fail_memory(err);
    reader in = {table->arena, table, side, comment.lines, &words, ret};
    for (size_t at = 0; at < words.count;) {
        size_t before = at;
        if (side == TDM_MENTION_IN_SQL && read_running(&in, &at, err) != TDM_OK)
            return TDM_FAILED;
        scope said = {false, false};
        size_t size = cue_at(&in, at, &said);
        if (size && read_list(&in, at + size, said, &at, err) != TDM_OK)
            return TDM_FAILED;
        if (at == before)
            at++;
    }
    return TDM_OK;
}
