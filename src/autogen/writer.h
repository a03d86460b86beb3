// What the files of this room share: one statement being written.
//
// Whatever meets something that no directive says sets `untyped`; what was written until then is
// thrown away, and the statement goes into op.execute().
#ifndef AUTOGEN_WRITER_H
#define AUTOGEN_WRITER_H

#include "autogen/autogen.h"
#include "autogen/python.h"

typedef struct tdm_writer {
    tdm_arena *arena;
    const tdm_autogen_input *input;
    tdm_buffer out;
    unsigned imports;
    const char *name; // of the first directive
    bool untyped;
} tdm_writer;

typedef const PgQuery__Node *tdm_node;

// --- writer.c -----------------------------------------------------------------------------------

// Begins a directive, on a line of its own.
void tdm_writer_begin(tdm_writer *w, const char *name);
// The name of a constraint or None; one that a convention has made in op.f().
void tdm_writer_name(tdm_writer *w, tdm_text name);
void tdm_writer_string(tdm_writer *w, const char *string);
// ", schema='s'" and its like; nothing when the text is empty.
void tdm_writer_keyword(tdm_writer *w, const char *keyword, const char *text);
// "['a', 'b']"
void tdm_writer_names(tdm_writer *w, const tdm_text *names, size_t count);
// The source text of an expression: one that stands in brackets of its own (CHECK, GENERATED),
// which are left out, or one that nothing but a comma or the end can follow (WHERE, USING).
tdm_text tdm_writer_source(tdm_writer *w, const ProtobufCMessage *expression, bool bracketed);
// Writes that of DEFAULT, behind which key words may follow, for text().
void tdm_writer_constant(tdm_writer *w, const ProtobufCMessage *expression);
// The string of a String node, or an empty text.
tdm_text tdm_node_name(tdm_node node);

// --- type.c -------------------------------------------------------------------------------------

// A type as a model spells it (sa.String(length=512)), or as it is read from a database
// (sa.VARCHAR(length=512)), which is how existing_type is written.
void tdm_writer_type(tdm_writer *w, const PgQuery__TypeName *type, bool reflected);
// The same from the catalog's spelling. False, and nothing written, when there is none.
bool tdm_writer_type_text(tdm_writer *w, tdm_text type);
// smallserial, serial, bigserial, as an integer type; NULL for others.
const char *tdm_serial_type(const PgQuery__TypeName *type);

// --- known.c ------------------------------------------------------------------------------------

// What the catalog knows of the schema before the statement; false when it does not.
// The labels of an enum as Python strings, "'a', 'b'".
bool tdm_writer_enum_labels(tdm_writer *w, tdm_text schema, tdm_text name, tdm_text *ret);
bool tdm_writer_primary_key(tdm_writer *w, const PgQuery__RangeVar *table, const tdm_text **ret,
                            size_t *ret_count);
const tdm_column *tdm_writer_known_column(tdm_writer *w, const PgQuery__RangeVar *table,
                                          const char *column);
// "unique", "foreignkey", "check", "primary", as drop_constraint() calls it, or NULL.
const char *tdm_writer_constraint_type(tdm_writer *w, const PgQuery__RangeVar *table,
                                       const char *name);
// Whether it is known that no other table inherits from this one or is a part of it.
bool tdm_writer_is_childless(tdm_writer *w, const PgQuery__RangeVar *table);
// The comment of a table, or an empty text.
tdm_text tdm_writer_table_comment(tdm_writer *w, const PgQuery__RangeVar *table);
// The table that an index is on, or an empty text.
tdm_text tdm_writer_index_table(tdm_writer *w, tdm_text schema, tdm_text name);

// --- column.c -----------------------------------------------------------------------------------

// How a column stands to the primary key of its table.
typedef enum tdm_key_role {
    TDM_NO_KEY,
    TDM_ONLY_KEY, // it is the whole primary key
    TDM_PART_KEY,
} tdm_key_role;

// sa.Column(...). Keyed constraints of the definition are not part of it.
void tdm_writer_column(tdm_writer *w, const PgQuery__ColumnDef *def, tdm_key_role role);
// What stands behind server_default=; None for NULL.
void tdm_writer_default(tdm_writer *w, tdm_node expression);

// --- constraint.c -------------------------------------------------------------------------------

// A constraint of CREATE TABLE, sa.PrimaryKeyConstraint('id') and its like. `column` is that of a
// column's own constraint, else empty.
void tdm_writer_constraint(tdm_writer *w, const PgQuery__Constraint *constraint, tdm_text column);
// The directive that adds it to a table.
void tdm_writer_add_constraint(tdm_writer *w, const PgQuery__RangeVar *table,
                               const PgQuery__Constraint *constraint, tdm_text column);
bool tdm_constraint_is_keyed(const PgQuery__Constraint *constraint);

// --- The statements, each in its own file -------------------------------------------------------

void tdm_write_create_table(tdm_writer *w, const PgQuery__CreateStmt *statement);
void tdm_write_alter_table(tdm_writer *w, const PgQuery__AlterTableStmt *statement);
void tdm_write_rename(tdm_writer *w, const PgQuery__RenameStmt *statement);
void tdm_write_create_index(tdm_writer *w, const PgQuery__IndexStmt *statement);
void tdm_write_create_enum(tdm_writer *w, const PgQuery__CreateEnumStmt *statement);
void tdm_write_drop(tdm_writer *w, const PgQuery__DropStmt *statement);
void tdm_write_comment(tdm_writer *w, const PgQuery__CommentStmt *statement);

#endif
