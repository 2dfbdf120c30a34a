// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The CPU time of rk_verdict_judge() alone, as rkmod load and check call it, each on a
 * module that is read anew: verdict TREE FILE.ko [TIMES]
 */
#include <stdio.h>
#include <time.h>

#include "lib/kernel/kernel.h"
#include "lib/verdict/verdict.h"

static double msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* Return: milliseconds, negative on an error. */
static double judge(const struct rk_kernel *kernel, const char *path,
		    struct rk_error *err)
{
	const struct rk_verdict_target target = {.kernel = kernel};
	cleanup(rk_module_free_p) struct rk_module *module = NULL;
	struct rk_verdict verdict;
	double start;
	double end;

	if (rk_module_open(path, &module, err) < 0)
		return -1;
	start = msec();
	if (rk_verdict_judge(module, &target, &verdict, err) < 0)
		return -1;
	end = msec();
	rk_verdict_release(&verdict);
	return end - start;
}

static int run(const char *tree, const char *path, size_t n, struct rk_error *err)
{
	const struct rk_kernel_request request = {0};
	struct rk_kernel *kernel = NULL;
	struct rk_root *root = NULL;
	struct rk_machine machine;
	double *times = calloc(n + 1, sizeof(*times));

	if (!times || rk_machine_init(&machine, err) < 0 ||
	    rk_root_open(&machine, tree, &root, err) < 0 ||
	    rk_kernel_resolve(&machine, root, &request, &kernel, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((times[i] = judge(kernel, path, err)) < 0)
			return -1;
	printf("first %.3f ms, ", times[0]);
	qsort(times, n, sizeof(*times), compare);
	printf("median %.3f ms, longest %.3f ms of %zu\n", times[n / 2], times[n - 1], n);
	rk_kernel_free(kernel);
	rk_root_free(root);
	rk_machine_release(&machine);
	free(times);
	return 0;
}

int main(int argc, char **argv)
{
	struct rk_error err = RK_ERROR_INIT;
	size_t n = argc > 3 ? strtoul(argv[3], NULL, 10) : 101;

	if (argc < 3 || n == 0)
		return 2;
	if (run(argv[1], argv[2], n, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.msg);
	return 1;
}
