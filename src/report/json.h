// A small JSON writer over a buffer: strict escaping, no locale, the same bytes every time.
//
// Everything that is written is valid JSON whatever the text holds: bytes that are no UTF-8 become
// U+FFFD. Numbers are whole. Failing is the buffer's, and sticky.
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/text.h"

enum { TDM_JSON_DEPTH = 16 };

typedef struct tdm_json {
    tdm_buffer *out;
    bool compact; // one line, for NDJSON; else indented by two
    bool after_key;
    unsigned depth;
    bool filled[TDM_JSON_DEPTH]; // whether the container at this depth has a member
} tdm_json;

#define TDM_JSON_INIT(buffer) ((tdm_json){.out = (buffer)})
#define TDM_JSON_LINE(buffer) ((tdm_json){.out = (buffer), .compact = true})

void tdm_json_begin_object(tdm_json *json);
void tdm_json_end_object(tdm_json *json);
void tdm_json_begin_array(tdm_json *json);
void tdm_json_end_array(tdm_json *json);
void tdm_json_key(tdm_json *json, const char *key);

void tdm_json_text(tdm_json *json, tdm_text text);
void tdm_json_string(tdm_json *json, const char *string); // NULL writes null
void tdm_json_number(tdm_json *json, uint64_t number);
void tdm_json_bool(tdm_json *json, bool value);
void tdm_json_null(tdm_json *json);

// A key with its value.
void tdm_json_pair_text(tdm_json *json, const char *key, tdm_text text);
void tdm_json_pair_string(tdm_json *json, const char *key, const char *string);
void tdm_json_pair_number(tdm_json *json, const char *key, uint64_t number);
void tdm_json_pair_bool(tdm_json *json, const char *key, bool value);
// An empty text is null.
void tdm_json_pair_known(tdm_json *json, const char *key, tdm_text text);

#endif
