/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros of system headers, which cppcheck does not read, as what they mean. */
#define TAILQ_HEAD(name, type)           \
	struct name {                    \
		struct type *tqh_first;  \
		struct type **tqh_last;  \
	}
#define TAILQ_FOREACH(var, head, field) \
	for ((var) = (head)->tqh_first; (var); (var) = (var)->field.tqe_next)
#define HASH_ITER(hh, head, el, tmp) \
	for ((el) = (head), (tmp) = 0; (el); (el) = (tmp))
