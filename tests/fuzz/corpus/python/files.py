from pathlib import Path
from alembic import op
import importlib.resources, os, pkgutil


def upgrade():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "x.sql"), encoding="utf-8") as f:
        op.execute(f.read() + f.readline())
    for line in open(f"{here}/a/b.sql"):
        op.execute(line)
    op.execute(Path(__file__).parents[0].with_name("c").with_suffix(".sql").read_text())


def downgrade():
    op.execute(importlib.resources.files("app").joinpath("d.sql").read_bytes())
    op.execute(pkgutil.get_data("app", "e.sql").decode(), __file__ + ".x", open("abc").readlines())
