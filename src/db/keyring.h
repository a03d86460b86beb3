// The keyring of a desktop (GNOME Keyring, KWallet, KeePassXC): the Secret Service of
// freedesktop.org, asked over D-Bus. Nothing is ever unlocked and no dialog opened: what is locked
// is not there.
#ifndef DB_KEYRING_H
#define DB_KEYRING_H

#include <tandem/error.h>

#include "base/arena.h"

// `address` is the session bus's, as in DBUS_SESSION_BUS_ADDRESS. Gives the secret of the item with
// these two attributes, by which zalando/go-keyring and keyring-rs keep theirs; empty without one,
// without a keyring, without libdbus, or when there is no answer within a few seconds. The only
// error is TDM_ERROR_MEMORY.
TDM_MUST_CHECK tdm_status tdm_keyring_find(tdm_arena *arena, const char *address,
                                           const char *service, const char *username, tdm_text *ret,
                                           tdm_error *err);

#endif
