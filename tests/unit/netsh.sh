#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# netsh.sh: ipsecctl with netsh's words, on a store in a temporary folder: what is written, that
# ipsecd takes it, what is shown, what is refused; batch files, completion, the converter.
set -uo pipefail

# shellcheck source=tests/unit/command.sh
. "$(dirname "$0")/command.sh"
export IPSECD IPSECD_STATE=$DIR/state IPSECD_RUN=$DIR/run IPSECD_CERTS=$DIR/certs
STORE=$IPSECD_STATE/static.yaml
TOP=$(cd "$(dirname "$0")/../.." && pwd -P)

# fine NAME WORD..., refused NAME WORD...: of the static context
fine()
{
	local name=$1
	shift
	run 0 "$name" static "$@"
}

refused()
{
	local name=$1
	shift
	[ ! -e "$STORE" ] || cp "$STORE" "$DIR/before"
	run "${STATUS:-2}" "$name is refused" static "$@"
	[ ! -e "$STORE" ] || cmp -s "$STORE" "$DIR/before"
	result $? "$name changes nothing"
}

# holds NAME SECTION TEXT: the store has the text in that section, white space aside
holds()
{
	python3 - "$STORE" "$2" "$3" <<-'EOT' >"$DIR/out" 2>"$DIR/err"
		import sys, yaml
		store, section, want = sys.argv[1:]
		have = yaml.load(open(store), yaml.BaseLoader)[section]
		want = yaml.load(want.replace('\t', ' '), yaml.BaseLoader)
		print('have', have, 'want', want)
		sys.exit(not (have == want or isinstance(have, list) and want in have))
	EOT
	result $? "$1"
}

# good NAME: ipsecd takes the store, and it is its owner's only
good()
{
	"$IPSECD" -n -p "$STORE" >"$DIR/out" 2>"$DIR/err" &&
		[ "$(stat -c %a "$STORE")" = 600 ]
	result $? "$1"
}

fresh()
{
	rm -rf "$IPSECD_STATE"
}

# Block port 80
fine "a policy" add policy name="Block Web" description="No web server here"
fine "a filter list" add filterlist name="Port 80"
fine "an inbound filter" add filter filterlist="Port 80" srcaddr=Any dstaddr=Me \
	protocol=TCP srcport=0 dstport=80 mirrored=yes
fine "an outbound one" add filter filterlist="Port 80" srcaddr=Me dstaddr=Any \
	protocol=TCP dstport=80
fine "a filter action" add filteraction name=Block action=block
fine "a rule" add rule name="Block 80" policy="Block Web" filterlist="Port 80" \
	filteraction=block
holds "both filters are seen from this host" filter-lists \
	'{name: Port 80, filters: [{from: me, to: any, proto: tcp, sport: 80},
	  {from: me, to: any, proto: tcp, dport: 80}]}'
holds "the rule names list and action" policies \
	'{name: Block Web, description: No web server here,
	  rules: [{name: Block 80, filter-list: Port 80, filter-action: Block}]}'
good "ipsecd takes it"
fine "it is assigned" set policy name="block web" assign=y
says "there is no daemon, and that is told" "the store is taken when it starts"
holds "the store says which" assign 'Block Web'
[ "$(readlink "$IPSECD_STATE/assigned")" = "$STORE" ]
result $? "ipsecd will find it"
fine "show" show policy name="Block Web" level=verbose
says "shows that it is assigned" 'Assigned +: YES'
says "and the rule" 'Rule Name +: Block 80'
fine "show as JSON" -j show policy all
says "has its version" '"version": 1'
fine "unassigned" set policy name="Block Web" assign=no
! grep -q '^assign' "$STORE"
result $? "nothing is assigned"

# Encrypt between two computers
fresh
fine "a filter between two hosts" add filter filterlist=two srcaddr=me dstaddr=10.0.0.2 \
	dstmask=255.255.255.255 description="Me to the other"
fine "negotiated security" add filteraction name=Encrypt qmpfs=yes inpass=no soft=no \
	action=negotiate qmsecmethods="ESP[3DES,SHA1]:100000k/3600s AH[MD5]:204800k/300s"
