/* Network byte order, the one clock that everything here is measured by, and the way to say something. */
#pragma once
#include <stdint.h>
#include <time.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define MS 1000000ull
#define SECOND 1000000000ull

static inline void put16(u8 *at, u16 value) {
	at[0] = value >> 8;
	at[1] = value;
}

static inline void put32(u8 *at, u32 value) {
	put16(at, value >> 16);
	put16(at + 2, value);
}

static inline u16 get16(const u8 *at) { return at[0] << 8 | at[1]; }

static inline u32 get32(const u8 *at) { return (u32)get16(at) << 16 | get16(at + 2); }

/* Monotonic nanoseconds: the same for every process of this machine. */
static inline u64 now_ns(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * SECOND + t.tv_nsec;
}

/* One line of JSON on standard output. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
