// Where imported names come from: settings, the host, the standard library, the project, nowhere.
#include "scene.h"

static const scene_file files[] = {
    {"app", "app/__init__.py", "raise RuntimeError('needs a server')\n"},
    {"app.constants", "app/constants.py", "SCHEMA = 'inventory'\n_private = 1\n"},
    {"app.sub", "app/sub/__init__.py",
     "from .names import TABLE\nfrom ..constants import SCHEMA\n"},
    {"app.sub.names", "app/sub/names.py",
     "TABLE = 'hosts'\ndef full():\n    return 's.' + TABLE\n"},
    {"app.a", "app/a.py", "X = 1\nfrom app.b import Y\nZ = X + Y\n"},
    {"app.b", "app/b.py", "import app.a\nY = app.a.X + 1\n"},
    {"app.broken", "app/broken.py", "x = (\n"},
    {"app.listed", "app/listed.py", "__all__ = ['A']\nA = 1\nB = 2\n"},
    {"app.flags", "app/flags.py",
     "class Settings:\n    use_postgres = False\nsettings = Settings()\nflag = False\n"},
    {"app.env", "app/env.py",
     "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    on: int = 0\n"
     "settings = Settings()\n"},
    {"app.reexport", "app/reexport.py", "from app.env import settings\n"},
    {"ns.mod", "ns/mod.py", "V = 7\n"},
    {"pkg", "pkg/__init__.py", "V = 1\n"},
    {"pkg.part", "pkg/part.py", "W = 2\n"},
    {"pkg.lazy", "pkg/lazy.py", "def __getattr__(name):\n    return name\n"},
};

static void check(const char *source, const char *expected)
{
    scene_check(&(scene){.files = files, .file_count = sizeof files / sizeof *files}, source,
                expected);
}

static void constants_and_functions_of_the_project(void **state)
{
    (void)state;
    check("from alembic import op\nfrom app.constants import SCHEMA as S\nimport app.sub.names\n"
          "from app.sub import TABLE, SCHEMA, names\n"
          "def upgrade():\n"
          "    op.a(S, TABLE, SCHEMA, names.full(), app.sub.names.TABLE)\n",
          "a('inventory', 'hosts', 'inventory', 's.hosts', 'hosts')\n");
}

static void modules_that_import_each_other(void **state)
{
    (void)state;
    check("from alembic import op\nfrom app.a import Z\ndef upgrade():\n    op.a(Z)\n", "a(3)\n");
}

static void stars_and_namespace_packages(void **state)
{
    (void)state;
    check("from alembic import op\nfrom app.constants import *\nfrom app.listed import *\n"
          "import ns.mod\nfrom ns import mod\n"
          "def upgrade():\n"
          "    op.a(SCHEMA, A, ns.mod.V, mod.V)\n"
          "    try:\n        B\n    except NameError:\n        op.b()\n"
          "    try:\n        _private\n    except NameError:\n        op.c()\n",
          "a('inventory', 1, 7, 7)\nb()\nc()\n");
}

static void modules_that_cannot_be_read(void **state)
{
    (void)state;
    check("from alembic import op\nfrom app.broken import x\nfrom app import thing\n"
          "from elsewhere import y\nimport elsewhere.deep as d\n"
          "def upgrade():\n"
          "    if x: op.a()\n"
          "    if thing: op.a()\n"
          "    if y: op.a()\n"
          "    if d.z: op.a()\n",
          "opaque 7: invalid syntax\n"
          "opaque 8: the module raises RuntimeError: needs a server\n"
          "opaque 9: 'elsewhere' is not in the project\n"
          "opaque 10: 'elsewhere.deep' is not in the project\n");
}

static void a_name_that_a_module_does_not_have(void **state)
{
    (void)state;
    check("from app.constants import NOPE\n",
          "module raised ImportError 1: cannot import name 'NOPE' from 'app.constants'\n");
    check("from alembic import op\nfrom app.sub import _generated\n"
          "def upgrade():\n    if _generated.x: op.a()\n",
          "opaque 4: 'app.sub._generated' is not in the project\n");
    check("from . import x\n",
          "module raised ImportError 1: attempted relative import with no known parent package\n");
}

