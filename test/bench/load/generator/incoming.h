/* One stream that comes in: counted, and how long each packet was on its way. */
#pragma once
#include "bytes.h"
#include "outgoing.h"

typedef struct {
	u32 ssrc;
	codec codec;
	/* Somebody said that it would come. What comes unasked (a probe of the line, a repetition) is not counted as lost. */
	int expected, began, has_key;
	u16 seq;
	u32 roc;
	/* Extended sequence numbers. */
	u32 first;
	u64 packets;
	/* Since the last report and since the last reset: the extended number reached then, and packets until then. */
	u32 reported_seq, reset_seq;
	u64 reported_packets, reset_packets;
	/* The last sender report: the middle of its NTP time, and when it came. */
	u32 report_ntp;
	u64 report_at;
} incoming;

/* How long packets were on their way, in buckets of 20 µs. */
enum { TRANSIT_BUCKETS = 25000 };
#define TRANSIT_BUCKET_NS 20000
typedef struct {
	u32 counts[TRANSIT_BUCKETS];
	u64 total, most_ns;
} transit;

void transit_add(transit *all, u64 ns);
/* Milliseconds below which this part of the packets stayed, 0..1. */
double transit_ms(const transit *all, double part);

/* How often the number went around for a packet of this number. */
u32 incoming_roc(const incoming *one, u16 seq);
/* A packet that is authentic. `payload` begins after the header. */
void incoming_take(incoming *one, u16 seq, const u8 *payload, int length, u64 now, transit *all);
u32 incoming_extended(const incoming *one);
/* What did not come since the last reset. */
u64 incoming_lost(const incoming *one);
void incoming_reset(incoming *one);
