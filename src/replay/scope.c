#include "replay/scope.h"

#include "sql/visit.h"

bool tdm_scope_add(tdm_scope *scope, tdm_arena *arena, tdm_text name, tdm_text type)
{
    tdm_scope_variable variable = {.name = name, .type = type};

    return tdm_vector_push(arena, &scope->variables, variable);
}

tdm_scope_variable *tdm_scope_find(const tdm_scope *scope, tdm_text name)
{
    for (size_t i = scope->variables.count; i > 0; i--)
        if (tdm_text_equal(scope->variables.items[i - 1].name, name))
            return &scope->variables.items[i - 1];
    return NULL;
}

// What a variable may hold, by its type.
static tdm_cell_kind kind_of_type(tdm_text type)
{
    static const struct row {
        const char *type;
        tdm_cell_kind kind;
    } rows[] = {
        {"text", TDM_CELL_TEXT},
        {"varchar", TDM_CELL_TEXT},
        {"character varying", TDM_CELL_TEXT},
        {"name", TDM_CELL_TEXT},
        {"int", TDM_CELL_INT},
        {"integer", TDM_CELL_INT},
        {"int4", TDM_CELL_INT},
        {"bigint", TDM_CELL_INT},
        {"int8", TDM_CELL_INT},
        {"boolean", TDM_CELL_BOOL},
        {"bool", TDM_CELL_BOOL},
        {"text [ ]", TDM_CELL_LIST},
        {"name [ ]", TDM_CELL_LIST},
        {"varchar [ ]", TDM_CELL_LIST},
        {"record", TDM_CELL_RECORD},
        {"regclass", TDM_CELL_SOME},
        {"regprocedure", TDM_CELL_SOME},
        {"pg_catalog . regclass", TDM_CELL_SOME},
        {"pg_catalog . regprocedure", TDM_CELL_SOME},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (tdm_text_is(type, rows[i].type))
            return rows[i].kind;
    return TDM_CELL_UNKNOWN;
}

void tdm_scope_set(tdm_scope_variable *variable, tdm_arena *arena, tdm_cell cell)
{
    tdm_cell_kind kind = kind_of_type(variable->type);

    if (kind == TDM_CELL_TEXT && cell.kind == TDM_CELL_INT)
        cell = (tdm_cell){.kind = TDM_CELL_TEXT,
                          .text = tdm_arena_printf(arena, "%lld", (long long)cell.number)};
    // A name of an object: the text goes on, but two of them may mean the same.
    if (kind == TDM_CELL_SOME && cell.kind == TDM_CELL_TEXT) {
        cell.number = 1;
        kind = TDM_CELL_TEXT;
    }
    bool vague = cell.kind == TDM_CELL_SOME || cell.kind == TDM_CELL_POSITIVE;
    if (cell.kind != kind && cell.kind != TDM_CELL_NULL && !vague)
        cell = (tdm_cell){.kind = TDM_CELL_UNKNOWN};
    variable->cell = cell;
}

tdm_cell *tdm_scope_save(const tdm_scope *scope, tdm_arena *arena)
{
    tdm_cell *cells = tdm_arena_array(arena, scope->variables.count + 1, sizeof *cells);

    for (size_t i = 0; cells && i < scope->variables.count; i++)
        cells[i] = scope->variables.items[i].cell;
    return cells;
}

static bool is_same(const tdm_cell *left, const tdm_cell *right)
{
    return left->kind == right->kind && left->number == right->number &&
           left->cells == right->cells && tdm_text_equal(left->text, right->text);
}

void tdm_scope_doubt(tdm_scope *scope, const tdm_cell *before)
{
    for (size_t i = 0; i < scope->variables.count; i++)
        if (!is_same(&scope->variables.items[i].cell, &before[i]))
            scope->variables.items[i].cell = (tdm_cell){.kind = TDM_CELL_UNKNOWN};
}

void tdm_scope_restore(tdm_scope *scope, const tdm_cell *before)
{
    for (size_t i = 0; i < scope->variables.count; i++)
        scope->variables.items[i].cell = before[i];
}

// --- Putting values in --------------------------------------------------------------------------

typedef struct binder {
    const tdm_scope *scope;
    tdm_arena *arena;
    bool names;
} binder;

// A node that no reader of conditions takes for a constant or a column.
static void put_parameter(binder *b, PgQuery__Node *node, int32_t number)
{
    PgQuery__ParamRef *parameter = tdm_arena_new_of(b->arena, PgQuery__ParamRef);

    if (!parameter)
        return;
    pg_query__param_ref__init(parameter);
    parameter->number = number;
    node->node_case = PG_QUERY__NODE__NODE_PARAM_REF;
    node->param_ref = parameter;
}

static PgQuery__Integer *integer_of(binder *b, int32_t number)
{
    PgQuery__Integer *made = tdm_arena_new_of(b->arena, PgQuery__Integer);

    if (made) {
        pg_query__integer__init(made);
        made->ival = number;
    }
    return made;
}

static PgQuery__String *string_of(binder *b, tdm_text text)
{
    PgQuery__String *made = tdm_arena_new_of(b->arena, PgQuery__String);

    if (made) {
        pg_query__string__init(made);
        made->sval = tdm_arena_string(b->arena, text);
    }
    return made;
}

static PgQuery__Boolean *boolean_of(binder *b, bool truth)
{
    PgQuery__Boolean *made = tdm_arena_new_of(b->arena, PgQuery__Boolean);

    if (made) {
        pg_query__boolean__init(made);
        made->boolval = truth;
    }
    return made;
}

// The name of an object is no text: 'name'::regclass.
static void put_cast(binder *b, PgQuery__Node *node)
{
    PgQuery__TypeCast *cast = tdm_arena_new_of(b->arena, PgQuery__TypeCast);
    PgQuery__TypeName *type = tdm_arena_new_of(b->arena, PgQuery__TypeName);
    PgQuery__Node *nodes = tdm_arena_array(b->arena, 2, sizeof *nodes);
    PgQuery__Node **names = tdm_arena_new_of(b->arena, PgQuery__Node *);

    if (!cast || !type || !nodes || !names)
        return;
    pg_query__type_cast__init(cast);
    pg_query__type_name__init(type);
    pg_query__node__init(&nodes[1]);
    nodes[0] = *node;
    nodes[1].node_case = PG_QUERY__NODE__NODE_STRING;
    nodes[1].string = string_of(b, TDM_TEXT("regclass"));
    names[0] = &nodes[1];
    type->names = names;
    type->n_names = 1;
    cast->arg = &nodes[0];
    cast->type_name = type;
    node->node_case = PG_QUERY__NODE__NODE_TYPE_CAST;
    node->type_cast = cast;
}

static void put_cell(binder *b, PgQuery__Node *node, const tdm_cell *cell);

static void put_list(binder *b, PgQuery__Node *node, const tdm_cell *cell)
{
    PgQuery__AArrayExpr *array = tdm_arena_new_of(b->arena, PgQuery__AArrayExpr);
    PgQuery__Node *nodes = tdm_arena_array(b->arena, cell->count + 1, sizeof *nodes);

    if (!array || !nodes)
        return;
    pg_query__a__array_expr__init(array);
    array->elements = tdm_arena_array(b->arena, cell->count + 1, sizeof *array->elements);
    for (size_t i = 0; array->elements && i < cell->count; i++) {
        pg_query__node__init(&nodes[i]);
        put_cell(b, &nodes[i], &cell->cells[i]);
        array->elements[i] = &nodes[i];
        array->n_elements = i + 1;
    }
    node->node_case = PG_QUERY__NODE__NODE_A_ARRAY_EXPR;
    node->a_array_expr = array;
}

static void put_cell(binder *b, PgQuery__Node *node, const tdm_cell *cell)
{
    PgQuery__AConst *constant = tdm_arena_new_of(b->arena, PgQuery__AConst);

    if (!constant)
        return;
    pg_query__a__const__init(constant);
    switch (cell->kind) {
    case TDM_CELL_NULL:
        constant->isnull = true;
        break;
    case TDM_CELL_BOOL:
        constant->val_case = PG_QUERY__A__CONST__VAL_BOOLVAL;
        constant->boolval = boolean_of(b, cell->number != 0);
        break;
    case TDM_CELL_INT:
        constant->val_case = PG_QUERY__A__CONST__VAL_IVAL;
        constant->ival = integer_of(b, (int32_t)cell->number);
        break;
    case TDM_CELL_TEXT:
        constant->val_case = PG_QUERY__A__CONST__VAL_SVAL;
        constant->sval = string_of(b, cell->text);
        break;
    case TDM_CELL_LIST:
        put_list(b, node, cell);
        return;
    case TDM_CELL_SOME:
        put_parameter(b, node, TDM_SCOPE_SOME);
        return;
    case TDM_CELL_POSITIVE:
        put_parameter(b, node, TDM_SCOPE_POSITIVE);
        return;
    case TDM_CELL_UNKNOWN:
    case TDM_CELL_RECORD:
        put_parameter(b, node, TDM_SCOPE_UNKNOWN);
        return;
    }
    node->node_case = PG_QUERY__NODE__NODE_A_CONST;
    node->a_const = constant;
    if (cell->kind == TDM_CELL_TEXT && cell->number)
        put_cast(b, node);
}

static tdm_text part(const PgQuery__ColumnRef *ref, size_t index)
{
    bool name =
        index < ref->n_fields && ref->fields[index]->node_case == PG_QUERY__NODE__NODE_STRING;

    return name ? tdm_text_of(ref->fields[index]->string->sval) : (tdm_text){NULL, 0};
}

// x, or x.y of a record; a table of that name is found only when no variable is.
static void bind_column(binder *b, PgQuery__Node *node)
{
    const PgQuery__ColumnRef *ref = node->column_ref;
    const tdm_scope_variable *variable = tdm_scope_find(b->scope, part(ref, 0));
    const tdm_cell *cell = variable ? &variable->cell : NULL;

    if (!cell ||
        (ref->n_fields > 1 && cell->kind != TDM_CELL_RECORD && cell->kind != TDM_CELL_UNKNOWN))
        return;
    b->names = true;
    if (ref->n_fields == 2 && cell->kind == TDM_CELL_RECORD)
        for (size_t i = 0; i < cell->count; i++)
            if (tdm_text_equal(cell->cells[i].name, part(ref, 1))) {
                put_cell(b, node, &cell->cells[i]);
                return;
            }
    if (ref->n_fields == 1)
        put_cell(b, node, cell);
    else
        put_parameter(b, node, TDM_SCOPE_UNKNOWN);
}

static bool see(void *context, const ProtobufCMessage *message)
{
    // Trees are made for one reader, who may change them.
    PgQuery__Node *node = (PgQuery__Node *)message;

    if (message->descriptor == &pg_query__node__descriptor &&
        node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF)
        bind_column(context, node);
    return true;
}

bool tdm_scope_bind(const tdm_scope *scope, tdm_arena *arena, const ProtobufCMessage *tree)
{
    binder b = {.scope = scope, .arena = arena};

    tdm_sql_visit(tree, see, &b);
    return b.names;
}
