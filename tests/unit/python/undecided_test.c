// What happens when a question cannot be answered: the host is told once for each piece of code
// that may or may not have run, and nothing that may have changed is believed.
#include "scene.h"

#define NOT_THERE "'app.settings' is not in the project\n"

static void a_branch_on_unknown_is_reported_once(void **state)
{
    (void)state;
    assert_scene("    op.a()\n"
                 "    if unknown:\n"
                 "        op.b()\n"
                 "        op.c()\n"
                 "    else:\n"
                 "        op.d()\n"
                 "    op.e()\n",
                 "a()\nopaque 7: " NOT_THERE "e()\n");
}

static void names_it_binds_become_unknown(void **state)
{
    (void)state;
    assert_scene("    x = 1\n"
                 "    y = 2\n"
                 "    if unknown:\n"
                 "        x = 3\n"
                 "    op.a(x, y)\n",
                 "a(?, 2)\n");
}

static void a_branch_without_effects_is_not_reported(void **state)
{
    (void)state;
    assert_scene("    import logging\n"
                 "    log = logging.getLogger(__name__)\n"
                 "    if unknown:\n"
                 "        print('x')\n"
                 "        log.info('y %s', len('z'))\n"
                 "    op.a()\n",
                 "a()\n");
}

static void an_early_return_leaves_the_rest_undecided(void **state)
{
    (void)state;
    assert_scene("    op.a()\n"
                 "    if unknown:\n"
                 "        return\n"
                 "    op.b()\n"
                 "    op.c()\n",
                 "a()\nopaque 8: " NOT_THERE);
}

static void an_early_return_in_a_helper_ends_with_the_helper(void **state)
{
    (void)state;
    scene_check(&(scene){0},
                "from alembic import op\n"
                "from app.settings import unknown\n"
                "def helper():\n"
                "    if unknown:\n"
                "        return 1\n"
                "    op.b()\n"
                "    return 2\n"
                "def upgrade():\n"
                "    x = helper()\n"
                "    op.c(x)\n",
                "opaque 6: " NOT_THERE "c(?)\n");
}

static void a_raise_leaves_the_callers_undecided_too(void **state)
{
    (void)state;
    scene_check(&(scene){0},
                "from alembic import op\n"
                "from app.settings import unknown\n"
                "def helper():\n"
                "    if unknown:\n"
                "        raise ValueError('no')\n"
                "def upgrade():\n"
                "    op.a()\n"
                "    helper()\n"
                "    op.b()\n",
                "a()\nopaque 9: " NOT_THERE);
}

static void a_break_ends_at_its_loop(void **state)
{
    (void)state;
    assert_scene("    for i in range(3):\n"
                 "        op.a(i)\n"
                 "        if unknown:\n"
                 "            break\n"
                 "    op.b()\n",
                 "a(0)\nopaque 5: " NOT_THERE "b()\n");
}

static void a_loop_over_unknown_is_reported_once(void **state)
{
    (void)state;
    assert_scene("    n = 0\n"
                 "    for row in unknown.rows():\n"
                 "        n += 1\n"
                 "        op.a(row)\n"
                 "    op.b(n)\n",
                 "opaque 6: " NOT_THERE "b(?)\n");
}

static void a_loop_over_unknown_that_only_collects_is_not(void **state)
{
    (void)state;
    assert_scene("    ids = []\n"
                 "    kept = ['k']\n"
                 "    for row in unknown:\n"
                 "        ids.append(row)\n"
                 "    op.a(ids, kept)\n",
                 "a(?, ['k'])\n");
}

static void while_on_unknown(void **state)
{
    (void)state;
    assert_scene("    while unknown:\n"
                 "        op.a()\n"
                 "    op.b()\n",
                 "opaque 5: " NOT_THERE "b()\n");
}

static void aliases_of_what_may_have_changed_are_not_believed(void **state)
{
    (void)state;
    assert_scene("    x = [1]\n"
                 "    y = {'k': x}\n"
                 "    if unknown:\n"
                 "        z = x\n"
                 "        z[0] = 2\n"
                 "    op.a(y, x)\n",
                 "a(?, ?)\n");
}

static void functions_called_in_a_branch_are_searched(void **state)
{
    (void)state;
    scene_check(&(scene){0},
                "from alembic import op\n"
                "from app.settings import unknown\n"
                "seen = []\n"
                "flag = 1\n"
                "def quiet():\n"
                "    global flag\n"
                "    flag = 2\n"
                "    seen.append(1)\n"
                "def loud():\n"
                "    op.b()\n"
                "def upgrade():\n"
                "    if unknown:\n"
                "        quiet()\n"
                "    op.a(seen, flag)\n"
                "    if unknown:\n"
                "        loud()\n",
                "a(?, ?)\nopaque 16: " NOT_THERE);
}

