from alembic import op
from elsewhere import x
seen = []
def helper(a, *b, c=1, **d):
    global g
    for i in x:
        if i:
            break
        seen.append(i)
    else:
        return op.unknown
    return a
def upgrade():
    try:
        y = x.y
        op.a(helper(y, *seen, **{}))
    except (KeyError, ValueError) as e:
        op.b(e)
    finally:
        op.c([z for z in seen if z or x])
    while x and not seen:
        seen[0] += 1
    with x as q, op.f() as (r, *s):
        del q
    assert x, "m"
    match x:
        case 1: pass
