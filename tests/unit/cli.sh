#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cli.sh: ipsecctl and ipsecd without a driver: help, usage, checks, key files.
set -uo pipefail

# shellcheck source=tests/unit/command.sh
. "$(dirname "$0")/command.sh"

run 0 "help" help
says "help names the commands" '^  driver '
run 0 "help of a group" driver filter help
run 0 "help before the word" help driver sa
run 0 "--help of a command" driver table load --help
says "help names the options" '^  -n, --check'
run 0 "help of a shortened command" dr f a help
says "help lists the words of a filter" 'icmp-type N'
run 0 "--version" --version
run 2 "no word"
run 2 "an unknown word" driver fliter
says "an unknown word is named" "unknown command 'fliter'"
run 2 "an ambiguous word" driver e
says "an ambiguous word is told" "may be 'explain' or 'events'"
run 2 "an option that does not fit" driver filter show --count 3
run 2 "an unknown option" driver filter show --frob
run 2 "an option without its value" driver events --count
run 2 "an option with a bad value" driver events --count ten

cat >"$DIR/t.yaml" <<-EOT
	filters:
	  - {id: 7, from: 10.0.0.0/24, to: any, action: block}
EOT
run 0 "a table is checked without a driver" driver table load "$DIR/t.yaml" -n
says "and counted" ': 1 filter, no error'
run 0 "JSON of a check" -j driver table load "$DIR/t.yaml" -n
says "has its version" '"version": 1'
"$IPSECCTL" driver table load - -n <"$DIR/t.yaml" >"$DIR/out" 2>"$DIR/err"
result $? "a table from standard input"
echo '  - {id: 8, from: 10.0.0.1/24, action: block}' >>"$DIR/t.yaml"
run 1 "a table with an error" driver table load "$DIR/t.yaml" -n
says "file, line, what and what to do" \
	"^$DIR/t.yaml:3: error: from '10.0.0.1/24': bits are set .*; clear them"
run 1 "a file that is not there" driver table load "$DIR/none" -n
run 1 "a folder" driver table load "$DIR" -n
run 2 "two files" driver table load a b
run 0 "words are checked" driver filter add -n id 1 from 10.0.0.1 block
run 2 "a filter without id" driver filter add -n from 10.0.0.1 block
run 2 "an id that is none" driver filter del x
run 2 "explain of half a packet" driver explain out 10.0.0.1
run 2 "explain of two families" driver explain out 10.0.0.1 ::1 tcp
run 2 "explain of a bad port" driver explain out 10.0.0.1:99999 10.0.0.2 tcp
run 2 "explain of an open bracket" driver explain out '[::1' ::2 tcp
run 2 "explain without a protocol" explain 10.0.0.1 10.0.0.2
run 2 "explain in both directions" explain --in --out 10.0.0.1 10.0.0.2 tcp 80
run 2 "explain of a port that is none" explain 10.0.0.1 10.0.0.2 tcp 80:x
says "says what to write" 'write 443 or 1024:443'
run 2 "explain of a type that is none" explain 10.0.0.1 10.0.0.2 icmp 256
run 2 "a buffer that is too large" capture -o "$DIR/p" --buffer 1001
run 2 "a trigger without its bytes" capture -o "$DIR/p" --trigger 40
says "says what to write" 'write OFFSET:HEX'
run 2 "keys of what is in clear" capture -o "$DIR/p" --keys "$DIR"
run 2 "a setting out of range" driver config set hold-seconds=0
run 2 "an event that is none" monitor colour
says "it is named" "'colour' is no event"
run 2 "a peer that is none" monitor peer 10.0.0.300
run 2 "a view that is none" top colour
run 2 "an order that is none" top sort size
says "the orders are named" 'rate, out, in, drops, sas, age or peer'
run 0 "completion of events" complete monitor neg
says "knows them" '^negotiation$'
run 0 "completion of views" complete top ne
says "knows them" '^negotiations$'
# completes NAME WANT WORD...: with these words, and no other
completes()
{
	local name=$1 want=$2
	shift 2
	"$IPSECCTL" complete "$@" >"$DIR/out" 2>"$DIR/err"
	[ "$(paste -sd ' ' "$DIR/out")" = "$want" ]
	result $? "completion $name"
}
completes "after help" "driver" help dr
completes "of what help is asked for" "stats" help driver st
completes "after an option" "stats" driver --help st
completes "after an option in the middle" "hosts" top --batch h
completes "after the value of an option" "negotiation" monitor --count 1 neg
completes "after one that has its value" "negotiation" monitor --count=1 neg
completes "of no value of an option" "" monitor --count neg
completes "of a parameter after an option" "srcmask= srcport=" \
	static add filter --json srcaddr=me src
completes "of options" "--json --check --dry-run --confirm --help" \
	apply --