static void and_or_and_conditional_expressions(void **state)
{
    (void)state;
    assert_scene("    unknown and op.a()\n"
                 "    x = 1 if unknown else 2\n"
                 "    op.b(x, unknown or 5)\n"
                 "    y = op.c() if unknown else None\n",
                 "opaque 5: " NOT_THERE "b(?, ?)\nopaque 8: " NOT_THERE);
}

static void comprehensions(void **state)
{
    (void)state;
    assert_scene("    op.a([x for x in unknown], [x for x in (1, 2) if x > unknown])\n"
                 "    [op.b(x) for x in unknown]\n"
                 "    any(op.c(x) for x in (1, 2))\n",
                 "a(?, ?)\nopaque 6: " NOT_THERE
                 "opaque 7: a generator expression with effects is not followed\n");
}

static void a_handler_may_have_run_after_a_doubt(void **state)
{
    (void)state;
    assert_scene("    have = None\n"
                 "    try:\n"
                 "        op.a()\n"
                 "        x = unknown.thing\n"
                 "        have = True\n"
                 "        op.b()\n"
                 "    except Exception:\n"
                 "        have = False\n"
                 "    op.c(have)\n",
                 "a()\nopaque 9: " NOT_THERE "c(?)\n");
}

// What the handler does not catch ends the run, unless somebody else catches it.
static void code_after_a_narrow_handler_is_certain(void **state)
{
    (void)state;
    assert_scene("    try:\n"
                 "        x = int(unknown)\n"
                 "    except ValueError:\n"
                 "        x = 1\n"
                 "    op.a(x)\n"
                 "    try:\n"
                 "        try:\n"
                 "            x = int(unknown)\n"
                 "        except ValueError:\n"
                 "            x = 2\n"
                 "        op.b(x)\n"
                 "    except TypeError:\n"
                 "        x = 3\n"
                 "    op.c(x)\n",
                 "a(?)\nopaque 15: " NOT_THERE "c(?)\n");
    assert_scene("    def f():\n"
                 "        try:\n"
                 "            return int(unknown)\n"
                 "        except ValueError:\n"
                 "            return 1\n"
                 "    try:\n"
                 "        x = f()\n"
                 "        op.a(x)\n"
                 "    except TypeError:\n"
                 "        x = 3\n"
                 "    op.b(x)\n",
                 "opaque 12: " NOT_THERE "b(?)\n");
    assert_scene("    try:\n"
                 "        x = int(unknown)\n"
                 "    except ValueError:\n"
                 "        raise RuntimeError()\n"
                 "    op.a(x)\n",
                 "opaque 9: " NOT_THERE);
}

static void an_import_that_may_fail_is_such_a_doubt(void **state)
{
    (void)state;
    assert_scene("    try:\n"
                 "        import missing\n"
                 "        have = True\n"
                 "    except ImportError:\n"
                 "        have = False\n"
                 "    op.c(have)\n",
                 "c(?)\n");
}

static void handlers_without_a_doubt_do_not_run(void **state)
{
    (void)state;
    assert_scene("    try:\n"
                 "        op.a(unknown)\n"
                 "    except Exception:\n"
                 "        op.b()\n"
                 "    op.c()\n",
                 "a(?)\nc()\n");
}

static void finally_runs_for_certain(void **state)
{
    (void)state;
    assert_scene("    try:\n"
                 "        if unknown:\n"
                 "            return\n"
                 "        op.a()\n"
                 "    finally:\n"
                 "        op.b()\n",
                 "opaque 8: " NOT_THERE "b()\n");
}

static void calls_of_unknown_functions_may_do_anything(void **state)
{
    (void)state;
    assert_scene("    unknown.create_types()\n"
                 "    t = unknown.GUID()\n"
                 "    unknown.Session(op.get_bind())\n"
                 "    op.a(t)\n",
                 "opaque 5: " NOT_THERE "get_bind()\nopaque 7: " NOT_THERE "a(?)\n");
    assert_scene("    unknown.RunScript('x.sql')\n"
                 "    op.a()\n",
                 "opaque 5: " NOT_THERE "a()\n");
}

static void what_is_made_from_a_connection_can_act(void **state)
{
    (void)state;
    assert_scene("    import json\n"
                 "    s = json.Session(op.get_bind())\n"
                 "    op.a()\n"
                 "    s.execute('x')\n"
                 "    op.b()\n",
                 "get_bind()\nopaque 6: a name of the module 'json' that is not followed\na()\n"
                 "opaque 8: a name of the module 'json' that is not followed\nb()\n");
}

