from app import upgrade as u, downgrade
from app.sub import *
import app.x.y as z, os.path
from . import q
def upgrade(): return u, z.w, (yield), [i async for i in u]