completes "of one option" "--interface" capture --int
completes "of an option of the group" "--json" driver --j
completes "of examples" "server secure-server" restore se
completes "of reasons" "no-answer no-proposal" driver acquire refuse 3 no
completes "of directions" "out" driver explain o
run 0 "completion of nothing" complete
says "knows all commands" '^driver$'
run 0 "help of completion" help complete
says "is its own" '^usage: ipsecctl complete'
run 0 "help of monitor" monitor help
says "tells what it takes" 'peer ADDRESS'

# What 'check' finds; the rules begin in line 2.
findings()
{
	printf 'rules:\n%s\n' "$2" >"$DIR/p.yaml"
	IPSECD_STATE=$DIR run "$1" "check: $3" check "$DIR/p.yaml"
}

pair='filters: [{from: 10.0.0.1, to: 10.0.0.2}]'
echo sesame >"$DIR/secret"
chmod 600 "$DIR/secret"
findings 0 "  - {name: a, action: block, $pair}" "nothing to find"
says "counted" ': 1 rule, 1 filter: 0 errors, 0 warnings, 0 notes'
findings 1 "  - {name: a, action: permit, $pair}
  - {name: b, action: block, $pair}" "a conflict"
says "with file, line and what to do" \
	"^$DIR/p.yaml:2: error: rule 'a': .* never acts: rule 'b' .line 3. has block"
findings 0 "  - {name: a, action: block, $pair}
  - {name: b, action: block, $pair}" "what is said twice"
says "is a note" "^$DIR/p.yaml:3: note: .* says what rule 'a'"
findings 1 "  - name: a
    action: permit
    filters: [{from: 10.0.0.2-10.0.0.6, to: any, proto: udp, dport: 5}]
  - name: b
    action: block
    filters: [{from: 10.0.0.1-10.0.0.6, to: any, proto: udp, dport: 5}]" "ranges"
says "within others" "^$DIR/p.yaml:2: error: .*for a range around it"
findings 0 "  - name: a
    action: permit
    filters: [{from: 10.0.0.1-10.0.0.5, to: any}]
  - {name: b, action: block, filters: [{from: 10.0.0.0/24, to: any}]}" \
	"the more specific filter acts"
says "and so do both" '0 errors, 0 warnings, 0 notes'
findings 1 "  - {name: a, psk: sesame, weak: yes, ike: 3des-sha1-modp1024, $pair}" \
	"weak spots"
says "the secret" 'p.yaml:2: warning: a secret is written in the policy'
says "the algorithm" "warning: rule 'a' proposes 3des, which is weak"
findings 1 "  - {name: a, psk-file: secret, soft: {reasons: [auth-failed]}, $pair}" \
	"soft after a failed authentication"
findings 0 "  - {name: a, psk-file: secret, soft: yes, weak: yes, $pair}" "unused weak"
says "is a note" 'proposes nothing weak'
findings 0 "  - {name: a, action: block, $pair}
filter-lists: [{name: spare, $pair}]
filter-actions: [{name: idle, action: block}]" "unused lists and actions"
says "are notes" "p.yaml:3: note: no rule names the filter-list 'spare'"
says "each" "p.yaml:4: note: no rule names the filter-action 'idle'"
findings 1 "  - {name: a, $pair, psk-file: nowhere}" "a policy with an error"
run 1 "check of no file" check "$DIR/none"

run 0 "keygen" driver sa keygen local 10.0.0.1 remote 10.0.0.2 filter 7 \
	from 10.0.0.0/24 proto tcp dport 80 -o "$DIR/a.yaml"
[ "$(stat -c %a "$DIR/a.yaml")" = 600 ]
result $? "keys are for their owner only"
run 1 "no key file is overwritten" driver sa keygen local 10.0.0.1 \
	remote 10.0.0.2 -o "$DIR/a.yaml"
run 0 "mirror" driver sa mirror "$DIR/a.yaml" -o "$DIR/b.yaml"
run 0 "mirror again" driver sa mirror "$DIR/b.yaml" -o "$DIR/c.yaml"
cmp -s "$DIR/a.yaml" "$DIR/c.yaml"
result $? "twice mirrored is the same"
! cmp -s "$DIR/a.yaml" "$DIR/b.yaml"
result $? "once is not"
run 0 "an SA file is checked" driver sa add -n "$DIR/b.yaml"
! grep -q warning "$DIR/err"
result $? "a file of mode 600 is fine"
chmod 644 "$DIR/b.yaml"
run 0 "a file that others can read" driver sa add -n "$DIR/b.yaml"
says "is warned of" 'chmod 600'
run 2 "keys on the command line" driver sa add local 10.0.0.1 encr-key-in 00ff
says "are refused with the reason" 'every user can see them'
script -qec "$IPSECCTL driver sa mirror $DIR/a.yaml" /dev/null >"$DIR/out" 2>&1
says "no key goes to a terminal" 'would show on the terminal'
! grep -q 'encr-key' "$DIR/out"
result $? "not one"
for alg in aes-gcm-8 aes-gcm-12 aes-gcm-16 chacha20-poly1305 aes-ccm-8 \
	aes-ccm-12 aes-ccm-16 aes-ctr aes-cbc aes-gmac des-cbc des3-cbc null; do
	"$IPSECCTL" driver sa keygen local ::1 remote ::2 protect both encr $alg |
		"$IPSECCTL" driver sa add -n - >"$DIR/out" 2>"$DIR/err"
	result $? "keys of $alg"