static void plain_data_that_is_unknown_does_nothing(void **state)
{
    (void)state;
    assert_scene("    import os, uuid, datetime\n"
                 "    x = os.environ.get('X', 'y').upper()\n"
                 "    op.a(x, uuid.uuid4(), datetime.datetime.now().isoformat(), f'{x}')\n"
                 "    with open('f') as f:\n"
                 "        op.b(f.read())\n",
                 "a(?, ?, ?, ?)\nb(?)\n");
}

static void containers_given_to_unknown_functions_are_not_believed(void **state)
{
    (void)state;
    assert_scene("    import random\n"
                 "    x = [1, 2]\n"
                 "    random.shuffle(x)\n"
                 "    op.a(x)\n",
                 "a(?)\n");
}

static void with_an_unknown_manager_runs_its_body(void **state)
{
    (void)state;
    assert_scene("    with unknown as x:\n"
                 "        op.a(x)\n",
                 "opaque 5: " NOT_THERE "a(?)\n");
}

static void assert_and_match(void **state)
{
    (void)state;
    assert_scene("    assert unknown\n"
                 "    op.a()\n",
                 "opaque 6: " NOT_THERE);
    assert_scene("    op.a()\n"
                 "    match [1]:\n"
                 "        case [1]:\n"
                 "            op.b()\n"
                 "    op.c()\n",
                 "a()\nopaque 6: 'match' is not followed\n"
                 "opaque 9: 'match' is not followed\n");
    assert_scene("    x = 1\n"
                 "    match unknown:\n"
                 "        case 1:\n"
                 "            op.b()\n"
                 "        case _:\n"
                 "            x = 2\n"
                 "    op.c(x)\n",
                 "opaque 8: " NOT_THERE "c(?)\n");
}

static void what_is_known_in_spite_of_an_unknown(void **state)
{
    (void)state;
    assert_scene("    op.a(1 in [unknown, 1], [1, unknown] == [2, 3], len([unknown]),\n"
                 "         any([unknown, True]), {'k': unknown}['k'] is None, (unknown, 2)[1])\n",
                 "a(True, False, 1, True, ?, 2)\n");
}

static void the_order_of_a_set(void **state)
{
    (void)state;
    assert_scene(
        "    s = {'b', 'a'}\n"
        "    op.a(sorted(s), max(s), len(s), 'a' in s, list(s), ', '.join(s), {'c'}.pop())\n"
        "    op.b(sa.Enum(*s, name='e'))\n"
        "    for x in s:\n"
        "        op.c(x)\n",
        "a(['a', 'b'], 'b', 2, True, ?, ?, 'c')\nb(?)\n"
        "opaque 8: the order of a set differs from run to run\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_on_unknown_is_reported_once),
        cmocka_unit_test(names_it_binds_become_unknown),
        cmocka_unit_test(a_branch_without_effects_is_not_reported),
        cmocka_unit_test(an_early_return_leaves_the_rest_undecided),
        cmocka_unit_test(an_early_return_in_a_helper_ends_with_the_helper),
        cmocka_unit_test(a_raise_leaves_the_callers_undecided_too),
        cmocka_unit_test(a_break_ends_at_its_loop),
        cmocka_unit_test(a_loop_over_unknown_is_reported_once),
        cmocka_unit_test(a_loop_over_unknown_that_only_collects_is_not),
        cmocka_unit_test(while_on_unknown),
        cmocka_unit_test(aliases_of_what_may_have_changed_are_not_believed),
        cmocka_unit_test(functions_called_in_a_branch_are_searched),
        cmocka_unit_test(and_or_and_conditional_expressions),
        cmocka_unit_test(comprehensions),
        cmocka_unit_test(a_handler_may_have_run_after_a_doubt),
        cmocka_unit_test(code_after_a_narrow_handler_is_certain),
        cmocka_unit_test(an_import_that_may_fail_is_such_a_doubt),
        cmocka_unit_test(handlers_without_a_doubt_do_not_run),
        cmocka_unit_test(finally_runs_for_certain),
        cmocka_unit_test(calls_of_unknown_functions_may_do_anything),
        cmocka_unit_test(what_is_made_from_a_connection_can_act),
        cmocka_unit_test(plain_data_that_is_unknown_does_nothing),
        cmocka_unit_test(containers_given_to_unknown_functions_are_not_believed),
        cmocka_unit_test(with_an_unknown_manager_runs_its_body),
        cmocka_unit_test(assert_and_match),
        cmocka_unit_test(what_is_known_in_spite_of_an_unknown),
        cmocka_unit_test(the_order_of_a_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
