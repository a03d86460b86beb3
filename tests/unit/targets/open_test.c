// From a list to targets, without a connection.
#include "plan/fixture.h"

#include <tandem/targets.h>

static const char *no_variable(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

static tdm_targets *targets;

static tdm_status open_with(fixture *f, tdm_targets_options options, const char *text)
{
    if (!f->project)
        open_project(f);
    options.text = tdm_text_of(text);
    options.file = "tenants";
    options.words.environment = no_variable;
    f->err = TDM_ERROR_INIT;
    targets = NULL;
    return tdm_targets_open(f->project, &options, &targets, &f->err);
}

#define OPEN(f, text, ...) open_with((f), (tdm_targets_options){__VA_ARGS__}, (text))

static void assert_names(const char *const *names, size_t count)
{
    assert_int_equal(tdm_targets_count(targets), count);
    for (size_t i = 0; i < count; i++)
        assert_text_equal(tdm_targets_name(targets, i), names[i]);
    tdm_targets_free(targets);
}

#define ASSERT_NAMES(...)                                                                          \
    assert_names((const char *const[]){__VA_ARGS__},                                               \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

// Not as a place: then the line would be shown, with its password.
static void assert_at_line(const fixture *f, unsigned line)
{
    char begins[32];
    snprintf(begins, sizeof begins, "tenants:%u: ", line);
    assert_memory_equal(f->err.message, begins, strlen(begins));
    assert_null(f->err.place.file);
}

static void a_url_without_a_name_is_named_by_what_it_says(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f,
                          "postgresql://app@db-1:6000/acme\n"
                          "service=shop\n"
                          "host=/run/pg user=me\n"
                          "host=db-1\n"
                          "postgresql://app@db-1:6000/acme\n"
                          "connect_timeout=3\n", ),
                     TDM_OK);
    ASSERT_NAMES("acme@db-1:6000", "shop", "me@/run/pg", "@db-1", "acme@db-1:6000, line 5",
                 "line 6");
}

static void a_password_is_in_no_name(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f, "postgresql://app:geheim@db/acme\n", .is_private = true), TDM_OK);
    ASSERT_NAMES("acme@db");
}

static void a_password_that_others_can_read_is_refused(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f, "host=db\npostgresql://app:geheim@db/acme\n", ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_at_line(f, 2);
    assert_null(strstr(f->err.message, "geheim"));
    assert_int_equal(OPEN(f, "postgresql+asyncpg://app:geheim@db/acme\n", ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
}

static void a_url_without_its_beginning_is_not_repeated(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f, "acme app:geheim@db/acme\n", .is_private = true), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_at_line(f, 1);
    assert_null(strstr(f->err.message, "geheim"));
}

static void the_canary_goes_first(void **state)
{
    fixture *f = *state;
    const char *list = "a host=x\nb host=y\n2 host=z\n";
    assert_int_equal(OPEN(f, list, ), TDM_OK);
    ASSERT_NAMES("a", "b", "2");
    assert_int_equal(OPEN(f, list, .canary = "b"), TDM_OK);
    ASSERT_NAMES("b", "a", "2");
    assert_int_equal(OPEN(f, list, .canary = "2"), TDM_OK); // a name before a number
    ASSERT_NAMES("2", "a", "b");
    assert_int_equal(OPEN(f, list, .canary = "3"), TDM_OK);
    ASSERT_NAMES("2", "a", "b");
    assert_int_equal(OPEN(f, list, .canary = "c"), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_USAGE);
    assert_int_equal(OPEN(f, list, .canary = "0"), TDM_FAILED);
    assert_int_equal(OPEN(f, list, .canary = "4"), TDM_FAILED);
}

static void a_name_stands_once(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f, "a host=x\n\na host=y\n", ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_at_line(f, 3);
}

static void names_of_the_settings_are_known_with_their_protection(void **state)
{
    fixture *f = *state;
    tdm_text first;
    put(f, "tandem.toml",
        "[targets.shop]\nurl = 'postgresql://db/shop'\nprotected = true\n"
        "[targets.test]\nurl = 'postgresql://db/test'\n");
    assert_int_equal(OPEN(f, "test\nlive shop\n", ), TDM_OK);
    assert_int_equal(tdm_targets_protected(targets, &first), 1);
    assert_text_equal(first, "live");
    ASSERT_NAMES("test", "live");
    assert_int_equal(OPEN(f, "test\nnobody\n", ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_at_line(f, 2);
}

static void a_transaction_pooler_is_refused_with_its_line(void **state)
{
    fixture *f = *state;
    assert_int_equal(OPEN(f, "host=db\nhost=aws-0-eu-west-1.pooler.supabase.com port=6543\n", ),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_TARGET);
    assert_at_line(f, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_url_without_a_name_is_named_by_what_it_says),
        TEST(a_password_is_in_no_name),
        TEST(a_password_that_others_can_read_is_refused),
        TEST(a_url_without_its_beginning_is_not_repeated),
        TEST(the_canary_goes_first),
        TEST(a_name_stands_once),
        TEST(names_of_the_settings_are_known_with_their_protection),
        TEST(a_transaction_pooler_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
