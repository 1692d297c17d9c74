/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbVersionStage:
 * @KB_VERSION_DEV: `1.2.3.dev0+git.…`
 * @KB_VERSION_ALPHA: `1.2.3a1`
 * @KB_VERSION_BETA: `1.2.3b1`
 * @KB_VERSION_RC: `1.2.3rc1`
 * @KB_VERSION_FINAL: `1.2.3`
 *
 * How far a release had come, earliest first.
 */
typedef enum {
    KB_VERSION_DEV,
    KB_VERSION_ALPHA,
    KB_VERSION_BETA,
    KB_VERSION_RC,
    KB_VERSION_FINAL,
} KbVersionStage;

/**
 * KbVersion:
 * @major: first number
 * @minor: second number
 * @patch: third number; 0 when the text has two
 * @stage: how far the release had come
 * @stage_number: the 2 of `rc2`
 * @is_dev: whether `.dev` follows: built from commits after the tag before it
 * @dev_count: commits since that tag, or their time stamp; orders builds of one stage
 *
 * A version of Kolibri. It knows nothing of other version schemes.
 */
typedef struct {
    unsigned major;
    unsigned minor;
    unsigned patch;
    KbVersionStage stage;
    unsigned stage_number;
    gboolean is_dev;
    guint64 dev_count;
} KbVersion;

#define KB_VERSION_MAX_LENGTH 64

gboolean kb_version_parse (const char *text, KbVersion *out);
int kb_version_compare (const KbVersion *a, const KbVersion *b);
int kb_version_compare_release (const char *a, const char *b);
int kb_version_compare_text (const char *a, const char *b);
gboolean kb_version_text_is_safe (const char *text);

G_END_DECLS
