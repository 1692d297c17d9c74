# SPDX-License-Identifier: MIT
"""Real Kolibri versions for the tests: installed, filled with data, started, asked and compared."""
