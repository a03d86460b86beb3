#include "db/keyring.h"

#include "base/error.h"
#include "base/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    ANSWER_MS = 1500, // of each of four questions
    ALL_SECONDS = 6,  // of everything: libdbus waits without end for a bus that says nothing
    SECRET_SIZE = 4096,
    TYPE_STRING = 's',
    TYPE_PATH = 'o',
    TYPE_ARRAY = 'a',
    TYPE_STRUCT = 'r',
    TYPE_ENTRY = 'e',
    TYPE_VARIANT = 'v',
    TYPE_BYTE = 'y',
};

#define SECRETS "org.freedesktop.secrets"
#define SECRETS_PATH "/org/freedesktop/secrets"

// What is used of libdbus 1.x, whose interface does not change: its headers are not needed to
// build.
typedef struct bus bus;
typedef struct message message;

typedef struct bus_error {
    const char *name;
    const char *text;
    unsigned flags;
    void *padding;
} bus_error;

// DBusMessageIter has 72 bytes where pointers have eight.
typedef struct iterator {
    void *space[16];
} iterator;

#define DBUS_FUNCTIONS(ROW)                                                                        \
    ROW(bus *, dbus_connection_open_private, (const char *, bus_error *))                          \
    ROW(void, dbus_connection_close, (bus *))                                                      \
    ROW(void, dbus_connection_unref, (bus *))                                                      \
    ROW(message *, dbus_connection_send_with_reply_and_block,                                      \
        (bus *, message *, int, bus_error *))                                                      \
    ROW(unsigned, dbus_connection_get_unix_fd, (bus *, int *))                                     \
    ROW(unsigned, dbus_bus_set_unique_name, (bus *, const char *))                                 \
    ROW(void, dbus_error_init, (bus_error *))                                                      \
    ROW(void, dbus_error_free, (bus_error *))                                                      \
    ROW(message *, dbus_message_new_method_call,                                                   \
        (const char *, const char *, const char *, const char *))                                  \
    ROW(void, dbus_message_unref, (message *))                                                     \
    ROW(unsigned, dbus_message_iter_init, (message *, iterator *))                                 \
    ROW(int, dbus_message_iter_get_arg_type, (iterator *))                                         \
    ROW(int, dbus_message_iter_get_element_type, (iterator *))                                     \
    ROW(void, dbus_message_iter_get_basic, (iterator *, void *))                                   \
    ROW(void, dbus_message_iter_get_fixed_array, (iterator *, void *, int *))                      \
    ROW(void, dbus_message_iter_recurse, (iterator *, iterator *))                                 \
    ROW(unsigned, dbus_message_iter_next, (iterator *))                                            \
    ROW(void, dbus_message_iter_init_append, (message *, iterator *))                              \
    ROW(unsigned, dbus_message_iter_append_basic, (iterator *, int, const void *))                 \
    ROW(unsigned, dbus_message_iter_open_container, (iterator *, int, const char *, iterator *))   \
    ROW(unsigned, dbus_message_iter_close_container, (iterator *, iterator *))

#define MEMBER(type, name, arguments) type(*name) arguments;
#define ROW_OF(type, name, arguments) {#name, offsetof(library, name)},

typedef struct library {
    DBUS_FUNCTIONS(MEMBER)
} library;

static const struct row {
    const char *name;
    size_t offset;
} rows[] = {DBUS_FUNCTIONS(ROW_OF)};

typedef struct asker {
    library dbus;
    bus *connection;
} asker;

// Cuts the connection when all has taken too long; whoever reads it then finds it closed.
typedef struct watchdog {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    struct timespec until;
    int socket;
    bool stop;
    bool runs;
} watchdog;

static void *watch(void *context)
{
    watchdog *dog = context;
    int waited = 0;
    pthread_mutex_lock(&dog->mutex);
    while (!dog->stop && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&dog->ended, &dog->mutex, &dog->until);
    if (!dog->stop)
        (void)shutdown(dog->socket, SHUT_RDWR);
    pthread_mutex_unlock(&dog->mutex);
    return NULL;
}

static bool start_watch(watchdog *dog, int socket)
{
    dog->socket = socket;
    if (clock_gettime(CLOCK_REALTIME, &dog->until) != 0)
        return false;
    dog->until.tv_sec += ALL_SECONDS;
    pthread_mutex_init(&dog->mutex, NULL);
    pthread_cond_init(&dog->ended, NULL);
    dog->runs = pthread_create(&dog->thread, NULL, watch, dog) == 0;
    return dog->runs;
}

