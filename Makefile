# SPDX-License-Identifier: GPL-2.0-or-later
#
# For people; Kbuild is what the kernel's build system reads. `make help` lists targets.

KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build))
PREFIX ?= /usr/local
DESTDIR ?=
INSTALL_MOD_PATH ?= $(DESTDIR)
GUEST := tests/guest

.DELETE_ON_ERROR:
.PHONY: all module tools check check-config test interop demo mesh bench bench-ike kernels install clean distclean help

all: tools $(if $(KDIR),module)
	$(if $(KDIR),,@echo "no headers of the running kernel: module not built (give KDIR=)")

module:
	$(if $(KDIR),,$(error no headers of the running kernel; give KDIR=/path/to/headers))
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	@$(GUEST)/deps tools
	@$(MAKE) -C tools $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

check:
	tests/check

check-config:
	@tests/check-config $(KDIR)

# what another clone compiled is not compiled again
test: export PATH := /usr/lib/ccache:$(PATH)
test: export CCACHE_BASEDIR := $(CURDIR)
test: export CCACHE_NOHASHDIR := 1
test:
	$(GUEST)/deps kernel qemu tools test prometheus $(if $(LONG),peers)
	$(MAKE) tools
	tests/run $(if $(DEBUG),--debug) $(if $(LONG),--long) $(foreach test,$(TESTS),'$(test)')

interop:
	$(GUEST)/deps kernel tools test peers
	$(MAKE) tools
	tests/interop/matrix $(ARGS)

demo: tools
	$(GUEST)/deps kernel test
	tests/demo/run $(ARGS)

mesh: tools
	$(GUEST)/deps kernel test
	tests/mesh/run $(ARGS)

bench: tools
	$(GUEST)/deps kernel qemu test bench
	tests/bench/run $(ARGS)

bench-ike: tools
	$(GUEST)/deps kernel qemu test peers
	tests/bench/ike $(ARGS)

kernels:
	$(GUEST)/prepare

# The kernel's headers have no System.map, without which modules_install leaves depmod out.
install:
	$(if $(KDIR),$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH='$(INSTALL_MOD_PATH)' modules_install)
	$(if $(KDIR),$(if $(INSTALL_MOD_PATH),,PATH="$$PATH:/sbin" && \
		depmod "$$(modinfo -F vermagic ipsecdrv.ko | cut -d' ' -f1)"))
	@$(MAKE) -C tools install PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'

clean:
	@$(MAKE) -C tools clean
	@find kernel tests -type f \( -name '*.o' -o -name '.*.cmd' -o -name '*.o.d' \) -delete
	@rm -rf build *.ko *.o *.mod *.mod.c .*.cmd modules.order Module.symvers .tmp_versions

distclean: clean

help:
	@echo 'make               the tools, and the module for the running kernel'
	@echo 'make module        the module for KDIR= (default: the running kernel)'
	@echo 'make tools         ipsecctl and ipsecd'
	@echo 'make check         static checks: sparse, W=1, checkpatch, clang-format, cppcheck'
	@echo 'make check-config  what the kernel of KDIR= or the running one lacks'
	@echo 'make test          each test in its guests (TESTS= part of a name selects;'
	@echo '                   DEBUG=1 a kernel with KASAN and lockdep, too; LONG=1 more'
	@echo '                   kernels, and campaigns of hours)'
	@echo 'make interop       ipsecd against other key daemons: the matrix in build/interop'
	@echo 'make kernels       only fetch and build the kernels of the guests'
	@echo 'make mesh          50 hosts with one policy (ARGS="--hosts N")'
	@echo 'make demo, bench   what the driver does, and how fast'
	@echo 'make bench-ike     negotiations per second, and a storm, of ipsecd and of strongSwan'
	@echo 'make install       the module and the tools (PREFIX=, DESTDIR=)'
	@echo 'make clean         remove what was built; the kernels stay in the cache'
