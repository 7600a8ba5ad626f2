#include "srtp.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <string.h>

enum { GCM_TAG = 16, MAC_TAG = 10 };

/* RFC 3711 §4.3.1: session keys from master key and salt. */
static void derive(const u8 *key, int key_length, const u8 *salt, int label, u8 *out, int length) {
	u8 iv[16] = {0}, zero[32] = {0};
	int done;
	memcpy(iv, salt, 14);
	iv[7] ^= label;
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	EVP_EncryptInit_ex(cipher, key_length == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr(), 0, key, iv);
	EVP_EncryptUpdate(cipher, out, &done, zero, length);
	EVP_CIPHER_CTX_free(cipher);
}

static EVP_CIPHER_CTX *cipher_of(const u8 *key, int key_length, int gcm) {
	const EVP_CIPHER *kind = !gcm ? EVP_aes_128_ctr() : key_length == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	EVP_CipherInit_ex(cipher, kind, 0, key, 0, 1);
	return cipher;
}

static EVP_MAC_CTX *mac_of(const u8 key[20]) {
	EVP_MAC *kind = EVP_MAC_fetch(0, "HMAC", 0);
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(kind);
	OSSL_PARAM sha1[] = {OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA1", 0), OSSL_PARAM_END};
	EVP_MAC_init(mac, key, 20, sha1);
	EVP_MAC_free(kind);
	return mac;
}

static void open_direction(srtp *one, int gcm, const u8 *key, int key_length, const u8 *master_salt, int salt_length) {
	u8 salt[14] = {0}, session[32];
	memset(one, 0, sizeof *one);
	memcpy(salt, master_salt, salt_length);
	derive(key, key_length, salt, 0, session, key_length);
	one->rtp = cipher_of(session, key_length, gcm);
	derive(key, key_length, salt, 3, session, key_length);
	one->rtcp = cipher_of(session, key_length, gcm);
	derive(key, key_length, salt, 2, one->rtp_salt, salt_length);
	derive(key, key_length, salt, 5, one->rtcp_salt, salt_length);
	if (gcm) return;
	derive(key, key_length, salt, 1, session, 20);
	one->rtp_mac = mac_of(session);
	derive(key, key_length, salt, 4, session, 20);
	one->rtcp_mac = mac_of(session);
}

const char *srtp_open(SSL *ssl, srtp *out, srtp *in) {
	const SRTP_PROTECTION_PROFILE *suite = SSL_get_selected_srtp_profile(ssl);
	if (!suite) return 0;
	int gcm = strstr(suite->name, "GCM") != 0;
	int key = strstr(suite->name, "256") ? 32 : 16, salt = gcm ? 12 : 14;
	/* RFC 5764 §4.2: both keys, then both salts, the client's first. We are the client. */
	u8 material[2 * (32 + 14)];
	SSL_export_keying_material(ssl, material, 2 * (key + salt), "EXTRACTOR-dtls_srtp", 19, 0, 0, 0);
	open_direction(out, gcm, material, key, material + 2 * key, salt);
	open_direction(in, gcm, material + key, key, material + 2 * key + salt, salt);
	return suite->name;
}

void srtp_close(srtp *one) {
	EVP_CIPHER_CTX_free(one->rtp);
	EVP_CIPHER_CTX_free(one->rtcp);
	EVP_MAC_CTX_free(one->rtp_mac);
	EVP_MAC_CTX_free(one->rtcp_mac);
}

/* Encrypts or decrypts `body`, which `head` and `more` are authenticated with; false: it is not authentic. */
static int gcm(EVP_CIPHER_CTX *c, const u8 iv[12], int encrypt, const u8 *head, int head_length, const u8 *more,
							 int more_length, u8 *body, int length) {
	int done;
	EVP_CipherInit_ex(c, 0, 0, 0, iv, encrypt);
	if (!encrypt) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, GCM_TAG, body + length);
	EVP_CipherUpdate(c, 0, &done, head, head_length);
	if (more_length) EVP_CipherUpdate(c, 0, &done, more, more_length);
	EVP_CipherUpdate(c, body, &done, body, length);
	if (EVP_CipherFinal_ex(c, body + length, &done) <= 0) return 0;
	if (encrypt) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, GCM_TAG, body + length);
	return 1;
}

static void counter(EVP_CIPHER_CTX *c, const u8 iv[16], u8 *body, int length) {
	int done;
	EVP_CipherInit_ex(c, 0, 0, 0, iv, 1);
	EVP_CipherUpdate(c, body, &done, body, length);
}

static void mac(EVP_MAC_CTX *mac, const u8 *data, int length, const u8 *more, int more_length, u8 tag[20]) {
	size_t done;
	EVP_MAC_init(mac, 0, 0, 0);
	EVP_MAC_update(mac, data, length);
	if (more_length) EVP_MAC_update(mac, more, more_length);
	EVP_MAC_final(mac, tag, &done, 20);
}