fine "main mode methods" add policy name=two mmsecmethods="3DES-SHA1-2 AES256-SHA256-3" \
	mmlifetime=60 qmpermm=4 mmpfs=yes activatedefaultrule=no
fine "a rule with a preshared key" add rule name=two policy=two filterlist=two \
	filteraction=Encrypt psk="a b=c"
holds "the methods" filter-actions \
	'{name: Encrypt, action: negotiate, pfs: yes, methods: [
	  {esp: 3des-sha1, lifetime: {bytes: 102400000, seconds: 3600}},
	  {ah: md5, lifetime: {bytes: 209715200, seconds: 300}}]}'
holds "weak algorithms are allowed in that rule only" policies \
	'{name: two, master-pfs: yes, qm-limit: 4, ike-lifetime: 3600,
	  ike: [3des-sha1-modp1024, aes256-sha256-modp2048],
	  rules: [{name: two, filter-list: two, filter-action: Encrypt,
	    auth: [{psk: a b=c}], weak: yes, version: 1, accept: [1, 2]}]}'
good "ipsecd takes it"
fine "show rule" show rule id=1 policy=two
says "never shows the key" 'preshared key \(not shown\)'
! grep -q 'a b=c' "$DIR/out"
result $? "not in text"
fine "show rule as JSON" -j show rule id=1 policy=two
! grep -q 'a b=c' "$DIR/out"
result $? "nor in JSON"
fine "stronger methods" set filteraction name=encrypt qmsec="ESP[AES256,SHA256]"
fine "for main mode, too" set policy name=two mmsec=AES128-SHA256-3
! grep -q 'weak' "$STORE"
result $? "weak ones are not allowed any more"
fine "AH over ESP" set filteraction name=Encrypt qmsec="AH[SHA1]+ESP[AES128,SHA1]"
grep -A1 'version: 1' "$STORE" | grep -q 'accept: \[1\]'
result $? "is negotiated by version 1"
good "ipsecd takes that, too"

# Permit DNS
fresh
fine "DNS servers" add filter filterlist=DNS srcaddr=Me dstaddr=DNS protocol=UDP dstport=53
fine "the other way is the same" add filter filterlist=DNS srcaddr=DNS dstaddr=Me \
	protocol=TCP srcport=53
holds "servers are always the other side" filter-lists \
	'{name: DNS, filters: [{from: me, to: dns, proto: udp, dport: 53},
	  {from: me, to: dns, proto: tcp, dport: 53}]}'
refused "a server with another host" add filter filterlist=x srcaddr=DNS dstaddr=10.0.0.1
for server in WINS DHCP GATEWAY; do
	fine "$server" add filter DNS me $server
done
good "ipsecd takes it"

# The examples of Microsoft's page, as typed there
fresh
fine "MS: add filter" add filter filterlist=MyWebTraffic srcaddr=192.168.1.10 \
	dstaddr=192.168.1.20 protocol=TCP srcport=80 dstport=80 \
	description="Allow web traffic" mirrored=yes
holds "either host may be this one" filter-lists \
	'{name: MyWebTraffic, filters: [
	  {name: Allow web traffic, from: 192.168.1.10, to: 192.168.1.20,
	   proto: tcp, sport: 80, dport: 80},
	  {name: Allow web traffic, from: 192.168.1.20, to: 192.168.1.10,
	   proto: tcp, sport: 80, dport: 80}]}'
fine "MS: add filteraction" add filteraction name=AllowTraffic \
	description="Permit traffic without negotiation" qmpfs=no inpass=yes soft=no \
	action=permit
fine "MS: add filterlist" add filterlist name=WebTrafficFilters \
	description="Filters for managing web traffic"
fine "MS: add policy" add policy name=SecurePolicy \
	description="Policy for securing sensitive traffic" mmpfs=yes qmpermm=50 \
	mmlifetime=28800 activatedefaultrule=no pollinginterval=600 assign=yes \
	mmsecmethods="3DES-SHA1 DHGroup2;AES128-SHA256 DHGroup14"
says "its lifetime is cut to what is allowed" 'at most 2879'
fine "a filter in the list" add filter filterlist=WebTrafficFilters srcaddr=any dstaddr=me \
	protocol=tcp dstport=443