static void end_watch(watchdog *dog)
{
    if (!dog->runs)
        return;
    pthread_mutex_lock(&dog->mutex);
    dog->stop = true;
    pthread_cond_signal(&dog->ended);
    pthread_mutex_unlock(&dog->mutex);
    pthread_join(dog->thread, NULL);
    pthread_cond_destroy(&dog->ended);
    pthread_mutex_destroy(&dog->mutex);
}

static bool load(library *ret)
{
    void *handle = dlopen("libdbus-1.so.3", RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle && i < sizeof rows / sizeof *rows; i++) {
        void *function = dlsym(handle, rows[i].name);
        if (!function)
            return false;
        memcpy((char *)ret + rows[i].offset, &function, sizeof function);
    }
    return handle != NULL;
}

// --- Questions -----------------------------------------------------------------------------------

// Takes the question; NULL when there is no answer, or an error.
static message *ask(asker *a, message *question)
{
    bus_error failure;
    if (!question)
        return NULL;
    a->dbus.dbus_error_init(&failure);
    message *answer = a->dbus.dbus_connection_send_with_reply_and_block(a->connection, question,
                                                                        ANSWER_MS, &failure);
    a->dbus.dbus_error_free(&failure);
    a->dbus.dbus_message_unref(question);
    return answer;
}

static bool say_hello(asker *a)
{
    iterator at;
    const char *name = NULL;
    message *answer =
        ask(a, a->dbus.dbus_message_new_method_call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                    "org.freedesktop.DBus", "Hello"));
    if (!answer)
        return false;
    if (a->dbus.dbus_message_iter_init(answer, &at) &&
        a->dbus.dbus_message_iter_get_arg_type(&at) == TYPE_STRING)
        a->dbus.dbus_message_iter_get_basic(&at, &name);
    bool known = name && a->dbus.dbus_bus_set_unique_name(a->connection, name);
    a->dbus.dbus_message_unref(answer);
    return known;
}

static bool connect_to(asker *a, const char *address, watchdog *dog)
{
    bus_error failure;
    int socket = -1;
    a->dbus.dbus_error_init(&failure);
    a->connection = a->dbus.dbus_connection_open_private(address, &failure);
    a->dbus.dbus_error_free(&failure);
    return a->connection && a->dbus.dbus_connection_get_unix_fd(a->connection, &socket) &&
           start_watch(dog, socket) && say_hello(a);
}

// The path in the answer at `at`, copied; empty when there is none.
static tdm_text path_at(asker *a, tdm_arena *arena, iterator *at)
{
    const char *path = NULL;
    if (a->dbus.dbus_message_iter_get_arg_type(at) != TYPE_PATH)
        return (tdm_text){0};
    a->dbus.dbus_message_iter_get_basic(at, &path);
    return tdm_text_of(tdm_arena_string(arena, tdm_text_of(path)));
}

// A session in which secrets are as they are: the bus is this user's alone.
static tdm_text open_session(asker *a, tdm_arena *arena)
{
    static const char plain[] = "plain";
    static const char nothing[] = "";
    const char *words[] = {plain, nothing};
    iterator at;
    iterator inside;
    tdm_text path = {0};
    message *question = a->dbus.dbus_message_new_method_call(
        SECRETS, SECRETS_PATH, "org.freedesktop.Secret.Service", "OpenSession");
    if (!question)
        return path;
    a->dbus.dbus_message_iter_init_append(question, &at);
    bool written = a->dbus.dbus_message_iter_append_basic(&at, TYPE_STRING, &words[0]) &&
                   a->dbus.dbus_message_iter_open_container(&at, TYPE_VARIANT, "s", &inside) &&
                   a->dbus.dbus_message_iter_append_basic(&inside, TYPE_STRING, &words[1]) &&
                   a->dbus.dbus_message_iter_close_container(&at, &inside);
    if (!written) {
        a->dbus.dbus_message_unref(question);
        return path;
    }
    message *answer = ask(a, question);
    if (!answer)
        return path;
    if (a->dbus.dbus_message_iter_init(answer, &at) && a->dbus.dbus_message_iter_next(&at))
        path = path_at(a, arena, &at);
    a->dbus.dbus_message_unref(answer);
    return path;
}

