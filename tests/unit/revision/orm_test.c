// Sessions, queries and models: what is sent is what tests/interop/test_orm.py sees the real ones
// send; what they do by themselves is never left out.
#include "test.h"

#include "revision/render.h"

#include "base/text.h"

#include <string.h>

#define HEAD                                                                                       \
    "from alembic import op\nimport sqlalchemy as sa\n"                                            \
    "from sqlalchemy.orm import Session, declarative_base, relationship, sessionmaker\n"           \
    "Base = declarative_base()\n"                                                                  \
    "class User(Base):\n"                                                                          \
    "    __tablename__ = 'user'\n"                                                                 \
    "    id = sa.Column(sa.Integer, primary_key=True)\n"                                           \
    "    name = sa.Column('Name', sa.Text)\n"                                                      \
    "    pets = relationship('Pet')\n"                                                             \
    "    LIMIT = 5\n"                                                                              \
    "def upgrade():\n"                                                                             \
    "    session = Session(bind=op.get_bind())\n"

// One line for each emission; "?" and the reason for what is opaque.
static void check_source(const char *source, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_render_options options = {.online = true};
    tdm_script script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    if (tdm_render_revision(arena, "versions/x.py", tdm_text_of(source), TDM_UPGRADE, &options,
                            NULL, &script, &err) != TDM_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < script.count; i++) {
        const tdm_emission *e = &script.emissions[i];
        bool opaque = e->kind == TDM_EMISSION_OPAQUE;
        tdm_buffer_puts(&out, opaque ? "? " : "");
        tdm_buffer_put(&out, opaque                 ? e->reason
                             : e->online_fails.size ? e->online_fails
                                                    : e->online);
        tdm_buffer_putc(&out, '\n');
    }
    assert_string_equal(out.data ? out.data : "", expected);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

#define CHECK(body, expected) check_source(HEAD body, expected)
#define FLUSHED "? what the session writes of changed objects cannot be known\n"

static void plain_statements_are_sent_as_they_are(void **state)
{
    (void)state;
    CHECK("    session.execute(sa.text('UPDATE t SET a = :a'), {'a': 'x'})\n"
          "    session.commit()\n"
          "    with sessionmaker(bind=op.get_bind())() as other:\n"
          "        other.execute(sa.delete(User.__table__))\n",
          "UPDATE t SET a = 'x'\nDELETE FROM \"user\"\n");
}

static void queries_label_columns_by_their_tables(void **state)
{
    (void)state;
    CHECK("    session.query(User).filter(User.name == 'a').first()\n",
          "SELECT \"user\".id AS user_id, \"user\".\"Name\" AS \"user_Name\" \nFROM \"user\" \n"
          "WHERE \"user\".\"Name\" = 'a' \n LIMIT 1\n");
    CHECK("    session.query(User.id).count()\n",
          "SELECT count(*) AS count_1 \nFROM (SELECT \"user\".id AS user_id \nFROM \"user\") "
          "AS anon_1\n");
    CHECK("    session.query(User).filter_by(id=User.LIMIT).delete(synchronize_session=False)\n",
          "DELETE FROM \"user\" WHERE \"user\".id = 5\n");
}

// "auto" asks the server which rows it changes when Python cannot tell (RETURNING).
static void a_condition_that_python_cannot_evaluate(void **state)
{
    (void)state;
    CHECK("    session.query(User).filter(User.id.in_([1, 2])).update({'name': 'x'})\n"
          "    session.query(User).filter(User.name.like('a%')).update({'name': 'x'})\n",
          "UPDATE \"user\" SET \"Name\"='x' WHERE \"user\".id IN (1, 2)\n"
          "? query.update(): how the session is kept in step is not covered\n");
    CHECK("    session.query(User).filter(User.__table__.c.id == 1).update({'name': 'x'})\n",
          "? query.update(): how the session is kept in step is not covered\n");
}

static void loaded_objects_may_be_written_by_every_flush(void **state)
{
    (void)state;
    CHECK("    for user in session.query(User):\n"
          "        user.name = 'x'\n"
          "    session.commit()\n",
          "SELECT \"user\".id AS user_id, \"user\".\"Name\" AS \"user_Name\" \nFROM "
          "\"user\"\n" FLUSHED);
    CHECK("    session.query(User.id).all()\n    session.commit()\n",
          "SELECT \"user\".id AS user_id \nFROM \"user\"\n");
    CHECK("    session.add(User(name='x'))\n    session.flush()\n", FLUSHED);
    CHECK("    session.add(User(name='x'))\n    session.close()\n    session.commit()\n", "");
}

// Code of which nobody knows whether it runs may have added objects.
static void a_flush_after_undecided_code(void **state)
{
    (void)state;
    CHECK("    if op.get_bind().execute(sa.text('SELECT 1')).first():\n"
          "        session.add(User())\n"
          "    session.commit()\n",
          "SELECT 1\n? what the database holds at this point cannot be known\n" FLUSHED);
}

static void sessions_elsewhere_and_rollbacks(void **state)
{
    (void)state;
    CHECK("    Session(bind=sa.create_engine('x')).execute(sa.text('SELECT 1'))\n",
          "? sqlalchemy.create_engine is not covered\n");
    CHECK("    elsewhere = Session()\n    elsewhere.execute(sa.text('SELECT 1'))\n",
          "? a session on anything but the connection of the migration is not followed\n");
    CHECK("    op.execute(sa.update(User).values(name='x'))\n",
          "? op.execute: a model whose attributes are not named like its columns is not covered "
          "here\n");
    CHECK("    session.rollback()\n",
          "? session.rollback(): it takes back what the migration did before\n");
    CHECK("    session.execute('SELECT 1')\n",
          "? session.execute(): ArgumentError: a string needs text() around it\n");
    CHECK("    session.autoflush = False\n    session.commit()\n",
          "? a session whose attributes are set is not followed\n");
    CHECK("    session.query(User).filter(User.pets).all()\n",
          "? query.filter() of this is not covered\n");
}

// Mixins, properties of the mapper and models of models say more than a table.
static void models_that_are_not_followed(void **state)
{
    static const char *const bodies[] = {
        "class X(Base, Mixin):\n        __tablename__ = 'x'\n"
        "        id = sa.Column(sa.Integer, primary_key=True)\n",
        "class X(User):\n        __tablename__ = 'x'\n"
        "        id = sa.Column(sa.Integer, primary_key=True)\n",
        "class X(Base):\n        __tablename__ = 'x'\n        __mapper_args__ = {'a': 1}\n"
        "        id = sa.Column(sa.Integer, primary_key=True)\n",
        "class X(Base):\n        __tablename__ = 'x'\n        id = sa.Column(sa.Integer)\n",
        "class X(Base):\n        __tablename__ = 'x'\n        more: int\n"
        "        id = sa.Column(sa.Integer, primary_key=True)\n",
        "class X(Base):\n        __tablename__ = 'x'\n"
        "        other = relationship('User', lazy='joined')\n"
        "        id = sa.Column(sa.Integer, primary_key=True)\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        check_source(tdm_arena_printf(arena,
                                      HEAD "    class Mixin: pass\n    %s"
                                           "    session.query(X).all()\n",
                                      bodies[i])
                         .data,
                     "? query.query() of this is not covered\n");
        check_source(tdm_arena_printf(arena,
                                      HEAD "    class Mixin: pass\n    %s"
                                           "    op.execute(sa.select(X.id))\n",
                                      bodies[i])
                         .data,
                     "? op.execute: id of the model X is not followed\n");
        tdm_arena_free(arena);
    }
}

// Which models belong to a base is known where the revision makes both.
static void create_all_of_models(void **state)
{
    (void)state;
    CHECK("    Base.metadata.create_all(op.get_bind(), checkfirst=False)\n",
          "CREATE TABLE \"user\" (\n    id SERIAL NOT NULL, \n    \"Name\" TEXT, \n    PRIMARY KEY "
          "(id)\n)\n");
    CHECK("    class X(Base):\n        __tablename__ = f(1)\n"
          "    Base.metadata.create_all(op.get_bind())\n"
          "def f(x):\n    return 'x'\n",
          "? which models create_all() makes tables for cannot be known\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_statements_are_sent_as_they_are),
        cmocka_unit_test(queries_label_columns_by_their_tables),
        cmocka_unit_test(a_condition_that_python_cannot_evaluate),
        cmocka_unit_test(loaded_objects_may_be_written_by_every_flush),
        cmocka_unit_test(a_flush_after_undecided_code),
        cmocka_unit_test(sessions_elsewhere_and_rollbacks),
        cmocka_unit_test(models_that_are_not_followed),
        cmocka_unit_test(create_all_of_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
