# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Where fuzz leaves what outlives a checkout, and coverage finds it.

# shellcheck disable=SC2034
CAMPAIGN=${IPSECDRV_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/ipsecdrv}/fuzz
