// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, bytes, addresses and ports as text. */
#include "addr.h"
#include "tap.h"
#include "text.h"

static void numbers(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} t[] = {
		{ "0", true, 0 },
		{ "7", true, 7 },
		{ "4294967295", true, UINT32_MAX },
		{ "4294967296", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "010", false, 0 },
		{ "00", false, 0 },
		{ "0x10", false, 0 },
		{ "1e9", false, 0 },
		{ "1,5", false, 0 },
		{ "1.5", false, 0 },
		{ "10mm", false, 0 },
		{ "ten", false, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint64_t v = 0;

		ok(ipsec_uint(t[i].text, 0, UINT32_MAX, &v) == t[i].good &&
			   v == t[i].value,
		   "number '%s'", t[i].text);
	}
	ok(!ipsec_uint("5", 6, 9, &(uint64_t){ 0 }), "number below the least");
}

static void hexadecimal(void)
{
	uint8_t b[4];
	uint64_t v;

	ok(ipsec_uint_hex("0x1001", 256, UINT32_MAX, &v) && v == 0x1001,
	   "SPI 0x1001");
	ok(ipsec_uint_hex("256", 256, UINT32_MAX, &v) && v == 256, "SPI 256");
	ok(!ipsec_uint_hex("0x", 0, 9, &v), "0x alone");
	ok(!ipsec_uint_hex("0xg", 0, 99, &v), "0xg");
	ok(!ipsec_uint_hex("0x10000000000000000", 0, UINT64_MAX, &v),
	   "0x of 17 digits");
	ok(ipsec_hex("0x00ffA5", b, sizeof(b)) == 3 && b[1] == 0xff &&
		   b[2] == 0xa5,
	   "bytes 0x00ffA5");
	ok(ipsec_hex("abc", b, sizeof(b)) == -1, "odd number of digits");
	ok(ipsec_hex("zz", b, sizeof(b)) == -1, "no digits");
	ok(ipsec_hex("0011223344", b, sizeof(b)) == -1, "too many bytes");
}

static void nets(void)
{
	static const char *const good[] = {
		"any",
		"10.0.0.0/24",
		"0.0.0.0/0",
		"10.1.0.5",
		"::/0",
		"2001:db8::/32",
		"2001:db8::1",
		"10.0.0.5-10.0.0.20",
		"10.0.0.5-10.0.0.5",
		"2001:db8::1-2001:db8::ff",
	};
	static const char *const bad[] = {
		"",
		"10.0.0.1/33",
		"::/129",
		"10.0.0.1/24",
		"2001:db8::1/64",
		"10.0.0.0/",
		"10.0.0.0/-1",
		"10.0.0.0/024",
		"10.0.0.0/8/8",
		"10.0.0",
		"10.0.0.256",
		"10.0.0.01",
		"::ffff:10.0.0.1",
		"fe80::1%eth0",
		"example.com",
		"10.0.0.9-10.0.0.1",
		"10.0.0.1-2001::1",
		"10.0.0.1-",
		"-10.0.0.1",
		"10.0.0.0/24-10.0.1.0",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999",
		"0123456789012345678901234567890123456789012345678901234567"
		"0123456789012345678901234567890123456789",
	};
	char buf[IPSEC_NET_STRLEN];
	struct ipsec_net n;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *why = ipsec_net_parse(&n, good[i]);

		ok(!why, "net %s is read", good[i]);
		is(ipsec_net_print(&n, buf, sizeof(buf)), good[i],
		   "net %s is printed as it was read", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(ipsec_net_parse(&n, bad[i]), "net '%s' is refused", bad[i]);
}

int main(void)
{
	numbers();
	hexadecimal();
	nets();
	return tap_done();
}