fine "MS: add rule" add rule name=WebServerRule policy=SecurePolicy \
	filterlist=WebTrafficFilters filteraction=AllowTraffic tunnel=no conntype=lan \
	activate=yes description="Secures web server traffic" kerberos=yes
says "Kerberos is of no use where nothing is negotiated" 'not kept'
good "ipsecd takes it"
fine "MS: show all" show all format=list wide=no
fine "MS: show filterlist" show filterlist all level=verbose format=list resolvedns=no \
	wide=yes
fine "MS: show gpoassignedpolicy" show gpoassignedpolicy name=MyGPO
fine "MS: show policy" show policy name=SecurePolicy all level=verbose format=list wide=yes
fine "MS: set filterlist" set filterlist name=WebTrafficFilters newname=NewListName \
	description="Updated filter list for enhanced security"
grep -q 'filter-list: NewListName' "$STORE"
result $? "rules follow a new name"
fine "MS: set filteraction" set filteraction name=AllowTraffic newname=NewActionName \
	description="Updated filter action" qmpfs=yes inpass=no soft=no action=permit \
	qmsecmethods="AES256-SHA1;AES128-SHA256"
fine "MS: set policy" set policy name=SecurePolicy newname=NewPolicyName mmpfs=yes \
	qmpermm=100 mmlifetime=2000 activatedefaultrule=no pollinginterval=1200 assign=no \
	mmsecmethods="AES256-SHA1 DHGroup14;AES128-SHA256 DHGroup2"
fine "MS: delete rule" delete rule name=WebServerRule policy=NewPolicyName
fine "MS: delete filter" delete filter filterlist=MyWebTraffic srcaddr=192.168.1.10 \
	dstaddr=192.168.1.20 protocol=TCP mirrored=yes srcport=80 dstport=80
holds "both are gone" filter-lists '{name: MyWebTraffic, filters: []}'
(cd "$DIR" && "$IPSECCTL" static exportpolicy 'file=C:\Policies\MyPolicy.txt')
[ -s "$DIR/C:\\Policies\\MyPolicy.txt" ]
result $? "MS: exportpolicy"
fine "MS: set batch" set batch mode=enable
refused "MS: a store of a domain" set store location=domain domain=MyDomain.com

# Grammar
fresh
fine "names may be short, in any case" ADD FILTERACTION NAME=FilterA QMPFS=Yes soft=y \
	act=neg qmsec="AH[MD5]:204800k/300s ESP[DES,SHA1]:30000k/480s"
fine "spaces around =" add filteraction name = Blocked action= block
fine "values in their order" add filter l me 10.0.0.0/8
fine "a mask" add filter l srcaddr=10.1.2.3 srcmask=255.255.0.0 dstaddr=any
fine "a range" add filter l me 192.168.10.0-192.168.10.255
fine "a name" add filter l me host.example.org
fine "a number of a protocol" add filter l me any proto=47
fine "any to any, both families" add filter all any any
fine "one way" add filter l any me mirrored=no protocol=udp dstport=9
holds "each of them" filter-lists \
	'{name: l, filters: [{from: me, to: 10.0.0.0/8},
	  {from: 10.1.0.0/16, to: any}, {from: any, to: 10.1.0.0/16},
	  {from: me, to: 192.168.10.0-192.168.10.255},
	  {from: me, to: host.example.org}, {from: me, to: any, proto: 47},
	  {dir: in, from: any, to: me, proto: udp, dport: 9, mirrored: no}]}'
holds "of both families" filter-lists \
	'{name: all, filters: [{from: any, to: any, family: 4},
	  {from: any, to: any, family: 6}]}'
