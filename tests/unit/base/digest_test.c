#include "test.h"

#include "base/digest.h"
#include "base/error.h"

#include <string.h>

static void the_digest_is_sha256_cut_to_128_bits(void **state)
{
    (void)state;
    tdm_digest digest;
    char hex[33];
    assert_int_equal(tdm_digest_of(TDM_TEXT("abc"), &digest, NULL), TDM_OK);
    tdm_digest_hex(digest, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223");
    tdm_digest back;
    assert_true(tdm_digest_from_hex((tdm_text){hex, 32}, &back));
    assert_true(tdm_digest_equal(digest, back));
    assert_false(tdm_digest_from_hex(TDM_TEXT("zz"), &back));
}

static void pieces_carry_their_length(void **state)
{
    (void)state;
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_digest one, two;
    tdm_hasher_put_text(hasher, TDM_TEXT("ab"));
    tdm_hasher_put_text(hasher, TDM_TEXT("c"));
    assert_int_equal(tdm_hasher_end(hasher, &one, NULL), TDM_OK);
    tdm_hasher_put_text(hasher, TDM_TEXT("a"));
    tdm_hasher_put_text(hasher, TDM_TEXT("bc"));
    assert_int_equal(tdm_hasher_end(hasher, &two, NULL), TDM_OK);
    assert_false(tdm_digest_equal(one, two));
    tdm_hasher_free(hasher);
}

static void md5_is_what_sqlalchemy_uses(void **state)
{
    (void)state;
    char hex[33];
    assert_int_equal(tdm_md5_hex(TDM_TEXT("abc"), hex, NULL), TDM_OK);
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
}

static void an_error_keeps_its_own_text(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    char file[] = "a.sql";
    assert_int_equal(tdm_fail(&err, TDM_ERROR_SQL, (tdm_place){.file = file, .line = 3}, "bad %s",
                              "word"),
                     TDM_FAILED);
    file[0] = 'x';
    assert_string_equal(err.message, "bad word");
    assert_string_equal(err.place.file, "a.sql");
    tdm_hint(&err, "Mend line %d.", 3);
    assert_string_equal(err.hint, "Mend line 3.");
    // An error may be made out of itself.
    tdm_fail(&err, TDM_ERROR_SQL, err.place, "in short: %s", err.message);
    assert_string_equal(err.message, "in short: bad word");
    assert_string_equal(err.hint, "");
    assert_int_equal(tdm_error_exit(err.code), TDM_EXIT_PROJECT);
    assert_string_equal(tdm_error_name(err.code), "sql");
}

static void a_long_message_is_cut_at_a_code_point(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    char text[2 * sizeof err.message + 1];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[sizeof text - 1] = '\0';
    tdm_fail(&err, TDM_ERROR_SQL, TDM_NOWHERE, "x%s", text);
    size_t size = strlen(err.message);
    assert_true(size > sizeof err.message - 4);
    assert_int_equal((unsigned char)err.message[size - 1], 0xA9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_is_sha256_cut_to_128_bits),
        cmocka_unit_test(pieces_carry_their_length),
        cmocka_unit_test(md5_is_what_sqlalchemy_uses),
        cmocka_unit_test(an_error_keeps_its_own_text),
        cmocka_unit_test(a_long_message_is_cut_at_a_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
