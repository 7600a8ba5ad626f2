/* Real pictures, as an encoder made them: an IVF file of VP8 frames, the first of which is a key frame. */
#pragma once
#include "bytes.h"

typedef struct {
	const u8 *data;
	u32 length;
} frame;

typedef struct {
	char path[512];
	frame *frames;
	u32 count;
} film;

/* Read once, however many show it. 0: there is no such file, or it is no such film. */
const film *film_open(const char *path);
