// INI files by the rules of Python's configparser.ConfigParser with its default settings, which is
// what Alembic reads alembic.ini with (Python 3 Lib/configparser.py):
//
// - `=` or `:` separates; names of options are case-insensitive, of sections case-sensitive;
// - a line whose first mark is `#` or `;` is a comment, there are no comments behind a value;
// - a line indented deeper than its option continues the value, also over empty lines;
// - options of [DEFAULT] show through in every section;
// - a section or an option given twice is an error;
// - `%(name)s` is replaced when an option is read, `%%` is a percent sign; a wrong one elsewhere
//   does no harm until it is read.
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_ini tdm_ini;

// Reads a file. What ConfigParser refuses is TDM_ERROR_CONFIG with its line. Keeps views of
// `source` and the pointer `path`; both must live as long as the arena.
TDM_MUST_CHECK tdm_status tdm_ini_parse(tdm_arena *arena, const char *path, tdm_text source,
                                        tdm_ini **ret, tdm_error *err);

// Gives an option of [DEFAULT] that the file itself may replace: Alembic gives `here`.
TDM_MUST_CHECK tdm_status tdm_ini_default(tdm_ini *ini, tdm_text option, tdm_text value,
                                          tdm_error *err);

// [DEFAULT] does not count as a section.
bool tdm_ini_has_section(const tdm_ini *ini, tdm_text section);
size_t tdm_ini_section_count(const tdm_ini *ini);
tdm_text tdm_ini_section_name(const tdm_ini *ini, size_t index); // in the order of the file
// Whether the section exists and it, or [DEFAULT], has the option.
bool tdm_ini_has(const tdm_ini *ini, tdm_text section, tdm_text option);
// The value with its interpolations done. The option must be there (tdm_ini_has).
TDM_MUST_CHECK tdm_status tdm_ini_get(const tdm_ini *ini, tdm_text section, tdm_text option,
                                      tdm_text *ret, tdm_error *err);
// Where the option stands, or the start of the file when it was given by tdm_ini_default.
tdm_place tdm_ini_place(const tdm_ini *ini, tdm_text section, tdm_text option);

#endif
