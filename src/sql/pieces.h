// Cutting a text at semicolons by the scanner's rules alone, for texts that the grammar refuses.
//
// A semicolon inside brackets (CREATE RULE ... DO (a; b)) or inside BEGIN ATOMIC ... END ends
// nothing, as in psql. A backslash outside literals begins a psql meta-command, which lasts to the
// end of its line. COPY ... FROM STDIN takes its data with it, when a line \. ends the data.
#ifndef SQL_PIECES_H
#define SQL_PIECES_H

#include "sql/lexer.h"

typedef enum tdm_sql_piece_kind {
    TDM_SQL_PIECE_STATEMENT,
    TDM_SQL_PIECE_META, // ends in, or is, a psql meta-command
    TDM_SQL_PIECE_COPY, // COPY FROM STDIN with its data
} tdm_sql_piece_kind;

typedef struct tdm_sql_piece {
    tdm_sql_piece_kind kind;
    size_t start; // of the first token
    size_t end;   // of the last one; the semicolon is left out
} tdm_sql_piece;

typedef struct tdm_sql_pieces {
    tdm_sql_lexer lexer;
    bool no_data_end; // no line \. follows: looked for once, so that all stays linear
} tdm_sql_pieces;

// Gives the next piece that is not blank; false at the end.
bool tdm_sql_next_piece(tdm_sql_pieces *pieces, tdm_sql_piece *ret);

#endif
