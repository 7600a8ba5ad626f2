/*
 * Viewers of a relay over HTTP, any number of them on one thread, so light that what is measured is the server. Each has a
 * connection and an address of its own (127.1.x.y), reads a list once a second and each segment that is new in it. What comes of
 * a segment is thrown away in the kernel (MSG_TRUNC).
 *
 *   viewers PORT VIEWERS HIGH WARM SECONDS MODE QUERY TOKEN BASE
 *
 * HIGH: of a hundred viewers so many read high.m3u8, the others low.m3u8. MODE: 'watch', or 'segments': all but the first of
 * each size read no list and once a second the newest segment, or 'flood': as fast as they are given it, each viewer by turns of
 * both sizes, HIGH of a hundred, so that whoever is served faster changes nothing of what a segment is. QUERY: behind each list's address but a viewer's first.
 * BASE: what lists and segments stand behind. Says 'begun' when WARM seconds are over, and its figures SECONDS later.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 128, WANTED = 8, LIST = 1 << 20, TAIL = 2048, HEAD = 4096 };

struct segment {
	long number;
	double begins, lasts; /* seconds since 1970; seconds */
	char name[NAME];
};

struct viewer {
	int fd, rung;
	bool busy, listing, dead, first;
	long left; /* of the body */
	char head[HEAD];
	int head_length;
	char *list;
	int list_length;
	struct segment wanted[WANTED];
	int count, next;
	long newest; /* number of the last segment that was asked for */
	int turn; /* in a flood: at a hundred it is one of the large size */
};

static const char *rungs[] = {"high", "low"};
static const char *query, *token, *base;
static int port, epoll, high;
static bool watches, floods;
static bool counting;
static struct segment latest[2];
static long lists, segments, list_bytes, segment_bytes, errors, late;
static float *behind; /* of each segment, from the begin of what it shows until all of it was there */
static long behind_room;
static char sink[1 << 16];

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(struct viewer *v, const char *why) {
	if (errors++ < 5) fprintf(stderr, "a viewer failed: %s\n%.200s\n", why, v->head);
	if (v->fd >= 0) close(v->fd);
	v->fd = -1;
	v->busy = false;
}

static bool join(struct viewer *v, int index) {
	struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
	int one = 1;
	v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (v->fd < 0) return false;
	setsockopt(v->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	from.sin_addr.s_addr = htonl(0x7f010000u + 1 + (unsigned)index);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)port);
	if (bind(v->fd, (void *)&from, sizeof from) < 0) return false;
	if (connect(v->fd, (void *)&to, sizeof to) < 0 && errno != EINPROGRESS) return false;
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = v};
	return epoll_ctl(epoll, EPOLL_CTL_ADD, v->fd, &event) == 0;
}

static void ask(struct viewer *v, bool listing, const char *name) {
	char text[2048];
	int length = snprintf(text, sizeof text, "GET %s/%s%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s\r\n", base, name,
		listing && !v->first ? query : "", listing && *token ? "Authorization: Bearer " : "", listing ? token : "",
		listing && *token ? "\r\n" : "");
	v->busy = true;
	v->listing = listing;
	v->head_length = 0;
	v->left = -1;
	if (send(v->fd, text, (size_t)length, MSG_NOSIGNAL) != length) fail(v, "nothing can be sent");
}

static double date_of(const char *text) {
	struct tm t = {0};
	double seconds = 0;
	if (sscanf(text, "%d-%d-%dT%d:%d:%lfZ", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &seconds) != 6) return 0;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	return (double)timegm(&t) + seconds;
}

/* The newest entries alone: what is older was seen before. */
static void read_list(struct viewer *v) {
	static const char mark[] = "#EXT-X-PROGRAM-DATE-TIME:";
	v->list[v->list_length] = 0;
	char *at = v->list + (v->list_length > TAIL ? v->list_length - TAIL : 0);
	v->count = v->next = 0;
	while ((at = strstr(at, mark))) {
		struct segment s = {.begins = date_of(at + sizeof mark - 1)};
		char *lasts = strstr(at, "#EXTINF:");
		char *line = lasts ? strchr(lasts, '\n') : NULL;
		if (!line) break;
		s.lasts = atof(lasts + 8);
		if (sscanf(line + 1, "%127[^\n]", s.name) != 1) break;
		char *dash = strchr(s.name, '-');
		s.number = dash ? atol(dash + 1) : 0;
		latest[v->rung] = s;
		/* Whoever comes begins three segments before the end. */
		if (s.number > v->newest && v->count < WANTED) v->wanted[v->count++] = s;
		at = line;
	}
	if (v->first && v->count > 3) v->next = v->count - 3;
	if (v->count > 0) v->newest = v->wanted[v->count - 1].number;
	v->first = false;
}

static void again(struct viewer *v) {
	int rung = v->rung;
	if (floods && latest[0].number && latest[1].number) {
		v->turn += high;
		rung = v->turn >= 100 ? 0 : 1;
		v->turn %= 100;
	}
	v->wanted[0] = latest[rung];
	v->count = v->next = 1;
	ask(v, false, v->wanted[0].name);
}

