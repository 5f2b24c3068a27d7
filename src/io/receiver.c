/*
 * receiver.c - the listener: the HTTP library between the door and the answers.
 *
 * Owns libmicrohttpd in epoll mode, its descriptor in our loop, and one request
 * on each connection. The door before it accepts, limits and checks
 * (receiver_door.c); what a request means is receiver_request.c's; here it is
 * only parsed and sent. Every answer closes its connection: a second request
 * on it, smuggled or not, is never looked at.
 */
#include "io/receiver.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/loop_fd.h"
#include "io/receiver_door.h"
#include "io/receiver_head.h"
#include "io/receiver_request.h"

#define DEADLINE_S    10	  /* a connection's whole time */
#define LIBRARY_BYTES (48u << 10) /* for each: the head, its index, and the answer's head */
#define RUNS_A_TURN   16

struct receiver {
	struct io *io;
	struct house house;
	struct door *door;
	struct MHD_Daemon *daemon;
	struct io_fd *watch;
	struct io_timer *timer;
};

/* ---- answering ---- */

/* Takes the file and the text. NULL: no memory. */
static struct MHD_Response *response_new(struct answer *answer)
{
	struct MHD_Response *response;

	if (answer->fd >= 0 && answer->n > 0) {
		response = MHD_create_response_from_fd64(answer->n, answer->fd);
		if (!response)
			close(answer->fd);
	} else {
		/* The library takes no empty file. */
		if (answer->fd >= 0)
			close(answer->fd);
		response = MHD_create_response_from_buffer(answer->text.n, answer->text.data,
							   MHD_RESPMEM_MUST_COPY);
	}
	buf_done(&answer->text);
	return response;
}

static const char *caching_of(const struct answer *answer)
{
	if (answer->is_for_ever)
		return "public, max-age=31536000, immutable";
	return answer->etag[0] ? "no-cache" : "no-store";
}

/* A field that finds no memory is left out: the answer is worth more without it than not at all. */
static void fields_add(struct MHD_Response *response, const struct answer *answer,
		       const struct page_plan *page)
{
	const char *frames = page->frame_policy ? page->frame_policy : "frame-ancestors 'none'";
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "Connection", "close" },
		{ "Content-Type", answer->type },
		{ "Cache-Control", caching_of(answer) },
		{ "Content-Encoding", answer->is_gzip ? "gzip" : NULL },
		{ "Vary", answer->is_file ? "Accept-Encoding" : NULL },
		{ "Access-Control-Allow-Origin", answer->is_for_all ? "*" : NULL },
		{ "ETag", answer->etag[0] ? answer->etag : NULL },
		{ "Allow", answer->allow },
		{ "WWW-Authenticate", answer->challenge },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Content-Security-Policy", frames },
		{ "X-Robots-Tag", page->is_noindex ? "noindex" : NULL },
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].value)
			(void)MHD_add_response_header(response, fields[i].name, fields[i].value);
}

static enum MHD_Result answer_queue(struct MHD_Connection *connection, struct request *request)
{
	struct answer answer;

	request_answer(request, &answer);
	struct MHD_Response *response = response_new(&answer);

	if (!response) {
		request->house->stats.lost++;
		return MHD_NO;
	}
	fields_add(response, &answer, &request->house->plan->page);
	enum MHD_Result r = MHD_queue_response(connection, (unsigned)answer.status, response);

	MHD_destroy_response(response);
	return r;
}

/* ---- requests ---- */

