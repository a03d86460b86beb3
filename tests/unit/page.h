// Pages of docs/ that are made from tables: a test holds the page against what the table gives, and
// writes it anew when TANDEM_WRITE_DOCS is set in the environment.
#ifndef PAGE_H
#define PAGE_H

#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"

#include <stdlib.h>
#include <string.h>

static void assert_page(const char *name, tdm_text expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_tree *tree = NULL;
    tdm_text text = {0};
    tdm_text path = tdm_arena_printf(arena, "%s/%s", TANDEM_SOURCE_DIR, name);
    if (getenv("TANDEM_WRITE_DOCS"))
        assert_int_equal(tdm_file_write(path.data, expected, true, NULL), TDM_OK);
    assert_int_equal(tdm_tree_open_folder(TANDEM_SOURCE_DIR, &tree, NULL), TDM_OK);
    assert_int_equal(tdm_tree_read(tree, name, arena, &text, NULL), TDM_OK);
    if (!tdm_text_equal(text, expected))
        print_error("%s is not what the tables say; run this test with TANDEM_WRITE_DOCS=1\n",
                    name);
    assert_true(tdm_text_equal(text, expected));
    tdm_tree_free(tree);
    tdm_arena_free(arena);
}

#endif
