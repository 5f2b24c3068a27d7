/*
 * control_test.c - the control socket: who is heard, what is a request, and
 * that nobody who is slow, silent or loud keeps others from being answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/control.h"
#include "io/control_path.h"
#include "io/fixture.h"
#include "io/loop.h"
#include "io/loop_fd.h"

#define LIMIT (20 * USEC_PER_SEC)

struct place {
	char folder[FOLDER_MAX];
	char path[FOLDER_MAX + 300];
	struct io *io;
	struct io_control *control;
	unsigned asked;
	char line[CONTROL_REQUEST_MAX + 1];
	usec_t patience; /* 0: as in life */
	bool is_late;	 /* the answer is given by the test */
	uint64_t talk;
	bool is_over;
	mono_t give_up;
};

static void say(struct place *place, uint64_t talk, const char *text)
{
	struct buf answer = BUF_INIT(8u << 20);

	buf_puts(&answer, text);
	io_control_answer(place->control, talk, &answer);
	buf_done(&answer);
}

static void on_request(void *ctx, uint64_t talk, const char *line)
{
	struct place *place = ctx;

	place->asked++;
	place->talk = talk;
	snprintf(place->line, sizeof place->line, "%s", line);
	if (!place->is_late)
		say(place, talk, "heard\n");
}

static void on_nonsense(void *ctx, const char *why, struct buf *to)
{
	(void)ctx;
	buf_printf(to, "no: %s\n", why);
}

static int control_open(struct place *place)
{
	struct io_control_hooks hooks = { place, on_request, on_nonsense, place->patience };

	return io_control_new(place->io, place->path, &hooks, &place->control);
}

static int place_make(void **state)
{
	struct io_setup setup = { .transfers_max = 4 };
	struct place *place = calloc(1, sizeof *place);
	const char *why;

	folder_make(place->folder);
	snprintf(place->path, sizeof place->path, "%s/control", place->folder);
	place->io = io_new(&setup, &why);
	assert_non_null(place->io);
	assert_int_equal(control_open(place), 0);
	*state = place;
	return 0;
}

static int place_end(void **state)
{
	struct place *place = *state;

	io_control_free(place->control);
	io_free(place->io);
	folder_remove(place->folder);
	free(place);
	return 0;
}

/* ---- turns of the loop, until what a client does is over ---- */

static void over(void *ctx)
{
	struct place *place = ctx;

	place->is_over = true;
	io_loop_stop(place->io);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct place *place = ctx;

	if (mono_reached(place->give_up, now.mono))
		io_loop_stop(place->io);
	return place->give_up;
}

struct client {
	struct place *place;
	void (*act)(struct client *client);
	const char *line;
	struct buf answer;
	int r;
};

static void *client_run(void *ctx)
{
	struct client *client = ctx;

	client->act(client);
	io_post(client->place->io, over, client->place);
	return NULL;
}

static void client_while_turning(struct client *client)
{
	struct place *place = client->place;
	struct io_loop_hooks hooks = { .ctx = place, .on_turn = on_turn };
	pthread_t thread;

	place->is_over = false;
	place->give_up = mono_add(io_clock().mono, LIMIT);
	assert_int_equal(pthread_create(&thread, NULL, client_run, client), 0);
	assert_int_equal(io_loop_run(place->io, &hooks), 0);
	assert_true(place->is_over);
	pthread_join(thread, NULL);
}

static void ask(struct client *client)
{
	client->r = io_control_ask(client->place->path, client->line, &client->answer);
}

static struct client client_of(struct place *place, const char *line)
{
	return (struct client){
		.place = place, .act = ask, .line = line, .answer = BUF_INIT(8u << 20)
	};
}

static int connect_to(const char *path)
{
	struct control_path at;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(control_path_of(path, &at), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&at.address, sizeof at.address), 0);
	control_path_done(&at);
	return fd;
}

/* What comes until the other side closes. */
static void read_all(int fd, char *text, size_t max)
{
	size_t n = 0;
	ssize_t got;

	while (n < max - 1 && (got = recv(fd, text + n, max - 1 - n, 0)) > 0)
		n += (size_t)got;
	text[n] = '\0';
}

/* ---- cases ---- */