static void whole(struct viewer *v) {
	if (v->listing) {
		if (counting) lists++, list_bytes += v->list_length;
		read_list(v);
	} else {
		const struct segment *s = &v->wanted[v->next - 1];
		if (counting) {
			if (segments < behind_room) behind[segments] = (float)(now() - s->begins);
			segments++;
		}
	}
	v->busy = false;
	if (v->next < v->count && (watches || !v->listing)) ask(v, false, v->wanted[v->next++].name);
	else if (floods && !v->listing) again(v);
}

static void hear(struct viewer *v) {
	for (;;) {
		if (v->left < 0) {
			ssize_t got = recv(v->fd, v->head + v->head_length, (size_t)(HEAD - 1 - v->head_length), 0);
			if (got < 0 && errno == EAGAIN) return;
			if (got <= 0) return fail(v, "cut off");
			v->head_length += (int)got;
			v->head[v->head_length] = 0;
			char *end = strstr(v->head, "\r\n\r\n");
			if (!end) {
				if (v->head_length >= HEAD - 1) fail(v, "an endless head");
				if (v->fd < 0) return;
				continue;
			}
			char *length = strcasestr(v->head, "\r\ncontent-length:");
			if (strncmp(v->head, "HTTP/1.1 200", 12) != 0 || !length || length > end) return fail(v, "not what was asked for");
			v->left = atol(length + 17);
			long body = v->head + v->head_length - (end + 4);
			if (v->listing && v->left >= LIST) return fail(v, "an endless list");
			v->list_length = 0;
			if (v->listing) memcpy(v->list, end + 4, (size_t)body), v->list_length = (int)body;
			else if (counting) segment_bytes += body;
			v->left -= body;
		} else if (v->left > 0) {
			char *to = v->listing ? v->list + v->list_length : sink;
			int flags = v->listing ? 0 : MSG_TRUNC;
			ssize_t got = recv(v->fd, to, (size_t)v->left, flags);
			if (got < 0 && errno == EAGAIN) return;
			if (got <= 0) return fail(v, "cut off");
			v->left -= got;
			if (v->listing) v->list_length += (int)got;
			else if (counting) segment_bytes += got;
		}
		if (v->left == 0) {
			whole(v);
			if (v->fd < 0 || !v->busy) return;
		}
	}
}

static void tick(struct viewer *v, int index) {
	if (v->busy) {
		if (counting && !floods) late++;
		return;
	}
	if (v->fd < 0) {
		/* It asks when its turn comes again: by then the connection stands. */
		if (!join(v, index)) fail(v, "no connection");
		return;
	}
	char name[32];
	bool scouts = watches || latest[v->rung].number == 0 || index < 2;
	if (scouts) {
		snprintf(name, sizeof name, "%s.m3u8", rungs[v->rung]);
		return ask(v, true, name);
	}
	again(v);
}

static int by_size(const void *a, const void *b) {
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static double at(double p) {
	long n = segments < behind_room ? segments : behind_room;
	return n > 0 ? (double)behind[(long)(p * (double)(n - 1))] * 1000 : -1;
}

int main(int argc, char **argv) {
	if (argc != 10) return 2;
	port = atoi(argv[1]);
	int count = atoi(argv[2]);
	high = atoi(argv[3]);
	double warm = atof(argv[4]), lasts = atof(argv[5]);
	watches = strcmp(argv[6], "watch") == 0, floods = strcmp(argv[6], "flood") == 0;
	query = argv[7], token = argv[8], base = argv[9];
	epoll = epoll_create1(0);
	behind_room = (long)count * ((long)lasts + 10) * 2;
	behind = calloc((size_t)behind_room, sizeof *behind);
	struct viewer *all = calloc((size_t)count, sizeof *all);
	for (int i = 0; i < count; i++) {
		/* The first is one of the large size wherever there are any. */
		all[i] = (struct viewer){.fd = -1, .first = true, .rung = (i * 37 + high / 2) % 100 < high ? 0 : 1, .turn = i * 37 % 100};
		all[i].list = malloc(LIST);
	}
	all[0].rung = high > 0 ? 0 : 1;
	if (count > 1) all[1].rung = high < 100 ? 1 : 0;
	double begun = now(), counts = begun + warm, ends = counts + lasts;
	long ticked = 0; /* viewers tick one after the other, all of them within each second */
	struct epoll_event events[256];
	for (;;) {
		double t = now();
		if (!counting && t >= counts) {
			counting = true;
			printf("begun\n");
			fflush(stdout);
		}
		if (t >= ends) break;
		long due = (long)((t - begun) * count);
		for (; ticked < due; ticked++) tick(&all[ticked % count], (int)(ticked % count));
		int ready = epoll_wait(epoll, events, 256, 2);
		for (int i = 0; i < ready; i++) {
			struct viewer *v = events[i].data.ptr;
			if (v->fd < 0) continue;
			if (!v->busy) fail(v, "cut off between");
			else hear(v);
		}
	}
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	qsort(behind, (size_t)(segments < behind_room ? segments : behind_room), sizeof *behind, by_size);
	printf("{\"lists\":%ld,\"listBytes\":%ld,\"segments\":%ld,\"segmentBytes\":%ld,\"errors\":%ld,\"late\":%ld,"
		   "\"behindMs\":{\"p50\":%.0f,\"p95\":%.0f,\"p99\":%.0f,\"max\":%.0f},\"cpuS\":%.3f}\n",
		lists, list_bytes, segments, segment_bytes, errors, late, at(0.5), at(0.95), at(0.99), at(1),
		(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
	return 0;
}
