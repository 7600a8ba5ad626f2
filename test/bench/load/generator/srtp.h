/* SRTP and SRTCP of one DTLS connection, RFC 3711 and RFC 7714: the three suites that Chromium offers. */
#pragma once
#include "bytes.h"
#include <openssl/evp.h>
#include <openssl/ssl.h>

#define SRTP_SUITES "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
/* What protecting adds at most: a tag of 16 and, for RTCP, its index of 4. */
#define SRTP_OVERHEAD 20

/* One direction. */
typedef struct {
	EVP_CIPHER_CTX *rtp, *rtcp;
	/* Null where the cipher authenticates by itself (GCM). */
	EVP_MAC_CTX *rtp_mac, *rtcp_mac;
	u8 rtp_salt[14], rtcp_salt[14];
	u32 rtcp_index;
} srtp;

/* Takes the keys of a handshake that is done. Returns the suite's name; null: none was agreed on. */
const char *srtp_open(SSL *ssl, srtp *out, srtp *in);
void srtp_close(srtp *one);

/* In place. They return the new length, or -1 for what is not authentic. `roc`: how often the sequence number went around. */
int srtp_protect(srtp *out, u8 *packet, int length, u32 roc);
int srtp_unprotect(srtp *in, u8 *packet, int length, u32 roc);
int srtcp_protect(srtp *out, u8 *packet, int length);
int srtcp_unprotect(srtp *in, u8 *packet, int length);

/* Bytes before the payload; -1: the packet ends earlier. */
int rtp_header_length(const u8 *packet, int length);
