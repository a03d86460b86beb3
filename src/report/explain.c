#include "report/explain.h"

enum {
    PARAGRAPH_WIDTH = 80,
    MARKDOWN_WIDTH = 100,
};

bool tdm_explain_find(tdm_text code, tdm_finding_kind *ret)
{
    for (int kind = 0; kind < TDM_FINDING_COUNT; kind++) {
        if (!tdm_text_equal_nocase(code, tdm_text_of(tdm_finding_code((tdm_finding_kind)kind))))
            continue;
        *ret = (tdm_finding_kind)kind;
        return true;
    }
    return false;
}

// Words filled into lines of at most `width` columns, each beginning with `indent`.
static void put_filled(tdm_buffer *out, const char *text, const char *indent, size_t width)
{
    tdm_text rest = tdm_text_of(text);
    size_t column = 0;
    while (rest.size) {
        size_t end = tdm_text_find_char(rest, ' ');
        tdm_text word = tdm_text_slice(rest, 0, end);
        rest = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(rest, end + 1);
        if (column && column + 1 + word.size > width) {
            tdm_buffer_putc(out, '\n');
            column = 0;
        }
        tdm_buffer_puts(out, column ? " " : indent);
        tdm_buffer_put(out, word);
        column += word.size + (column ? 1 : tdm_text_of(indent).size);
    }
    tdm_buffer_putc(out, '\n');
}

static void put_indented(tdm_buffer *out, const char *text)
{
    tdm_text rest = tdm_text_of(text);
    tdm_text line;
    while (tdm_text_next_line(&rest, &line)) {
        tdm_buffer_puts(out, "    ");
        tdm_buffer_put(out, line);
        tdm_buffer_putc(out, '\n');
    }
}

static void put_section(tdm_buffer *out, const tdm_style *style, const char *name)
{
    tdm_buffer_putc(out, '\n');
    tdm_put_ink(out, style, TDM_INK_BOLD);
    tdm_buffer_puts(out, name);
    tdm_put_ink(out, style, TDM_INK_NONE);
    tdm_buffer_putc(out, '\n');
}

void tdm_explain_text(tdm_buffer *out, const tdm_style *style, tdm_finding_kind kind)
{
    const tdm_explanation *page = tdm_explain(kind);
    tdm_put_ink(out, style, TDM_INK_BOLD);
    tdm_buffer_putf(out, "%s: %s", tdm_finding_code(kind), tdm_finding_title(kind));
    tdm_put_ink(out, style, TDM_INK_NONE);
    tdm_buffer_putf(out, " (%s)\n\n", tdm_severity_name(tdm_finding_default_severity(kind)));
    put_filled(out, page->what, "", PARAGRAPH_WIDTH);
    put_section(out, style, "Why it matters");
    put_filled(out, page->why, "  ", PARAGRAPH_WIDTH);
    put_section(out, style, "Example");
    put_indented(out, page->example);
    put_section(out, style, "What to do");
    put_filled(out, page->fix, "  ", PARAGRAPH_WIDTH);
}

void tdm_explain_markdown(tdm_buffer *out)
{
    tdm_buffer_puts(out,
                    "# Findings\n\n"
                    "What `tandem check` has to say, and from TD501 on `tandem status` and `tandem "
                    "repair`, one section\nfor each code. The same text is printed by `tandem "
                    "explain CODE`. A code never changes its meaning.\n");
    for (int i = 0; i < TDM_FINDING_COUNT; i++) {
        tdm_finding_kind kind = (tdm_finding_kind)i;
        const tdm_explanation *page = tdm_explain(kind);
        tdm_buffer_putf(out, "\n## %s: %s\n\nSeverity: %s.\n\n", tdm_finding_code(kind),
                        tdm_finding_title(kind),
                        tdm_severity_name(tdm_finding_default_severity(kind)));
        put_filled(out, page->what, "", MARKDOWN_WIDTH);
        tdm_buffer_putc(out, '\n');
        put_filled(out, page->why, "", MARKDOWN_WIDTH);
        tdm_buffer_puts(out, "\n```\n");
        tdm_buffer_puts(out, page->example);
        tdm_buffer_puts(out, "\n```\n\n");
        put_filled(out, page->fix, "", MARKDOWN_WIDTH);
    }
}
