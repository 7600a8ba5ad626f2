/*
 * People's media without browsers: one thread, any number of WebRTC transports. Orders are lines of words on standard
 * input, what happens is lines of JSON on standard output; it ends with its input.
 *
 *   peer ID USER PASSWORD OWN_USER OWN_PASSWORD TRANSPORT_CC ADDRESS:PORT…   connects to a transport of an SFU
 *   opus PEER SSRC TYPE MID KBPS LEVEL         sends sound; LEVEL in -dBov, 127: silence
 *   vp8 PEER SSRC TYPE MID RID KBPS FPS        sends one layer of a picture
 *   film PEER SSRC TYPE MID RID FPS PATH       sends one that can be seen, from a file
 *   level PEER SSRC LEVEL                      speaks, or falls silent
 *   stop PEER SSRC                             sends it no longer
 *   expect PEER SSRC opus|vp8|other            this stream will come
 *   forget PEER SSRC                           it will come no longer
 *   leave PEER
 *   reset                                      counts anew
 *   stat                                       one line with everything counted since
 *   streams PEER                               what came of each expected stream, since ever
 */
#include "peer.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PEERS_MOST = 4096, WORDS_MOST = 32, EVENTS_MOST = 256, TICK_MS = 2 };

static peer *peers[PEERS_MOST];
static int peer_count, polling;
static SSL_CTX *dtls;
static u64 reset_at;

void say(const char *format, ...) {
	va_list values;
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	putchar('\n');
	fflush(stdout);
}

/* A certificate for everybody here, as a browser makes one for each page; tells its fingerprint. */
static void make_certificate(void) {
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *one = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(one), 1);
	X509_gmtime_adj(X509_getm_notBefore(one), -3600);
	X509_gmtime_adj(X509_getm_notAfter(one), 86400 * 30);
	X509_set_pubkey(one, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_ASC, (const u8 *)"people", -1, -1, 0);
	X509_set_issuer_name(one, X509_get_subject_name(one));
	X509_sign(one, key, EVP_sha256());
	dtls = SSL_CTX_new(DTLS_client_method());
	SSL_CTX_use_certificate(dtls, one);
	SSL_CTX_use_PrivateKey(dtls, key);
	/* Whom we speak to is known by the signalling; here nobody is deceived. */
	SSL_CTX_set_verify(dtls, SSL_VERIFY_NONE, 0);
	SSL_CTX_set_tlsext_use_srtp(dtls, SRTP_SUITES);
	u8 digest[32];
	unsigned int length;
	char text[3 * sizeof digest + 1] = "";
	X509_digest(one, EVP_sha256(), digest, &length);
	for (unsigned int i = 0; i < length; i++) sprintf(text + 3 * i, "%02X%s", digest[i], i + 1 < length ? ":" : "");
	say("{\"event\":\"ready\",\"fingerprint\":\"%s\"}", text);
}

static int index_of(int id) {
	for (int i = 0; i < peer_count; i++)
		if (peers[i]->id == id) return i;
	return -1;
}

static void order_peer(char **words, int count) {
	if (count < 8 || peer_count == PEERS_MOST) return;
	peer *one = peer_open(atoi(words[1]), dtls);
	snprintf(one->user, sizeof one->user, "%s:%s", words[2], words[4]);
	snprintf(one->password, sizeof one->password, "%s", words[3]);
	snprintf(one->own_password, sizeof one->own_password, "%s", words[5]);
	snprintf(one->cname, sizeof one->cname, "person-%d", one->id);
	one->transport_cc = atoi(words[6]);
	for (int i = 7; i < count && one->candidate_count < CANDIDATES_MOST; i++) {
		char *colon = strrchr(words[i], ':');
		struct sockaddr_in *to = one->candidates + one->candidate_count;
		if (!colon) continue;
		*colon = 0;
		to->sin_family = AF_INET;
		to->sin_port = htons(atoi(colon + 1));
		if (inet_aton(words[i], &to->sin_addr)) one->candidate_count++;
	}
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
	epoll_ctl(polling, EPOLL_CTL_ADD, one->fd, &event);
	peers[peer_count++] = one;
}

