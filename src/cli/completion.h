// Completion scripts, made from the tables of commands and options.
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "base/text.h"

void tdm_completion_bash(tdm_buffer *out);
void tdm_completion_zsh(tdm_buffer *out);
void tdm_completion_fish(tdm_buffer *out);

#endif