refused "the same filter" add filter l me 10.0.0.0 srcmask=32 dstmask=8
refused "an unknown word" add filter l me any colour=red
refused "a short word that may be two" add filter l me any src=1
refused "a word twice" add filter l me any protocol=tcp protocol=udp
refused "a word too many" add filterlist a b c
refused "a missing word" add filter l me
refused "a port without a protocol" add filter l me any dstport=80
refused "a bad port" add filter l me any tcp dstport=65536
refused "a bad mask" add filter l 10.0.0.0 any srcmask=255.0.255.0
refused "a mask of a range" add filter l 10.0.0.1-10.0.0.2 any srcmask=24
refused "0.0.0.0 alone" add filter l 0.0.0.0 any
refused "a bad address" add filter l 10.0.0.256 any
refused "a bad action" add filteraction name=x action=request
refused "a cipher without integrity" add filteraction name=x qmsec="ESP[3DES,None]"
refused "an unknown cipher" add filteraction name=x qmsec="ESP[ROT13,SHA1]"
refused "a lifetime out of range" add filteraction name=x qmsec="ESP[3DES,SHA1]:1k/1s"
refused "a broken bracket" add filteraction name=x qmsec="ESP[3DES,SHA1"
refused "a main mode method without a hash" add policy name=x mmsec=3DES
refused "an unknown group" add policy name=x mmsec=3DES-SHA1-9
refused "a control character" add filterlist name=$'a\nb'
fine "a policy" add policy p
refused "Kerberos" add rule r p l FilterA kerberos=yes
says "with the way out" 'use psk= or rootca='
refused "no authentication at all" add rule r p l FilterA
refused "a list that is not there" add rule r p nolist FilterA psk=x
refused "certificates mapped to accounts" add rule r p l FilterA \
	rootca="CN=Root certmap:yes"
refused "a guid" set filterlist "guid={11E6E97E-0031-49f5-AC7D-5F2FE99BABAF}" newname=x
refused "a policy twice" add policy P
refused "a rule of a policy that is not there" add rule r nopolicy l Blocked
fine "an empty list" add filterlist empty
STATUS=1 refused "a rule with an empty list" add rule r p empty Blocked
refused "the default response without authentication" set defaultrule policy=p activate=yes
fine "one with a key" set defaultrule policy=p psk=x qmsec="ESP[AES128,SHA1]"
good "ipsecd takes it"
fine "a rule" add rule r p l Blocked conntype=lan activate=no
refused "deleting what a rule uses" delete filterlist l
fine "deleting all that no rule uses" delete filterlist all
says "keeps the one that is used" '1 that rules use are kept'
fine "delete all" delete all
holds "nothing is left" policies '[]'

# Certificates
fresh
mkdir -p "$DIR/certs/ca"
openssl req -x509 -newkey ed25519 -nodes -subj "/O=Acme/CN=Acme Root" -days 1 \
	-keyout "$DIR/certs/ca.key" -out "$DIR/certs/ca/Acme Root.pem" 2>/dev/null
openssl req -x509 -newkey ed25519 -nodes -subj /CN=host -days 1 \
	-addext basicConstraints=critical,CA:FALSE -CA "$DIR/certs/ca/Acme Root.pem" \
	-CAkey "$DIR/certs/ca.key" -keyout "$DIR/certs/host.key" \
	-out "$DIR/certs/host.pem" 2>/dev/null
chmod 600 "$DIR/certs/host.key"
fine "the examples of Windows" restorepolicyexamples release=win2003 \
	rootca="O=Acme, CN=\'Acme Root\' certmap:no excludecaname:no" psk=second
python3 - "$STORE" "$DIR" <<'EOT' >"$DIR/out" 2>"$DIR/err"
import sys, yaml
store = yaml.safe_load(open(sys.argv[1]))
rule = store['policies'][1]['rules'][0]
certs = sys.argv[2] + '/certs/'
assert rule['auth'] == [{'ca': certs + 'ca/Acme Root.pem', 'cert': certs + 'host.pem',
                         'key': certs + 'host.key'}, {'psk': 'second'}], rule
assert len(store['policies']) == 3
EOT
result $? "methods stand in the order typed"
good "ipsecd takes them"
refused "the examples without authentication" restorepolicyexamples
run 2 "a check of CRLs by number" dynamic set config property=strongcrlcheck value=3
run 0 "checked strictly" dynamic set config strongcrlcheck 2
[ "$(grep -c 'crl-check: strict' "$STORE")" -ge 2 ]
result $? "in every method with certificates"
run 2 "a level of the log of drops that is none" dynamic set config ipsecdiagnostics 8
run 2 "too short an interval" dynamic set config ipsecloginterval 59
says "is told" 'no number from 60 to 86400'
run 0 "the log of IKE" dynamic set config ikelogging 1
holds "is the daemon's" ike '{log: debug}'

