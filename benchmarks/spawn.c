/* The least a program can do to run N programs one after the other: the measure of every overhead. */
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 1000;
    char *arguments[] = {"true", NULL};
    for (int i = 0; i < count; i++) {
        pid_t pid;
        int status;
        if (posix_spawnp(&pid, "true", NULL, NULL, arguments, environ) != 0) return 1;
        if (waitpid(pid, &status, 0) != pid || status != 0) return 1;
    }
    return 0;
}
