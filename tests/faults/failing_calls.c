/* Calls of the C library that fail when they are told to: preloaded before a program (LD_PRELOAD).

   Python, DuckDB and the Rust of Lance all call these functions. Only calls on files below one folder
   are counted and fail, so that a program can still import its modules. `faults_arm` begins:
   the n-th call of the kinds that are asked for fails with `error`; if it `stays`, so do all after it,
   as on a disk that is full. A first write that fails for want of space writes its first half. The
   error 0 kills the process before the call. */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <dlfcn.h>
#include <unistd.h>

enum kind {
    CREATE = 1, OPEN_WRITE = 2, OPEN_READ = 4, READ = 8, WRITE = 16, SYNC = 32, RESIZE = 64,
    RENAME = 128, REMOVE = 256, MAKE_FOLDER = 512, LOCK = 1024, MODE = 2048, LIST = 4096, RESERVE = 8192
};

enum { KILLED = 0 };

static char under[PATH_MAX];
static size_t under_length;
static unsigned wanted;
static int failing, error_number, stays, told = -1;
static atomic_int seen;

void faults_arm(const char *folder, unsigned kinds, int n, int error, int stay, int report) {
    snprintf(under, sizeof under, "%s", folder);
    under_length = strlen(under);
    atomic_store(&seen, 0);
    wanted = kinds, failing = n, error_number = error, stays = stay, told = report;
}

int faults_seen(void) { return atomic_load(&seen); }

static int is_below(const char *path) {
    return under_length && path && !strncmp(path, under, under_length)
        && (path[under_length] == '/' || !path[under_length]);
}

