#include "rtcp.h"
#include <string.h>

enum { SENDER_REPORT = 200, RECEIVER_REPORT = 201, DESCRIPTION = 202, TRANSPORT_FEEDBACK = 205, PAYLOAD_FEEDBACK = 206 };
enum { NACK = 1, TRANSPORT_CC = 15, PLI = 1, FIR = 4 };
enum { BLOCKS_MOST = 31 };

static void want_key(peer *one, u32 ssrc) {
	for (int i = 0; i < one->sent_count; i++)
		if (one->sent[i].ssrc == ssrc) one->sent[i].wants_key = 1;
}

static void heard_of(peer *one, const u8 *block) {
	for (int i = 0; i < one->sent_count; i++)
		if (one->sent[i].ssrc == get32(block)) one->sent[i].known = 1;
}

void rtcp_take(peer *one, const u8 *packet, int length, u64 now) {
	for (int at = 0, size; at + 8 <= length; at += size) {
		const u8 *part = packet + at;
		int type = part[1], format = part[0] & 31;
		size = 4 * (get16(part + 2) + 1);
		if (at + size > length) return;
		if (type == SENDER_REPORT && size >= 28) {
			incoming *stream = peer_stream(one, get32(part + 4), 0);
			if (stream) stream->report_ntp = get32(part + 10), stream->report_at = now;
		} else if (type == RECEIVER_REPORT) {
			for (int i = 0; i < format && 8 + 24 * (i + 1) <= size; i++) heard_of(one, part + 8 + 24 * i);
		} else if (type == PAYLOAD_FEEDBACK && format == PLI && size >= 12) {
			all.key_asked++;
			want_key(one, get32(part + 8));
		} else if (type == PAYLOAD_FEEDBACK && format == FIR) {
			all.key_asked++;
			for (int i = 12; i + 8 <= size; i += 8) want_key(one, get32(part + i));
		} else if (type == TRANSPORT_FEEDBACK && format == NACK) {
			all.nacked++;
		}
	}
}

static u8 *begin(u8 *at, int count, int type, u32 ssrc) {
	at[0] = 0x80 | count;
	at[1] = type;
	put32(at + 4, ssrc);
	return at + 8;
}

static void end(u8 *part, u8 *at) { put16(part + 2, (at - part) / 4 - 1); }

static u8 *sender_report(u8 *at, const outgoing *stream, u64 now) {
	struct timespec wall;
	clock_gettime(CLOCK_REALTIME, &wall);
	u8 *part = at;
	at = begin(at, 0, SENDER_REPORT, stream->ssrc);
	put32(at, wall.tv_sec + 2208988800u);
	put32(at + 4, (u32)(((u64)wall.tv_nsec << 32) / SECOND));
	/* The media's clock at this moment; the stream's own stands at what is due next. */
	double ahead = ((double)stream->due - (double)now) / SECOND;
	put32(at + 8, stream->timestamp - (int)(ahead * outgoing_rate(stream)));
	put32(at + 12, stream->packets);
	put32(at + 16, stream->octets);
	end(part, at + 20);
	return at + 20;
}

static u8 *description(u8 *at, const peer *one, u32 ssrc) {
	u8 *part = at;
	int length = strlen(one->cname);
	at = begin(at, 1, DESCRIPTION, ssrc);
	*at++ = 1;
	*at++ = length;
	memcpy(at, one->cname, length);
	at += length;
	do *at++ = 0;
	while ((at - part) & 3);
	end(part, at);
	return at;
}

static void report_block(u8 *at, incoming *stream, u64 now) {
	u32 reached = incoming_extended(stream);
	u32 due = reached - stream->reported_seq;
	u64 came = stream->packets - stream->reported_packets;
	u64 due_in_all = reached - stream->first + 1u;
	u32 lost = due > came ? due - came : 0;
	stream->reported_seq = reached;
	stream->reported_packets = stream->packets;
	memset(at, 0, 24);
	put32(at, stream->ssrc);
	put32(at + 4, due_in_all > stream->packets ? (due_in_all - stream->packets) & 0xffffff : 0);
	at[4] = due ? lost * 256 / due > 255 ? 255 : lost * 256 / due : 0;
	put32(at + 8, reached);
	if (!stream->report_at) return;
	put32(at + 16, stream->report_ntp);
	put32(at + 20, (now - stream->report_at) * 65536 / SECOND);
}

