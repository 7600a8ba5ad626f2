#include "outgoing.h"
#include "srtp.h"
#include <string.h>

/* What is in a packet is nobody's to understand; it only may not compress. */
static const u8 *noise(u32 from) {
	static u8 bytes[4096 + RTP_MOST];
	static int ready;
	for (u32 i = 0, x = 2463534242u; !ready && i < sizeof bytes; i++) {
		x ^= x << 13, x ^= x >> 17, x ^= x << 5;
		bytes[i] = x;
	}
	ready = 1;
	return bytes + (from & 4095);
}

int outgoing_rate(const outgoing *one) { return one->codec == OPUS ? 48000 : 90000; }

/* RFC 8285, one byte each. */
static u8 *extension(u8 *at, int id, const void *value, int length) {
	*at++ = id << 4 | (length - 1);
	memcpy(at, value, length);
	return at + length;
}

static int header(outgoing *one, u8 *packet, int marker, u64 now, u16 transport_seq) {
	u8 word[4], *at = packet + 16;
	packet[0] = 0x90;
	packet[1] = one->payload_type | (marker ? 0x80 : 0);
	put16(packet + 2, one->seq);
	put32(packet + 4, one->timestamp);
	put32(packet + 8, one->ssrc);
	if (!one->known) {
		at = extension(at, EXT_MID, one->mid, strlen(one->mid));
		if (*one->rid) at = extension(at, EXT_RID, one->rid, strlen(one->rid));
	}
	/* 6.18 fixed point seconds. */
	put32(word, (u32)((now / 1000 * 262144) / 1000000));
	at = extension(at, EXT_ABS_SEND_TIME, word + 1, 3);
	put16(word, transport_seq);
	at = extension(at, EXT_TRANSPORT_CC, word, 2);
	if (one->codec == OPUS) {
		*word = one->level < SILENCE ? 0x80 | one->level : SILENCE;
		at = extension(at, EXT_AUDIO_LEVEL, word, 1);
	}
	while ((at - packet) & 3) *at++ = 0;
	put16(packet + 12, 0xbede);
	put16(packet + 14, (at - packet - 16) / 4);
	return at - packet;
}

typedef struct {
	u16 *transport_seq;
	void (*emit)(void *, outgoing *, u8 *, int);
	void *to;
} way;

typedef struct {
	const u8 *data;
	int length;
} part;

static void send_payload(outgoing *one, part start, part body, int marker, int stamped, const way *by) {
	u8 packet[RTP_MOST + 200];
	u64 now = now_ns();
	int begin = header(one, packet, marker, now, (*by->transport_seq)++), at = begin;
	if (start.length) memcpy(packet + at, start.data, start.length), at += start.length;
	if (body.length > 0) memcpy(packet + at, body.data, body.length), at += body.length;
	if (stamped) {
		put32(packet + at, STAMP_MAGIC);
		memcpy(packet + at + 4, &now, sizeof now);
		at += STAMP_LENGTH;
	}
	one->packets++;
	one->octets += at - begin;
	by->emit(by->to, one, packet, at);
	if (++one->seq == 0) one->roc++;
}

/* So many bytes in all, of which nobody can make anything. */
static void send_noise(outgoing *one, part start, int length, int marker, const way *by) {
	send_payload(one, start, (part){noise(one->seq), length - start.length - STAMP_LENGTH}, marker, 1, by);
}

static void send_opus(outgoing *one, const way *by) {
	int silent = one->level >= SILENCE;
	int ms = silent ? 400 : 20;
	send_noise(one, (part){0, 0}, silent ? 16 : one->kbps * 1000 / 8 / 50, 0, by);
	one->timestamp += 48 * ms;
	one->due += ms * MS;
}

/* RFC 7741: the descriptor that Chromium sends, with picture id and three temporal layers (0, 2, 1, 2). */
static int describe(outgoing *one, u8 *out, int first, int key, int layer) {
	int at = 0;
	out[at++] = 0x80 | (layer == 2 ? 0x20 : 0) | (first ? 0x10 : 0);
	out[at++] = 0xe0;
	put16(out + at, 0x8000 | one->picture_id);
	at += 2;
	out[at++] = one->tl0;
	out[at++] = layer << 6 | (layer ? 0x20 : 0);
	if (!first) return at;
	out[at++] = key ? 0x10 : 0x11;
	out[at++] = 2;
	out[at++] = 0;
	if (!key) return at;
	static const u8 start_320_180[] = {0x9d, 0x01, 0x2a, 64, 1, 180, 0};
	memcpy(out + at, start_320_180, sizeof start_320_180);
	return at + sizeof start_320_180;
}

static void send_picture(outgoing *one, const way *by) {
	static const int pattern[] = {0, 2, 1, 2};
	int key = one->wants_key || one->frames == 0;
	if (key) one->wants_key = 0, one->frames = 0;
	int layer = pattern[one->frames++ & 3];
	int size = one->kbps * 1000 / 8 / one->fps;
	if (key) size *= 4;
	int count = (size + 1099) / 1100;
	one->picture_id = (one->picture_id + 1) & 0x7fff;
	if (layer == 0) one->tl0++;
	for (int i = 0; i < count; i++) {
		u8 start[16];
		int length = describe(one, start, i == 0, key, layer);
		int most = size / count < 48 ? 48 : size / count;
		send_noise(one, (part){start, length}, most, i == count - 1, by);
	}
	one->timestamp += 90000 / one->fps;
	one->due += SECOND / one->fps;
}

/* RFC 7741 with a picture id and no temporal layers. The stamp stands behind the last partition, where no decoder looks. */
static void send_frame(outgoing *one, const way *by) {
	enum { CHUNK = 1100 };
	if (one->wants_key) one->wants_key = 0, one->frames = 0;
	const frame *now = one->film->frames + one->frames++ % one->film->count;
	one->picture_id = (one->picture_id + 1) & 0x7fff;
	for (u32 at = 0; at < now->length; at += CHUNK) {
		u8 start[] = {at ? 0x80 : 0x90, 0x80, 0x80 | one->picture_id >> 8, one->picture_id};
		int last = now->length - at <= CHUNK;
		part body = {now->data + at, last ? now->length - at : CHUNK};
		send_payload(one, (part){start, sizeof start}, body, last, last, by);
	}
	one->timestamp += 90000 / one->fps;
	one->due += SECOND / one->fps;
}

void outgoing_tick(outgoing *one, u64 now, u16 *transport_seq, void (*emit)(void *, outgoing *, u8 *, int), void *to) {
	way by = {transport_seq, emit, to};
	/* Held up for long: what was not sent then is not made up for. */
	if (one->due + 500 * MS < now) one->due = now;
	while (one->due <= now) {
		if (one->codec == OPUS) send_opus(one, &by);
		else if (one->film) send_frame(one, &by);
		else send_picture(one, &by);
	}
}
