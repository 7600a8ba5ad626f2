#include "incoming.h"
#include <string.h>

void transit_add(transit *all, u64 ns) {
	u64 bucket = ns / TRANSIT_BUCKET_NS;
	all->counts[bucket < TRANSIT_BUCKETS ? bucket : TRANSIT_BUCKETS - 1]++;
	all->total++;
	if (ns > all->most_ns) all->most_ns = ns;
}

double transit_ms(const transit *all, double part) {
	u64 sum = 0;
	for (int i = 0; i < TRANSIT_BUCKETS; i++) {
		sum += all->counts[i];
		if (sum && sum >= all->total * part) return (i + 1) * (TRANSIT_BUCKET_NS / 1e6);
	}
	return 0;
}

u32 incoming_roc(const incoming *one, u16 seq) {
	if (!one->began) return 0;
	u16 ahead = seq - one->seq;
	if (ahead < 0x8000) return seq < one->seq ? one->roc + 1 : one->roc;
	return seq > one->seq && one->roc ? one->roc - 1 : one->roc;
}

u32 incoming_extended(const incoming *one) { return one->roc << 16 | one->seq; }

static int is_key(const incoming *one, const u8 *payload, int length) {
	/* RFC 7741 §4.2: the start of a partition; its descriptor with a picture id, and with or without temporal layers. */
	if (one->codec != VP8 || length < 12 || (payload[0] & 0x90) != 0x90 || !(payload[1] & 0x80)) return 0;
	int at = payload[2] & 0x80 ? 4 : 3;
	if (payload[1] & 0x40) at++;
	if (payload[1] & 0x30) at++;
	return !(payload[at] & 1) && payload[at + 3] == 0x9d;
}

void incoming_take(incoming *one, u16 seq, const u8 *payload, int length, u64 now, transit *all) {
	if (!one->began) {
		one->began = 1;
		one->seq = seq;
		one->first = seq;
		one->reported_seq = one->reset_seq = seq - 1u;
	} else if ((u16)(seq - one->seq) < 0x8000) {
		one->roc = incoming_roc(one, seq);
		one->seq = seq;
	}
	one->packets++;
	if (!one->has_key) one->has_key = is_key(one, payload, length);
	if (!one->expected || length < STAMP_LENGTH || get32(payload + length - STAMP_LENGTH) != STAMP_MAGIC) return;
	u64 sent;
	memcpy(&sent, payload + length - 8, sizeof sent);
	if (sent < now) transit_add(all, now - sent);
}

u64 incoming_lost(const incoming *one) {
	if (!one->began || !one->expected) return 0;
	u64 due = incoming_extended(one) - one->reset_seq, came = one->packets - one->reset_packets;
	return due > came ? due - came : 0;
}

void incoming_reset(incoming *one) {
	one->reset_seq = incoming_extended(one);
	one->reset_packets = one->packets;
}
