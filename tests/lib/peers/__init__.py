# SPDX-License-Identifier: GPL-2.0-or-later
"""IKE daemons for interoperability tests, each behind the interface of daemon.Daemon."""
from .libreswan import Libreswan
from .openiked import OpenIked
from .ours import Ours
from .strongswan import StrongSwan

DAEMONS = {daemon.name: daemon for daemon in (StrongSwan, Libreswan, OpenIked, Ours)}
