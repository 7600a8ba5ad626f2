#include "stun.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum {
	REQUEST = 0x0001,
	ANSWER = 0x0101,
	USERNAME = 0x0006,
	MESSAGE_INTEGRITY = 0x0008,
	XOR_MAPPED_ADDRESS = 0x0020,
	PRIORITY = 0x0024,
	USE_CANDIDATE = 0x0025,
	FINGERPRINT = 0x8028,
	ICE_CONTROLLING = 0x802a,
};
static const u32 COOKIE = 0x2112a442;

static u32 crc32_of(const u8 *data, int length) {
	u32 crc = ~0u;
	for (int i = 0; i < length; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
	}
	return ~crc;
}

static int begin(u8 *out, int type, const u8 transaction[12]) {
	memset(out, 0, STUN_MOST);
	put16(out, type);
	put32(out + 4, COOKIE);
	memcpy(out + 8, transaction, 12);
	return 20;
}

static int attribute(u8 *out, int at, int type, const void *value, int length) {
	put16(out + at, type);
	put16(out + at + 2, length);
	if (length) memcpy(out + at + 4, value, length);
	return at + 4 + ((length + 3) & ~3);
}

/* Each of the two counts the message as if it ended with itself. */
static int seal(u8 *out, int at, const char *password) {
	u8 digest[EVP_MAX_MD_SIZE], check[4];
	unsigned int length;
	put16(out + 2, at - 20 + 24);
	HMAC(EVP_sha1(), password, strlen(password), out, at, digest, &length);
	at = attribute(out, at, MESSAGE_INTEGRITY, digest, 20);
	put16(out + 2, at - 20 + 8);
	put32(check, crc32_of(out, at) ^ 0x5354554e);
	return attribute(out, at, FINGERPRINT, check, 4);
}

int stun_request(u8 *out, const u8 transaction[12], const char *user, const char *password) {
	static const u8 priority[4] = {0x6e, 0xff, 0xff, 0xff};
	/* The highest tie-breaker: whoever believes to be controlling as well gives way (RFC 8445 §7.3.1.1). */
	static const u8 tie_breaker[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	int at = begin(out, REQUEST, transaction);
	at = attribute(out, at, USERNAME, user, strlen(user));
	at = attribute(out, at, PRIORITY, priority, 4);
	at = attribute(out, at, ICE_CONTROLLING, tie_breaker, 8);
	at = attribute(out, at, USE_CANDIDATE, 0, 0);
	return seal(out, at, password);
}

int stun_answer(u8 *out, const u8 *request, const struct sockaddr_in *from, const char *password) {
	u8 address[8] = {0, 1};
	put16(address + 2, ntohs(from->sin_port) ^ (COOKIE >> 16));
	put32(address + 4, ntohl(from->sin_addr.s_addr) ^ COOKIE);
	int at = begin(out, ANSWER, request + 8);
	at = attribute(out, at, XOR_MAPPED_ADDRESS, address, 8);
	return seal(out, at, password);
}

int stun_is_answer(const u8 *packet, int length, const u8 transaction[12]) {
	return length >= 20 && get16(packet) == ANSWER && memcmp(packet + 8, transaction, STUN_COMMON) == 0;
}

int stun_is_request(const u8 *packet, int length) { return length >= 20 && get16(packet) == REQUEST; }
