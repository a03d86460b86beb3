#include "cache/pack.h"

#include <string.h>

void tdm_pack_number(tdm_buffer *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        tdm_buffer_putc(out, (char)(value | 0x80));
    tdm_buffer_putc(out, (char)value);
}

void tdm_pack_text(tdm_buffer *out, tdm_text text)
{
    tdm_pack_number(out, text.size);
    tdm_buffer_put(out, text);
}

void tdm_pack_place(tdm_buffer *out, tdm_place place)
{
    tdm_pack_number(out, place.file != NULL);
    tdm_pack_number(out, place.line);
    tdm_pack_number(out, place.column);
    tdm_pack_number(out, place.end_line);
    tdm_pack_number(out, place.end_column);
}

uint64_t tdm_unpack_number(tdm_unpack *in)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && in->rest.size; shift += 7) {
        unsigned char byte = (unsigned char)in->rest.data[0];
        in->rest = tdm_text_from(in->rest, 1);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    *in = (tdm_unpack){.failed = true};
    return 0;
}

tdm_text tdm_unpack_text(tdm_unpack *in)
{
    uint64_t size = tdm_unpack_number(in);
    if (size > in->rest.size)
        *in = (tdm_unpack){.failed = true};
    if (in->failed || size == 0)
        return (tdm_text){NULL, 0};
    tdm_text text = tdm_text_slice(in->rest, 0, (size_t)size);
    in->rest = tdm_text_from(in->rest, (size_t)size);
    return text;
}

static uint32_t unpack_narrow(tdm_unpack *in)
{
    return (uint32_t)tdm_unpack_number(in);
}

tdm_place tdm_unpack_place(tdm_unpack *in, const char *file)
{
    tdm_place place = {.file = tdm_unpack_number(in) ? file : NULL};
    place.line = unpack_narrow(in);
    place.column = unpack_narrow(in);
    place.end_line = unpack_narrow(in);
    place.end_column = unpack_narrow(in);
    return place;
}

size_t tdm_unpack_count(tdm_unpack *in)
{
    uint64_t count = tdm_unpack_number(in);
    if (count > in->rest.size)
        *in = (tdm_unpack){.failed = true};
    return in->failed ? 0 : (size_t)count;
}

bool tdm_unpack_done(const tdm_unpack *in)
{
    return !in->failed && in->rest.size == 0;
}
