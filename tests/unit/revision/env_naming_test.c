// The naming convention that env.py's metadata brings, found without running env.py.
#include "revision/env_naming.h"

#include <string.h>

#include "memory_tree.h"
#include "test.h"

static const memory_file files[] = {
    {"app/base.py", "from sqlalchemy import MetaData\nnames = {'pk': 'pk_%(table_name)s'}\n"
                    "metadata = MetaData(naming_convention=names)\n"},
    {"app/models.py",
     "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n"
     "from app.base import metadata as own\n"
     "class Base(DeclarativeBase):\n    metadata = own\n"
     "class User(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column()\n"},
    {"app/later.py", "from sqlmodel import SQLModel\n"
                     "SQLModel.metadata.naming_convention = {'pk': 'pk_%(table_name)s'}\n"},
    {"app/plain.py", "from sqlalchemy import MetaData\nmetadata = MetaData()\n"},
    {NULL, NULL},
};

#define HANDS_OVER "def run():\n    context.configure(target_metadata=target_metadata)\n"

static void check(const char *source, bool known, size_t count)
{
    static const char *const roots[] = {""};
    memory_tree tree = memory_tree_of(files);
    tdm_render_options options = {.tree = &tree.tree, .roots = roots, .root_count = 1};
    tdm_arena *arena = tdm_arena_new(0);
    tdm_env_naming naming;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(
        tdm_env_read_naming(arena, "env.py", tdm_text_of(source), &options, &naming, &err), TDM_OK);
    assert_int_equal(naming.known, known);
    assert_int_equal(naming.count, count);
    if (count) {
        assert_text_equal(naming.rows[0].key, "pk");
        assert_text_equal(naming.rows[0].format, "pk_%(table_name)s");
    }
    tdm_arena_free(arena);
}

static void it_is_followed_into_the_project(void **state)
{
    (void)state;
    check("from alembic import context\nfrom app.base import metadata\nconfig = context.config\n"
          "target_metadata = metadata\n" HANDS_OVER "if context.is_offline_mode():\n    run()\n",
          true, 1);
    check("import sqlalchemy as sa\n"
          "target_metadata = sa.MetaData(naming_convention={'pk': 'pk_%(table_name)s'})\n" //
          HANDS_OVER,
          true, 1);
    check("from alembic import context\nfrom app import "
          "base\ncontext.configure(target_metadata=base.metadata)\n",
          true, 1);
}

static void it_is_followed_through_models(void **state)
{
    (void)state;
    check("from app.models import Base, User\ntarget_metadata = Base.metadata\n" HANDS_OVER, true,
          1);
    check("from app.models import User\ntarget_metadata = User.metadata\n" HANDS_OVER, true, 1);
    check("import app.later\nfrom sqlmodel import SQLModel\n"
          "target_metadata = SQLModel.metadata\n" HANDS_OVER,
          true, 1);
    check("from flask_sqlalchemy import SQLAlchemy\nfrom app.base import metadata\n"
          "db = SQLAlchemy(metadata=metadata)\ntarget_metadata = db.Model.metadata\n" HANDS_OVER,
          true, 1);
}

static void there_may_be_none(void **state)
{
    (void)state;
    check("target_metadata = None\n" HANDS_OVER, true, 0);
    check("from app.plain import metadata as target_metadata\n" HANDS_OVER, true, 0);
    check("from app.base import metadata\ntarget_metadata = [metadata]\n" HANDS_OVER, true, 0);
    check("from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
          "target_metadata = Base.metadata\n" HANDS_OVER,
          true, 0);
    check("from sqlalchemy.ext.declarative import declarative_base\nBase = declarative_base()\n"
          "target_metadata = Base.metadata\n" HANDS_OVER,
          true, 0);
    check("context.configure(url='x')\n", true, 0);
    check("from app.plain import metadata as target_metadata\n" HANDS_OVER
          "def offline():\n    context.configure(url='x')\n",
          true, 0);
}

static void what_cannot_be_read_is_not_known(void **state)
{
    (void)state;
    check("from flask import current_app\n"
          "target_metadata = current_app.extensions['migrate'].db.metadata\n" HANDS_OVER,
          false, 0);
    check("from elsewhere import Base\ntarget_metadata = Base.metadata\n" HANDS_OVER, false, 0);
    check("context.configure(target_metadata=find())\n", false, 0);
    check("context.configure(**options)\n", false, 0);
    check("from alembic import context\nfrom app.base import metadata as target_metadata\n" //
          HANDS_OVER "context.configure(url='x')\n",
          false, 0);
    check("from app.base import metadata as target_metadata\n"
          "target_metadata.naming_convention['pk'] = 'x'\n" HANDS_OVER,
          false, 0);
    check("from elsewhere import names\nfrom app.base import metadata as target_metadata\n"
          "target_metadata.naming_convention = names\n" HANDS_OVER,
          false, 0);
    check("x = (\n", false, 0);
    check("", false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_followed_into_the_project),
        cmocka_unit_test(it_is_followed_through_models),
        cmocka_unit_test(there_may_be_none),
        cmocka_unit_test(what_cannot_be_read_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
