/* SPDX-License-Identifier: MIT */
#include "kb-test-win32.h"
