// `match` as the chain of `if` that it stands for.
#ifndef PYTHON_BUILD_MATCH_H
#define PYTHON_BUILD_MATCH_H

#include "python/build.h"

// NULL: a pattern that is not followed (sequences, mappings, attributes of classes).
py_node *tdm_py_build_match(py_builder *b, TSNode node);

#endif