static int connection_fd(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

static const char *header_find(void *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static struct request *request_new(struct receiver *receiver, struct MHD_Connection *connection,
				   const char *method, const char *path)
{
	struct request *request = calloc(1, sizeof *request);

	if (!request)
		return NULL;
	*request = (struct request){
		.house = &receiver->house,
		.method = method,
		.path = path,
		.peer = door_peer(receiver->door, connection_fd(connection)),
		.header = header_find,
		.connection = connection,
		.has_query = MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL,
						       NULL) > 0,
	};
	request_begin(request);
	return request;
}

static enum MHD_Result body_take(struct receiver *receiver, struct MHD_Connection *connection,
				 struct request *request, const char *bytes, size_t n)
{
	if (request_body(request, bytes, n))
		return MHD_YES;
	/* The library cannot answer in the middle of a body. */
	door_refuse(receiver->door, connection_fd(connection),
		    request->is_ping ? &head_ping_too_long : &head_body_too_long);
	return MHD_NO;
}

/* Called at the head, for each piece of the body, and at its end. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_n, void **slot)
{
	struct receiver *receiver = ctx;
	struct request *request = *slot;
	size_t n = *upload_n;

	(void)version;
	if (!request) {
		*slot = request = request_new(receiver, connection, method, path);
		if (!request) {
			receiver->house.stats.lost++;
			return MHD_NO;
		}
		return request_is_over(request) ? answer_queue(connection, request) : MHD_YES;
	}
	*upload_n = 0;
	return n > 0 ? body_take(receiver, connection, request, upload, n)
		     : answer_queue(connection, request);
}

static void on_request_done(void *ctx, struct MHD_Connection *connection, void **slot,
			    enum MHD_RequestTerminationCode how)
{
	struct request *request = *slot;

	(void)ctx;
	(void)connection;
	(void)how;
	*slot = NULL;
	if (request)
		request_end(request);
	free(request);
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **slot,
			  enum MHD_ConnectionNotificationCode what)
{
	struct receiver *receiver = ctx;

	(void)slot;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED)
		door_leave(receiver->door, connection_fd(connection));
}

/* Paths stay as they were written: no name of ours needs an escape. */
static size_t on_unescape(void *ctx, struct MHD_Connection *connection, char *text)
{
	(void)ctx;
	(void)connection;
	return strlen(text);
}

/* ---- the library in our loop ---- */

static void daemon_run(void *ctx)
{
	struct receiver *receiver = ctx;
	MHD_UNSIGNED_LONG_LONG ms = 0;
	mono_t due = io_now(receiver->io).mono;
	bool has_timeout = true;

	for (unsigned i = 0; i < RUNS_A_TURN && has_timeout && ms == 0; i++) {
		(void)MHD_run(receiver->daemon); /* refuses only where it has a thread of its own */
		has_timeout = MHD_get_timeout(receiver->daemon, &ms) == MHD_YES;
	}
	io_timer_set(receiver->timer,
		     has_timeout ? mono_add(due, (usec_t)ms * USEC_PER_MS) : MONO_NEVER);
}

static void daemon_ready(void *ctx, unsigned events)
{
	(void)events;
	daemon_run(ctx);
}

static void guest_arrived(void *ctx, int fd, const struct sockaddr *peer, socklen_t n)
{
	struct receiver *receiver = ctx;

	/* Taken or not, the descriptor is the library's now. */
	if (MHD_add_connection(receiver->daemon, fd, peer, n) != MHD_YES) {
		receiver->house.stats.lost++;
		door_leave(receiver->door, fd);
	}
	daemon_run(receiver);
}

static struct MHD_Daemon *daemon_start(struct receiver *receiver)
{
	struct MHD_OptionItem limits[] = {
		{ MHD_OPTION_CONNECTION_LIMIT, 2 * DOOR_GUESTS_MAX, NULL }, /* the door's counts */
		{ MHD_OPTION_CONNECTION_TIMEOUT, DEADLINE_S, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIBRARY_BYTES, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL }, /* loop.c ignores it */
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, on_request,
				receiver, MHD_OPTION_ARRAY, limits, MHD_OPTION_UNESCAPE_CALLBACK,
				on_unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_request_done,
				NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, receiver,
				MHD_OPTION_END);
}

static bool daemon_open(struct receiver *receiver)
{
	const union MHD_DaemonInfo *info = NULL;

	receiver->timer = io_timer_new(receiver->io, daemon_run, receiver);
	receiver->daemon = daemon_start(receiver);
	if (receiver->daemon)
		info = MHD_get_daemon_info(receiver->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info || info->epoll_fd < 0 || !receiver->timer)
		return false;
	receiver->watch =
		io_fd_watch(receiver->io, info->epoll_fd, IO_READABLE, daemon_ready, receiver);
	return receiver->watch != NULL;
}

/* ---- life ---- */

static bool parts_open(struct receiver *receiver, const char *page_dir, const char **ret_error)
{
	struct house *house = &receiver->house;
	const struct door_hooks hooks = { receiver, guest_arrived, daemon_run };

	*ret_error = "no memory or no descriptor for the listener";
	house->page_dir = strdup(page_dir);
	house->keys = keys_new(house->plan);
	if (!house->page_dir || !house->keys || !daemon_open(receiver))
		return false;
	receiver->door = door_new(receiver->io, house->plan->listen.address,
				  DEADLINE_S * USEC_PER_SEC, &hooks, ret_error);
	return receiver->door != NULL;
}

struct receiver *receiver_new(struct io *io, const struct plan *plan, const char *page_dir,
			      const struct receiver_hooks *hooks, const char **ret_error)
{
	struct receiver *receiver = calloc(1, sizeof *receiver);

	if (!receiver) {
		*ret_error = "no memory for the listener";
		return NULL;
	}
	receiver->io = io;
	receiver->house.plan = plan;
	receiver->house.hooks = *hooks;
	if (!parts_open(receiver, page_dir, ret_error)) {
		receiver_free(receiver);
		return NULL;
	}
	*ret_error = NULL;
	return receiver;
}

void receiver_free(struct receiver *receiver)
{
	if (!receiver)
		return;
	io_fd_close(receiver->watch);
	io_timer_free(receiver->timer);
	if (receiver->daemon)
		MHD_stop_daemon(receiver->daemon); /* its guests leave through the door */
	door_free(receiver->door);
	keys_free(receiver->house.keys);
	free(receiver->house.page_dir);
	free(receiver);
}

void receiver_plan_set(struct receiver *receiver, const struct plan *plan)
{
	struct keys *keys = keys_new(plan);

	if (!keys)
		abort(); /* as everywhere while a configuration is loaded: see arena.h */
	/* Requests under way are matched against the new plan. */
	keys_free(receiver->house.keys);
	receiver->house.keys = keys;
	receiver->house.plan = plan;
}

void receiver_report_set(struct receiver *receiver, uint64_t report)
{
	receiver->house.report = report;
}

uint16_t receiver_port(const struct receiver *receiver)
{
	return door_port(receiver->door);
}

struct address receiver_address(const struct receiver *receiver)
{
	return door_address(receiver->door);
}

struct receiver_stats receiver_stats(const struct receiver *receiver)
{
	struct receiver_stats stats = receiver->house.stats;
	struct door_stats door = door_stats(receiver->door);

	stats.refused_full = door.refused_full;
	stats.lost += door.lost;
	stats.rejected_malformed += door.refused_malformed;
	return stats;
}