static void order_sent(peer *one, codec codec, char **words, int count) {
	if (one->sent_count == OUTGOING_MOST || count < (codec == OPUS ? 7 : 8)) return;
	outgoing *stream = one->sent + one->sent_count++;
	const film *shown = strcmp(words[0], "film") ? 0 : film_open(words[7]);
	if (!shown && !strcmp(words[0], "film")) {
		fprintf(stderr, "no film: %s\n", words[7]);
		exit(3);
	}
	*stream = (outgoing){.codec = codec, .ssrc = strtoul(words[2], 0, 10), .payload_type = atoi(words[3]), .film = shown};
	snprintf(stream->mid, sizeof stream->mid, "%s", words[4]);
	if (codec == VP8) snprintf(stream->rid, sizeof stream->rid, "%s", words[5]);
	if (!shown) stream->kbps = atoi(words[codec == OPUS ? 5 : 6]);
	if (codec == OPUS) stream->level = atoi(words[6]);
	else stream->fps = atoi(words[shown ? 6 : 7]);
	stream->seq = rand() & 0x7fff;
	stream->timestamp = rand();
	stream->picture_id = rand() & 0x7fff;
	/* Not all of them at the same moment. */
	stream->due = now_ns() + rand() % 60 * MS;
}

static void stop_sent(peer *one, u32 ssrc) {
	for (int i = 0; i < one->sent_count; i++) {
		if (one->sent[i].ssrc != ssrc) continue;
		memmove(one->sent + i, one->sent + i + 1, (--one->sent_count - i) * sizeof *one->sent);
		return;
	}
}

static void order_expect(peer *one, u32 ssrc, const char *kind) {
	incoming *stream = peer_stream(one, ssrc, 1);
	if (!stream) return;
	stream->expected = 1;
	stream->codec = !strcmp(kind, "opus") ? OPUS : !strcmp(kind, "vp8") ? VP8 : OTHER;
}

static void forget(peer *one, u32 ssrc) {
	incoming *stream = peer_stream(one, ssrc, 0);
	if (stream) memmove(stream, stream + 1, (one->came + --one->came_count - stream) * sizeof *stream);
}

static void leave(int at) {
	peer_close(peers[at]);
	memmove(peers + at, peers + at + 1, (--peer_count - at) * sizeof *peers);
}

static void reset(void) {
	memset(&all, 0, sizeof all);
	for (int i = 0; i < peer_count; i++)
		for (int k = 0; k < peers[i]->came_count; k++) incoming_reset(peers[i]->came + k);
	reset_at = now_ns();
}

static void stat(void) {
	u64 lost = 0;
	int up = 0, streams = 0, flowing = 0;
	for (int i = 0; i < peer_count; i++) {
		up += peers[i]->up && !peers[i]->over;
		for (int k = 0; k < peers[i]->came_count; k++) {
			const incoming *stream = peers[i]->came + k;
			if (!stream->expected) continue;
			lost += incoming_lost(stream);
			streams++;
			flowing += stream->packets > stream->reset_packets;
		}
	}
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	const transit *t = &all.transit;
	say("{\"event\":\"stat\",\"seconds\":%.3f,\"peers\":%d,\"up\":%d,\"streams\":%d,\"flowing\":%d,\"sent\":%lu,"
			"\"sentBytes\":%lu,\"unsent\":%lu,\"received\":%lu,\"receivedBytes\":%lu,\"lost\":%lu,\"forged\":%lu,"
			"\"keyFramesAsked\":%lu,\"nacks\":%lu,\"timed\":%lu,\"p50Ms\":%.2f,\"p99Ms\":%.2f,\"maxMs\":%.2f,\"cpu\":%.3f}",
			(now_ns() - reset_at) / 1e9, peer_count, up, streams, flowing, all.sent, all.sent_bytes, all.unsent, all.came,
			all.came_bytes, lost, all.forged, all.key_asked, all.nacked, t->total, transit_ms(t, 0.5), transit_ms(t, 0.99),
			t->most_ns / 1e6, cpu);
}