static void a_request_is_answered_and_the_talk_is_over(void **state)
{
	struct place *place = *state;
	struct client client = client_of(place, "shorewatch/1 status");

	client_while_turning(&client);
	assert_int_equal(client.r, 0);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	assert_string_equal(place->line, "shorewatch/1 status");
	buf_done(&client.answer);
}

static void the_file_is_for_nobody_else(void **state)
{
	struct place *place = *state;
	struct stat is;

	assert_int_equal(lstat(place->path, &is), 0);
	assert_true(S_ISSOCK(is.st_mode));
	assert_int_equal(is.st_mode & 0777, 0600);
}

static void as_somebody_else(struct client *client)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		char text[64];
		int fd;

		/* The file's mode is one wall; behind it the kernel's word for who asks is another.
		 */
		if (chmod(client->place->path, 0666) < 0 ||
		    chmod(client->place->folder, 0755) < 0 || setuid(65534) < 0)
			_exit(9);
		fd = connect_to(client->place->path);
		(void)!write(fd, "shorewatch/1 status\n", 20);
		read_all(fd, text, sizeof text);
		_exit(text[0] ? 1 : 0);
	}
	(void)waitpid(child, &status, 0);
	client->r = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void another_user_is_not_heard(void **state)
{
	struct client client = client_of(*state, NULL);

	if (geteuid() != 0)
		skip();
	client.act = as_somebody_else;
	client_while_turning(&client);
	assert_int_equal(client.r, 0);
	assert_int_equal(client.place->asked, 0);
}

static void send_too_much(struct client *client)
{
	char bytes[8192], text[256];
	int fd = connect_to(client->place->path);

	memset(bytes, 'x', sizeof bytes);
	(void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
	read_all(fd, text, sizeof text);
	close(fd);
	buf_puts(&client->answer, text);
}

static void a_line_without_end_is_refused(void **state)
{
	struct client client = client_of(*state, NULL);

	client.act = send_too_much;
	client_while_turning(&client);
	assert_non_null(strstr(buf_text(&client.answer),
			       "no: a request is one line of at most 1024 bytes"));
	assert_int_equal(client.place->asked, 0);
	buf_done(&client.answer);
}

static void send_nul(struct client *client)
{
	char text[256];
	int fd = connect_to(client->place->path);

	(void)!write(fd, "note\0evil\n", 10);
	read_all(fd, text, sizeof text);
	close(fd);
	buf_puts(&client->answer, text);
}

static void a_nul_is_refused(void **state)
{
	struct client client = client_of(*state, NULL);

	client.act = send_nul;
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "no: a request holds no NUL\n");
	assert_int_equal(client.place->asked, 0);
	buf_done(&client.answer);
}

static void send_byte_by_byte(struct client *client)
{
	const char *line = "status\nand more that nobody reads";
	char text[64];
	int fd = connect_to(client->place->path);

	for (const char *at = line; *at; at++)
		if (send(fd, at, 1, MSG_NOSIGNAL) != 1)
			break;
	read_all(fd, text, sizeof text);
	close(fd);
	buf_puts(&client->answer, text);
}

static void bytes_may_come_one_by_one(void **state)
{
	struct client client = client_of(*state, NULL);

	client.act = send_byte_by_byte;
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	assert_string_equal(client.place->line, "status");
	buf_done(&client.answer);
}

static void crowd(struct client *client)
{
	int fds[50];

	for (int i = 0; i < 50; i++)
		fds[i] = connect_to(client->place->path);
	ask(client);
	for (int i = 0; i < 50; i++)
		close(fds[i]);
}

static void fifty_who_say_nothing_do_not_keep_one_from_asking(void **state)
{
	struct client client = client_of(*state, "status");

	client.act = crowd;
	client_while_turning(&client);
	assert_int_equal(client.r, 0);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	buf_done(&client.answer);
}

static void say_nothing(struct client *client)
{
	char text[64];
	int fd = connect_to(client->place->path);

	(void)!write(fd, "sta", 3);
	read_all(fd, text, sizeof text);
	close(fd);
	buf_puts(&client->answer, text);
}

static void who_does_not_finish_is_cut_off(void **state)
{
	struct place *place = *state;
	struct client client = client_of(place, NULL);

	io_control_free(place->control);
	place->control = NULL;
	place->patience = 50 * USEC_PER_MS;
	assert_int_equal(control_open(place), 0);
	client.act = say_nothing;
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "");
	assert_int_equal(place->asked, 0);
	buf_done(&client.answer);
}

