/* STUN for ICE, RFC 8445 and RFC 8489: what a controlling agent asks of an ICE-lite server, and answers it. */
#pragma once
#include "bytes.h"
#include <netinet/in.h>

#define STUN_MOST 512

/* A binding request that nominates its way. Returns its length. */
int stun_request(u8 *out, const u8 transaction[12], const char *user, const char *password);
/* The answer to a request that came from there. */
int stun_answer(u8 *out, const u8 *request, const struct sockaddr_in *from, const char *password);
/* Of a transaction, the part that all checks of one peer have in common; each is a transaction of its own. */
enum { STUN_COMMON = 8 };
/* Whether this is an answer to one of the checks of this peer. */
int stun_is_answer(const u8 *packet, int length, const u8 transaction[12]);
int stun_is_request(const u8 *packet, int length);