# Batch files
fresh
cat >"$DIR/batch" <<'EOT'
# as typed, in a context or not
static add policy name="A B"
static
add filteraction name=b \
	action=block
show store
..
ipsec static add filterlist name="c d" description="e # f"
netsh ipsec static add filter "c d" me any
exit
nonsense
EOT
run 0 "a batch file" -f "$DIR/batch"
says "shows what it is asked" 'Location +: local'
holds "quotes hold words together" filter-lists \
	'{name: c d, description: "e # f", filters: [{from: me, to: any}]}'
printf 'static add policy p1\n\nstatic add policy p1\nstatic add policy p2\n' >"$DIR/batch"
run 2 "one with an error" -f "$DIR/batch"
says "file and line are told" "^$DIR/batch:3: error: "
! grep -q 'name: p2' "$STORE"
result $? "and the rest is not run"
printf 'static set batch enable\nstatic add policy p3\nstatic add rule r p3 l a\n' \
	>"$DIR/batch"
run 2 "in batch mode" -f "$DIR/batch"
! grep -q 'name: p3' "$STORE"
result $? "nothing is written before the end"
printf 'static set store persistent\nadd policy p4\nstatic add filterlist keep\n' >"$DIR/batch"
run 2 "an unknown word in no context" -f "$DIR/batch"
printf 'static\nset store persistent\nadd filterlist keep\n' >"$DIR/batch"
run 0 "the persistent store" -f "$DIR/batch"
grep -qs 'name: keep' "$IPSECD_STATE/persistent.yaml"
result $? "is another file"

# The prompt, on a terminal
printf 'static\nadd filterlist name=typed\nshow filterlist\n..\nbogus\nexit\n' |
	script -qec "$IPSECCTL" /dev/null >"$DIR/out" 2>"$DIR/err"
says "the prompt has contexts" 'ipsecctl static>'
says "and runs what is typed" 'FilterList Name +: typed'
says "and goes on after an error" "unknown command 'bogus'"
printf 'static add filterl\tname=tabbed\nexit\n' |
	script -qec "$IPSECCTL" /dev/null >"$DIR/out" 2>"$DIR/err"
grep -q 'name: tabbed' "$STORE"
result $? "and completes words"

# Completion
run 0 "completion" complete static add filter mir
says "of a parameter" '^mirrored=$'
run 0 "completion" complete static add filter mirrored=
says "of a value" '^mirrored=yes$'
run 0 "completion" complete static add filter srcaddr=me ''
! grep -q '^srcaddr' "$DIR/out"
result $? "not of what is there"
run 0 "completion" complete dyn
says "of a command" '^dynamic$'

# The converter
cat >"$DIR/site.cmd" <<'EOT'
@echo off
rem the site's policy
netsh ipsec static delete policy name=Site
netsh ipsec static set store location=local
netsh ipsec static add policy name=Site activatedefaultrule=no assign=yes > nul
netsh ipsec static add filteraction name=Block action=block && echo done
netsh ipsec static add filter filterlist=Web srcaddr=any dstaddr=me dstport=80 ^
	protocol=TCP
netsh ipsec static add filterlist name=More
netsh ipsec static
add rule name=Web policy=Site filterlist=Web filteraction=Block
show all
EOT
run 0 "a script for netsh is converted" convert "$DIR/site.cmd" -o "$DIR/site.yaml"
"$IPSECD" -n -p "$DIR/site.yaml" >"$DIR/out" 2>"$DIR/err"
result $? "ipsecd takes it"
python3 - "$DIR/site.yaml" <<'EOT' >"$DIR/out" 2>"$DIR/err"
import sys, yaml
site = yaml.safe_load(open(sys.argv[1]))
assert site['assign'] == 'Site'
assert site['policies'][0]['rules'][0]['filter-action'] == 'Block'
assert site['filter-lists'][0]['filters'] == [
    {'from': 'me', 'to': 'any', 'proto': 'tcp', 'sport': 80}]