static void ask_and_leave(struct client *client)
{
	int fd = connect_to(client->place->path);

	(void)!write(fd, "status\n", 7);
	while (client->place->asked == 0)
		(void)usleep(1000); /* the other thread's loop turns; it is waited for, not timed */
	close(fd);
}

static void an_answer_for_who_has_gone_is_dropped(void **state)
{
	struct place *place = *state;
	struct client client = client_of(place, NULL);

	place->is_late = true;
	client.act = ask_and_leave;
	client_while_turning(&client);
	say(place, place->talk, "too late\n");
	say(place, place->talk, "and again\n");
	place->is_late = false;
	client = client_of(place, "status");
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	buf_done(&client.answer);
}

static void a_long_answer_arrives_whole(void **state)
{
	struct place *place = *state;
	struct client client = client_of(place, "long");
	struct io_loop_hooks hooks = { .ctx = place, .on_turn = on_turn };
	char *text = malloc((4u << 20) + 1);
	pthread_t thread;

	memset(text, 'a', 4u << 20);
	text[4u << 20] = '\0';
	place->is_late = true;
	/* Answered from the loop's own turn, when the request has been read. */
	assert_int_equal(pthread_create(&thread, NULL, client_run, &client), 0);
	while (place->asked == 0) {
		place->give_up = mono_add(io_clock().mono, 10 * USEC_PER_MS);
		(void)io_loop_run(place->io, &hooks);
	}
	say(place, place->talk, text);
	place->give_up = mono_add(io_clock().mono, LIMIT);
	(void)io_loop_run(place->io, &hooks);
	pthread_join(thread, NULL);
	assert_int_equal(client.r, 0);
	assert_int_equal(client.answer.n, 4u << 20);
	buf_done(&client.answer);
	free(text);
}

static void a_dead_ones_socket_is_replaced(void **state)
{
	struct place *place = *state;
	struct control_path left;
	struct client client = client_of(place, "status");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	io_control_free(place->control);
	place->control = NULL;
	assert_int_not_equal(access(place->path, F_OK), 0);
	assert_int_equal(control_path_of(place->path, &left), 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&left.address, sizeof left.address), 0);
	control_path_done(&left);
	close(fd);
	assert_int_equal(control_open(place), 0);
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	buf_done(&client.answer);
}

static void a_file_in_its_place_is_left_alone(void **state)
{
	struct place *place = *state;
	FILE *file;

	io_control_free(place->control);
	place->control = NULL;
	file = fopen(place->path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(control_open(place), -EEXIST);
	assert_int_equal(access(place->path, F_OK), 0);
}

static void nobody_listens(void **state)
{
	struct place *place = *state;
	struct buf answer = BUF_INIT(100);

	io_control_free(place->control);
	place->control = NULL;
	assert_int_equal(io_control_ask(place->path, "status", &answer), -ENOENT);
	buf_done(&answer);
}

static void a_path_longer_than_an_address_works(void **state)
{
	struct place *place = *state;
	struct client client = client_of(place, "status");
	char name[201];

	io_control_free(place->control);
	place->control = NULL;
	memset(name, 'd', 200);
	name[200] = '\0';
	snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
	assert_int_equal(mkdir(place->path, 0700), 0);
	snprintf(place->path, sizeof place->path, "%s/%s/control", place->folder, name);
	assert_int_equal(control_open(place), 0);
	client_while_turning(&client);
	assert_string_equal(buf_text(&client.answer), "heard\n");
	buf_done(&client.answer);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_request_is_answered_and_the_talk_is_over),
		placed(the_file_is_for_nobody_else),
		placed(another_user_is_not_heard),
		placed(a_line_without_end_is_refused),
		placed(a_nul_is_refused),
		placed(bytes_may_come_one_by_one),
		placed(fifty_who_say_nothing_do_not_keep_one_from_asking),
		placed(who_does_not_finish_is_cut_off),
		placed(an_answer_for_who_has_gone_is_dropped),
		placed(a_long_answer_arrives_whole),
		placed(a_dead_ones_socket_is_replaced),
		placed(a_file_in_its_place_is_left_alone),
		placed(nobody_listens),
		placed(a_path_longer_than_an_address_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
