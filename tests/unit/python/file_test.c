// Files of the project's own: what lies beside the file that asks, and what nobody can know.
#include "scene.h"

static const scene_file files[] = {
    {"", "sql/one.sql", "SELECT 1;\r\nSELECT 2;\n"},
    {"", "sql/umlaut.sql", "SELECT '\xc3\xa4'"},
    {"", "app/data/two.sql", "SELECT '\xc3\xa4'"},
    {"app.read", "app/read.py",
     "from pathlib import Path\nimport os\ndef text(name):\n"
     "    return (Path(__file__).parent / 'data' / name).read_text('utf-8')\n"
     "def other(name):\n"
     "    return open(os.path.join(os.path.dirname(__file__), name)).read()\n"},
};

static void check(const char *body, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    const char *source =
        tdm_arena_printf(arena,
                         "from alembic import op\nimport os, pkgutil, importlib.resources\n"
                         "from pathlib import Path\nfrom app.read import text, other\n"
                         "def upgrade():\n%s",
                         body)
            .data;
    scene_check(&(scene){.files = files, .file_count = sizeof files / sizeof *files}, source,
                expected);
    tdm_arena_free(arena);
}

static void a_file_beside_the_revision(void **state)
{
    (void)state;
    check("    here = os.path.dirname(os.path.abspath(__file__))\n"
          "    with open(os.path.join(here, 'sql', 'one.sql'), 'r') as f:\n"
          "        op.a(f.read(), f.read())\n"
          "    for line in open(here + '/sql/../sql/one.sql'):\n"
          "        op.b(line)\n"
          "    op.c(open(Path(__file__).resolve().parent / 'sql' / 'one.sql').readlines())\n",
          "a('SELECT 1;\\nSELECT 2;\\n', '')\n"
          "b('SELECT 1;\\n')\nb('SELECT 2;\\n')\n"
          "c(['SELECT 1;\\n', 'SELECT 2;\\n'])\n");
}

static void a_file_beside_a_module_and_data_of_a_package(void **state)
{
    (void)state;
    check("    op.a(text('two.sql'))\n"
          "    op.b(importlib.resources.files('app').joinpath('data/two.sql').read_text())\n"
          "    op.c(importlib.resources.read_text('app.data', 'two.sql'))\n"
          "    op.d(pkgutil.get_data('app', 'data/two.sql').decode('utf-8'))\n",
          "a(\"SELECT 'ä'\")\nb(\"SELECT 'ä'\")\nc(\"SELECT 'ä'\")\nd(\"SELECT 'ä'\")\n");
}

// What a path is called by, what is missing, and what the machine decides is no guess.
static void what_cannot_be_known_of_files(void **state)
{
    (void)state;
    check("    op.a(__file__, str(Path(__file__)), f'{__file__}', __file__[:-3], len(__file__))\n"
          "    op.b(text('none.sql'))\n"
          "    op.c(open(os.path.join(os.path.dirname(__file__), 'sql/umlaut.sql')).read())\n"
          "    op.d(open('/etc/passwd').read(), other('../../../etc/passwd'))\n"
          "    op.e(open(__file__.replace('.py', '.sql')).read())\n"
          "    if __file__ == 'x': op.f()\n"
          "    if isinstance(__file__, str): op.g()\n"
          "    if os.path.exists(os.path.join(os.path.dirname(__file__), 'sql/one.sql')): op.h()\n"
          "    if Path(__file__).with_suffix('.sql').exists(): op.i()\n",
          "a(?, ?, ?, ?, ?)\nb(?)\nc(?)\nd(?, ?)\ne(?)\n"
          "opaque 11: the path of the file at run time\n"
          "opaque 12: the path of the file at run time\n"
          "h()\n"
          "opaque 14: whether a file is there at run time\n");
}

static void names_of_files_and_folders_above(void **state)
{
    (void)state;
    check("    here = Path(__file__).resolve()\n"
          "    op.a(here.name, here.stem, here.suffix, os.path.basename(__file__))\n"
          "    op.b(here.with_name('sql').joinpath('one.sql').with_suffix('.sql').read_text())\n"
          "    op.c((Path(text.__globals__['__file__']) if 0 else here).parents[0].exists())\n"
          "    op.d(open(f'{os.path.dirname(__file__)}/sql/one.sql').readline())\n"
          "    op.e(open(os.path.dirname(__file__) + '/sql/one' + '.sql').readline())\n",
          "a('rev.py', 'rev', '.py', 'rev.py')\n"
          "b('SELECT 1;\\nSELECT 2;\\n')\nc(?)\n"
          "d('SELECT 1;\\n')\ne('SELECT 1;\\n')\n");
}

// A text that was made of a path in any other way is not taken for that path.
static void no_operation_keeps_a_place_by_chance(void **state)
{
    (void)state;
    check("    one = os.path.join(os.path.dirname(__file__), 'sql', 'one.sql')\n"
          "    op.a(open(one).readline())\n"
          "    for other in (one[1:], one.strip(), one.replace('o', 'p'), '%s' % one, f'x{one}', "
          "'%s' % (one,),\n"
          "                  f'{one!r}', f'{one:>90}', '{}'.format(one), ''.join([one, one]),\n"
          "                  one * 2, 'x' + one, one.split('/')[0], os.path.join('x', one),\n"
          "                  os.path.splitext(one)[0], max(one, 'z'), repr(one), one + str(1)):\n"
          "        op.b(open(other).read())\n",
          "a('SELECT 1;\\n')\n"
          "b(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\nb(?)\n"
          "b(?)\nb(?)\nb(?)\nb(?)\nb(?)\n");
}

// The file may be made before it is read.
static void a_file_that_is_missing_may_raise(void **state)
{
    (void)state;
    check("    try:\n"
          "        op.a(text('none.sql'))\n"
          "        op.b()\n"
          "    except FileNotFoundError:\n"
          "        op.c()\n",
          "a(?)\nopaque 8: 'app/data/none.sql' is not in the project\n");
}

// What a module does that is loaded by a name, nobody knows.
static void modules_by_name(void **state)
{
    (void)state;
    check("    import importlib, importlib.util\n"
          "    op.a(importlib.import_module('app.read').text('two.sql'))\n"
          "    op.b(importlib.import_module('.read', package='app').text('two.sql'))\n"
          "    op.c(importlib.import_module('..read', 'app.x').text('two.sql'))\n"
          "    importlib.import_module('elsewhere').run()\n"
          "    importlib.util.module_from_spec(1).run()\n",
          "a(\"SELECT 'ä'\")\nb(\"SELECT 'ä'\")\nc(\"SELECT 'ä'\")\n"
          "opaque 10: 'elsewhere' is not in the project\n"
          "opaque 11: a name of the module 'importlib' that is not followed\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_beside_the_revision),
        cmocka_unit_test(a_file_beside_a_module_and_data_of_a_package),
        cmocka_unit_test(what_cannot_be_known_of_files),
        cmocka_unit_test(names_of_files_and_folders_above),
        cmocka_unit_test(no_operation_keeps_a_place_by_chance),
        cmocka_unit_test(a_file_that_is_missing_may_raise),
        cmocka_unit_test(modules_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
