/* SPDX-License-Identifier: MIT */
#include "kb-checksum.h"

#include <xxhash.h>

struct _KbChecksum {
    XXH3_state_t *state;
};

/**
 * kb_checksum_new:
 *
 * Returns: (transfer full): the checksum of no bytes
 */
KbChecksum *
kb_checksum_new (void)
{
    KbChecksum *self = g_new0 (KbChecksum, 1);

    self->state = XXH3_createState();
    XXH3_128bits_reset (self->state);
    return self;
}

/**
 * kb_checksum_free:
 * @self: (nullable) (transfer full): a checksum
 */
void
kb_checksum_free (KbChecksum *self)
{
    if (self == NULL)
        return;
    XXH3_freeState (self->state);
    g_free (self);
}

/**
 * kb_checksum_update:
 * @self: a checksum
 * @bytes: the next bytes
 * @size_bytes: how many
 */
void
kb_checksum_update (KbChecksum *self, const void *bytes, gsize size_bytes)
{
    XXH3_128bits_update (self->state, bytes, size_bytes);
}

/**
 * kb_checksum_to_string:
 * @self: a checksum
 *
 * Writes the checksum of all bytes so far in XXH's canonical order; more may follow.
 *
 * Returns: (transfer full): 32 hexadecimal digits in lower case
 */
char *
kb_checksum_to_string (KbChecksum *self)
{
    XXH128_canonical_t canonical;
    GString *hex = g_string_new (NULL);

    XXH128_canonicalFromHash (&canonical, XXH3_128bits_digest (self->state));
    for (gsize i = 0; i < sizeof canonical.digest; i++)
        g_string_append_printf (hex, "%02x", canonical.digest[i]);
    return g_string_free (hex, FALSE);
}
