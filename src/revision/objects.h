// The native classes: how model structs (sa_model.h) and the objects of op look to Python.
#ifndef REVISION_OBJECTS_H
#define REVISION_OBJECTS_H

#include "revision/arguments.h"

#include "sqlalchemy/dml.h"

// A callable of the library: sa.Column, op.f, text().
typedef struct tdm_callable {
    const char *name;
    const char *parameters;
    tdm_py (*call)(tdm_host *host, tdm_bound *bound);
} tdm_callable;

extern const tdm_py_class tdm_type_object;       // tdm_type
extern const tdm_py_class tdm_type_class_object; // tdm_type_class: sa.String itself
extern const tdm_py_class tdm_expr_object;       // tdm_expr
extern const tdm_py_class tdm_column_object;     // tdm_column
extern const tdm_py_class tdm_constraint_object; // tdm_constraint
extern const tdm_py_class tdm_index_object;      // tdm_index
extern const tdm_py_class tdm_table_object;      // tdm_table
extern const tdm_py_class tdm_columns_object;    // tdm_table: its .c
extern const tdm_py_class tdm_metadata_object;   // tdm_metadata
extern const tdm_py_class tdm_sequence_object;   // tdm_sequence
extern const tdm_py_class tdm_identity_object;   // tdm_identity
extern const tdm_py_class tdm_computed_object;   // tdm_computed
extern const tdm_py_class tdm_default_object;    // tdm_default: DefaultClause, FetchedValue
extern const tdm_py_class tdm_name_object;       // tdm_name: op.f(), quoted_name()
extern const tdm_py_class tdm_callable_object;   // tdm_callable
extern const tdm_py_class tdm_statement_class;   // tdm_statement_object
extern const tdm_py_class tdm_function_maker;    // text: sa.func and what it gives by attribute
extern const tdm_py_class tdm_ignored_object;    // something that never reaches SQL

tdm_py tdm_object(tdm_host *host, const tdm_py_class *type, const void *data);
// The data when the value is of that class, else NULL.
void *tdm_data_of(tdm_py value, const tdm_py_class *type);
tdm_py tdm_callable_value(tdm_host *host, const tdm_callable *row);

// A method of a native: `self` is what the function works on.
typedef tdm_py (*tdm_method)(tdm_host *host, tdm_py self, tdm_bound *bound);
typedef struct tdm_method_row {
    const char *name;
    const char *parameters;
    tdm_method call;
} tdm_method_row;
// The bound method of that name, or NULL when the table has none (nothing is pending then).
tdm_py tdm_find_method(tdm_host *host, const tdm_method_row *rows, size_t count, tdm_py self,
                       tdm_text name);

// Modules the host owns; NULL: not one of them (modules.c).
tdm_py tdm_native_module(tdm_host *host, tdm_text dotted);

// sa_expr.c: coercion. A value that is no expression becomes a parameter.
tdm_expr *tdm_expr_from(tdm_host *host, tdm_py value); // NULL: not SQL
tdm_expr *tdm_expr_or_bind(tdm_host *host, tdm_py value, const tdm_expr *compared);
tdm_expr *tdm_column_expr(tdm_host *host, tdm_column *column);
tdm_py tdm_expr_value(tdm_host *host, tdm_expr *expr);
tdm_py tdm_statement_value(tdm_host *host, tdm_print_function print, const void *data, bool ddl);

// sa_table.c
tdm_table *tdm_table_new(tdm_host *host, tdm_name name, tdm_name schema,
                         const tdm_metadata *metadata);
// Adds columns, constraints and indexes with everything they imply. False: raised.
bool tdm_table_fill(tdm_host *host, tdm_table *table, const tdm_py *items, size_t count);
bool tdm_sa_table_add_column(tdm_host *host, tdm_table *table, tdm_column *column);
bool tdm_table_add_constraint(tdm_host *host, tdm_table *table, tdm_constraint *constraint);
bool tdm_table_add_index(tdm_host *host, tdm_table *table, tdm_index *index);
void tdm_table_sort_constraints(tdm_table *table); // by order of creation
tdm_column *tdm_sa_table_column(const tdm_table *table, tdm_text key);
// Options, comment, prefixes, from the keywords of Table() and create_table(). False: raised.
bool tdm_table_options(tdm_host *host, tdm_table *table, tdm_bound *bound);
// An item of a column list: a name, text() or an expression; fills column and key.
bool tdm_index_add(tdm_host *host, tdm_index *index, tdm_py item);
bool tdm_index_options(tdm_host *host, tdm_index *index, tdm_bound *bound);
bool tdm_constraint_options(tdm_host *host, tdm_constraint *c, tdm_bound *bound,
                            const char *options);
// "s.t.c" into its parts (ForeignKey._get_colspec).
bool tdm_split_reference(tdm_host *host, tdm_text spec, tdm_constraint *c);
tdm_constraint *tdm_constraint_new(tdm_host *host, tdm_constraint_kind kind);
// From server_default=; false: ArgumentError is pending.
bool tdm_default_from(tdm_host *host, tdm_py value, tdm_default *ret);

// op_constraint.c: the elements and keywords of an exclusion constraint. False: raised.
bool tdm_exclude_fill(tdm_bound *bound, tdm_constraint *c);

// sa_ddl.c: everything that creating a table means, in order.
// `memo`: the types that were made before; NULL counts as out of memory.
bool tdm_emit_create_table(tdm_host *host, const tdm_table *table, bool if_not_exists,
                           tdm_run_memo *memo);
bool tdm_emit_index(tdm_host *host, const tdm_index *index, bool if_not_exists);

// naming.c. False: an exception is pending.
bool tdm_name_constraint(tdm_host *host, tdm_table *table, tdm_constraint *c);
bool tdm_name_index(tdm_host *host, tdm_table *table, tdm_index *index);

// op_execute.c: what op.execute and the connection's do with a value.
tdm_py tdm_execute(tdm_host *host, tdm_py statement, tdm_py parameters);
tdm_py tdm_connection_execute(tdm_host *host, tdm_py statement, tdm_py parameters);
// sa_inspect.c: the class Inspector; and the methods of a dialect that ask, or NULL.
tdm_py tdm_inspector_class(tdm_host *host);
tdm_py tdm_dialect_question(tdm_host *host, tdm_py self, tdm_text name);
// sa_declarative.c: the ORM's modules; NULL: none of them.
tdm_py tdm_declarative_module(tdm_host *host, tdm_text dotted);
// type_custom.c: UserDefinedType and TypeDecorator, to derive from; NULL: none of that name.
tdm_py tdm_type_base(tdm_host *host, tdm_text name);
// type_make.c
tdm_py tdm_type_call(tdm_host *host, const tdm_type_class *row, const tdm_py_args *args);

#endif
