#include "film.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILMS_MOST = 64 };

static u32 le32(const u8 *at) { return at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24; }

/* IVF: a header of 32 bytes, then a length, a time of 8 bytes and the data of each frame, lowest byte first. */
static int index_frames(film *one, const u8 *data, size_t size) {
	if (size < 32 || memcmp(data, "DKIF", 4) || memcmp(data + 8, "VP80", 4)) return 0;
	for (size_t at = data[6] | data[7] << 8; at + 12 < size;) {
		u32 length = le32(data + at);
		at += 12;
		if (!length || length > size - at) break;
		one->frames = realloc(one->frames, (one->count + 1) * sizeof *one->frames);
		one->frames[one->count++] = (frame){data + at, length};
		at += length;
	}
	/* RFC 6386 §9.1: the lowest bit of a key frame is 0. */
	return one->count && !(one->frames->data[0] & 1);
}

const film *film_open(const char *path) {
	static film films[FILMS_MOST];
	static int count;
	for (int i = 0; i < count; i++)
		if (!strcmp(films[i].path, path)) return films + i;
	if (count == FILMS_MOST) return 0;
	film *one = films + count;
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return 0;
	void *data = fstat(fd, &about) ? MAP_FAILED : mmap(0, about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	*one = (film){0};
	snprintf(one->path, sizeof one->path, "%s", path);
	if (data == MAP_FAILED || !index_frames(one, data, about.st_size)) return 0;
	count++;
	return one;
}
