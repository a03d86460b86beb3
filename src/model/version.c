#include <tandem/version.h>

// TANDEM_VERSION comes from the project() line of CMakeLists.txt, the one place it is written.
const char *tdm_version(void)
{
    return TANDEM_VERSION;
}