static bool put_entry(asker *a, iterator *list, const char *name, const char *value)
{
    iterator entry;
    return a->dbus.dbus_message_iter_open_container(list, TYPE_ENTRY, NULL, &entry) &&
           a->dbus.dbus_message_iter_append_basic(&entry, TYPE_STRING, &name) &&
           a->dbus.dbus_message_iter_append_basic(&entry, TYPE_STRING, &value) &&
           a->dbus.dbus_message_iter_close_container(list, &entry);
}

// The first item that is not locked.
static tdm_text find_item(asker *a, tdm_arena *arena, const char *service, const char *username)
{
    iterator at;
    iterator list;
    tdm_text path = {0};
    message *question = a->dbus.dbus_message_new_method_call(
        SECRETS, SECRETS_PATH, "org.freedesktop.Secret.Service", "SearchItems");
    if (!question)
        return path;
    a->dbus.dbus_message_iter_init_append(question, &at);
    bool written = a->dbus.dbus_message_iter_open_container(&at, TYPE_ARRAY, "{ss}", &list) &&
                   put_entry(a, &list, "service", service) &&
                   put_entry(a, &list, "username", username) &&
                   a->dbus.dbus_message_iter_close_container(&at, &list);
    if (!written) {
        a->dbus.dbus_message_unref(question);
        return path;
    }
    message *answer = ask(a, question);
    if (!answer)
        return path;
    if (a->dbus.dbus_message_iter_init(answer, &at) &&
        a->dbus.dbus_message_iter_get_arg_type(&at) == TYPE_ARRAY) {
        a->dbus.dbus_message_iter_recurse(&at, &list);
        path = path_at(a, arena, &list);
    }
    a->dbus.dbus_message_unref(answer);
    return path;
}

// --- The secret ----------------------------------------------------------------------------------

// (oayays): session, parameters, value, type.
static tdm_text read_secret(asker *a, tdm_arena *arena, message *answer)
{
    iterator at;
    iterator parts;
    iterator bytes;
    const char *value = NULL;
    int size = 0;
    if (!a->dbus.dbus_message_iter_init(answer, &at) ||
        a->dbus.dbus_message_iter_get_arg_type(&at) != TYPE_STRUCT)
        return (tdm_text){0};
    a->dbus.dbus_message_iter_recurse(&at, &parts);
    if (!a->dbus.dbus_message_iter_next(&parts) || !a->dbus.dbus_message_iter_next(&parts) ||
        a->dbus.dbus_message_iter_get_arg_type(&parts) != TYPE_ARRAY ||
        a->dbus.dbus_message_iter_get_element_type(&parts) != TYPE_BYTE)
        return (tdm_text){0};
    a->dbus.dbus_message_iter_recurse(&parts, &bytes);
    a->dbus.dbus_message_iter_get_fixed_array(&bytes, &value, &size);
    if (!value || size <= 0 || size > SECRET_SIZE)
        return (tdm_text){0};
    return tdm_arena_text(arena, (tdm_text){value, (size_t)size});
}

static tdm_text get_secret(asker *a, tdm_arena *arena, tdm_text item, tdm_text session)
{
    iterator at;
    tdm_text secret = {0};
    message *question = a->dbus.dbus_message_new_method_call(
        SECRETS, item.data, "org.freedesktop.Secret.Item", "GetSecret");
    if (!question)
        return secret;
    a->dbus.dbus_message_iter_init_append(question, &at);
    if (!a->dbus.dbus_message_iter_append_basic(&at, TYPE_PATH, &session.data)) {
        a->dbus.dbus_message_unref(question);
        return secret;
    }
    message *answer = ask(a, question);
    if (!answer)
        return secret;
    secret = read_secret(a, arena, answer);
    a->dbus.dbus_message_unref(answer);
    return secret;
}

tdm_status tdm_keyring_find(tdm_arena *arena, const char *address, const char *service,
                            const char *username, tdm_text *ret, tdm_error *err)
{
    asker a = {0};
    watchdog dog = {0};
    *ret = (tdm_text){0};
    // Without a bus one would be started that nobody ends.
    if (!address || tdm_text_starts(tdm_text_of(address), TDM_TEXT("autolaunch")) || !load(&a.dbus))
        return TDM_OK;
    if (connect_to(&a, address, &dog)) {
        tdm_text item = find_item(&a, arena, service, username);
        tdm_text session = item.size ? open_session(&a, arena) : (tdm_text){0};
        if (session.size)
            *ret = get_secret(&a, arena, item, session);
    }
    end_watch(&dog);
    if (a.connection) {
        a.dbus.dbus_connection_close(a.connection);
        a.dbus.dbus_connection_unref(a.connection);
    }
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
