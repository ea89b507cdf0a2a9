#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check.sh: what `ipsecctl check` finds in a policy file: filters that others hide, one by one or
# together, and certificates of this host whose time is over, near, or still to come.
set -uo pipefail

# shellcheck source=tests/unit/command.sh
. "$(dirname "$0")/command.sh"
export IPSECD IPSECD_STATE=$DIR/state IPSECD_RUN=$DIR/run

# policy TEXT: the rules of $DIR/p.yaml
policy()
{
	(umask 077 && printf 'rules:\n%s\n' "$1" >"$DIR/p.yaml")
}

# finds STATUS NAME REGEX: about the policy; REGEX empty: only the sum without an error
finds()
{
	run "$1" "check: $2" check "$DIR/p.yaml"
	says "which is told" "$3"
}

# blocks NAME FROM TO, permits NAME FROM TO
blocks()
{
	printf '  - {name: %s, action: block, filters: [{from: %s, to: %s}]}\n' "$@"
}

permits()
{
	printf '  - {name: %s, action: permit, filters: [{from: %s, to: %s}]}\n' "$@"
}

policy "$(blocks a 10.9.9.9 10.0.0.0/25; permits b 10.9.9.9 10.0.0.128/25
	permits all 10.9.9.9 10.0.0.0/24)"
finds 1 "two halves of a subnet" \
	"p.yaml:4: warning: rule 'all': .* never acts: 2 others .* rules '[ab]' .* and '[ab]' "
policy "$(blocks a 10.9.9.9 10.0.0.0/25; permits all 10.9.9.9 10.0.0.0/24)"
finds 0 "one half alone" '0 errors, 0 warnings, 0 notes'
policy "$(blocks a 10.9.9.9 10.0.0.0/25; permits b 10.9.9.9 10.0.0.128/25
	permits all 10.9.9.8 10.0.0.0/24)"
finds 0 "two halves from another host" '0 errors, 0 warnings, 0 notes'
policy "$(printf '  - {name: r%d, action: block, filters: [{from: any, to: 10.0.0.1, proto: tcp, dport: %d-%d}]}\n' \
	1 0 79 2 80 443 3 444 65535)
  - {name: web, action: permit, filters: [{from: any, to: 10.0.0.1, proto: tcp}]}"
finds 1 "three ranges of ports" "'web': .*3 others .*'r[123]' .*, 'r[123]' .* and 'r[123]' "
policy "  - {name: one, action: block, filters: [{from: 10.0.0.1, to: 10.0.0.2}]}
  - {name: two, action: permit, filters: [{from: 10.0.0.1, to: 10.0.0.2}]}"
finds 1 "one for the same traffic" "error: rule 'two': .* rule 'one' .* block beats permit"

# certificate NAME CSR-OPTIONS: of a key of its own, for a rule
certificate()
{
	local name=$1
	shift
	openssl genpkey -algorithm ed25519 -out "$DIR/$name.key" 2>/dev/null &&
		openssl req -new -key "$DIR/$name.key" -subj "/CN=$name" -out "$DIR/$name.csr" &&
		openssl x509 -req -in "$DIR/$name.csr" -signkey "$DIR/$name.key" "$@" \
			-out "$DIR/$name.crt" 2>/dev/null
	chmod 600 "$DIR/$name.key"
}

# of NAME: a policy with that certificate
of()
{
	policy "  - {name: r, auth: {cert: $1.crt, key: $1.key, ca: ca.crt}, filters: [{from: 10.0.0.1, to: 10.0.0.2}]}"
}

openssl req -new -x509 -newkey ed25519 -nodes -keyout "$DIR/ca.key" -subj /CN=ca -days 300 \
	-out "$DIR/ca.crt" 2>/dev/null
certificate old -days -1
of old
finds 1 "a certificate whose time is over" "p.yaml:2: error: rule 'r': .* has expired; renew it"
certificate near -days 3
of near
finds 1 "one whose time is soon over" "p.yaml:2: warning: rule 'r': .* within 14 days; renew it"
certificate good -days 300
of good
finds 0 "one that is good" '0 errors, 0 warnings, 0 notes'

finish
