#define _GNU_SOURCE
#include "console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ENTER_SCREEN "\033[?1049h\033[?25l"
#define LEAVE_SCREEN "\033[?25h\033[?1049l"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
#define SIGNALS (sizeof signals / sizeof *signals)

static struct {
    struct termios before;
    sigset_t mask_before; /* the signals above come during console_wait() only */
    struct sigaction actions_before[SIGNALS];
} saved;

static volatile sig_atomic_t ended_by, stopped, resized;

static void note_signal(int number)
{
    if (number == SIGWINCH) {
        resized = 1;
    } else if (number == SIGTSTP) {
        stopped = 1;
    } else {
        ended_by = number;
    }
}

bool console_possible(void)
{
    const char *kind = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && kind && *kind &&
           strcmp(kind, "dumb") != 0;
}

/* All of it, or nobody is there to see it. */
static void put(const char *bytes, size_t size)
{
    while (size) {
        ssize_t done = write(STDOUT_FILENO, bytes, size);

        if (done < 0 && errno != EINTR && errno != EAGAIN) {
            ended_by = SIGHUP;
            return;
        }
        bytes += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
}

static void enter_screen(void)
{
    struct termios mode = saved.before;

    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    mode.c_cc[VMIN] = 0;
    mode.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
    put(ENTER_SCREEN, sizeof ENTER_SCREEN - 1);
}

static void leave_screen(void)
{
    tcsetattr(STDIN_FILENO, TCSADRAIN, &saved.before);
    put(LEAVE_SCREEN, sizeof LEAVE_SCREEN - 1);
}

bool console_open(Error *error)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t set;

    if (tcgetattr(STDIN_FILENO, &saved.before) != 0) {
        return error_set(error, STATUS_FAILURE, "cannot use the terminal: %s",
                         strerror(errno));
    }
    sigemptyset(&set);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaddset(&set, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &set, &saved.mask_before);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], &action, &saved.actions_before[i]);
    }
    ended_by = stopped = resized = 0;
    enter_screen();
    return true;
}

void console_close(void)
{
    leave_screen();
    for (size_t i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], &saved.actions_before[i], NULL);
    }
    sigprocmask(SIG_SETMASK, &saved.mask_before, NULL);
}

void console_end(void)
{
    if (ended_by && ended_by != SIGINT) {
        signal(ended_by, SIG_DFL);
        raise(ended_by);
    }
}

static struct winsize size(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 1 ||
        size.ws_row < 1) {
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    }
    return size;
}

size_t console_lines(void)
{
    return size().ws_row;
}

size_t console_columns(void)
{
    return size().ws_col;
}

/* Lines are overwritten, not erased before: nothing flickers. */
void console_draw(const Text *text)
{
    size_t lines = console_lines(), at = 0;
    Text picture = {0};

    text_put(&picture, "\033[H");
    for (size_t line = 0; line < lines && at < text->size; line++) {
        size_t length = strcspn(text->data + at, "\n");

        text_put(&picture, line ? "\r\n" : "");
        text_add(&picture, text->data + at, length);
        text_put(&picture, "\033[K");
        at += length + 1;
    }
    text_put(&picture, "\033[J");
    put(picture.data, picture.size);
    text_release(&picture);
}

/* --- keys ----------------------------------------------------------------- */

/* Stop as Ctrl-Z does any program; returns when it goes on. */
static void stop(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL}, ours;
    sigset_t set;

    stopped = 0;
    leave_screen();
    sigaction(SIGTSTP, &by_default, &ours);
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGTSTP, &ours, NULL);
    enter_screen();
}

static int read_byte(void)
{
    unsigned char byte;

    return read(STDIN_FILENO, &byte, 1) == 1 ? byte : -1;
}

/* After ESC: CSI or SS3 and a letter, or a number and '~'. */
static int read_escape(void)
{
    int byte = read_byte(), number = 0;

    if (byte != '[' && byte != 'O') {
        return KEY_ESCAPE;
    }
    while ((byte = read_byte()) >= '0' && byte <= '9') {
        number = number * 10 % 1000 + (byte - '0');
    }
    switch (byte) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_LAST;
    case '~':
        return number == 5   ? KEY_PAGE_UP
               : number == 6 ? KEY_PAGE_DOWN
               : number == 1 ? KEY_HOME
               : number == 4 ? KEY_LAST
                             : KEY_NONE;
    default:
        return KEY_NONE;
    }
}

static int read_key(void)
{
    int byte = read_byte();

    switch (byte) {
    case -1:
        return KEY_END; /* there was to be something: the terminal is gone */
    case 27:
        return read_escape();
    case '\r':
    case '\n':
        return KEY_ENTER;
    case 8:
    case 127:
        return KEY_BACKSPACE;
    case 4:
        return KEY_END;
    default:
        return byte;
    }
}

int console_wait(double seconds)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    struct timespec time;
    int ready;

    seconds = seconds > 0 ? seconds : 0;
    time.tv_sec = (time_t)seconds;
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    if (ended_by) {
        return KEY_END;
    }
    ready = ppoll(&input, 1, &time, &saved.mask_before);
    if (ended_by) {
        return KEY_END;
    }
    if (stopped) {
        stop();
        return KEY_REDRAW;
    }
    if (resized) {
        resized = 0;
        return KEY_REDRAW;
    }
    return ready > 0 ? read_key() : KEY_NONE;
}
