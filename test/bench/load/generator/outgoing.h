/* What a person sends: Opus fifty times a second, or one layer of a VP8 picture, as Chromium packs it. */
#pragma once
#include "bytes.h"
#include "film.h"

#define RTP_MOST 1400

/* Header extensions as test/bench/load/streams.ts tells the hub of them. */
enum { EXT_MID = 1, EXT_RID = 2, EXT_ABS_SEND_TIME = 4, EXT_TRANSPORT_CC = 5, EXT_AUDIO_LEVEL = 6 };

typedef enum { OPUS, VP8, OTHER } codec;

/* Ends what we send, so that the other side can tell how long it was on its way. */
#define STAMP_MAGIC 0x4d617275u
enum { STAMP_LENGTH = 12 };

typedef struct {
	codec codec;
	u32 ssrc, timestamp, roc;
	u16 seq;
	u8 payload_type, level;
	/* Which m-line and layer it is; said until the other side has reported on it once. */
	char mid[16], rid[16];
	int known, kbps, fps;
	u64 due;
	u64 packets, octets, frames;
	u16 picture_id;
	u8 tl0;
	int wants_key;
	/* What is shown instead of noise; 0: nothing that anybody could see. */
	const film *film;
} outgoing;

/* dBov of somebody who is silent: Chromium then sends every 400 ms (DTX). */
#define SILENCE 127

/* Sends what is due: calls back with each packet, in the clear, and its length; there is room behind it. */
void outgoing_tick(outgoing *one, u64 now, u16 *transport_seq,
									 void (*emit)(void *to, outgoing *one, u8 *packet, int length), void *to);
int outgoing_rate(const outgoing *one);