static int path_of(int descriptor, const char *name, char *path) {
    char link[64];
    if (name && name[0] == '/') return snprintf(path, PATH_MAX, "%s", name) > 0;
    if (descriptor < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    if (name && n + strlen(name) + 2 < PATH_MAX) strcat(strcat(path, "/"), name);
    return 1;
}

/* Whether this call is to fail; 2 where it is the first one. */
static int fails(enum kind kind, const char *call, int descriptor, const char *name) {
    char path[PATH_MAX], line[PATH_MAX + 64];
    if (!(wanted & kind) || !under_length) return 0;
    int kept = errno, found = path_of(descriptor, name, path) && is_below(path);
    errno = kept;
    if (!found) return 0;
    int number = atomic_fetch_add(&seen, 1) + 1;
    if (!failing || number < failing || (number > failing && !stays)) return 0;
    if (told >= 0 && number == failing) {
        int n = snprintf(line, sizeof line, "%s %s\n", call, path + under_length);
        syscall(SYS_write, told, line, n);
    }
    if (error_number == KILLED) kill(getpid(), SIGKILL);
    errno = error_number;
    return number == failing ? 2 : 1;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static enum kind opening(int flags) {
    if (flags & O_CREAT) return CREATE;
    if (flags & O_DIRECTORY) return LIST;
    return (flags & O_ACCMODE) == O_RDONLY ? OPEN_READ : OPEN_WRITE;
}

#define MODE_GIVEN(flags, last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
        va_list more; \
        va_start(more, last); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        MODE_GIVEN(flags, flags) \
        REAL(name); \
        return fails(opening(flags), "open", -1, path) ? -1 : real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        MODE_GIVEN(flags, flags) \
        REAL(name); \
        return fails(opening(flags), "open", folder, path) ? -1 : real(folder, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

/* Functions that take a descriptor or a path first, and return -1 when they fail. */
#define FAILING(result, name, kind, descriptor, path, parameters, ...) \
    result name parameters { \
        REAL(name); \
        return fails(kind, #name, descriptor, path) ? -1 : real(__VA_ARGS__); \
    }
FAILING(ssize_t, read, READ, fd, NULL, (int fd, void *to, size_t n), fd, to, n)
FAILING(ssize_t, pread, READ, fd, NULL, (int fd, void *to, size_t n, off_t at), fd, to, n, at)
FAILING(ssize_t, pread64, READ, fd, NULL, (int fd, void *to, size_t n, off64_t at), fd, to, n, at)
FAILING(ssize_t, readv, READ, fd, NULL, (int fd, const struct iovec *to, int n), fd, to, n)
FAILING(ssize_t, writev, WRITE, fd, NULL, (int fd, const struct iovec *of, int n), fd, of, n)
FAILING(int, fsync, SYNC, fd, NULL, (int fd), fd)
FAILING(int, fdatasync, SYNC, fd, NULL, (int fd), fd)
FAILING(int, ftruncate, RESIZE, fd, NULL, (int fd, off_t n), fd, n)
FAILING(int, ftruncate64, RESIZE, fd, NULL, (int fd, off64_t n), fd, n)
FAILING(int, fallocate, RESERVE, fd, NULL, (int fd, int how, off_t at, off_t n), fd, how, at, n)
FAILING(int, fallocate64, RESERVE, fd, NULL, (int fd, int how, off64_t at, off64_t n), fd, how, at, n)
FAILING(int, rename, RENAME, -1, to, (const char *from, const char *to), from, to)
FAILING(int, renameat, RENAME, b, to, (int a, const char *from, int b, const char *to), a, from, b, to)
FAILING(int, renameat2, RENAME, b, to,
        (int a, const char *from, int b, const char *to, unsigned how), a, from, b, to, how)
FAILING(int, link, RENAME, -1, to, (const char *from, const char *to), from, to)
FAILING(int, linkat, RENAME, b, to,
        (int a, const char *from, int b, const char *to, int how), a, from, b, to, how)
FAILING(int, unlink, REMOVE, -1, path, (const char *path), path)
FAILING(int, unlinkat, REMOVE, fd, path, (int fd, const char *path, int how), fd, path, how)
FAILING(int, rmdir, REMOVE, -1, path, (const char *path), path)
FAILING(int, mkdir, MAKE_FOLDER, -1, path, (const char *path, mode_t mode), path, mode)
FAILING(int, mkdirat, MAKE_FOLDER, fd, path, (int fd, const char *path, mode_t mode), fd, path, mode)
FAILING(int, chmod, MODE, -1, path, (const char *path, mode_t mode), path, mode)
FAILING(int, fchmod, MODE, fd, NULL, (int fd, mode_t mode), fd, mode)
FAILING(int, flock, LOCK, fd, NULL, (int fd, int how), fd, how)
FAILING(ssize_t, copy_file_range, WRITE, to, NULL,
        (int from, off64_t *a, int to, off64_t *b, size_t n, unsigned how), from, a, to, b, n, how)

/* Not -1 but the number of the error. */
#define RESERVES(name, number) \
    int name(int fd, number at, number n) { \
        REAL(name); \
        return fails(RESERVE, #name, fd, NULL) ? error_number : real(fd, at, n); \
    }
RESERVES(posix_fallocate, off_t)
RESERVES(posix_fallocate64, off64_t)

#define LISTS(name, argument, descriptor, path) \
    DIR *name(argument) { \
        REAL(name); \
        return fails(LIST, #name, descriptor, path) ? NULL : real(given); \
    }
LISTS(opendir, const char *given, -1, given)
LISTS(fdopendir, int given, given, NULL)

/* The first write for which there is no room puts its first half on the disk. */
#define WRITES(name, parameters, ...) \
    ssize_t name parameters { \
        REAL(name); \
        int how = fails(WRITE, #name, fd, NULL); \
        if (how == 2 && n > 1 && (error_number == ENOSPC || error_number == EDQUOT)) { \
            n /= 2; \
            return real(__VA_ARGS__); \
        } \
        return how ? -1 : real(__VA_ARGS__); \
    }
WRITES(write, (int fd, const void *from, size_t n), fd, from, n)
WRITES(pwrite, (int fd, const void *from, size_t n, off_t at), fd, from, n, at)
WRITES(pwrite64, (int fd, const void *from, size_t n, off64_t at), fd, from, n, at)

/* Of `fcntl` only the locks count. */
#define CONTROLS(name) \
    int name(int fd, int what, ...) { \
        va_list more; \
        va_start(more, what); \
        void *argument = va_arg(more, void *); \
        va_end(more); \
        REAL(name); \
        int is_lock = what == F_SETLK || what == F_SETLKW || what == F_GETLK; \
        return is_lock && fails(LOCK, #name, fd, NULL) ? -1 : real(fd, what, argument); \
    }
CONTROLS(fcntl)
CONTROLS(fcntl64)
