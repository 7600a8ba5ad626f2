#include "peer.h"
#include "rtcp.h"
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

totals all;

enum { CHECK_MS = 50, CONSENT_MS = 2500, FEEDBACK_MS = 100, REPORT_MS = 1000, GIVE_UP_MS = 15000 };
enum { DTLS_MTU = 1200, BATCH = 32, PACKET_MOST = 2048 };

peer *peer_open(int id, SSL_CTX *ctx) {
	peer *one = calloc(1, sizeof *one);
	int bytes = 1 << 20;
	one->id = id;
	one->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(one->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	setsockopt(one->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	one->began = now_ns();
	one->ssl = SSL_new(ctx);
	RAND_bytes(one->transaction, sizeof one->transaction);
	RAND_bytes((u8 *)&one->transport_seq, sizeof one->transport_seq);
	return one;
}

void peer_close(peer *one) {
	if (one->up) {
		SSL_shutdown(one->ssl);
		srtp_close(&one->out);
		srtp_close(&one->in);
	}
	SSL_free(one->ssl);
	close(one->fd);
	free(one);
}

incoming *peer_stream(peer *one, u32 ssrc, int make) {
	for (int i = 0; i < one->came_count; i++)
		if (one->came[i].ssrc == ssrc) return one->came + i;
	if (!make || one->came_count == INCOMING_MOST) return 0;
	incoming *stream = one->came + one->came_count++;
	*stream = (incoming){.ssrc = ssrc, .codec = OTHER};
	return stream;
}

void peer_send(peer *one, const u8 *packet, int length) {
	if (send(one->fd, packet, length, 0) < 0) all.unsent++;
}

static void fail(peer *one, const char *reason) {
	one->over = 1;
	say("{\"event\":\"failed\",\"peer\":%d,\"reason\":\"%s\"}", one->id, reason);
}

/* The first retransmission of a handshake comes after 50 ms, as in Chromium: the hub may not have been told of us yet. */
static unsigned int patience(SSL *ssl, unsigned int us) {
	(void)ssl;
	return us == 0 ? 50000 : us * 2 > 1000000 ? 1000000 : us * 2;
}

static void shake_hands(peer *one) {
	int done = SSL_do_handshake(one->ssl);
	if (done != 1) {
		int error = SSL_get_error(one->ssl, done);
		if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail(one, "DTLS");
		ERR_clear_error();
		return;
	}
	const char *suite = srtp_open(one->ssl, &one->out, &one->in);
	if (!suite) return fail(one, "no SRTP suite");
	u64 now = now_ns();
	one->up = 1;
	one->next_report = now + 300 * MS;
	one->next_feedback = now + FEEDBACK_MS * MS;
	for (int i = 0; i < one->sent_count; i++) one->sent[i].due = now + rand() % 20 * MS;
	say("{\"event\":\"up\",\"peer\":%d,\"iceMs\":%.2f,\"dtlsMs\":%.2f,\"suite\":\"%s\"}", one->id,
			(one->connected - one->began) / 1e6, (now - one->connected) / 1e6, suite);
}

/* The first candidate that answers is the way from now on. */
static void take_way(peer *one, struct sockaddr_in *from) {
	one->connected = now_ns();
	one->next_check = one->connected + CONSENT_MS * MS;
	connect(one->fd, (struct sockaddr *)from, sizeof *from);
	BIO *out = BIO_new_dgram(one->fd, BIO_NOCLOSE);
	BIO_ctrl(out, BIO_CTRL_DGRAM_SET_CONNECTED, 0, from);
	one->dtls_in = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(one->dtls_in, -1);
	SSL_set_options(one->ssl, SSL_OP_NO_QUERY_MTU);
	SSL_set_mtu(one->ssl, DTLS_MTU);
	DTLS_set_link_mtu(one->ssl, DTLS_MTU);
	SSL_set_bio(one->ssl, one->dtls_in, out);
	DTLS_set_timer_cb(one->ssl, patience);
	SSL_set_connect_state(one->ssl);
	shake_hands(one);
}

static void take_stun(peer *one, u8 *packet, int length, struct sockaddr_in *from) {
	if (stun_is_answer(packet, length, one->transaction)) {
		if (!one->connected) take_way(one, from);
	} else if (stun_is_request(packet, length)) {
		u8 answer[STUN_MOST];
		int size = stun_answer(answer, packet, from, one->own_password);
		sendto(one->fd, answer, size, 0, (struct sockaddr *)from, sizeof *from);
	}
}

static void take_dtls(peer *one, u8 *packet, int length) {
	u8 nothing[64];
	if (!one->dtls_in) return;
	BIO_write(one->dtls_in, packet, length);
	if (!one->up) return shake_hands(one);
	/* After the handshake there is only goodbye. */
	int read = SSL_read(one->ssl, nothing, sizeof nothing);
	if (read <= 0 && SSL_get_error(one->ssl, read) == SSL_ERROR_ZERO_RETURN) fail(one, "closed by the hub");
	ERR_clear_error();
}

static const u8 *extension_of(const u8 *packet, int head, int id) {
	if (!(packet[0] & 16)) return 0;
	const u8 *at = packet + 12 + 4 * (packet[0] & 15);
	if (get16(at) != 0xbede) return 0;
	for (at += 4; at < packet + head; at += *at ? 2 + (*at & 15) : 1)
		if (*at >> 4 == id) return at + 1;
	return 0;
}

static void take_rtp(peer *one, u8 *packet, int length, u64 now) {
	int head = rtp_header_length(packet, length);
	if (head < 0) return;
	u16 seq = get16(packet + 2);
	incoming *stream = peer_stream(one, get32(packet + 8), 1);
	if (!stream) return;
	int end = srtp_unprotect(&one->in, packet, length, incoming_roc(stream, seq));
	if (end < 0) {
		/* mediasoup's probes of a line (SSRC 1234) jump in their numbers, so that nobody can tell how often they went around. */
		all.forged += stream->expected;
		return;
	}
	const u8 *number = one->transport_cc ? extension_of(packet, head, one->transport_cc) : 0;
	if (number && one->arrival_count < ARRIVALS_MOST)
		one->arrivals[one->arrival_count++] = (arrival){get16(number), now};
	int had_key = stream->has_key, began = stream->began;
	all.came++;
	all.came_bytes += length;
	incoming_take(stream, seq, packet + head, end - head, now, &all.transit);
	if (stream->expected && !began) say("{\"event\":\"first\",\"peer\":%d,\"ssrc\":%u}", one->id, stream->ssrc);
	if (stream->has_key != had_key) say("{\"event\":\"key\",\"peer\":%d,\"ssrc\":%u}", one->id, stream->ssrc);
}

static void take(peer *one, u8 *packet, int length, struct sockaddr_in *from, u64 now) {
	if (length < 12) return;
	if (packet[0] < 4) take_stun(one, packet, length, from);
	else if (packet[0] >= 20 && packet[0] < 64) take_dtls(one, packet, length);
	else if (packet[0] >= 128 && packet[0] < 192 && one->up) {
		if (packet[1] < 192 || packet[1] > 223) return take_rtp(one, packet, length, now);
		int end = srtcp_unprotect(&one->in, packet, length);
		if (end < 0) all.forged++;
		else rtcp_take(one, packet, end, now);
	}
}

void peer_read(peer *one) {
	static u8 packets[BATCH][PACKET_MOST];
	struct mmsghdr messages[BATCH];
	struct iovec places[BATCH];
	struct sockaddr_in from[BATCH];
	int count;
	do {
		for (int i = 0; i < BATCH; i++) {
			places[i] = (struct iovec){packets[i], PACKET_MOST};
			messages[i].msg_hdr = (struct msghdr){
					.msg_name = from + i, .msg_namelen = sizeof from[i], .msg_iov = places + i, .msg_iovlen = 1};
		}
		count = recvmmsg(one->fd, messages, BATCH, MSG_DONTWAIT, 0);
		u64 now = now_ns();
		for (int i = 0; i < count && !one->over; i++) take(one, packets[i], messages[i].msg_len, from + i, now);
	} while (count == BATCH && !one->over);
}

static void emit(void *to, outgoing *stream, u8 *packet, int length) {
	peer *one = to;
	length = srtp_protect(&one->out, packet, length, stream->roc);
	all.sent++;
	all.sent_bytes += length;
	peer_send(one, packet, length);
}

static void check(peer *one, u64 now) {
	u8 request[STUN_MOST];
	put32(one->transaction + STUN_COMMON, get32(one->transaction + STUN_COMMON) + 1);
	int length = stun_request(request, one->transaction, one->user, one->password);
	if (one->connected) {
		peer_send(one, request, length);
		one->next_check = now + CONSENT_MS * MS;
		return;
	}
	for (int i = 0; i < one->candidate_count; i++) {
		struct sockaddr *to = (struct sockaddr *)(one->candidates + i);
		sendto(one->fd, request, length, 0, to, sizeof one->candidates[i]);
	}
	one->next_check = now + CHECK_MS * MS;
}

void peer_tick(peer *one, u64 now) {
	if (one->over) return;
	if (now >= one->next_check) check(one, now);
	if (!one->up) {
		if (one->connected) DTLSv1_handle_timeout(one->ssl);
		if (now - one->began > GIVE_UP_MS * MS) fail(one, one->connected ? "no DTLS within 15 s" : "no ICE within 15 s");
		return;
	}
	for (int i = 0; i < one->sent_count; i++)
		if (one->sent[i].due <= now) outgoing_tick(one->sent + i, now, &one->transport_seq, emit, one);
	if (one->transport_cc && now >= one->next_feedback) {
		rtcp_feedback(one);
		one->next_feedback = now + FEEDBACK_MS * MS;
	}
	if (now >= one->next_report) {
		rtcp_report(one, now);
		one->next_report = now + REPORT_MS * MS;
	}
}