done
run 2 "no key of that size" driver sa keygen local ::1 remote ::2 bits 200

export IPSECD_RUN=$DIR/none
run 0 "help of ike" help ike
says "help names its words" '^  sas '
run 1 "without ipsecd" ike sas
says "what to do is told" "start it, or set IPSECD_RUN"
run 2 "a rule is missing" ike up
run 2 "a word too many" ike sas now
run 2 "rekey of what" ike rekey

EXAMPLES=$(dirname "$0")/../../Documentation/examples

daemon 0 "ipsecd -V" -V
daemon 0 "ipsecd -h" -h
says "help names the options" '^  -n  check'
daemon 0 "ipsecd --version" --version
says "prints it" '^ipsecd [0-9]'
daemon 0 "ipsecd --help" --help
says "is that of -h" '^  -n  check'
daemon 2 "an unknown option of ipsecd" -x
daemon 2 "a word for ipsecd" policy.yaml
daemon 1 "no policy" -n -p "$DIR/none.yaml"
says "no policy is told" "none.yaml: cannot open: .*; write it, or name another"
printf 'rules:\n\t- name: x\n' >"$DIR/tab.yaml"
daemon 1 "a tab" -n -p "$DIR/tab.yaml"
says "is told" "tab.yaml:2: not valid YAML: .*; indent with blanks"
cp "$EXAMPLES"/*.yaml "$DIR"
for name in databases old-server; do
	(umask 077 && echo "open sesame" >"$DIR/$name.psk")
done
daemon 0 "an example" -n -p "$DIR/policy.yaml"
daemon 0 "an example for an old peer" -n -p "$DIR/old-windows.yaml"
says "what was read is told" "good: 1 rule, 1 filter$"
daemon 1 "an example whose files are missing" -n -p "$DIR/gateway.yaml"
says "the file is told" "gateway.yaml:[0-9]+: gateway.key: cannot open"
# certificate NAME CA OPTION...: a key and a certificate
certificate()
{
	local name=$1 ca=$2
	shift 2
	openssl req -x509 -newkey ed25519 -nodes -subj "/CN=$name" -days 1 \
		-addext "basicConstraints=critical,CA:$ca" "$@" \
		-keyout "$DIR/$name.key" -out "$DIR/$name.pem" 2>/dev/null
	chmod 600 "$DIR/$name.key"
}
certificate company-ca TRUE
certificate gateway FALSE -CA "$DIR/company-ca.pem" -CAkey "$DIR/company-ca.key"
daemon 0 "the same with its files" -n -p "$DIR/gateway.yaml"
cp "$DIR/company-ca.pem" "$DIR/gateway.pem"
daemon 1 "a certificate of another key" -n -p "$DIR/gateway.yaml"
says "its file is told" "gateway.yaml:[0-9]+: .*gateway.pem: the key is not that of"
: >"$DIR/gateway.pem"
daemon 1 "a certificate that is empty" -n -p "$DIR/gateway.yaml"
says "is none" "gateway.pem: no PEM block 'CERTIFICATE'"
chmod 604 "$DIR/databases.psk"
daemon 1 "a secret that others can read" -n -p "$DIR/policy.yaml"
says "its mode is told" "chmod 600"

# all_help WORDS...: the help of a command, and of all below it; those that are not groups
# go into the file commands
all_help()
{
	local word text
	text=$("$IPSECCTL" "$@" --help) && printf '%s\n' "$text"
	if ! grep -q '^usage: .* COMMAND \.\.\.$' <<<"$text"; then
		echo "$*" >>"$DIR/commands"
		return
	fi
	for word in $("$IPSECCTL" complete "$@" ""); do
		[ "$word" = help ] || all_help "$@" "$word"
	done
}
all_help >"$DIR/help"
[ "$(grep -c ^usage: "$DIR/help")" -gt 70 ] && ! grep -E '.{81}' "$DIR/help"
result $? "all help fits 80 columns"
sed -n '/^\.EX/,/^\.EE/{s/\\-/-/g;p}' "$(dirname "$0")"/../../Documentation/man/ipsecctl*.8 \
	>"$DIR/examples"
# complete is for bash
while read -r words; do
	grep -q "ipsecctl .*$words" "$DIR/examples" || [ "$words" = complete ] || echo "# $words"
done <"$DIR/commands" >"$DIR/without"
[ "$(wc -l <"$DIR/commands")" -gt 60 ] && [ ! -s "$DIR/without" ]
result $? "each command has an example in a man page"
cat "$DIR/without"

if ! grep -qs ipsecdrv /proc/modules && ! modinfo ipsecdrv >/dev/null 2>&1; then
	run 1 "without the driver" driver table show
	says "what to do is told" "modprobe ipsecdrv"
else
	echo "ok $((count += 1)) - without the driver # SKIP it is here"
fi

finish