static void tell_streams(const peer *one) {
	printf("{\"event\":\"streams\",\"peer\":%d,\"streams\":[", one->id);
	const char *comma = "";
	for (int i = 0; i < one->came_count; i++) {
		const incoming *stream = one->came + i;
		if (!stream->expected) continue;
		printf("%s{\"ssrc\":%u,\"packets\":%lu,\"lost\":%lu,\"key\":%s}", comma, stream->ssrc, stream->packets,
					 incoming_lost(stream), stream->has_key ? "true" : "false");
		comma = ",";
	}
	say("]}");
}

static void obey(char *line) {
	char *words[WORDS_MOST];
	int count = 0;
	for (char *word = strtok(line, " "); word && count < WORDS_MOST; word = strtok(0, " ")) words[count++] = word;
	if (!count) return;
	const char *what = words[0];
	if (!strcmp(what, "peer")) return order_peer(words, count);
	if (!strcmp(what, "reset")) return reset();
	if (!strcmp(what, "stat")) return stat();
	int at = count > 1 ? index_of(atoi(words[1])) : -1;
	if (at < 0) return;
	peer *one = peers[at];
	u32 ssrc = count > 2 ? strtoul(words[2], 0, 10) : 0;
	if (!strcmp(what, "leave")) leave(at);
	else if (!strcmp(what, "streams")) tell_streams(one);
	else if (!strcmp(what, "opus")) order_sent(one, OPUS, words, count);
	else if (!strcmp(what, "vp8") || !strcmp(what, "film")) order_sent(one, VP8, words, count);
	else if (!strcmp(what, "stop")) stop_sent(one, ssrc);
	else if (!strcmp(what, "forget")) forget(one, ssrc);
	else if (!strcmp(what, "expect") && count > 3) order_expect(one, ssrc, words[3]);
	else if (!strcmp(what, "level") && count > 3) {
		for (int i = 0; i < one->sent_count; i++)
			if (one->sent[i].ssrc == ssrc) one->sent[i].level = atoi(words[3]), one->sent[i].due = now_ns();
	}
}

static void read_orders(void) {
	static char text[1 << 16];
	static size_t length;
	ssize_t more = read(0, text + length, sizeof text - length - 1);
	if (more == 0) exit(0);
	if (more < 0) return;
	length += more;
	text[length] = 0;
	char *line = text;
	for (char *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = 0;
		obey(line);
	}
	length -= line - text;
	memmove(text, line, length);
	if (length == sizeof text - 1) exit(2); /* No order is as long as that. */
}

int main(void) {
	polling = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event orders = {.events = EPOLLIN, .data.ptr = 0}, events[EVENTS_MOST];
	epoll_ctl(polling, EPOLL_CTL_ADD, 0, &orders);
	fcntl(0, F_SETFL, O_NONBLOCK);
	/* Whoever is interrupted at a terminal with us says goodbye first, and then ends our input. */
	signal(SIGINT, SIG_IGN);
	srand(now_ns());
	reset_at = now_ns();
	make_certificate();
	for (u64 next = 0;;) {
		int count = epoll_wait(polling, events, EVENTS_MOST, TICK_MS), ordered = 0;
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr) peer_read(events[i].data.ptr);
			else ordered = 1;
		}
		/* Last, because an order may free a peer whose packets are in this round. */
		if (ordered) read_orders();
		u64 now = now_ns();
		if (now < next) continue;
		next = now + TICK_MS * MS;
		for (int i = 0; i < peer_count; i++) peer_tick(peers[i], now);
	}
}