static u8 *ask_for_key(u8 *at, u32 own, u32 ssrc) {
	u8 *part = at;
	at = begin(at, PLI, PAYLOAD_FEEDBACK, own);
	put32(at, ssrc);
	end(part, at + 4);
	return at + 4;
}

static void flush(peer *one, u8 *packet, u8 *at) {
	if (at > packet) peer_send(one, packet, srtcp_protect(&one->out, packet, at - packet));
}

void rtcp_report(peer *one, u64 now) {
	u8 packet[1500], *at = packet;
	u32 own = one->sent_count ? one->sent[0].ssrc : 1;
	for (int i = 0; i < one->sent_count; i++)
		if (one->sent[i].packets) at = sender_report(at, one->sent + i, now);
	if (at > packet) at = description(at, one, own);
	flush(one, packet, at);

	for (int next = 0; next < one->came_count;) {
		u8 *part = packet;
		int count = 0;
		at = begin(packet, 0, RECEIVER_REPORT, own);
		for (; next < one->came_count && count < BLOCKS_MOST; next++) {
			if (!one->came[next].began) continue;
			report_block(at, one->came + next, now);
			at += 24;
			count++;
		}
		part[0] |= count;
		end(part, at);
		if (count) flush(one, packet, at);
	}
	at = packet;
	for (int i = 0; i < one->came_count && at < packet + 1200; i++) {
		incoming *stream = one->came + i;
		/* Nothing can be shown of it yet. */
		if (stream->expected && stream->codec == VP8 && stream->began && !stream->has_key)
			at = ask_for_key(at, own, stream->ssrc);
	}
	flush(one, packet, at);
}

/* draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1, in chunks of seven: 0 did not come, 1 small step, 2 large step. */
void rtcp_feedback(peer *one) {
	enum { TICK_NS = 250000, REFERENCE_NS = 64000000, SPAN_MOST = 400 };
	if (!one->arrival_count) return;
	u8 symbols[SPAN_MOST + 7] = {0}, packet[1500], *at, *part = packet;
	const arrival *first = one->arrivals;
	u64 reference = first->at / REFERENCE_NS, last = reference * (REFERENCE_NS / TICK_NS);
	int steps[SPAN_MOST], step_count = 0, span = 0;
	for (int i = 0; i < one->arrival_count; i++) {
		u16 place = one->arrivals[i].seq - first->seq;
		/* They come in order on this machine; one that does not is left out. */
		if (place >= SPAN_MOST || place < span) continue;
		u64 tick = one->arrivals[i].at / TICK_NS;
		int step = (int)(tick - last);
		last = tick;
		symbols[place] = step >= 0 && step < 256 ? 1 : 2;
		steps[step_count++] = step;
		span = place + 1;
	}
	one->arrival_count = 0;
	at = begin(part, TRANSPORT_CC, TRANSPORT_FEEDBACK, 1);
	put32(at, 0);
	put16(at + 4, first->seq);
	put16(at + 6, span);
	put32(at + 8, (u32)(reference << 8) | one->feedback_count++);
	at += 12;
	for (int i = 0; i < span; i += 7, at += 2) {
		u16 chunk = 0xc000;
		for (int k = 0; k < 7; k++) chunk |= symbols[i + k] << (12 - 2 * k);
		put16(at, chunk);
	}
	for (int i = 0; i < step_count; i++) {
		if (steps[i] >= 0 && steps[i] < 256) *at++ = steps[i];
		else put16(at, steps[i]), at += 2;
	}
	while ((at - part) & 3) *at++ = 0;
	end(part, at);
	flush(one, packet, at);
}
