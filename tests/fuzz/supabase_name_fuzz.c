// Fuzz target: any text as the name of a migration file. Its parts are digits and a name, and put
// together again they are what was read.
#include "base/text.h"
#include "supabase/folder.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_text file = {(const char *)data, size};
    tdm_text version;
    tdm_text name;
    if (!tdm_migration_name_parse(file, &version, &name))
        return 0;
    require(version.size > 0 && version.data == file.data);
    for (size_t i = 0; i < version.size; i++)
        require(tdm_is_digit(version.data[i]));
    require(file.data[version.size] == '_' && name.data == file.data + version.size + 1);
    require(version.size + 1 + name.size + 4 == file.size);
    require(tdm_text_is(tdm_text_from(file, file.size - 4), ".sql"));
    return 0;
}
