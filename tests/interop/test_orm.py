"""What sessions and queries of the ORM send is what tandem takes a revision to send."""

from __future__ import annotations

import pytest
from conftest import Database, Project, Runner
from test_online import same, sent, taken

MODELS = """from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, declarative_base, relationship, sessionmaker
Base = declarative_base()
class User(Base):
    __tablename__ = 'user'
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(20))
    upper = sa.Column('Upper', sa.Text)
    data = sa.Column(postgresql.JSONB)
    seen = sa.Column(sa.DateTime(timezone=True), onupdate=sa.func.now())
    KINDS = ('a', 'b')
    def label(self):
        return self.name
class Pet(Base):
    __tablename__ = 'pet'
    __table_args__ = (sa.UniqueConstraint('name', 'user_id'), {'schema': 'zoo'})
    id = sa.Column(sa.Integer, primary_key=True)
    user_id = sa.Column(sa.ForeignKey('user.id'), index=True)
    name = sa.Column(sa.Text, nullable=False)
    user = relationship('User')
session = Session(bind=op.get_bind())
"""

MAKE = """op.execute('CREATE SCHEMA zoo')
op.create_table('user', sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('name', sa.String(20)), sa.Column('Upper', sa.Text), sa.Column('data', sa.JSON),
    sa.Column('seen', sa.DateTime(timezone=True)))
op.create_table('pet', sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('user_id', sa.Integer), sa.Column('name', sa.Text), schema='zoo')
"""

STEPS = [
    "session.execute(sa.text('UPDATE \"user\" SET name = :x'), {'x': 'it''s 100%'})\nsession.commit()",
    "orm.Session(op.get_bind()).execute(sa.text('SELECT 1'))",
    "sessionmaker(bind=op.get_bind())().execute(sa.update(Pet).values(name='x')"
    ".execution_options(synchronize_session=False))",
    "Make = sessionmaker()\nMake(bind=op.get_bind()).scalar(sa.select(User.id).limit(1))",
    "with Session(op.get_bind()) as s, s.begin():\n    s.execute(sa.delete(Pet))",
    "session.query(User).all()",
    "session.query(User.name, Pet.name).filter(Pet.user_id == User.id).all()",
    "session.query(User).filter(User.name == 'a', User.upper.is_(None)).first()",
    "session.query(User).filter_by(name='a', id=4).order_by(User.id.desc(), User.upper).all()",
    "session.query(User).filter(User.name.in_(['a', 'b'])).offset(3).all()",
    "session.query(User).filter(sa.or_(User.name == 'a', ~User.name.like('b%'))).limit(2).all()",
    "session.query(Pet).one_or_none()",
    "session.query(Pet.name).distinct().all()",
    "session.query(Pet.name, sa.func.count(Pet.id)).group_by(Pet.name).all()",
    "session.query(sa.func.count(User.id)).scalar()",
    "session.query(User).count()",
    "session.query(Pet).filter(Pet.id > 3).count()",
    "session.query(User.id).distinct().count()",
    "session.query(User).get(7)",
    "session.query(User).join(Pet, Pet.user_id == User.id).filter(Pet.name == 'x').all()",
    "session.query(User.id).all()",
    "session.query(User, Pet).filter(User.id == Pet.user_id).all()",
    "session.query(User).outerjoin(Pet, Pet.user_id == User.id).limit(1).all()",
    "session.query(User).update({'name': 'x'}, synchronize_session=False)",
    "session.query(User).update({User.name: User.upper, User.upper: None})",
    "session.query(User).filter(User.id == 4).update({User.name: sa.func.lower(User.name)})",
    "session.query(User).filter(User.id.in_([1, 2])).update({'name': 'y'})\nsession.commit()",
    "session.query(User).filter(User.name.notin_(['q']), User.id <= 2).delete()",
    "session.query(Pet).filter(Pet.user_id.is_(None)).delete(synchronize_session=False)",
    "session.query(Pet).filter(sa.or_(Pet.name == 'x', Pet.id != 2)).delete()",
    "session.query(Pet).filter(sa.text(\"name = 'z'\")).update({'name': 'w'}, "
    "synchronize_session=False)",
    "op.execute(sa.update(Pet).where(Pet.id == 1).values(name='n'))",
    "op.get_bind().execute(sa.insert(Pet.__table__).values(name='q', id=9))",
    "op.bulk_insert(Pet.__table__, [{'name': 'q', 'id': 10}])",
    "op.get_bind().execute(sa.select(User.name).where(User.id == 2))",
    "op.execute(sa.select(User))",
    "session.execute(sa.update(Pet).where(Pet.id == 1).values(name='n'))",
    "session.execute(sa.select(Pet.id, Pet.name).where(Pet.name.is_(None)))",
    "session.add(User(name='never flushed'))\nsession.close()\nsession.commit()",
    "session.query(User).filter(User.name.ilike('%a')).first()",
    "session.query(Pet.id.label('n')).filter(Pet.id.between(1, 3)).all()",
]


def test_what_sessions_send(project: Project, database: Database, tandem: Runner) -> None:
    project.clear()
    project.add_revision("20240101_000000", "make", MAKE)
    for number, step in enumerate(STEPS, 1):
        project.add_revision(f"20240101_{number:06}", f"step_{number}", MODELS + step)
    theirs = sent(project, database)
    assert len(theirs) == len(STEPS) + 1
    mine = taken(project, tandem)
    wrong = [
        f"{STEPS[int(x[-6:]) - 1]}\n  Alembic {text}\n  tandem  {mine.get(x, '')}"
        for x, text in theirs.items()
        if mine.get(x, "") != text
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "step",
    [
        "session.query(Pet).filter(Pet.name.like('x%')).delete()",  # RETURNING
        "session.add(User(name='x'))\nsession.commit()",
        "for x in session.query(User):\n    x.name = 'y'\nsession.commit()",
    ],
)
def test_what_is_not_known(project: Project, tandem: Runner, step: str) -> None:
    project.clear()
    project.add_revision("20240101_000001", "step", MODELS + step)
    said = tandem("sql", "--each", "--format", "ndjson").out
    assert '"opaque": true' in said or '"opaque":true' in said
