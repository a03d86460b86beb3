-- Tokens that are easy to get wrong; PostgreSQL's scanner takes all of them.
SELECT a+-1, a - -b, a<=-1, a->>'x', a @>-b, a<>b, a!=b, a&&b, a||-b, 2*-3, a=>b, a%-b, a#-'{x}';
SELECT a --b
 + c, a/**/+/* /* nested */ -- still */ d, 1 /*x*/;
SELECT 'it''s', E'it\'s; \\', e'\n', N'n', B'101', X'1F' FROM "a""b";
SELECT 'one'
  'two' -- and
  -- on
  'three', E'a\''
'b\'c', 'no' /* break */ , 'next';
SELECT $$it's$$, $a$ $b$ $$ $a$, $_x1$;$_x1$, $ä$ü$ä$, a$b, a$1, $1, $12;
SELECT 1, 1.5, .5, 1., 1e10, 1.5E-3, 1e+2, 0.5e1, a.b, a.*, a[1:2], a[1], (b).c, x::int[], '1'::t;
SELECT öl, _x, A1$, "Grün";
SELECT 1..2;
f(a := 1, b => 2);
SELECT a ~* b, a !~~ b, a @@ b, a ?| b, a ^ 2, |/ 4, @ -5, ~1, # b, a <-> b, a <=> b, a &< b;