EOT
result $? "and has the policy"
echo 'add filteraction name=S' >>"$DIR/site.cmd"
echo 'add rule name=K policy=Site filterlist=Web filteraction=S kerberos=yes' >>"$DIR/site.cmd"
line=$(grep -n kerberos "$DIR/site.cmd" | cut -d: -f1)
run 1 "Kerberos stops it" convert "$DIR/site.cmd"
says "with file and line" "^$DIR/site.cmd:$line: error: kerberos=yes is not there yet"
run 0 "unless it is to go on" convert "$DIR/site.cmd" --keep-going
says "then a comment tells" "^# $DIR/site.cmd:$line: left out: kerberos=yes"
! grep -q 'name: K' "$DIR/out"
result $? "and the rule is not there"
echo 'netsh ipsec static add filterlist name=%LIST%' >"$DIR/var.cmd"
run 1 "a variable of cmd.exe" convert "$DIR/var.cmd"
says "is named" 'variable'
echo 'format c:' >"$DIR/var.cmd"
run 1 "another program's line" convert "$DIR/var.cmd"
grep -q 'name: typed' "$STORE"
result $? "the store is not touched"

# Tunnels, as Windows has them: a rule for each direction, filters that are not mirrored
cat >"$DIR/tunnel.cmd" <<'EOT'
netsh ipsec static add policy name=Tunnel activatedefaultrule=no
netsh ipsec static add filterlist name="Site to Branch"
netsh ipsec static add filter filterlist="Site to Branch" srcaddr=192.168.1.0 srcmask=255.255.255.0 dstaddr=192.168.2.0 dstmask=255.255.255.0 protocol=ANY mirrored=no
netsh ipsec static add filterlist name="Branch to Site"
netsh ipsec static add filter filterlist="Branch to Site" srcaddr=192.168.2.0 srcmask=255.255.255.0 dstaddr=192.168.1.0 dstmask=255.255.255.0 protocol=ANY mirrored=no
netsh ipsec static add filteraction name=Secure action=negotiate qmsecmethods="ESP[3DES,SHA1]"
netsh ipsec static add rule name=Out policy=Tunnel filterlist="Site to Branch" filteraction=Secure tunnel=198.51.100.2 psk=sesame
netsh ipsec static add rule name=In policy=Tunnel filterlist="Branch to Site" filteraction=Secure tunnel=198.51.100.1 psk=sesame
netsh ipsec static set policy name=Tunnel assign=yes
EOT
# folded NAME LOCAL REMOTE FROM TO: one rule of that name, which ipsecd takes
folded()
{
	python3 - "$DIR/tunnel.yaml" "$@" <<-'EOT' >"$DIR/out" 2>"$DIR/err"
		import sys, yaml
		path, name, local, remote, source, target = sys.argv[1:]
		site = yaml.safe_load(open(path))
		rule, = site['policies'][0]['rules']
		assert rule['name'] == name, rule
		assert rule['tunnel'] == {'local': local, 'remote': remote}, rule
		filters, = [one['filters'] for one in site['filter-lists']
		            if one['name'] == rule['filter-list']]
		assert filters == [{'from': source, 'to': target}], filters
	EOT
	result $? "the rules of a tunnel are one, for both ways"
	chmod 600 "$DIR/tunnel.yaml"
	daemon 0 "which ipsecd takes" -n -p "$DIR/tunnel.yaml"
}
run 0 "a tunnel of Windows" convert "$DIR/tunnel.cmd" -o "$DIR/tunnel.yaml"
folded Out 198.51.100.1 198.51.100.2 192.168.1.0/24 192.168.2.0/24
# this host is the other gateway
sed -e 's/198.51.100.2/127.0.0.1/' "$DIR/tunnel.cmd" >"$DIR/branch.cmd"
rm "$DIR/tunnel.yaml"
run 0 "at the branch" convert "$DIR/branch.cmd" -o "$DIR/tunnel.yaml"
folded In 127.0.0.1 198.51.100.1 192.168.2.0/24 192.168.1.0/24
# a host, whose address is me, in the other order
sed -e 's/192.168.1.0 \(...\)mask=255.255.255.0/me/' -e '/name=Out/{h;d}' -e '/name=In/G' \
	"$DIR/tunnel.cmd" >"$DIR/me.cmd"
