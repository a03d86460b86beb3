// What a target answers when its histories are read: facts first, then rows, each as one query.
#ifndef TEST_PLAN_SHAPES_H
#define TEST_PLAN_SHAPES_H

#define SHAPES_SQL "SELECT 'server', pg_catalog.current_schema()"

#define FACT(part, name)                                                                           \
    {                                                                                              \
        part, name, "\\N", "\\N", "\\N"                                                            \
    }
#define SERVER_FACT                                                                                \
    {                                                                                              \
        "server", "public", "f", "\\N", "\\N"                                                      \
    }
#define ALEMBIC_FACT                                                                               \
    {                                                                                              \
        "alembic", "public", "t", "f", "version_num"                                               \
    }
#define SUPABASE_FACT(column)                                                                      \
    {                                                                                              \
        "supabase", "supabase_migrations", "t", "f", column                                        \
    }

// Both tables are there; columns `name` and `statements` are not.
#define SHAPES_OF_BOTH                                                                             \
    {                                                                                              \
        .sql = SHAPES_SQL, .values = SERVER_FACT, .more = {                                        \
            ALEMBIC_FACT,                                                                          \
            FACT("schema", "supabase_migrations"),                                                 \
            SUPABASE_FACT("version")                                                               \
        }                                                                                          \
    }
#define ROWS_OF_BOTH(head, version)                                                                \
    {                                                                                              \
        .sql = "SELECT 'head', version_num", .values = {"head", head}, .more = {                   \
            {"version", version}                                                                   \
        }                                                                                          \
    }
#define READ(head, version) SHAPES_OF_BOTH, ROWS_OF_BOTH(head, version)

#endif
