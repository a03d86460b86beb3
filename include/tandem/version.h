/** The version of libtandem, "1.2.3"; the same that the program prints. */
#ifndef TANDEM_VERSION_H
#define TANDEM_VERSION_H

#include <tandem/api.h>

TDM_API const char *tdm_version(void);

#endif
