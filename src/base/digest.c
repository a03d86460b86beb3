#include "base/digest.h"

#include "base/error.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct tdm_hasher {
    EVP_MD_CTX *context;
    EVP_MD *method;
    bool failed;
};

tdm_hasher *tdm_hasher_new(void)
{
    tdm_hasher *hasher = calloc(1, sizeof *hasher);
    if (!hasher)
        return NULL;
    hasher->context = EVP_MD_CTX_new();
    hasher->method = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!hasher->context || !hasher->method ||
        EVP_DigestInit_ex(hasher->context, hasher->method, NULL) != 1) {
        tdm_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

void tdm_hasher_free(tdm_hasher *hasher)
{
    if (!hasher)
        return;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->method);
    free(hasher);
}

void tdm_hasher_put(tdm_hasher *hasher, const void *data, size_t size)
{
    if (size && EVP_DigestUpdate(hasher->context, data, size) != 1)
        hasher->failed = true;
}

void tdm_hasher_put_u64(tdm_hasher *hasher, uint64_t value)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    tdm_hasher_put(hasher, bytes, sizeof bytes);
}

void tdm_hasher_put_text(tdm_hasher *hasher, tdm_text text)
{
    tdm_hasher_put_u64(hasher, text.size);
    tdm_hasher_put(hasher, text.data, text.size);
}

tdm_status tdm_hasher_end(tdm_hasher *hasher, tdm_digest *ret, tdm_error *err)
{
    uint8_t full[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool ok = !hasher->failed && EVP_DigestFinal_ex(hasher->context, full, &size) == 1 &&
              size >= sizeof ret->bytes;
    hasher->failed = EVP_DigestInit_ex(hasher->context, hasher->method, NULL) != 1;
    if (!ok)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the digest library failed");
    memcpy(ret->bytes, full, sizeof ret->bytes);
    return TDM_OK;
}

tdm_status tdm_digest_of(tdm_text text, tdm_digest *ret, tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    if (!hasher)
        return tdm_fail_memory(err);
    tdm_hasher_put(hasher, text.data, text.size);
    tdm_status status = tdm_hasher_end(hasher, ret, err);
    tdm_hasher_free(hasher);
    return status;
}

bool tdm_digest_equal(tdm_digest a, tdm_digest b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static void to_hex(const uint8_t *bytes, size_t count, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[2 * count] = '\0';
}

void tdm_digest_hex(tdm_digest digest, char ret[33])
{
    to_hex(digest.bytes, sizeof digest.bytes, ret);
}

static int hex_value(char c)
{
    if (tdm_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool tdm_digest_from_hex(tdm_text hex, tdm_digest *ret)
{
    tdm_digest digest;
    if (hex.size != 2 * sizeof digest.bytes)
        return false;
    for (size_t i = 0; i < sizeof digest.bytes; i++) {
        int high = hex_value(hex.data[2 * i]);
        int low = hex_value(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        digest.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *ret = digest;
    return true;
}

tdm_status tdm_md5_hex(tdm_text text, char ret[33], tdm_error *err)
{
    uint8_t full[EVP_MAX_MD_SIZE];
    size_t size = 0;
    if (EVP_Q_digest(NULL, "MD5", NULL, text.size ? text.data : "", text.size, full, &size) != 1 ||
        size != 16)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the digest library failed");
    to_hex(full, size, ret);
    return TDM_OK;
}