/* A nonce: ssrc and counter, each at its place, over the salt. */
static void nonce(u8 *iv, const u8 *salt, int salt_length, int ssrc_at, const u8 *ssrc, int count_at, const u8 *count,
									int count_length) {
	memset(iv, 0, 16);
	memcpy(iv, salt, salt_length);
	for (int i = 0; i < 4; i++) iv[ssrc_at + i] ^= ssrc[i];
	for (int i = 0; i < count_length; i++) iv[count_at + i] ^= count[i];
}

static void rtp_nonce(const srtp *one, u8 iv[16], const u8 *packet, u32 roc) {
	u8 index[6];
	put32(index, roc);
	memcpy(index + 4, packet + 2, 2);
	if (one->rtp_mac) nonce(iv, one->rtp_salt, 14, 4, packet + 8, 8, index, 6);
	else nonce(iv, one->rtp_salt, 12, 2, packet + 8, 6, index, 6);
}

static void rtcp_nonce(const srtp *one, u8 iv[16], const u8 *packet, u32 index) {
	u8 count[4];
	put32(count, index);
	if (one->rtcp_mac) nonce(iv, one->rtcp_salt, 14, 4, packet + 4, 10, count, 4);
	else nonce(iv, one->rtcp_salt, 12, 2, packet + 4, 8, count, 4);
}

int rtp_header_length(const u8 *packet, int length) {
	int head = 12 + 4 * (packet[0] & 15);
	if (length < head) return -1;
	if (!(packet[0] & 16)) return head;
	if (length < head + 4) return -1;
	head += 4 + 4 * get16(packet + head + 2);
	return length < head ? -1 : head;
}

int srtp_protect(srtp *out, u8 *packet, int length, u32 roc) {
	u8 iv[16], around[4], tag[20];
	int head = rtp_header_length(packet, length);
	rtp_nonce(out, iv, packet, roc);
	if (!out->rtp_mac) {
		gcm(out->rtp, iv, 1, packet, head, 0, 0, packet + head, length - head);
		return length + GCM_TAG;
	}
	counter(out->rtp, iv, packet + head, length - head);
	put32(around, roc);
	mac(out->rtp_mac, packet, length, around, 4, tag);
	memcpy(packet + length, tag, MAC_TAG);
	return length + MAC_TAG;
}

int srtp_unprotect(srtp *in, u8 *packet, int length, u32 roc) {
	u8 iv[16], around[4], tag[20];
	int end = length - (in->rtp_mac ? MAC_TAG : GCM_TAG);
	int head = rtp_header_length(packet, end);
	if (head < 0) return -1;
	rtp_nonce(in, iv, packet, roc);
	if (!in->rtp_mac) return gcm(in->rtp, iv, 0, packet, head, 0, 0, packet + head, end - head) ? end : -1;
	put32(around, roc);
	mac(in->rtp_mac, packet, end, around, 4, tag);
	if (CRYPTO_memcmp(tag, packet + end, MAC_TAG)) return -1;
	counter(in->rtp, iv, packet + head, end - head);
	return end;
}

int srtcp_protect(srtp *out, u8 *packet, int length) {
	u8 iv[16], trailer[4], tag[20];
	u32 index = out->rtcp_index++;
	put32(trailer, 0x80000000u | index);
	rtcp_nonce(out, iv, packet, index);
	if (!out->rtcp_mac) {
		gcm(out->rtcp, iv, 1, packet, 8, trailer, 4, packet + 8, length - 8);
		memcpy(packet + length + GCM_TAG, trailer, 4);
		return length + GCM_TAG + 4;
	}
	counter(out->rtcp, iv, packet + 8, length - 8);
	memcpy(packet + length, trailer, 4);
	mac(out->rtcp_mac, packet, length + 4, 0, 0, tag);
	memcpy(packet + length + 4, tag, MAC_TAG);
	return length + 4 + MAC_TAG;
}

int srtcp_unprotect(srtp *in, u8 *packet, int length) {
	u8 iv[16], tag[20];
	int end = length - 4 - (in->rtcp_mac ? MAC_TAG : GCM_TAG);
	if (end < 8) return -1;
	const u8 *trailer = in->rtcp_mac ? packet + end : packet + length - 4;
	rtcp_nonce(in, iv, packet, get32(trailer) & 0x7fffffff);
	if (!in->rtcp_mac) return gcm(in->rtcp, iv, 0, packet, 8, trailer, 4, packet + 8, end - 8) ? end : -1;
	mac(in->rtcp_mac, packet, end + 4, 0, 0, tag);
	if (CRYPTO_memcmp(tag, packet + end + 4, MAC_TAG)) return -1;
	counter(in->rtcp, iv, packet + 8, end - 8);
	return end;
}