rm "$DIR/tunnel.yaml"
run 0 "of a host" convert "$DIR/me.cmd" -o "$DIR/tunnel.yaml"
folded Out 198.51.100.1 198.51.100.2 me 192.168.2.0/24
# two tunnels whose lists differ where the new name has no room, within a character
long=x$(printf 'ä%.0s' {1..27})
{
	echo 'add policy name=Tunnel activatedefaultrule=no'
	echo 'add filteraction name=Secure action=negotiate qmsecmethods="ESP[3DES,SHA1]"'
	for n in 2 3; do
		sed -n -e '/add filter\(list\)\? \|add rule/s/netsh ipsec static //p' "$DIR/tunnel.cmd" |
			sed -e "s/Site to Branch/$long to $n/; s/Branch to Site/$long from $n/" \
				-e "s/192.168.2.0/192.168.$n.0/; s/51.100.2/51.100.$n/" \
				-e "s/name=Out/name=Out$n/; s/name=In/name=In$n/"
	done
} | sed -e 's/^/netsh ipsec static /' >"$DIR/long.cmd"
rm "$DIR/tunnel.yaml"
run 0 "two tunnels with long names" convert "$DIR/long.cmd" -o "$DIR/tunnel.yaml"
python3 - "$DIR/tunnel.yaml" <<-'EOT' >"$DIR/out" 2>"$DIR/err"
	import sys, yaml
	site = yaml.safe_load(open(sys.argv[1]))
	filters = {one['name']: one['filters'] for one in site['filter-lists']}
	rules = {one['name']: one['filter-list'] for one in site['policies'][0]['rules']}
	assert {name: filters[rule][0]['to'] for name, rule in rules.items()} == {
	    'Out2': '192.168.2.0/24', 'Out3': '192.168.3.0/24'}, (rules, filters)
	assert rules['Out3'].endswith(', both ways 2'), rules
	assert all(len(name.encode()) <= 63 for name in filters), filters
EOT
result $? "have a list each"
chmod 600 "$DIR/tunnel.yaml"
daemon 0 "which ipsecd takes" -n -p "$DIR/tunnel.yaml"
sed -e '/name=In/s/sesame/another/' "$DIR/tunnel.cmd" >"$DIR/two.cmd"
rm "$DIR/tunnel.yaml"
run 0 "rules with other keys" convert "$DIR/two.cmd" -o "$DIR/tunnel.yaml"
[ "$(grep -c 'filter-action: Secure' "$DIR/tunnel.yaml")" = 2 ]
result $? "are no tunnel"

# What is shown fits a terminal
"$IPSECCTL" static show all level=verbose >"$DIR/out" 2>"$DIR/err"
! grep -qE '^.{81}' "$DIR/out"
result $? "80 columns"

# The store as one file: what it names is beside the store
fresh
export IPSECD_EXAMPLES=$TOP/Documentation/examples
fine "a store that is there" add filterlist name=there
cp "$STORE" "$DIR/before"
run 1 "an example whose file is missing" restore server
says "names that" 'site.psk: cannot open'
says "and the example" 'server.yaml is refused'
cmp -s "$STORE" "$DIR/before" && [ ! -e "$STORE.check" ]
result $? "nothing changes"
(umask 077 && echo sesame >"$IPSECD_STATE/site.psk")
run 0 "with that file" restore server
cmp -s "$STORE" "$IPSECD_EXAMPLES/server.yaml" && cmp -s "$STORE.old" "$DIR/before"
result $? "it is the store, and the one before is kept"
run 0 "export" export "$DIR/server.yaml"
fine "it can be changed" add filterlist name=more
run 0 "import from another folder" import "$DIR/server.yaml"
cmp -s "$STORE" "$DIR/server.yaml"
result $? "has it back"
run 1 "import of no file" import "$DIR/none.yaml"
run 2 "an example that is a path" restore ../server

finish
