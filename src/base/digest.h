// Digests, from libcrypto. SHA-256 cut to 128 bits is tandem's identity of statements and files:
// input is hostile, so that two texts must not be made to look the same.
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <tandem/error.h>
#include <tandem/text.h>

typedef struct tdm_digest {
    uint8_t bytes[16];
} tdm_digest;

// A digest that is fed in pieces. Failing is sticky and shows in tdm_hasher_end.
typedef struct tdm_hasher tdm_hasher;
tdm_hasher *tdm_hasher_new(void); // NULL when out of memory
void tdm_hasher_put(tdm_hasher *hasher, const void *data, size_t size);
void tdm_hasher_put_text(tdm_hasher *hasher, tdm_text text); // length first, then the bytes
void tdm_hasher_put_u64(tdm_hasher *hasher, uint64_t value);
// Gives the digest and makes the hasher ready for the next one.
TDM_MUST_CHECK tdm_status tdm_hasher_end(tdm_hasher *hasher, tdm_digest *ret, tdm_error *err);
void tdm_hasher_free(tdm_hasher *hasher);

TDM_MUST_CHECK tdm_status tdm_digest_of(tdm_text text, tdm_digest *ret, tdm_error *err);
bool tdm_digest_equal(tdm_digest a, tdm_digest b);
void tdm_digest_hex(tdm_digest digest, char ret[33]);
bool tdm_digest_from_hex(tdm_text hex, tdm_digest *ret);

// MD5 in hexadecimal: SQLAlchemy shortens long names with it. Not for identity.
TDM_MUST_CHECK tdm_status tdm_md5_hex(tdm_text text, char ret[33], tdm_error *err);

#endif