static void settings_have_the_first_word(void **state)
{
    (void)state;
    static const struct {
        const char *assumed, *expected;
    } cases[] = {
        {"app.flags.flag", "a(True, False, ?, ?)\n"},
        {"app.flags.settings.use_postgres", "a(False, True, ?, ?)\n"},
        {"other.conf.get().on", "a(False, False, True, ?)\n"},
        {"app.env.settings.on", "a(False, False, ?, True)\n"},
        {"app.reexport.settings.on", "a(False, False, ?, True)\n"},
        {"app.env.Settings().on", "a(False, False, ?, True)\n"},
    };
    for (size_t i = 0; i < 6; i++)
        scene_check(&(scene){.files = files,
                             .file_count = sizeof files / sizeof *files,
                             .assumed = cases[i].assumed},
                    "from alembic import op\nfrom app.flags import flag, settings\n"
                    "from other.conf import get\nvalue = get().on\n"
                    "from app.reexport import settings as other\n"
                    "def upgrade():\n"
                    "    op.a(flag, settings.use_postgres, value, other.on)\n",
                    cases[i].expected);
}

// env.py, or anything else in the program, may have imported a module of the package before.
static void modules_of_a_package_are_its_attributes(void **state)
{
    (void)state;
    check("from alembic import op\nimport pkg\n"
          "def upgrade():\n"
          "    op.a(pkg.V, pkg.part.W, pkg.lazy.anything)\n"
          "    try:\n        pkg.part.nope\n    except AttributeError:\n        op.b()\n"
          "    op.c(pkg.nothing)\n",
          "a(1, 2, ?)\nb()\nc(?)\n");
}

// An item is named in brackets, however the code asks for it.
static void settings_name_items(void **state)
{
    (void)state;
    static const struct {
        const char *assumed, *expected;
    } cases[] = {
        {"other.conf.config[schema]", "a(True, True, ?, ?, ?)\n"},
        {"os.environ[SCHEMA]",
         "opaque 5: 'other.conf' is not in the project\na(?, ?, True, True, True)\n"},
        {"os.environ[OTHER]", "opaque 5: 'other.conf' is not in the project\na(?, ?, ?, ?, ?)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        scene_check(&(scene){.files = files,
                             .file_count = sizeof files / sizeof *files,
                             .assumed = cases[i].assumed},
                    "import os\nfrom alembic import op\nfrom other.conf import config\n"
                    "def upgrade():\n"
                    "    op.a(config['schema'], config.get('schema', 'x'), os.environ['SCHEMA'],\n"
                    "         os.environ.get('SCHEMA'), os.getenv('SCHEMA', 'x'))\n",
                    cases[i].expected);
}

static void the_standard_library(void **state)
{
    (void)state;
    check("from __future__ import annotations\nfrom alembic import op\n"
          "import os.path, logging.config, typing as t\nfrom os import path\n"
          "from collections.abc import Sequence\nfrom enum import Enum\n"
          "from sqlalchemy import *\n"
          "def upgrade() -> None:\n"
          "    logging.getLogger(__name__).info('x')\n"
          "    op.a(os.path.join('a', 'b'), path.basename('x/y'), __name__, Integer)\n",
          "a('a/b', 'y', 'rev_py', Integer)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_and_functions_of_the_project),
        cmocka_unit_test(modules_that_import_each_other),
        cmocka_unit_test(stars_and_namespace_packages),
        cmocka_unit_test(modules_that_cannot_be_read),
        cmocka_unit_test(a_name_that_a_module_does_not_have),
        cmocka_unit_test(settings_have_the_first_word),
        cmocka_unit_test(modules_of_a_package_are_its_attributes),
        cmocka_unit_test(settings_name_items),
        cmocka_unit_test(the_standard_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
