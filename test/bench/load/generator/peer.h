/* One WebRTC transport of one person: ICE, DTLS, SRTP, and the streams that go over it. */
#pragma once
#include "incoming.h"
#include "outgoing.h"
#include "srtp.h"
#include "stun.h"

enum { CANDIDATES_MOST = 16, OUTGOING_MOST = 8, INCOMING_MOST = 256, ARRIVALS_MOST = 512 };

/* When a packet with a transport-wide number came. */
typedef struct {
	u16 seq;
	u64 at;
} arrival;

typedef struct {
	int id, fd;
	/* What was said in the signalling. */
	char user[96], password[96], own_password[64], cname[32];
	struct sockaddr_in candidates[CANDIDATES_MOST];
	int candidate_count;
	u8 transaction[12];
	u64 began, connected, next_check;
	SSL *ssl;
	BIO *dtls_in;
	int up, over, authenticated;
	srtp out, in;
	outgoing sent[OUTGOING_MOST];
	int sent_count;
	incoming came[INCOMING_MOST];
	int came_count;
	u16 transport_seq;
	/* Of what comes in: the extension that numbers it, 0: none; and what has come since the last feedback. */
	int transport_cc;
	arrival arrivals[ARRIVALS_MOST];
	int arrival_count;
	u8 feedback_count;
	u64 next_feedback, next_report;
} peer;

/* Of all peers together, since the last reset. */
typedef struct {
	u64 sent, sent_bytes, unsent, came, came_bytes, forged, key_asked, nacked;
	transit transit;
} totals;
extern totals all;

peer *peer_open(int id, SSL_CTX *ctx);
/* Says goodbye, and frees it. */
void peer_close(peer *one);
/* What has come on its socket. */
void peer_read(peer *one);
/* What is due at `now`. */
void peer_tick(peer *one, u64 now);
incoming *peer_stream(peer *one, u32 ssrc, int make);
void peer_send(peer *one, const u8 *packet, int length);
