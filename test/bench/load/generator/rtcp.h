/* RTCP: sender and receiver reports, asking for key frames, and feedback on when packets came (transport-cc). */
#pragma once
#include "peer.h"

void rtcp_take(peer *one, const u8 *packet, int length, u64 now);
/* Reports on everything, once a second. */
void rtcp_report(peer *one, u64 now);
/* What has come since the last time: the SFU measures the line by it. */
void rtcp_feedback(peer *one);
